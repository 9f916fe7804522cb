"""The answers of a second person to a changed policy; they write nothing."""

from typing import Any

from wtforms import Form
from wtforms.validators import Length

from webapp.actions.second_person import LONGEST_NOTE, SHORTEST_NOTE
from webapp.forms.fields import LinesField

WHY_BACK = f"Say why, in {SHORTEST_NOTE} to {LONGEST_NOTE} characters: who proposed it reads it."


class SendBackForm(Form):
    """Why a change is not to be made."""

    note = LinesField("Why not", [Length(min=SHORTEST_NOTE, max=LONGEST_NOTE, message=WHY_BACK)])

    @classmethod
    def of(cls, proposal_id: int, sent: Any = None) -> "SendBackForm":
        """The form of one proposal, several of which may stand on a page."""
        form = cls(sent)
        form.note.id = form.note.label.field_id = f"note-{proposal_id}"
        return form
