"""The forms of the decision column: reasons, a note, what goes back as it came; they write nothing."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, Form, RadioField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import TextArea

from webapp.actions.decision_guards import Said
from webapp.checks.deciding import REASONS
from webapp.forms.fields import LinesField, TicksField, WholeField, choices
from webapp.models.words import AGAIN_WORDS, REASON_WORDS

LONGEST_NOTE = 4000
NOTE_LABELS = {
    "ask_again": "Note for the team",
    "confirm": "Note",
    "note": "New note",
    "escalate": "Why it is escalated",
}


class StepForm(Form):
    """One step. Several stand on one page, so the names of its fields begin with its kind."""

    reasons = TicksField("Reasons")
    note = LinesField(
        "Note", [Length(max=LONGEST_NOTE, message=f"At most {LONGEST_NOTE} characters.")], widget=TextArea()
    )
    confirmed = BooleanField("I have read this, and the note may stay as it is")
    cause = RadioField(
        "What the person is told", [InputRequired("Choose what the person is told.")],
        choices=choices(tuple(AGAIN_WORDS.items())), default="vendor",
    )  # fmt: skip
    anyway = BooleanField("Ask again all the same, and say why in the note")

    def __init__(self, data: Any = None, *, kind: str, vendor_says: str = "", **more: Any) -> None:
        super().__init__(data, prefix=f"{kind}-", **more)
        self.kind = kind
        self.warnings: tuple[str, ...] = ()
        self.open_hits = 0
        self.reasons.choices = choices([(code, REASON_WORDS[code]) for code in REASONS.get(kind, ())])
        self.note.label.text = NOTE_LABELS.get(kind, "Note")
        if kind == "ask_again":
            words = {**AGAIN_WORDS, "vendor": vendor_says}
            self.cause.choices = choices([(key, said) for key, said in words.items() if said])
        else:
            del self.cause, self.anyway

    def refuse(self, errors: Mapping[str, str], *, warnings: tuple[str, ...] = (), open_hits: int = 0) -> None:
        """Put what an action found beside its fields."""
        for name, message in errors.items():
            field = self[name]
            field.errors = [*field.errors, message]
        self.warnings, self.open_hits = warnings, open_hits

    def said(self, session_id: int, keeps: Mapping[str, str]) -> Said:
        """What the action takes."""
        return Said(
            session_id=session_id, version=_whole(keeps.get("version")), told=_whole(keeps.get("told")),
            was=str(keeps.get("was", ""))[:40], reasons=tuple(self.reasons.data or ()), note=self.note.data,
            confirmed=bool(self.confirmed.data),
        )  # fmt: skip


class ProposalNumber(Form):
    """Which proposal an answer is for."""

    proposal = WholeField("Proposal")


def _whole(text: str | None) -> int:
    """A number that came with the form; anything else is none that a session ever has."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else -1
