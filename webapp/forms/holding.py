"""The forms around holding a session: the version that the page showed, and a reason; they write nothing."""

from wtforms import Form
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from webapp.forms.fields import LinesField, WholeField

LEAST, MOST = 3, 500
SAY_WHY = f"Say why, in {LEAST} to {MOST} characters."


class Hold(Form):
    """Take or release: nothing to type. Without a version it is an older page's than any."""

    version = WholeField(widget=HiddenInput(), default=0)


class HoldWithReason(Hold):
    """Skip or take over: a reason of 3 to 500 characters."""

    reason = LinesField("Reason", [Length(LEAST, MOST, SAY_WHY)], id="hold-reason")
