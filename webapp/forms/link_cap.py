"""The form that changes how many sessions a reusable link may bring; it writes nothing."""

from wtforms import Form
from wtforms.validators import NumberRange, Optional

from webapp.forms.fields import WholeField

MOST_SESSIONS = 1_000_000
OUT_OF_RANGE = f"Use a whole number from 1 to {MOST_SESSIONS:,}, or leave it empty."


class LinkCap(Form):
    """A number of sessions; empty for any number."""

    cap = WholeField("Sessions at most", [Optional(), NumberRange(1, MOST_SESSIONS, OUT_OF_RANGE)])
