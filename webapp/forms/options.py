"""Form fields for every option of a link: a mixin for identity checks; shared parts are in `shared_options`."""

from dataclasses import replace
from typing import ClassVar

from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import Length, NumberRange, ValidationError

from webapp.forms.fields import (
    CountriesField,
    LinesField,
    RegionsField,
    ScoreField,
    TicksField,
    ValueField,
    WholeField,
    choices,
)
from webapp.forms.shared_options import DEFAULT, SharedOptions
from webapp.forms.values import LONGEST_WELCOME, MOST_ATTEMPTS
from webapp.forms.web_address import https_address
from webapp.providers.base import Options
from webapp.providers.docupass.codes import AML_DATABASES

BIOMETRICS = (("photo", "A photo of the face"), ("video", "A short video of the face"), ("none", "No face"))
DOCUMENTS = (("passport", "Passport"), ("card", "Identity card"), ("licence", "Driving licence"))
MODULES = (
    ("mobile", "On a phone, by link or QR code (usual)"), ("iframe", "Inside your own web page, on any device"),
    ("redirect", "In any browser, from a link or redirect"), ("live_mobile", "On a phone, with its live camera only"),
)  # fmt: skip
AUTHENTICITY = (
    ("2", "Version 2 (usual)"), ("1", "Version 1 (older)"), ("quick", "Quick: only against known fakes"),
)  # fmt: skip
CONTRACTS = (
    ("none", "No contract"), ("generate", "Fill a document, nobody signs"), ("sign", "Fill a document and have it signed"),
)  # fmt: skip
RETURNED = (
    ("both", "Of the document and the face"), ("document", "Of the document only"), ("face", "Of the face only"),
    ("none", "None: only the data that were read"),
)  # fmt: skip
KIND_WORDS = {"sanction": "sanctions", "crime": "wanted persons", "pep": "public offices"}
AML_LISTS = tuple((each.code, f"{each.name} ({KIND_WORDS[each.kind]})") for each in AML_DATABASES.values())


class IdentityOptions(SharedOptions):
    """Every option of an identity check. Defaults are those of `Options`."""

    GROUPS: ClassVar[dict[str, tuple[str, ...]]] = {
        "document": ("countries", "regions", "check_expiry", "both_sides", "authenticity_threshold",
                     "authenticity_module"),
        "face_aml": ("face_threshold", "aml_strict", "aml_databases"),
        "phone": ("ask_phone",),
        "contract": ("contract", "contract_template", "contract_format", "contract_prefill"),
        "handing": ("module", "attempts", "expires_hours"),
        "returned": ("returned", "crop_document", "embed_pictures", "keep_at_vendor"),
        "looks": ("welcome", "hide_branding", "logo_url", "custom_page_url", "qr_color", "qr_background", "qr_size",
                  "qr_margin"),
        "after": ("success_url", "fail_url"),
    }  # fmt: skip

    biometric = RadioField("Face", choices=choices(BIOMETRICS), default=DEFAULT.biometric)
    face_threshold = ScoreField("Face score needed", default=DEFAULT.face_threshold)
    aml = BooleanField("Look the person up in sanctions and politician lists (AML)", default=DEFAULT.aml)
    aml_strict = BooleanField("Strict: only entries with the same nationality and birthday", default=DEFAULT.aml_strict)
    aml_databases = TicksField("AML lists", choices=choices(AML_LISTS))

    document_types = TicksField("Documents", choices=choices(DOCUMENTS))
    countries = CountriesField("Countries", default=())
    regions = RegionsField("States or regions", default=())
    check_expiry = BooleanField("The document must not have expired", default=DEFAULT.check_expiry)
    both_sides = BooleanField("Front and back must agree", default=DEFAULT.both_sides)
    authenticity_threshold = ScoreField("Authenticity score needed", default=DEFAULT.authenticity_threshold)
    authenticity_module = SelectField("Authenticity check", choices=choices(AUTHENTICITY), default="2")

    ask_phone = BooleanField("Ask for a phone number and confirm it with a code", default=DEFAULT.ask_phone)
    contract = RadioField("Contract", choices=choices(CONTRACTS), default=DEFAULT.contract)
    module = SelectField("How it is opened", choices=choices(MODULES), default=DEFAULT.module)
    attempts = WholeField(
        "Attempts",
        [NumberRange(1, MOST_ATTEMPTS, message=f"Use a whole number from 1 to {MOST_ATTEMPTS}.")],
        default=DEFAULT.attempts,
    )

    returned = SelectField("Pictures that come back", choices=choices(RETURNED), default="both")
    embed_pictures = BooleanField("Pictures inside the result, not by address", default=DEFAULT.embed_pictures)
    crop_document = BooleanField("Cut the document out of its picture", default=DEFAULT.crop_document)
    welcome = LinesField(
        "Welcome text", [Length(max=LONGEST_WELCOME, message=f"Use {LONGEST_WELCOME:,} characters at most.")]
    )
    logo_url = ValueField("Own logo", read=https_address)
    fail_url = ValueField("When it is not passed, go on to", read=https_address)

    def validate_face_threshold(self, field: ScoreField) -> None:
        """An emptied field is a mistake, not a zero."""
        if field.data is None and not field.errors:
            raise ValidationError("Type a number from 0 to 1, such as 0.4")

    validate_authenticity_threshold = validate_face_threshold

    def options(self) -> Options:
        """What to check, frozen on the link or in the preset; a field with an error counts as untouched."""
        found = super().options()
        return replace(found, aml_strict=found.aml and found.aml_strict)

    def load(self, options: Options) -> None:
        """Show these options instead of what was typed or the defaults."""
        super().load(options)
        both = (options.return_document, options.return_face)
        self._put(
            "returned", {(True, True): "both", (True, False): "document", (False, True): "face"}.get(both, "none")
        )

    def _typed(self) -> Options:
        which = self.returned.data if not self.returned.errors else "both"
        return replace(
            super()._typed(), return_document=which in ("both", "document"), return_face=which in ("both", "face")
        )


class SignatureOptions(SharedOptions):
    """Every option of a signature: no document, no face, only a contract to read and sign."""

    KIND = "signature"
    GROUPS: ClassVar[dict[str, tuple[str, ...]]] = {
        "contract": ("contract_prefill",),
        "handing": ("expires_hours",),
        "returned": ("keep_at_vendor",),
        "looks": ("hide_branding", "custom_page_url", "qr_color", "qr_background", "qr_size", "qr_margin"),
        "after": ("success_url",),
    }

    def options(self) -> Options:
        """What to sign. Nothing else is asked: the vendor cannot check identity with a signature."""
        return replace(super().options(), contract="sign", biometric="none", aml=False, check_expiry=False,
                       authenticity_threshold=0.0)  # fmt: skip
