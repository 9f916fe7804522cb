"""One page of the sessions list, as lean rows, and what to relax when there is none; not which keys a filter means."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, Subquery, bindparam, select
from sqlmodel import Session

from webapp.models import Link, Matter, Person, VerificationSession
from webapp.models.columns import table_of
from webapp.queries import restricted
from webapp.queries.session_filter import Position, SessionFilter
from webapp.queries.session_keys import Bounds, count, keys
from webapp.queries.session_search import plan_of

SESSIONS, PERSONS, LINKS = table_of(VerificationSession), table_of(Person), table_of(Link)
S, P, L, M = SESSIONS.c, PERSONS.c, LINKS.c, table_of(Matter).c

PAGE_SIZE = 50
COUNT_LIMIT = 1001
NEWER_LIMIT = 100


@dataclass(frozen=True)
class OpenMatter:
    """One open matter of a row: what kind, how bad (bad or warn), how many."""

    kind: str
    severity: str
    count: int


class SessionRow(NamedTuple):
    """One session as lists show it. Times are aware, UTC.

    `error_code` is why creating its link failed, `link_label` what a reusable link is called.
    """

    id: int
    version: int
    provider: str
    kind: str
    reference: str
    status: str
    capture: str
    outcome: str
    outcome_code: str
    expiry_confirmed: bool
    new_facts_after_decision: bool
    created_at: datetime
    opened_at: datetime | None
    finished_at: datetime | None
    name: str | None
    own_reference: str | None
    error_code: str
    link_label: str
    matters: tuple[OpenMatter, ...] = ()

    @property
    def position(self) -> Position:
        """Where it stands in the list."""
        return Position(created_at=self.created_at, id=self.id)


@dataclass(frozen=True)
class Page:
    """The rows, the cursors of the neighbouring pages, and how many newer sessions are not shown (at most 100)."""

    rows: tuple[SessionRow, ...]
    newer: Position | None
    older: Position | None
    unseen: int = 0

    def token(self, *more: object) -> str:
        """A short hash of what the page shows, so that a live page can ask whether it changed."""
        shown = [(row.id, row.version) for row in self.rows]
        return hashlib.sha256(repr((shown, self.unseen, more)).encode()).hexdigest()[:16]


_NAMES = (
    "id version provider kind reference status capture outcome outcome_code expiry_confirmed new_facts_after_decision "
    "created_at opened_at finished_at"
).split()
_FIELDS = (
    *(getattr(S, name) for name in _NAMES),
    restricted.name().label("name"),
    P.own_reference,
    L.error_code,
    L.label,
)
"""In the order of `SessionRow`."""
_MATTERS = (
    select(M.session_id, M.kind, M.severity, M.count)
    .where(M.session_id.in_(bindparam("sessions", expanding=True)))
    .order_by(M.session_id, M.position)
)
_BY_IDS = (
    select(*_FIELDS)
    .select_from(SESSIONS)
    .join(LINKS, L.id == S.link_id)
    .outerjoin(PERSONS, P.id == S.person_id)
    .where(S.id.in_(bindparam("sessions", expanding=True)))
)


def page(db: Session, wanted: SessionFilter, bounds: Bounds, *, size: int = PAGE_SIZE) -> Page:
    """One page, newest first. Two queries, three with a search, one more where `top` holds new rows back."""
    search = plan_of(db, wanted)
    backwards = bounds.before is not None
    found = keys(db, wanted, search, bounds=bounds, limit=size + 1, oldest_first=backwards)
    rows = read_rows(db, found)
    more = len(rows) > size
    if backwards and not more:
        return page(db, wanted, Bounds(), size=size)
    rows = rows[-size:] if backwards else rows[:size]
    shown = _with_matters(db, rows)
    unseen = count(db, wanted, search, bounds=Bounds(before=bounds.top), limit=NEWER_LIMIT) if bounds.top else 0
    return Page(
        rows=shown,
        newer=shown[0].position if shown and (backwards or bounds.after) else None,
        older=shown[-1].position if shown and (backwards or more) else None,
        unseen=unseen,
    )


def by_ids(db: Session, numbers: Sequence[int]) -> dict[int, SessionRow]:
    """These sessions by their numbers, for lists that have an order of their own. Two queries."""
    rows = db.execute(_BY_IDS, {"sessions": list(numbers)}).all()
    return {row.id: row for row in _with_matters(db, rows)}


def read_rows(db: Session, found: Subquery) -> list[Row[*tuple[Any, ...]]]:
    """The rows of these keys, newest first, without their matters."""
    return list(db.execute(_rows(found)).all())


@lru_cache(256)  # as the keys themselves are kept
def _rows(found: Subquery) -> Select[Any]:
    return (
        select(*_FIELDS)
        .select_from(found)
        .join(SESSIONS, S.id == found.c.id)
        .join(LINKS, L.id == S.link_id)
        .outerjoin(PERSONS, P.id == S.person_id)
        .order_by(found.c.created_at.desc(), found.c.id.desc())
    )


def relaxations(db: Session, wanted: SessionFilter) -> list[tuple[str, SessionFilter, int]]:
    """For an empty list: what to take away to see something, the filter without it, how many then (at most 1,001)."""
    parts = ("q", "statuses", "outcomes", "matters", "created_from", "created_to")
    in_force = [part for part in parts if getattr(wanted, part)]
    if {"created_from", "created_to"} <= set(in_force):  # one chip, one thing to take away
        in_force.remove("created_to")
    each = [(part, _less(wanted, part)) for part in in_force]
    found = [(part, less, count(db, less, plan_of(db, less), limit=COUNT_LIMIT)) for part, less in each]
    return [one for one in found if one[2]]


def _less(wanted: SessionFilter, part: str) -> SessionFilter:
    if part == "created_from":
        return replace(wanted, created_from=None, created_to=None)
    return wanted.without(part)


def any_session(db: Session) -> bool:
    """Whether there is any session at all."""
    return db.execute(select(S.id).limit(1)).first() is not None


def _with_matters(db: Session, rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[SessionRow, ...]:
    matters: dict[int, list[OpenMatter]] = defaultdict(list)
    if rows:
        for session_id, *matter in db.execute(_MATTERS, {"sessions": [row.id for row in rows]}).all():
            matters[session_id].append(OpenMatter(*matter))
    return tuple(SessionRow._make((*row, tuple(matters[row.id]))) for row in rows)
