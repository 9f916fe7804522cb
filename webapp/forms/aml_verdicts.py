"""A verdict on one list entry or on several, as its form sends it, and the reason why a dismissal ends; nothing is written."""

from typing import Any

from wtforms import BooleanField, Form, StringField
from wtforms.validators import Length

from webapp.actions.aml_guards import LONGEST_NOTE, Incomplete, Verdict
from webapp.checks.discriminators import LABELS
from webapp.forms.fields import LinesField, TextField, TicksField, choices

MOST = 100
"""Matches of one form; no result has more."""
FIELD_WORDS = {
    "verdict": "Verdict",
    "because": "Because of",
    "kind": "Kind",
    "note": "Note",
    "remember": "Remember",
    "match": "Hits",
}


class VerdictForm(Form):
    """`match_id` is whose card sent it, 0 for the form for several."""

    verdict = StringField("Verdict")
    because = TicksField("Because of", choices=choices(list(LABELS.items())), validate_choice=False)
    kind = StringField("Kind")
    note = LinesField(
        "Note", [Length(max=LONGEST_NOTE, message=f"At most {LONGEST_NOTE} characters are kept. Shorten it.")]
    )
    remember = BooleanField("Remember")
    confirmed = BooleanField("I have read this, and the note may stay as it is")

    def __init__(self, data: Any = None, *, match_id: int = 0, **more: Any) -> None:
        super().__init__(data, **more)
        self.match_id = match_id
        ticked = data.getlist("match") if data is not None else []
        self.ticked = [int(text) for text in ticked if text.isascii() and text.isdigit() and len(text) < 10][:MOST]
        self.wrong: list[tuple[str, str]] = []
        self.warned = False
        self.conflict = ""

    def said(self) -> Verdict:
        """What the action takes. What belongs to another verdict than the chosen one is left out."""
        verdict = (self.verdict.data or "")[:20]
        return Verdict(
            verdict=verdict, discriminators=tuple(self.because.data or ()) if verdict == "not_same" else (),
            kind=(self.kind.data or "")[:20] if verdict == "same" else "", note=(self.note.data or "").strip(),
            remember=bool(self.remember.data) and verdict == "not_same", confirmed=bool(self.confirmed.data),
        )  # fmt: skip

    def refuse(self, found: Incomplete) -> "VerdictForm":
        """Keep what an action found, by field, for the summary and the fields."""
        self.wrong = [*found.errors.items(), *(("note", words) for words in found.warnings)]
        self.warned = bool(found.warnings or self.confirmed.data)
        return self

    def error(self, name: str) -> str:
        """What is wrong with one field."""
        return dict(self.wrong).get(name, "")


class EndDismissal(Form):
    """Why a remembered dismissal is to hold no longer."""

    why = TextField("Why", [Length(min=3, max=200, message="Say why, in 3 to 200 characters.")])
