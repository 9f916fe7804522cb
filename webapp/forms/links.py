"""The form for a new link: what is typed, checked and turned into Options and Expected; it writes nothing."""

import re
import secrets
from datetime import UTC, datetime
from typing import Any

from wtforms import BooleanField, Form, HiddenField, RadioField, SelectField
from wtforms.validators import Email, Length, NumberRange, Optional, ValidationError

from webapp.actions.links import REVOKE_REASONS
from webapp.forms.fields import (
    AgeRange,
    CountriesField,
    DateField,
    HoursField,
    ScoreField,
    TextField,
    TicksField,
    WholeField,
    choices,
)
from webapp.providers.base import Expected, Options

DEFAULT = Options()
OTHER = "other"
SHORTEST, LONGEST = 600, 15_552_000
"""Seconds a link may work (seed "Creating DocuPass Identity Verification Session", `expiry`)."""
MOST_ATTEMPTS = 10
EXPIRIES = (
    ("3600", "1 hour"), ("86400", "1 day"), ("604800", "7 days"), ("2592000", "30 days"), ("7776000", "90 days"),
    ("15552000", "180 days"), (OTHER, "Another length, in hours"),
)  # fmt: skip
LANGUAGES = (
    ("", "The language of the person’s phone"), ("en", "English"), ("fr", "Français"), ("nl", "Nederlands"),
    ("de", "Deutsch"), ("es", "Español"), ("sr", "Srpski"), ("zh-TW", "中文（繁體）"), ("zh-CN", "中文（简体）"),
)  # fmt: skip
BIOMETRICS = (("photo", "A photo of the face"), ("video", "A short video of the face"), ("none", "No face"))
DOCUMENTS = (("passport", "Passport"), ("card", "Identity card"), ("licence", "Driving licence"))
REVOKE_WORDS = {
    "no_longer_needed": "It is no longer needed",
    "wrong_person": "It went to the wrong person",
    "wrong_details": "The details to compare were wrong",
    "other": "Another reason",
}
OLDEST_YEAR = 1900


def new_form_key() -> str:
    """The key that makes a double submit find its first link."""
    return secrets.token_urlsafe(18)


