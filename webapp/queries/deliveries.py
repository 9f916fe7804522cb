"""Deliveries as rows, for the page and for exports; bodies are not read here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, tuple_
from sqlmodel import Session, col, select

from webapp.models import Delivery, Link, Person, VerificationSession
from webapp.queries import at_risk, gaps, restricted
from webapp.queries.counts import CAP
from webapp.queries.session_filter import Position
from webapp.queries.session_keys import ALL, Bounds

PAGE = 50
NEWER_LIMIT = 100
D: Any = Delivery  # to mypy, fields of a table are plain values; in a query they are columns
S: Any = VerificationSession
L: Any = Link
P: Any = Person

COLUMNS = (
    Delivery.id, Delivery.provider, Delivery.link_id, Delivery.session_id, Delivery.reference, Delivery.state,
    Delivery.reason, Delivery.body_sha256, Delivery.body_bytes, Delivery.copies, Delivery.received_at,
    Delivery.last_seen_at, Delivery.confirmed_at, Delivery.settled_at,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    """One line of the list. `name` is whom it is about as far as known; `settled_at` when it came to its end."""

    id: int
    provider: str
    link_id: int | None
    session_id: int | None
    reference: str
    state: str
    reason: str
    body_bytes: int
    copies: int
    received_at: datetime
    last_seen_at: datetime
    confirmed_at: datetime | None
    settled_at: datetime | None
    name: str
    named: bool
    """Whether `name` is the person's, and no reference or label."""

    @property
    def position(self) -> Position:
        """Where the row stands in the list."""
        return Position(created_at=self.received_at, id=self.id)

    @property
    def seconds(self) -> float | None:
        """How long from receipt to its end, in seconds; None while it is under way."""
        return max((self.settled_at - self.received_at).total_seconds(), 0.0) if self.settled_at else None


@dataclass(frozen=True, kw_only=True)
class DeliveryPage:
    """Up to 50 rows, newest first; the cursors of the pages beside it; how many newer ones `top` holds back (to 100)."""

    rows: tuple[DeliveryRow, ...]
    newer: Position | None
    older: Position | None
    unseen: int


@dataclass(frozen=True, kw_only=True)
class Tabs:
    """How much waits on each tab, counted no further than 10,001."""

    quarantined: int
    at_risk: int
    lost: int
    gaps: gaps.GapCounts


def delivery_rows(db: Session) -> Iterator[dict[str, Any]]:
    """Every delivery, newest first."""
    query = select(*COLUMNS).order_by(col(Delivery.id).desc()).execution_options(yield_per=1000)  # type: ignore[call-overload]
    for row in db.execute(query):
        yield dict(row._mapping)


def page(db: Session, *, state: str = "", bounds: Bounds = ALL) -> DeliveryPage:
    """One page of deliveries in one state, or in any; one query, two where `top` holds new rows back."""
    backwards = bounds.before is not None
    found = db.execute(_read(_keys(state, bounds, PAGE + 1, oldest_first=backwards))).all()
    more = len(found) > PAGE
    if backwards and not more:
        return page(db, state=state)
    rows = _rows(found[-PAGE:] if backwards else found[:PAGE])
    return DeliveryPage(
        rows=rows,
        newer=rows[0].position if rows and (backwards or bounds.after) else None,
        older=rows[-1].position if rows and (backwards or more) else None,
        unseen=_newer(db, state, bounds.top) if bounds.top else 0,
    )


def tabs(db: Session, now: datetime) -> Tabs:
    """The figures on the tabs. One query."""
    quarantined = select(D.id).where(D.state == "quarantined").limit(CAP).subquery()
    row = db.execute(
        select(
            select(func.count()).select_from(quarantined).scalar_subquery(),
            at_risk.count_columns(now)[0],
            at_risk.lost_column(now),
            *gaps.count_columns(now),
        )
    ).one()
    return Tabs(quarantined=row[0], at_risk=row[1], lost=row[2], gaps=gaps.GapCounts(*row[3:]))


def _keys(state: str, bounds: Bounds, limit: int, *, oldest_first: bool = False) -> Select[Any]:
    place = tuple_(D.received_at, D.id)
    query: Select[Any] = select(D.id, D.received_at).where(
        *([D.state == state] if state else []),
        *([place < (bounds.after.created_at, bounds.after.id)] if bounds.after else []),
        *([place > (bounds.before.created_at, bounds.before.id)] if bounds.before else []),
        *([place <= (bounds.top.created_at, bounds.top.id)] if bounds.top else []),
    )
    order = (D.received_at.asc(), D.id.asc()) if oldest_first else (D.received_at.desc(), D.id.desc())
    return query.order_by(*order).limit(limit)


def _read(keys: Select[Any]) -> Select[Any]:
    """The rows of these keys, newest first. Whom a delivery without a session is about, its link tells."""
    found = keys.subquery("keys")
    name = func.coalesce(func.nullif(restricted.name(), ""), func.nullif(P.own_reference, ""), L.label, "")
    named = func.coalesce(P.name, "") != ""
    query: Select[Any] = (
        select(
            *(column for column in COLUMNS if column is not Delivery.body_sha256),
            name.label("name"),
            named.label("named"),
        )  # type: ignore[call-overload]
        .select_from(found)
        .join(D, D.id == found.c.id)
        .outerjoin(L, L.id == D.link_id)
        .outerjoin(S, S.id == D.session_id)
        .outerjoin(P, P.id == func.coalesce(S.person_id, L.person_id))
        .order_by(found.c.received_at.desc(), found.c.id.desc())
    )
    return query


def _rows(found: Sequence[Row[Any]]) -> tuple[DeliveryRow, ...]:
    return tuple(DeliveryRow(**row._mapping) for row in found)


def _newer(db: Session, state: str, top: Position) -> int:
    newer = _keys(state, Bounds(before=top), NEWER_LIMIT, oldest_first=True).subquery()
    return db.scalar(select(func.count()).select_from(newer)) or 0
