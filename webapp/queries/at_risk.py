"""Evidence that is not saved: what the vendor will delete and when, what is being tried, and what is lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select, tuple_, union_all
from sqlmodel import Session

from webapp.actions.evidence import VENDOR_KEEPS
from webapp.models import EvidenceFile, Job, Link, Person, VerificationSession
from webapp.queries import restricted
from webapp.queries.counts import CAP
from webapp.queries.session_filter import Position

PAGE = 50
FIRST_TRIES = timedelta(minutes=10)
"""A file that has not been tried for longer than this is at risk too; before, it is just on its way."""

E: Any = EvidenceFile  # to mypy, fields of a table are plain values; in a query they are columns
S: Any = VerificationSession
L: Any = Link
P: Any = Person
J: Any = Job


@dataclass(frozen=True, kw_only=True)
class MissingFile:
    """One file. `next_try` is None where nobody will try by himself; `trying` while a worker is at it."""

    id: int
    session_id: int
    name: str
    named: bool
    """Whether `name` is the person's, and no reference or label."""
    kind: str
    side: str
    state: str
    reason: str
    attempts: int
    vendor_deletes_at: datetime
    next_try: datetime | None
    trying: bool

    @property
    def position(self) -> Position:
        """Where the row stands in its list."""
        return Position(created_at=self.vendor_deletes_at, id=self.id)


@dataclass(frozen=True, kw_only=True)
class MissingFiles:
    """Up to 50 lines, and the cursor of the next page; None at the end."""

    rows: tuple[MissingFile, ...]
    more: Position | None


def at_risk(db: Session, now: datetime, *, after: Position | None = None, size: int = PAGE) -> MissingFiles:
    """Files that can still be had, the first to be deleted first. Two queries."""
    return _page(db, now, _keys(_saveable(now), after, size), size, newest_first=False)


def lost(db: Session, now: datetime, *, after: Position | None = None, size: int = PAGE) -> MissingFiles:
    """Files whose time at the vendor is over, the last one first. Two queries."""
    return _page(db, now, _keys(_over(now), after, size, newest_first=True), size, newest_first=True)


def count_columns(now: datetime) -> tuple[ColumnElement[Any], ...]:
    """How many files are at risk (at most 10,001) and when the first is deleted, as columns for one query."""
    kept = _together(select(E.vendor_deletes_at).where(*branch).limit(CAP) for branch in _saveable(now))
    first = select(func.min(kept.c.vendor_deletes_at, type_=E.vendor_deletes_at.type))
    return select(func.count()).select_from(kept).scalar_subquery(), first.scalar_subquery()


def lost_column(now: datetime) -> ColumnElement[int]:
    """How many files are lost (at most 10,001), as a column for one query."""
    gone = _together(select(E.id).where(*branch).limit(CAP) for branch in _over(now))
    return select(func.count()).select_from(gone).scalar_subquery()


Branch = tuple[ColumnElement[bool], ...]


def _saveable(now: datetime) -> tuple[Branch, ...]:
    """Each is one walk along the index on (state, vendor_deletes_at)."""
    fresh = now + VENDOR_KEEPS - FIRST_TRIES
    return (
        (E.state == "failed", E.vendor_deletes_at > now),
        (E.state == "pending", E.vendor_deletes_at > now, E.vendor_deletes_at <= fresh),
        (E.state == "refused", E.path == "", E.vendor_deletes_at > now),
    )


def _over(now: datetime) -> tuple[Branch, ...]:
    return (
        (E.state == "failed", E.vendor_deletes_at <= now),
        (E.state == "pending", E.vendor_deletes_at <= now),
        (E.state == "refused", E.path == "", E.vendor_deletes_at <= now),
    )


def _keys(
    branches: tuple[Branch, ...], after: Position | None, size: int, *, newest_first: bool = False
) -> Select[Any]:
    place = tuple_(E.vendor_deletes_at, E.id)
    further = [] if after is None else [(place < _values(after)) if newest_first else (place > _values(after))]
    order = (E.vendor_deletes_at.desc(), E.id.desc()) if newest_first else (E.vendor_deletes_at, E.id)
    each = (
        select(E.id, E.vendor_deletes_at).where(*branch, *further).order_by(*order).limit(size + 1)
        for branch in branches
    )
    merged = _together(each)
    at, number = merged.c.vendor_deletes_at, merged.c.id
    ends = (at.desc(), number.desc()) if newest_first else (at, number)
    return select(number, at).order_by(*ends).limit(size + 1)


def _together(each: Iterable[Select[Any]]) -> Subquery:
    """The rows of all; SQLite takes a limited part of a union only as a query of its own."""
    return union_all(*(select(part.subquery()) for part in each)).subquery()


def _values(place: Position) -> tuple[datetime, int]:
    return place.created_at, place.id


def _page(db: Session, now: datetime, keys: Select[Any], size: int, *, newest_first: bool) -> MissingFiles:
    found = keys.subquery("keys")
    at, number = found.c.vendor_deletes_at, found.c.id
    rows = db.execute(
        select(
            E.id, E.session_id, E.kind, E.side, E.state, E.reason, E.attempts, E.vendor_deletes_at,
            func.coalesce(func.nullif(restricted.name(), ""), func.nullif(P.own_reference, ""), L.label, "").label("name"),
            (func.coalesce(P.name, "") != "").label("named"),
        )
        .select_from(found)
        .join(E, E.id == number)
        .join(S, S.id == E.session_id)
        .join(L, L.id == S.link_id)
        .outerjoin(P, P.id == S.person_id)
        .order_by(*((at.desc(), number.desc()) if newest_first else (at, number)))
    ).all()  # fmt: skip
    jobs = _jobs(db, [row.id for row in rows], now)
    none = (None, False)
    files = tuple(
        MissingFile(**row._mapping, next_try=jobs.get(row.id, none)[0], trying=jobs.get(row.id, none)[1])
        for row in rows[:size]
    )
    return MissingFiles(rows=files, more=files[-1].position if len(rows) > size else None)


def _jobs(db: Session, files: list[int], now: datetime) -> dict[int, tuple[datetime | None, bool]]:
    """When each file is tried next, and whether somebody is at it. The table holds only what is not done yet."""
    if not files:
        return {}
    rows = db.execute(
        select(
            J.subject_id,
            func.min(J.due_at, type_=J.due_at.type),
            func.max(J.leased_until, type_=J.due_at.type),
        )
        .where(J.kind == "fetch_evidence", J.failed_at.is_(None), J.subject_id.in_(files))
        .group_by(J.subject_id)
    )
    return {row[0]: (row[1], row[2] is not None and row[2] > now) for row in rows}
