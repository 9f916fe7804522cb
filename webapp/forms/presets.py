"""The form of a preset: a name and every option of its kind."""

from wtforms import Form
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import HiddenInput

from webapp.actions.presets import LONGEST_NAME, name_key
from webapp.forms.fields import TextField, WholeField
from webapp.forms.liveness import LivenessOptions
from webapp.forms.options import IdentityOptions, SignatureOptions


class PresetName(Form):
    """What every preset has. `began_with` is the version a change began with, `replacing` the one it may replace."""

    preset_name = TextField(
        "Name",
        [
            DataRequired("Type a name, such as “Account opening”."),
            Length(max=LONGEST_NAME, message=f"Use {LONGEST_NAME} characters at most."),
        ],
    )
    began_with = WholeField(widget=HiddenInput(), default=0)
    replacing = WholeField(widget=HiddenInput(), default=0)

    def validate_preset_name(self, field: TextField) -> None:
        """Two names are told apart by their letters and digits alone."""
        if field.data and not name_key(field.data):
            raise ValidationError("Use at least one letter or digit.")


class IdentityPreset(PresetName, IdentityOptions):
    """A preset for links that check who somebody is."""


class SignaturePreset(PresetName, SignatureOptions):
    """A preset for links that have a document signed."""


class LivenessPreset(PresetName, LivenessOptions):
    """A preset for links that check that a live person is there."""


PresetForm = IdentityPreset | SignaturePreset | LivenessPreset
FORMS: dict[str, type[IdentityPreset] | type[SignaturePreset] | type[LivenessPreset]] = {
    "identity": IdentityPreset,
    "signature": SignaturePreset,
    "liveness": LivenessPreset,
}
