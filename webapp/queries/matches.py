"""The AML matches across sessions: a page of them newest first, how many are open, and the dismissals that are remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, text, tuple_
from sqlmodel import Session

from webapp.models import AmlDismissal, AmlMatch, Person, VerificationSession
from webapp.models.columns import table_of
from webapp.models.words import STRENGTHS
from webapp.queries import restricted
from webapp.queries.counts import CAP
from webapp.queries.session_filter import Position
from webapp.queries.session_keys import Bounds

MATCHES, SESSIONS, PERSONS, DISMISSALS = (
    table_of(each) for each in (AmlMatch, VerificationSession, Person, AmlDismissal)
)
M, S, P, D = MATCHES.c, SESSIONS.c, PERSONS.c, DISMISSALS.c
PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class MatchFilter:
    """Every part narrows. `strength` is one of STRENGTHS, or 0 for any; days are UTC, both included."""

    verdict: str = ""
    list_kind: str = ""
    database: str = ""
    strength: int = 0
    status: str = ""
    found_from: date | None = None
    found_to: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it shows everything."""
        return self == MatchFilter()

    def without(self, part: str) -> "MatchFilter":
        """The same filter with one part taken away."""
        default: Any = next(field.default for field in fields(self) if field.name == part)
        return replace(self, **{part: default})

    def params(self) -> list[tuple[str, str]]:
        """The filter as URL parameters; parsing them gives the filter back."""
        return [(field.name, str(getattr(self, field.name))) for field in fields(self) if getattr(self, field.name)]


class MatchRow(NamedTuple):
    """One match as the list shows it. `entry_name` is read from the entry; `person` is who the session is about, if known."""

    id: int
    session_id: int
    entry: dict[str, Any]
    strength: int
    list_kind: str
    database: str
    verdict: str
    kind: str
    discriminators: list[dict[str, Any]]
    found_at: datetime
    decided_at: datetime | None
    decided_by_name: str
    status: str
    reference: str
    provider: str
    person: str | None
    own_reference: str | None
    restricted: bool

    @property
    def position(self) -> Position:
        """Where it stands in the list."""
        return Position(created_at=self.found_at, id=self.id)


@dataclass(frozen=True)
class MatchPage:
    """The rows and the cursors of the neighbouring pages."""

    rows: tuple[MatchRow, ...]
    newer: Position | None
    older: Position | None


_ROW = (
    M.id, M.session_id, M.entry, M.strength, M.list_kind, M.database, M.verdict, M.kind, M.discriminators, M.found_at,
    M.decided_at, M.decided_by_name, S.status, S.reference, S.provider, restricted.name(), P.own_reference,
    P.restricted_at.is_not(None),
)  # fmt: skip
"""In the order of `MatchRow`."""


def page(db: Session, wanted: MatchFilter, bounds: Bounds, *, size: int = PAGE_SIZE) -> MatchPage:
    """One page, newest first. One query; a second where a page before the first was asked for."""
    backwards = bounds.before is not None
    found = [MatchRow._make(row) for row in db.execute(_select(wanted, bounds, size + 1))]
    more = len(found) > size
    if backwards and not more:
        return page(db, wanted, Bounds(), size=size)
    rows = tuple(found[:size][::-1] if backwards else found[:size])
    return MatchPage(
        rows=rows,
        newer=rows[0].position if rows and (backwards or bounds.after) else None,
        older=rows[-1].position if rows and (backwards or more) else None,
    )


@lru_cache(256)  # building the statement costs more than running it
def _select(wanted: MatchFilter, bounds: Bounds, limit: int) -> Select[Any]:
    order = (M.found_at.asc(), M.id.asc()) if bounds.before else (M.found_at.desc(), M.id.desc())
    return (
        select(*_ROW)
        .join(SESSIONS, S.id == M.session_id)
        .outerjoin(PERSONS, P.id == S.person_id)
        .where(*conditions(wanted), *_within(bounds))
        .order_by(*order)
        .limit(limit)
    )


def conditions(wanted: MatchFilter) -> list[ColumnElement[bool]]:
    """What a match has to be for the filter; sessions are joined."""
    return [
        *([M.found_at >= _midnight(wanted.found_from)] if wanted.found_from else []),
        *([M.found_at < _midnight(wanted.found_to) + timedelta(days=1)] if wanted.found_to else []),
        *([M.verdict == wanted.verdict] if wanted.verdict else []),
        *([M.list_kind == wanted.list_kind] if wanted.list_kind else []),
        *([M.database == wanted.database] if wanted.database else []),
        # In these very words, or the partial index is not used.
        *([text(f"aml_match.strength >= {wanted.strength:d}")] if wanted.strength in STRENGTHS else []),
        *([S.status == wanted.status] if wanted.status else []),
    ]


def _within(bounds: Bounds) -> list[ColumnElement[bool]]:
    place = tuple_(M.found_at, M.id)
    return [
        *([place < (bounds.after.created_at, bounds.after.id)] if bounds.after else []),
        *([place > (bounds.before.created_at, bounds.before.id)] if bounds.before else []),
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def open_matches(db: Session) -> int:
    """How many matches nobody has given a verdict on, counted no further than 10,001; from one index."""
    found = select(M.id).where(M.verdict == "open").limit(CAP).subquery()
    return int(db.execute(select(func.count()).select_from(found)).scalar_one())


def count(db: Session, wanted: MatchFilter) -> int:
    """How many matches the filter shows."""
    found = select(func.count(M.id)).join(SESSIONS, S.id == M.session_id).where(*conditions(wanted))
    return int(db.execute(found).scalar_one())


def databases(db: Session) -> list[str]:
    """The codes of the lists that any match is on, in order: one look into the index for each, however many matches."""
    codes: list[str] = []
    while len(codes) < 200:
        query = select(M.database).where(M.database > (codes[-1] if codes else "")).order_by(M.database).limit(1)
        code = db.execute(query).scalar()
        if code is None:
            break
        codes.append(code)
    return codes


class DismissalRow(NamedTuple):
    """One remembered dismissal and the person it is about."""

    id: int
    entry_name: str
    discriminators: list[dict[str, Any]]
    created_at: datetime
    created_by_name: str
    expires_at: datetime
    ended_at: datetime | None
    ended_why: str
    person: str
    own_reference: str


def dismissals(db: Session, *, after: int | None = None, size: int = PAGE_SIZE) -> Sequence[DismissalRow]:
    """The remembered dismissals, newest first, those that have ended among them; `after` is the last number seen."""
    rows = (
        select(
            D.id, restricted.marked(D.entry_name), D.discriminators, D.created_at, D.created_by_name, D.expires_at,
            D.ended_at, D.ended_why, restricted.name(), P.own_reference,
        )
        .join(PERSONS, P.id == D.person_id)
        .where(*([D.id < after] if after else []))
        .order_by(D.id.desc())
        .limit(size)
    )  # fmt: skip
    return [DismissalRow._make(row) for row in db.execute(rows)]
