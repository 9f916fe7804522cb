"""The form for a new identity link: what is typed, checked and turned into Options and Expected; it writes nothing."""

from typing import Any, ClassVar

from wtforms import BooleanField, Form, SelectField
from wtforms.validators import Length, ValidationError

from webapp.actions.links import REVOKE_REASONS
from webapp.forms import values
from webapp.forms.conflicts import link_conflicts
from webapp.forms.fields import AgeRange, DateField, TextField, ValueField, choices
from webapp.forms.link_parts import ManyParts
from webapp.forms.link_parts import new_form_key as new_form_key
from webapp.forms.options import IdentityOptions
from webapp.forms.pictures import PARTS, WAYS, Pictures
from webapp.providers.base import Expected

REVOKE_WORDS = {
    "no_longer_needed": "It is no longer needed",
    "wrong_person": "It went to the wrong person",
    "wrong_details": "The details to compare were wrong",
    "other": "Another reason",
}


class NewLink(ManyParts, IdentityOptions, Pictures):
    """A new link for one person, or for many. Defaults are those of `Options`."""

    OWN_GROUPS: ClassVar[dict[str, tuple[str, ...]]] = {
        "details": ("expected_name", "document_number", "age"),
        "phone": ("phone",), "after": ("customid",), "sms": ("sms_to",),
        "pictures": tuple(f"{part}_{way}" for part in PARTS for way in WAYS),
    }  # fmt: skip

    compare_name = BooleanField("Compare the name", default=True)
    expected_name = TextField("Expected name", [Length(max=200, message="Use 200 characters at most.")])
    birth = DateField("Date of birth", default=None)
    address = TextField("Street and town", [Length(max=250, message="Use 250 characters at most.")])
    postcode = TextField("Postcode", [Length(max=20, message="Use 20 characters at most.")])
    document_number = TextField("Document number", [Length(max=50, message="Use 50 characters at most.")])
    age = TextField("Age range", [AgeRange()])
    phone = ValueField("Number to confirm", read=values.phone)

    def validate_birth(self, field: DateField) -> None:
        """Born, and not impossibly long ago."""
        try:
            if field.data:
                values.possible_birth(field.data)
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from None

    def validate(self, *arguments: Any, **more: Any) -> bool:
        """Each field, the pictures, then what does not go together."""
        super().validate(*arguments, **more)
        self.check_pictures()
        return not self.errors

    def conflicts(self) -> dict[str, str]:
        """Field and sentence for each combination that cannot be, within the options and with the rest of the link."""
        given, person = self.given(), self.person_field()
        found = link_conflicts(
            self._typed(), self.expected(), kind=self.KIND, pictures=given, reusable=self.reusable,
            sms_to=self.sms_to.data, person=person is not None,
        )  # fmt: skip
        places = {part: f"{part}_file" for part in PARTS} | {part: field.name for part, field in given.items()}
        places |= {"name": "expected_name", "person": person.name if person else ""}
        return {places.get(name, name): sentence for name, sentence in found.items()}

    def expected(self) -> Expected:
        """What the document must agree with; an unticked or empty one is not compared."""
        name = self.expected_name.data or ("" if self.reusable else self.person_name.data)
        return Expected(
            name=name if self.compare_name.data else "",
            birth=self.birth.data.isoformat() if self.birth.data else "",
            document_number=self.document_number.data, address=self.address.data, postcode=self.postcode.data,
            age=self.age.data, phone=self.phone.data or "",
        )  # fmt: skip

    def wanted(self) -> dict[str, Any]:
        """What `actions.links.create` takes from a valid form."""
        found, expected = super().wanted(), self.expected()
        return found | {
            "expected": expected, "pictures": self.pictures(), "phone": expected.phone or found["phone"],
        }  # fmt: skip

    def own_said(self) -> dict[str, str]:
        """What is set in the groups that only a link has."""
        given = ", ".join(words for part, words in PARTS.items() if part in self.given())
        return super().own_said() | {"phone": self.phone.data or "", "pictures": given}


class RevokeLink(Form):
    """Why a link is withdrawn."""

    reason = SelectField("Why", choices=choices([(code, REVOKE_WORDS[code]) for code in REVOKE_REASONS]))
