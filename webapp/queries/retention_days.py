"""The day on which each of many sessions is next due to be erased, for files: five questions, however many sessions."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from webapp.checks.retention import next_due
from webapp.models import LegalHold, Person, VerificationSession
from webapp.queries import policies
from webapp.queries.retention import facts_from, is_good

ON_HOLD = "on hold"
S: Any = VerificationSession  # to mypy, fields of a table are plain values; in a query they are columns
P: Any = Person
H: Any = LegalHold
Numbers = Sequence[int]


def next_days(db: Session, numbers: Numbers) -> dict[int, str]:
    """`2031-03-14T10:00:00Z`, `on hold`, or empty where the session is open, erased, or its business has no end yet.

    By the policy as it is now, for the first class that is still there; the days of grace come on top.
    """
    policy, sessions = policies.retention(db), _sessions(db, numbers)
    persons = sorted({row.person_id for row in sessions if row.person_id is not None})
    led = set(db.scalars(select(S.person_id).where(S.person_id.in_(persons), is_good()).distinct()))
    held = set(db.scalars(_held(H.session_id, numbers)))
    held_persons = set(db.scalars(_held(H.person_id, persons)))
    found = {}
    for row in sessions:
        facts = facts_from(
            row, led=row.person_id in led, relationship_ended_at=row.relationship_ended_at,
            held=row.id in held or row.person_id in held_persons,
        )  # fmt: skip
        day = None if row.erased else next_due(facts, policy, row.erased_classes or ())
        found[row.id] = "" if row.erased else ON_HOLD if facts.held else _iso(day) if day else ""
    return found


def _sessions(db: Session, numbers: Numbers) -> Sequence[Any]:
    names = ("id", "status", "outcome", "decision", "decided_at", "finished_at", "changed_at", "person_id", "erased",
             "erased_classes")  # fmt: skip
    query = select(*(getattr(S, name) for name in names), P.relationship_ended_at).outerjoin(P, P.id == S.person_id)
    return db.execute(query.where(S.id.in_(numbers))).all()


def _held(subject: Any, among: Numbers) -> Any:
    return select(subject).where(subject.in_(among), col(LegalHold.released_at).is_(None))


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
