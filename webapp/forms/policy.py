"""The form of the policy: what no new link may ask for; it writes nothing."""

from wtforms import BooleanField, Form
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from webapp.forms.fields import WholeField

INCOMPLETE = "This form was incomplete. Load the page again."


class PolicyForm(Form):
    """`began_with` is the version of the policy that the form was opened with, 0 where there was none."""

    attributes = BooleanField("Forbid links that ask for attributes of the face")
    began_with = WholeField(
        "Version", [InputRequired(INCOMPLETE), NumberRange(0, 2**31 - 1, INCOMPLETE)], widget=HiddenInput(), default=0
    )

    def names(self) -> list[str]:
        """The options that are to be forbidden."""
        return ["attributes"] if self.attributes.data else []
