"""What happened to a session after a form was loaded, for whoever sends that form too late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from webapp.models import AuditEvent
from webapp.models.columns import table_of
from webapp.models.words import STATUS_WORDS
from webapp.queries.timeline import VIEWS

A = table_of(AuditEvent).c
MOST = 50


@dataclass(frozen=True, kw_only=True)
class Change:
    """One record: who (None: not a person of the team), by which name, what and when."""

    actor_id: int | None
    name: str
    action: str
    at: datetime


def since(db: Session, session_id: int, *, told: int) -> list[Change]:
    """What was done to the session after record number `told`, newest first; views are no change. One query."""
    query = (
        select(A.actor_id, A.actor_type, A.actor_name_at_time, A.action, A.utc)
        .where(A.session_id == session_id, A.seq > told, A.action.not_in(VIEWS), A.outcome != "denied")
        .order_by(A.seq.desc())
        .limit(MOST)
    )
    return [
        Change(
            actor_id=row.actor_id, action=row.action, at=row.utc,
            name=row.actor_name_at_time or _NAMES.get(row.actor_type, "Somebody"),
        )
        for row in db.execute(query)
    ]  # fmt: skip


_NAMES = {"system": "Vouchdesk", "applicant": "the applicant", "vendor": "the vendor"}


def words(changes: Sequence[Change], *, was: str, status: str, now: datetime) -> str:
    """`Changed by A. Kovac 12 s ago: status Needs review → Approved.`"""
    who = f" by {changes[0].name} {_ago((now - changes[0].at).total_seconds())}" if changes else ""
    now_word = STATUS_WORDS.get(status, status)
    if was and was != status:
        return f"Changed{who}: status {STATUS_WORDS.get(was, was)} → {now_word}."
    return f"Changed{who}. Its status is {now_word} as before, but something else is another."


def _ago(seconds: float) -> str:
    if seconds < 60:
        return f"{max(0, round(seconds))} s ago"
    return f"{round(seconds / 60)} min ago" if seconds < 3600 else f"{round(seconds / 3600)} h ago"
