"""The form that asks for a file: of which kind, with which columns, and what for; what is in it the filter says."""

from wtforms import Form, RadioField, SelectField
from wtforms.validators import InputRequired, Length

from webapp.actions.second_person import LONGEST_NOTE, SHORTEST_NOTE
from webapp.exports import FORMATS
from webapp.exports.lists import ListOf
from webapp.forms.fields import LinesField, TextField, choices
from webapp.models.words import PURPOSE_WORDS

SHORTEST = 3
LONGEST = 500
NO_PURPOSE = "Choose what the file is for."
NO_NOTE = f"Say why, in {SHORTEST_NOTE} to {LONGEST_NOTE} characters: who asked reads it."
NO_WORDS = f"Say in a few words what the file is for: {SHORTEST} characters at least."


class PurposeForm(Form):
    """What a file is for: both parts are on the record, and in the file where it has room for them."""

    purpose = SelectField(
        "What it is for", [InputRequired(NO_PURPOSE)], choices=choices([("", "Choose"), *PURPOSE_WORDS.items()])
    )
    purpose_text = TextField(
        "In a few words",
        [Length(min=SHORTEST, message=NO_WORDS), Length(max=LONGEST, message=f"Use {LONGEST} characters at most.")],
    )


class ListExportForm(PurposeForm):
    """A list as a file."""

    format = RadioField(
        "Kind of file", [InputRequired("Choose a kind of file.")],
        choices=choices([(key, each.label) for key, each in FORMATS.items()]), default=next(iter(FORMATS)),
    )  # fmt: skip
    profile = RadioField("Columns", default="", validate_choice=True)

    def offer(self, found: ListOf) -> "ListExportForm":
        """Offer the columns of this list."""
        self.profile.choices = choices([(key, each.label) for key, each in found.profiles.items()])
        return self


class RefuseForm(Form):
    """Why a large file is not to be made."""

    note = LinesField("Why not", [Length(min=SHORTEST_NOTE, max=LONGEST_NOTE, message=NO_NOTE)])
