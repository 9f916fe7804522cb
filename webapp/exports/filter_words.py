"""The filter of a file in words, as its list's own page says it; for who asked, and for the second person."""

from collections.abc import Sequence
from datetime import date

from werkzeug.datastructures import MultiDict

from webapp.forms.matches import MatchFilterForm
from webapp.forms.sessions import SessionFilterForm
from webapp.models.words import DELIVERY_STATE_WORDS, LINK_STATE_WORDS, OUTCOME_WORDS

FORGOTTEN = "a search, forgotten since"
STATES = {"links": LINK_STATE_WORDS, "deliveries": DELIVERY_STATE_WORDS}


def said(kind: str, parts: Sequence[Sequence[str]]) -> list[str]:
    """Each part of it; nothing where all is shown. `parts` are the name and value pairs of the address."""
    given = MultiDict((part[0], part[1]) for part in parts if part[1])
    forgotten = [FORGOTTEN] if len(given.to_dict(flat=False)) < len({part[0] for part in parts}) else []
    return forgotten + _words(kind, given)


def _words(kind: str, given: MultiDict[str, str]) -> list[str]:
    if kind in ("sessions", "decisions"):
        return [chip.text for chip in SessionFilterForm.read(given).chips]
    if kind == "matches":
        database = given.get("database", "")
        return [text for text, _ in MatchFilterForm.read(given, {database: database}).chips]
    if kind in STATES:
        return [f"State: {STATES[kind].get(value, value)}" for value in given.getlist("state")]
    return [_part(name, value) for name, value in given.items(multi=True)]


def _part(name: str, value: str) -> str:
    """A part of what a sample is drawn from, or of the filter of the audit log."""
    if name in ("from", "to"):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return f"{name} {value}"
        return f"{'since' if name == 'from' else 'up to'} {day.day} {day:%b %Y}"
    return f"{name.replace('_', ' ')}: {OUTCOME_WORDS.get(value) or value.replace('_', ' ')}"
