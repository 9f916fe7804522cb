"""The form that uncovers a session's masked data: a reason, and the case in a few words; it writes nothing."""

from wtforms import Form, SelectField
from wtforms.validators import InputRequired, Length

from webapp.actions.reveals import LONGEST
from webapp.forms.fields import TextField, choices
from webapp.models.words import REVEAL_WORDS

SHORTEST = 3
NO_REASON = "Choose why you need to see it."
NO_WORDS = f"Say in a few words what it is about: {SHORTEST} characters at least."


class RevealForm(Form):
    """Both parts are needed. Their names stand alone on a page that has other forms."""

    reveal_reason = SelectField(
        "Why you need to see it", [InputRequired(NO_REASON)], choices=choices([("", "Choose"), *REVEAL_WORDS.items()])
    )
    reveal_words = TextField(
        "What it is about",
        [Length(min=SHORTEST, message=NO_WORDS), Length(max=LONGEST, message=f"Use {LONGEST} characters at most.")],
    )
