"""The few words that a row of a list says about a session, beside its status; used by the list and the overview."""

from collections.abc import Callable
from datetime import datetime

from webapp.filters import duration
from webapp.masking import person_name
from webapp.models.words import MATTER_WORDS, OUTCOME_WORDS, STATUS_WORDS
from webapp.queries.sessions import OpenMatter, SessionRow

MATTER_ICONS = {
    "aml": "alert-triangle",
    "face": "face-id",
    "authenticity": "shield-check",
    "document": "id",
    "data": "columns-2",
    "inconsistent": "database",
    "conflicting": "files",
    "late": "clock",
    "near_threshold": "circle-half-2",
    "evidence": "photo-off",
    "code": "help-circle",
    "link": "link",
    "subject": "user-question",
}


def matter_label(matter: OpenMatter) -> str:
    """`AML 2`, `Face`: the number where there can be several."""
    numbered = matter.kind == "aml" or matter.count > 1
    return MATTER_WORDS[matter.kind] + (f" {matter.count}" if numbered else "")


def as_seen(row: SessionRow) -> SessionRow:
    """The row with its name masked where this request may not show it."""
    return row._replace(name=person_name(row.name)) if row.name else row


def row_label(row: SessionRow) -> str:
    """Whom the row is about: the name, else the own reference, else the vendor's, and the reusable link it came through."""
    known = row.name or row.own_reference
    if known or not row.link_label:
        return known or f"Session {row.reference or row.id}"
    return f"{row.reference or row.id}, {row.link_label}"


def row_note(row: SessionRow, now: datetime) -> str:
    """The quiet words after the status; empty where there is nothing to add."""
    make = _NOTES.get(row.status)
    kind = row.kind if row.status not in _SAY_THE_KIND.get(row.kind, STATUS_WORDS) else ""
    return ", ".join(part for part in (kind, make(row, now) if make else "") if part)


def _on_decision(row: SessionRow, _now: datetime) -> str:
    return "new information" if row.new_facts_after_decision else ""


_SAY_THE_KIND = {"signature": ("signed",), "liveness": ("captured", "failed", "needs_review")}
"""By kind, the statuses beside which it is not said again; beside those of an identity check it never is."""
_SAY_WHY = ("passed", "signed", "captured", "timed_out", "liveness_failed", "inconclusive")
"""Outcomes whose word is the reason already."""

_NOTES: dict[str, Callable[[SessionRow, datetime], str]] = {
    "creation_failed": lambda row, _: row.error_code.replace("_", " "),
    "opened": lambda row, now: duration((now - row.opened_at).total_seconds()) if row.opened_at else "",
    "ready": lambda _row, _: "not opened",
    "waiting_for_result": lambda row, _: "returned" if row.capture == "returned" else "being checked",
    "expired": lambda row, _: "confirmed" if row.expiry_confirmed else "no answer",
    "draft": lambda row, _: "being created" if row.capture == "creating" else "",
    "approved": _on_decision,
    "rejected": _on_decision,
}


def row_outcome(row: SessionRow, why: str) -> str:
    """The vendor's outcome and why, in a few words: `Failed, face`."""
    word = OUTCOME_WORDS[row.outcome]
    if row.outcome == "none" and row.outcome_code and row.capture in ("opened", "returned"):
        return why.capitalize()  # said on the way: the wrong device
    if not word or row.outcome in _SAY_WHY or not why:
        return word
    return f"{word}, {why}"
