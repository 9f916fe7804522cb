"""What new links have beside their options: form key, preset, for whom, SMS, customid; the kinds have their own files."""

import re
import secrets
from collections.abc import Sequence
from typing import Any, ClassVar

from wtforms import Field, HiddenField, RadioField, SelectField
from wtforms.validators import Email, Length, NumberRange, Optional, ValidationError

from webapp.forms.fields import TextField, ValueField, WholeField, choices
from webapp.forms.link_cap import MOST_SESSIONS, OUT_OF_RANGE
from webapp.forms.option_fields import OptionFields
from webapp.forms.values import phone
from webapp.providers.base import Expected

ONE, MANY = "one", "many"
USES = ((ONE, "One person"), (MANY, "Many people (reusable)"))
NO_PRESET = ("", "No preset: the usual settings")


def new_form_key() -> str:
    """The key that makes a double submit find its first link."""
    return secrets.token_urlsafe(18)


def mobile(text: str) -> str:
    """A number that an SMS can reach, as E.164; else ValueError."""
    return phone(text, for_sms=True)


class LinkParts(OptionFields):
    """Fields of every new link. `offer()` fills the list of presets before the form is shown or checked."""

    needs_name = True
    """Whether somebody must be able to find the link by a name; scripts know it by its number."""

    form_key = HiddenField()
    preset = SelectField("Start from preset", choices=choices([NO_PRESET]), default="")
    preset_used = HiddenField(default="")
    use: Field = RadioField("For", choices=choices(USES), default=ONE)
    person_name = TextField("Name", [Length(max=200, message="Use 200 characters at most.")])
    own_reference = TextField("Own reference", [Length(max=100, message="Use 100 characters at most.")])
    email = TextField("E-mail", [Optional(), Email("This is not an e-mail address. Example: name@example.com")])
    customid = TextField("Own customid", [Length(max=64, message="Use 64 characters at most.")])

    @property
    def reusable(self) -> bool:
        """Whether many people use the link."""
        return bool(self.use.data == MANY)

    @property
    def preset_version_id(self) -> int | None:
        """The version of the preset that the form began with."""
        return int(self.preset_used.data) if self.preset_used.data else None

    def offer(self, presets: Sequence[tuple[int, str]], used: int | None) -> None:
        """The presets to choose from: version id and name; `used` is the one that this form began with."""
        self.preset.choices = choices([NO_PRESET, *((str(number), name) for number, name in presets)])
        self.preset_used.data = str(used) if used else ""

    def begin_with(self, used: int | None) -> None:
        """Note that the options now shown are those of this version."""
        self.preset.data = self.preset_used.data = str(used) if used else ""
        self.preset.errors = ()

    def validate_form_key(self, field: HiddenField) -> None:
        """A key we did not make gets a new one, and the person sends again."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", field.data or "", re.ASCII):
            field.data = new_form_key()
            raise ValidationError("This form was incomplete. Press “Create link” again.")

    def validate_preset(self, field: SelectField) -> None:
        """Choosing one changes nothing until it is used."""
        if (field.data or "") != (self.preset_used.data or ""):
            raise ValidationError("Press “Use” to take this preset’s settings, or choose the one in use again.")

    def validate_person_name(self, field: TextField) -> None:
        """A link for one person needs something to call it by."""
        if self.needs_name and not self.reusable and not field.data and not self.own_reference.data:
            raise ValidationError("Type a name or an own reference, so that you can find this person again.")

    def person_field(self) -> Any:
        """The first filled field that says who the person is, or None."""
        return next((field for field in (self.person_name, self.own_reference, self.email) if field.data), None)

    def wanted(self) -> dict[str, Any]:
        """What `actions.links.create` takes from a valid form; settings, vendor and actor come from the caller."""
        return {
            "kind": self.KIND, "form_key": self.form_key.data, "person_name": self.person_name.data,
            "own_reference": self.own_reference.data, "email": self.email.data, "reusable": self.reusable,
            "customid": self.customid.data, "options": self.options(), "expected": Expected(),
            "preset_version_id": self.preset_version_id,
        }  # fmt: skip


class ManyParts(LinkParts):
    """What a link has more that may also be for many people, or be sent by SMS."""

    OWN_GROUPS: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Groups that only a link has, and fields that a link has more in a group of its options."""

    label = TextField("Label", [Length(max=200, message="Use 200 characters at most.")])
    session_cap = WholeField(
        "Sessions at most", [Optional(), NumberRange(1, MOST_SESSIONS, OUT_OF_RANGE)], default=None
    )
    sms_to = ValueField("Send the link by SMS to", read=mobile)

    def validate_label(self, field: TextField) -> None:
        """A link for many is nobody's: it needs a name of its own."""
        if self.needs_name and self.reusable and not field.data:
            raise ValidationError("Type what you call this link, such as “Branch office, summer 2026”.")
        if not self.reusable and field.data:
            raise ValidationError("Only a link for many people has a label. Choose “Many people”, or empty this field.")

    def validate_session_cap(self, field: WholeField) -> None:
        """One person's link brings one session."""
        if not self.reusable and field.data is not None:
            raise ValidationError("A link for one person works once. Choose “Many people”, or empty this field.")

    def wanted(self) -> dict[str, Any]:
        """What `actions.links.create` takes, with what is only here."""
        return super().wanted() | {
            "phone": self.sms_to.data, "label": self.label.data, "session_cap": self.session_cap.data,
            "sms_to": self.sms_to.data,
        }  # fmt: skip

    def folded(self) -> dict[str, bool]:
        """Which folded groups must stand open: those with an error or a value other than the default."""
        found = super().folded()
        own = {name: any(self._touched(each) for each in group) for name, group in self.OWN_GROUPS.items()}
        return found | {name: touched or found.get(name, False) for name, touched in own.items()}

    def said(self) -> dict[str, str]:
        """What is set in each folded group, in words."""
        found = super().said()
        for name, words in self.own_said().items():
            found[name] = "; ".join(filter(None, (found.get(name, ""), words)))
        return found

    def own_said(self) -> dict[str, str]:
        """What is set in the fields of OWN_GROUPS."""
        return {"sms": self.sms_to.data or "", "after": f"customid {self.customid.data}" if self.customid.data else ""}
