"""What people decided and wrote about one session, newest first, and the sessions it was asked for again after or before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, null, select, union_all
from sqlmodel import Session

from webapp.models import Decision, Note
from webapp.models.columns import table_of

DECISIONS, NOTES = table_of(Decision), table_of(Note)
D, N = DECISIONS.c, NOTES.c


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of deciding, with its note; the rest as in `Decision`."""

    id: int
    kind: str
    stage: str
    proposal_id: int | None
    actor_type: str
    actor_id: int | None
    actor_name: str
    role: str
    reason_codes: tuple[str, ...]
    note: str
    note_id: int | None
    rule_version: int
    policy_version: int
    evidence_hash: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Written:
    """A note, by itself or with a step."""

    id: int
    text: str
    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Relative:
    """A session before (`before`) or after this one in a chain of asking again."""

    id: int
    status: str
    attempt: int
    before: bool


_STEP = (D.id, D.kind, D.stage, D.proposal_id, D.actor_type, D.actor_id, D.actor_name, D.role_at_time, D.reason_codes,
         D.rule_version, D.policy_version, D.evidence_hash, D.created_at)  # fmt: skip
_NOTE = (N.id.label("note_id"), N.text, N.created_by_name, N.created_at.label("noted_at"))
_ID: Any = bindparam("session_id")
_WITH_STEP = select(D.note_id).where(D.session_id == _ID, D.note_id.is_not(None))
_BOTH = union_all(
    select(*_STEP, *_NOTE).select_from(DECISIONS.outerjoin(NOTES, N.id == D.note_id)).where(D.session_id == _ID),
    select(*(null() for _ in _STEP), *_NOTE).where(N.session_id == _ID, N.id.not_in(_WITH_STEP)),
)
"""Steps with their notes, then the notes without a step: one query for both."""


def of_session(db: Session, session_id: int) -> tuple[tuple[Step, ...], tuple[Written, ...]]:
    """The steps and all notes, newest first. One query."""
    rows = db.execute(_BOTH, {"session_id": session_id}).all()
    steps = [_step(row) for row in rows if row[0] is not None]
    notes = [Written(id=row[-4], text=row[-3], name=row[-2], at=row[-1]) for row in rows if row[-4] is not None]
    return (
        tuple(sorted(steps, key=lambda each: each.id, reverse=True)),
        tuple(sorted(notes, key=lambda each: each.id, reverse=True)),
    )


def _step(row: Any) -> Step:
    return Step(
        id=row[0], kind=row[1], stage=row[2], proposal_id=row[3], actor_type=row[4], actor_id=row[5], actor_name=row[6],
        role=row[7], reason_codes=tuple(row[8] or ()), rule_version=row[9], policy_version=row[10], evidence_hash=row[11],
        at=row[12], note=row[-3] or "", note_id=row[-4],
    )  # fmt: skip
