"""Options that identity checks and signatures share; how options are read and loaded is in `option_fields`."""

from dataclasses import replace
from typing import Any

from wtforms import BooleanField, SelectField
from wtforms.validators import Length, NumberRange, ValidationError

from webapp.forms.conflicts import NO_SIGNATURE_LANGUAGES
from webapp.forms.fields import HoursField, PrefillField, TextField, ValueField, WholeField, choices
from webapp.forms.option_fields import DEFAULT as DEFAULT
from webapp.forms.option_fields import OptionFields
from webapp.forms.values import LARGEST_QR, LONGEST, SHORTEST, colour
from webapp.forms.web_address import https_address
from webapp.providers.base import Options

OTHER = "other"
EXPIRIES = (
    ("3600", "1 hour"), ("86400", "1 day"), ("604800", "7 days"), ("2592000", "30 days"), ("7776000", "90 days"),
    ("15552000", "180 days"), (OTHER, "Another length, in hours"),
)  # fmt: skip
LANGUAGES = (
    ("", "That of the person’s device"), ("en", "English"), ("fr", "Français"), ("nl", "Nederlands"),
    ("de", "Deutsch"), ("es", "Español"), ("sr", "Srpski"), ("zh-TW", "中文（繁體）"), ("zh-CN", "中文（简体）"),
)  # fmt: skip
FORMATS = (("", "As the template says"), ("PDF", "PDF"), ("DOCX", "Word (DOCX)"), ("HTML", "Web page (HTML)"))
QR_RANGE = NumberRange(1, LARGEST_QR, message=f"Use a whole number from 1 to {LARGEST_QR}.")


class SharedOptions(OptionFields):
    """The fields of both kinds."""

    expires = SelectField("Works for", choices=choices(EXPIRIES), default=str(DEFAULT.expires_in))
    expires_hours = HoursField("Hours", default=None)
    language = SelectField("Language", choices=choices(LANGUAGES), default=DEFAULT.language)

    contract_template = TextField("Template ID", [Length(max=100, message="Use 100 characters at most.")])
    contract_format = SelectField("Format", choices=choices(FORMATS), default=DEFAULT.contract_format)
    contract_prefill = PrefillField("Values to fill in", default="")
    keep_at_vendor = BooleanField("Keep a copy in the vendor’s vault", default=DEFAULT.keep_at_vendor)
    hide_branding = BooleanField("Hide the vendor’s logo", default=DEFAULT.hide_branding)
    custom_page_url = ValueField("Own page", read=https_address)
    success_url = ValueField("When it is done, go on to", read=https_address)
    qr_color = ValueField("QR colour", read=colour, default=DEFAULT.qr_color)
    qr_background = ValueField("QR background", read=colour, default=DEFAULT.qr_background)
    qr_size = WholeField("QR size", [QR_RANGE], default=DEFAULT.qr_size)
    qr_margin = WholeField("QR margin", [QR_RANGE], default=DEFAULT.qr_margin)

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        if self.KIND == "signature":
            kept = [pair for pair in LANGUAGES if pair[0] not in NO_SIGNATURE_LANGUAGES]
            self.language.choices = choices(kept)

    def validate_expires_hours(self, field: HoursField) -> None:
        """Needed, and within what the vendor takes, only when "another length" is chosen."""
        if self.expires.data != OTHER:
            return
        if field.data is None and not field.errors:
            raise ValidationError("Type the number of hours, or choose a length from the list.")
        if field.data is not None and not SHORTEST <= field.data <= LONGEST:
            raise ValidationError("Use 10 minutes (0.17 hours) at least and 180 days (4320 hours) at most.")

    def validate_qr_color(self, field: ValueField) -> None:
        """An emptied colour is a mistake."""
        if not field.data and not field.errors:
            raise ValidationError("Type six digits, such as 1A3C5E.")

    validate_qr_background = validate_qr_color

    def load(self, options: Options) -> None:
        """Show these options instead of what was typed or the defaults."""
        super().load(options)
        known = str(options.expires_in) in {value for value, _ in EXPIRIES}
        self._put("expires", str(options.expires_in) if known else OTHER)
        self._put("expires_hours", None if known else options.expires_in)

    def folded(self) -> dict[str, bool]:
        """Which folded groups must stand open; another length is typed in one of them."""
        found = super().folded()
        return found | {"handing": found["handing"] or self.expires.data == OTHER} if "handing" in found else found

    def _changed(self) -> dict[str, str]:
        changed = super()._changed()
        if self.expires.data != OTHER:
            changed.pop("expires_in", None)  # it is said by the list itself
        return changed

    def _typed(self) -> Options:
        return replace(super()._typed(), expires_in=self._seconds())

    def _seconds(self) -> int:
        if self.expires.data == OTHER:
            found = self.expires_hours.data or 0
            return int(found) if SHORTEST <= found <= LONGEST else DEFAULT.expires_in
        known = {value for value, _ in EXPIRIES} - {OTHER}
        return int(self.expires.data) if self.expires.data in known else DEFAULT.expires_in