class NewLink(Form):
    """A new link for one person. Defaults are those of `Options`."""

    form_key = HiddenField()
    person_name = TextField("Name", [Length(max=200, message="Use 200 characters at most.")])
    own_reference = TextField("Own reference", [Length(max=100, message="Use 100 characters at most.")])
    email = TextField("E-mail", [Optional(), Email("This is not an e-mail address. Example: name@example.com")])

    biometric = RadioField("Face", choices=choices(BIOMETRICS), default=DEFAULT.biometric)
    aml = BooleanField("Look the person up in sanctions and politician lists (AML)", default=DEFAULT.aml)
    aml_strict = BooleanField("Strict: only entries with the same nationality and birthday", default=DEFAULT.aml_strict)
    document_types = TicksField("Documents", choices=choices(DOCUMENTS))
    countries = CountriesField("Countries", default=())
    check_expiry = BooleanField("The document must not have expired", default=DEFAULT.check_expiry)
    face_threshold = ScoreField("Face score needed", default=DEFAULT.face_threshold)
    authenticity_threshold = ScoreField("Authenticity score needed", default=DEFAULT.authenticity_threshold)

    compare_name = BooleanField("Compare the name", default=True)
    expected_name = TextField("Expected name", [Length(max=200, message="Use 200 characters at most.")])
    birth = DateField("Date of birth", default=None)
    address = TextField("Street and town", [Length(max=250, message="Use 250 characters at most.")])
    postcode = TextField("Postcode", [Length(max=20, message="Use 20 characters at most.")])
    document_number = TextField("Document number", [Length(max=50, message="Use 50 characters at most.")])
    age = TextField("Age range", [AgeRange()])

    expires = SelectField("Works for", choices=choices(EXPIRIES), default=str(DEFAULT.expires_in))
    expires_hours = HoursField("Hours", default=None)
    language = SelectField("Language", choices=choices(LANGUAGES), default=DEFAULT.language)
    attempts = WholeField(
        "Attempts",
        [NumberRange(1, MOST_ATTEMPTS, message=f"Use a whole number from 1 to {MOST_ATTEMPTS}.")],
        default=DEFAULT.attempts,
    )

    def validate_form_key(self, field: HiddenField) -> None:
        """A key we did not make gets a new one, and the person sends again."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", field.data or "", re.ASCII):
            field.data = new_form_key()
            raise ValidationError("This form was incomplete. Press “Create link” again.")

    def validate_person_name(self, field: TextField) -> None:
        """A link for one person needs something to call it by."""
        if not field.data and not self.own_reference.data:
            raise ValidationError("Type a name or an own reference, so that you can find this person again.")

    def validate_birth(self, field: DateField) -> None:
        """Born, and not impossibly long ago."""
        if field.data and field.data > datetime.now(UTC).date():
            raise ValidationError("This day is in the future. Check the year.")
        if field.data and field.data.year < OLDEST_YEAR:
            raise ValidationError(f"This is before {OLDEST_YEAR}. Check the year.")

    def validate_face_threshold(self, field: ScoreField) -> None:
        """An emptied field is a mistake, not a zero."""
        if field.data is None and not field.errors:
            raise ValidationError("Type a number from 0 to 1, such as 0.4")

    validate_authenticity_threshold = validate_face_threshold

    def validate_expires_hours(self, field: HoursField) -> None:
        """Needed, and within what the vendor takes, only when "another length" is chosen."""
        if self.expires.data != OTHER:
            return
        if field.data is None and not field.errors:
            raise ValidationError("Type the number of hours, or choose a length from the list.")
        if field.data is not None and not SHORTEST <= field.data <= LONGEST:
            raise ValidationError("Use 10 minutes (0.17 hours) at least and 180 days (4320 hours) at most.")

    def options(self) -> Options:
        """What to check, frozen on the link."""
        return Options(
            biometric=self.biometric.data, face_threshold=_score(self.face_threshold, DEFAULT.face_threshold),
            authenticity_threshold=_score(self.authenticity_threshold, DEFAULT.authenticity_threshold),
            document_types=tuple(self.document_types.data or ()), countries=tuple(self.countries.data or ()),
            check_expiry=self.check_expiry.data, aml=self.aml.data, aml_strict=self.aml.data and self.aml_strict.data,
            attempts=self.attempts.data or DEFAULT.attempts, expires_in=self._seconds(),
            language=self.language.data or "",
        )  # fmt: skip

    def expected(self) -> Expected:
        """What the document must agree with; an unticked or empty one is not compared."""
        name = (self.expected_name.data or self.person_name.data) if self.compare_name.data else ""
        return Expected(
            name=name, birth=self.birth.data.isoformat() if self.birth.data else "",
            document_number=self.document_number.data, address=self.address.data, postcode=self.postcode.data,
            age=self.age.data,
        )  # fmt: skip

    def folded(self) -> dict[str, bool]:
        """Which folded groups must stand open: those with an error or a value other than the default."""
        groups = {
            "checks": ("countries", "check_expiry", "face_threshold", "authenticity_threshold", "aml_strict"),
            "details": ("document_number", "age"),
            "link": ("attempts", "expires_hours"),
        }
        other = {"link": self.expires.data == OTHER}
        return {name: other.get(name, False) or any(map(self._touched, fields)) for name, fields in groups.items()}

    def _touched(self, name: str) -> bool:
        field: Any = self[name]
        default = field.default() if callable(field.default) else field.default
        return bool(field.errors) or (field.data or None) != (default or None)

    def _seconds(self) -> int:
        if self.expires.data == OTHER:
            return int(self.expires_hours.data or DEFAULT.expires_in)
        known = {value for value, _ in EXPIRIES} - {OTHER}
        return int(self.expires.data) if self.expires.data in known else DEFAULT.expires_in


class RevokeLink(Form):
    """Why a link is withdrawn."""

    reason = SelectField("Why", choices=choices([(code, REVOKE_WORDS[code]) for code in REVOKE_REASONS]))


def _score(field: ScoreField, default: float) -> float:
    return default if field.data is None else float(field.data)
