"""The queue: which sessions wait for people, by when, and who holds which; in the order in which they are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, tuple_, union_all
from sqlmodel import Session

from webapp.models import Decision, VerificationSession
from webapp.models.columns import table_of
from webapp.queries import sessions
from webapp.queries.counts import CAP
from webapp.queries.session_filter import Position, SessionFilter
from webapp.queries.session_keys import Bounds
from webapp.queries.sessions import SessionRow

SESSIONS, DECISIONS = table_of(VerificationSession), table_of(Decision)
S, D = SESSIONS.c, DECISIONS.c

QUEUES: dict[str, tuple[str, ...]] = {
    "open": ("pending", "in_review"),
    "mine": ("in_review",),
    "second": ("awaiting_second",),
    "escalated": ("escalated",),
    "applicant": ("awaiting_applicant",),
}
"""By the name of the page: the words of `review` that it lists."""
PRIORITIES = ("high", "normal", "low")
PAGE_SIZE = 50


class QueueRow(NamedTuple):
    """One session of the queue: by when it is due, who holds it until when (a lease that is over holds nothing)."""

    session: SessionRow
    review: str
    priority: str
    due_at: datetime | None
    holder_id: int | None
    holder_name: str
    held_since: datetime | None
    held_until: datetime | None

    @property
    def position(self) -> Position:
        """Where it stands in the queue; the moment is the one by which it is due."""
        return Position(created_at=self.due_at or self.session.created_at, id=self.session.id)

    def held(self, now: datetime) -> bool:
        """Whether somebody holds it now."""
        return self.review == "in_review" and self.held_until is not None and self.held_until > now


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    """The rows, and the places at which the pages before and after begin."""

    rows: tuple[QueueRow, ...]
    earlier: Position | None
    later: Position | None


@dataclass(frozen=True, kw_only=True)
class QueueCounts:
    """How many sessions each page of the queue lists, at most 10,001 each, and how many to review are late."""

    open: int
    late: int
    mine: int
    second: int
    escalated: int
    applicant: int
    free: int
    """Of `open`, those that nobody holds."""


_FIELDS = (
    S.id, S.review, S.priority, S.due_at, S.holder_id, S.holder_name, S.held_since, S.held_until,
)  # fmt: skip


def page(
    db: Session, queue: str, *, user_id: int, priority: str = "", after: Position | None = None,
    before: Position | None = None, size: int = PAGE_SIZE,
) -> QueuePage:  # fmt: skip
    """One page of a queue (a key of QUEUES), what is due first on top. Three queries, two when it is empty or short of one.

    The second approvals are those that this person did not propose himself.
    """
    which = [_narrowed(branch, priority, after, before) for branch in _branches(queue, user_id)]
    found = db.execute(_ordered(which, size + 1, backwards=before is not None)).all()
    more = len(found) > size
    if before is not None and not more:
        return page(db, queue, user_id=user_id, priority=priority, size=size)
    found = found[:size][::-1] if before is not None else found[:size]
    rows = _rows(db, found)
    return QueuePage(
        rows=rows,
        earlier=rows[0].position if rows and (before or after) else None,
        later=rows[-1].position if rows and (before or more) else None,
    )


def next_due(db: Session, *, limit: int) -> tuple[QueueRow, ...]:
    """The sessions to review that fall due next, held or not."""
    return _rows(db, db.execute(_ordered(_branches("open", 0), limit)).all())


def on_their_way(db: Session, *, limit: int) -> tuple[SessionRow, ...]:
    """Sessions that may come into the queue next: opened, or back from the vendor without a result yet."""
    wanted = SessionFilter(statuses=("opened", "waiting_for_result"))
    return sessions.page(db, wanted, Bounds(), size=limit).rows


def counts(db: Session, *, user_id: int, now: datetime) -> QueueCounts:
    """All figures of the queue in one query."""
    reviewed = [_of(word) for word in QUEUES["open"]]
    row = db.execute(
        select(
            _capped(reviewed[0]), _capped(reviewed[1]),
            _capped(reviewed[0].where(S.due_at < now)), _capped(reviewed[1].where(S.due_at < now)),
            _capped(_held_by(user_id)), _capped(_not_proposed_by(user_id)), _capped(_of("escalated")),
            _capped(_of("awaiting_applicant")),
        )
    ).one()  # fmt: skip
    pending, held, late_pending, late_held, own, second, escalated, applicant = row
    return QueueCounts(
        open=min(pending + held, CAP), late=min(late_pending + late_held, CAP), mine=own, second=second,
        escalated=escalated, applicant=applicant, free=pending,
    )  # fmt: skip


def _rows(db: Session, found: Sequence[Row[*tuple[Any, ...]]]) -> tuple[QueueRow, ...]:
    each = sessions.by_ids(db, [row.id for row in found]) if found else {}
    return tuple(QueueRow(each[row.id], *row[1:]) for row in found)


def _branches(queue: str, user_id: int) -> list[Select[Any]]:
    """One index scan for each word of `review`: an IN list would have to sort all that fit."""
    if queue == "mine":
        return [_held_by(user_id)]
    if queue == "second":
        return [_not_proposed_by(user_id)]
    return [_of(word) for word in QUEUES[queue]]


def _of(word: str) -> Select[Any]:
    return select(*_FIELDS).where(S.review == word)


def _held_by(user_id: int) -> Select[Any]:
    return _of("in_review").where(S.holder_id == user_id)


def _not_proposed_by(user_id: int) -> Select[Any]:
    proposed = _of("awaiting_second").outerjoin(DECISIONS, D.id == S.proposal_id)
    return proposed.where(or_(D.actor_id.is_(None), D.actor_id != user_id))


def _narrowed(rows: Select[Any], priority: str, after: Position | None, before: Position | None) -> Select[Any]:
    place = tuple_(S.due_at, S.id)
    return rows.where(
        *([S.priority == priority] if priority else []),
        *([place > (after.created_at, after.id)] if after else []),
        *([place < (before.created_at, before.id)] if before else []),
    )


def _ordered(branches: list[Select[Any]], limit: int, *, backwards: bool = False) -> Select[Any]:
    each = [_in_order(branch, S, limit, backwards) for branch in branches]
    if len(each) == 1:
        return each[0]
    merged = union_all(*(select(branch.subquery()) for branch in each)).subquery()
    return _in_order(select(merged), merged.c, limit, backwards)


def _in_order(rows: Select[Any], columns: Any, limit: int, backwards: bool) -> Select[Any]:
    order = (columns.due_at, columns.id)
    return rows.order_by(*(part.desc() if backwards else part.asc() for part in order)).limit(limit)


def _capped(rows: Select[Any]) -> ColumnElement[int]:
    return select(func.count()).select_from(rows.limit(CAP).subquery()).scalar_subquery()
