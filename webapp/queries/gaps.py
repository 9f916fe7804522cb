"""The silent ones: sessions whose result should be here and is not, and results that the vendor could not confirm."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal_column, or_, select, tuple_, union_all
from sqlmodel import Session

from webapp.models import AuditEvent, Delivery, Link, Person, VerificationSession
from webapp.providers.build import SILENT_AFTER
from webapp.queries import restricted
from webapp.queries.counts import CAP
from webapp.queries.session_filter import Position

PAGE = 50
RETURNED_AFTER = timedelta(hours=1)
UNCONFIRMED_AFTER = timedelta(minutes=5)
"""Taking a result in takes seconds; in a burst it may take a minute or two."""
WINDOW = timedelta(days=30)
"""A link that ended longer ago is history, as on the overview."""
OVER = ("expired", "active", "paused")
"""Link states in which a link's time can be over without a result; the first tells that somebody looked at the clock."""

S: Any = VerificationSession  # to mypy, fields of a table are plain values; in a query they are columns
L: Any = Link
D: Any = Delivery
P: Any = Person
A: Any = AuditEvent


@dataclass(frozen=True, kw_only=True)
class GapRow:
    """One line. `since` is what the list is ordered by: the link's end, the return, or the arrival of the result.

    `delivery_id` is there where a result is waiting; `session_id` is None where nothing is known but the delivery.
    """

    key: int
    since: datetime
    session_id: int | None
    link_id: int
    reference: str
    name: str
    named: bool
    """Whether `name` is the person's, and no reference or label."""
    opened_at: datetime | None
    returned_at: datetime | None
    delivery_id: int | None

    @property
    def position(self) -> Position:
        """Where the row stands in its list."""
        return Position(created_at=self.since, id=self.key)


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """Up to 50 lines of one kind, and the cursor of the next page; None at the end."""

    rows: tuple[GapRow, ...]
    more: Position | None


@dataclass(frozen=True)
class GapCounts:
    """How many of each kind there are, at most 10,001 each."""

    silent: int
    returned: int
    unconfirmed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.silent + self.returned + self.unconfirmed


KINDS = ("unconfirmed", "returned", "silent")


def read(db: Session, kind: str, now: datetime, *, after: Position | None = None, size: int = PAGE) -> Gaps:
    """One kind, the nearest to being lost first: unconfirmed and returned oldest first, silent the last ended first."""
    keys = {"silent": _silent, "returned": _returned, "unconfirmed": _unconfirmed}[kind](now, after).limit(size + 1)
    found = db.execute(_read_deliveries(keys) if kind == "unconfirmed" else _read_sessions(keys, kind)).all()
    rows = tuple(_row(row) for row in found[:size])
    return Gaps(rows=rows, more=rows[-1].position if len(found) > size else None)


def count_columns(now: datetime) -> tuple[ColumnElement[int], ...]:
    """The values of `GapCounts` as columns for one query; each from an index, and capped."""
    each = (_silent(now, None, ordered=False), _returned(now, None), _unconfirmed(now, None))
    return tuple(select(func.count()).select_from(keys.limit(CAP).subquery()).scalar_subquery() for keys in each)


def _silent(now: datetime, after: Position | None, *, ordered: bool = True) -> Select[Any]:
    """Past the link's end, which the vendor never confirmed: for as long as it may take, or at once if the person came back.

    Each link state is one walk along the index on (state, expires_at).
    """
    returned = select(A.seq).where(A.session_id == S.id, A.action == "link.return").exists()
    place = tuple_(L.expires_at, S.id)
    branches = []
    for state in OVER:
        keys = (
            select(S.id.label("key"), L.expires_at.label("since"))
            .join(S, S.link_id == L.id)
            .where(
                L.state == state, L.expires_at > now - WINDOW, L.expires_at <= now,
                or_(_silent_since(now), and_(S.capture == "expired", returned)),
                S.capture.in_(("ready", "opened", "returned", "expired")), S.expiry_confirmed.is_(False), *_no_result(),
                *([place < (after.created_at, after.id)] if after else []),
            )
        )  # fmt: skip
        branches.append(keys.order_by(L.expires_at.desc(), S.id.desc()).limit(CAP) if ordered else keys.limit(CAP))
    if not ordered:
        return select(union_all(*(select(keys.subquery()) for keys in branches)).subquery())
    merged = union_all(*(select(keys.limit(PAGE + 1).subquery()) for keys in branches)).subquery()
    return select(merged.c.key, merged.c.since).order_by(merged.c.since.desc(), merged.c.key.desc())


def _silent_since(now: datetime) -> ColumnElement[bool]:
    """Whether the link's end is so long past that its vendor says nothing more about it."""
    return or_(*(and_(L.provider == key, L.expires_at <= now - after) for key, after in SILENT_AFTER.items()))


def _returned(now: datetime, after: Position | None) -> Select[Any]:
    """The browser came back an hour ago or more, and there is still no result; the index on (capture, created_at)."""
    return (
        select(S.id.label("key"), S.created_at.label("since"))
        .where(
            S.capture == "returned", _returned_at() <= now - RETURNED_AFTER, *_no_result(),
            *([tuple_(S.created_at, S.id) > (after.created_at, after.id)] if after else []),
        )
        .order_by(S.created_at, S.id)
    )  # fmt: skip


def _unconfirmed(now: datetime, after: Position | None) -> Select[Any]:
    """Results that arrived and are still being checked; the index on (state, received_at)."""
    return (
        select(D.id.label("key"), D.received_at.label("since"))
        .where(
            D.state == "received", D.received_at <= now - UNCONFIRMED_AFTER,
            *([tuple_(D.received_at, D.id) > (after.created_at, after.id)] if after else []),
        )
        .order_by(D.received_at, D.id)
    )  # fmt: skip


def _no_result() -> tuple[ColumnElement[bool], ...]:
    return S.outcome == "none", S.unverified.is_(False), S.erased.is_(False)


def _returned_at() -> ColumnElement[Any]:
    """When the browser came back: the record says so, for each session by an index."""
    newest = select(func.max(A.utc, type_=A.utc.type)).where(A.session_id == S.id, A.action == "link.return")
    return func.coalesce(newest.correlate(S).scalar_subquery(), S.changed_at, type_=A.utc.type)


def _read_sessions(keys: Select[Any], kind: str) -> Select[Any]:
    found = keys.subquery("keys")
    at = _returned_at() if kind == "returned" else _if_returned()
    order = (found.c.since, found.c.key) if kind == "returned" else (found.c.since.desc(), found.c.key.desc())
    return (
        select(
            found.c.key, found.c.since, S.id.label("session_id"), S.link_id, S.reference, *_name(),
            S.opened_at, at.label("returned_at"), literal_column("NULL").label("delivery_id"),
        )
        .select_from(found)
        .join(S, S.id == found.c.key)
        .join(L, L.id == S.link_id)
        .outerjoin(P, P.id == S.person_id)
        .order_by(*order)
    )  # fmt: skip


def _if_returned() -> ColumnElement[Any]:
    newest = select(func.max(A.utc, type_=A.utc.type)).where(A.session_id == S.id, A.action == "link.return")
    return newest.correlate(S).scalar_subquery()


def _read_deliveries(keys: Select[Any]) -> Select[Any]:
    found = keys.subquery("keys")
    return (
        select(
            found.c.key, found.c.since, S.id.label("session_id"), D.link_id, D.reference, *_name(),
            S.opened_at, literal_column("NULL").label("returned_at"), D.id.label("delivery_id"),
        )
        .select_from(found)
        .join(D, D.id == found.c.key)
        .join(L, L.id == D.link_id)
        .outerjoin(S, and_(S.link_id == D.link_id, S.reference == D.reference))
        .outerjoin(P, P.id == func.coalesce(S.person_id, L.person_id))
        .order_by(found.c.since, found.c.key)
    )  # fmt: skip


def _name() -> tuple[ColumnElement[Any], ...]:
    """Whom a row is about as far as known, and whether that is the person's name."""
    name = func.coalesce(func.nullif(restricted.name(), ""), func.nullif(P.own_reference, ""), L.label, "")
    return name.label("name"), (func.coalesce(P.name, "") != "").label("named")


def _row(row: Row[Any]) -> GapRow:
    return GapRow(**row._mapping)
