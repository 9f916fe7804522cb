"""Which sessions a filter shows, newest first, as keys: the one place that turns a filter into SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, exists, func, select, tuple_, union, union_all
from sqlmodel import Session

from webapp.models import Matter, VerificationSession
from webapp.models.columns import table_of
from webapp.queries.session_filter import Position, SessionFilter
from webapp.queries.session_search import Search, conditions

MAX_BRANCHES = 24

SESSIONS = table_of(VerificationSession)
S, M = SESSIONS.c, table_of(Matter).c


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Which stretch of the list: older than `after`, newer than `before`, not newer than `top`."""

    after: Position | None = None
    before: Position | None = None
    top: Position | None = None


ALL = Bounds()


def keys(
    db: Session, wanted: SessionFilter, search: Search, *, limit: int, bounds: Bounds = ALL, oldest_first: bool = False
) -> Subquery:
    """The first `limit` keys (id, created_at) of the filter in list order, or in the opposite order.

    Several words of one part make one index scan each, merged: an IN list would have to sort all that fit.
    """
    return _keys(db.get_bind().dialect.name, wanted, search, limit, bounds, oldest_first)


@lru_cache(256)  # an open page asks the same again and again, and building the statement costs more than running it
def _keys(
    dialect: str, wanted: SessionFilter, search: Search, limit: int, bounds: Bounds, oldest_first: bool
) -> Subquery:
    found = _branches(wanted, conditions(dialect, search), search, bounds)
    branches = [_ordered(branch, limit, oldest_first) for branch in found]
    if len(branches) == 1:
        return branches[0].subquery("keys")
    limited = [select(branch.subquery()) for branch in branches]
    merged = (union if wanted.matters else union_all)(*limited).subquery()
    return _ordered(select(merged.c.id, merged.c.created_at), limit, oldest_first).subquery("keys")


def count(db: Session, wanted: SessionFilter, search: Search, *, limit: int, bounds: Bounds = ALL) -> int:
    """How many sessions the filter shows, counted no further than `limit`."""
    found = keys(db, wanted, search, bounds=bounds, limit=limit)
    return db.scalar(select(func.count()).select_from(found)) or 0


def _ordered(rows: Select[Any], limit: int, oldest_first: bool) -> Select[Any]:
    created, number = rows.selected_columns.values()[1], rows.selected_columns.values()[0]
    order = (created.asc(), number.asc()) if oldest_first else (created.desc(), number.desc())
    return rows.order_by(*order).limit(limit)


def _branches(
    wanted: SessionFilter, searching: Sequence[ColumnElement[bool]], search: Search, bounds: Bounds
) -> list[Select[Any]]:
    if search.leads:
        return [_sessions(wanted, bounds).where(*searching, *_words(wanted), *_with_matter(wanted))]
    if wanted.matters:
        return [_by_matter(kind, wanted, searching, bounds) for kind in wanted.matters]
    each = list(product(wanted.statuses or (None,), wanted.outcomes or (None,)))
    if len(each) > MAX_BRANCHES:  # so many words fit nearly everything: walk the list
        return [_sessions(wanted, bounds).where(*searching, *_words(wanted))]
    return [
        _sessions(wanted, bounds).where(
            *searching,
            *([S.status == status] if status else []),
            *([S.outcome == outcome] if outcome else []),
        )
        for status, outcome in each
    ]


def _sessions(wanted: SessionFilter, bounds: Bounds) -> Select[Any]:
    return select(S.id.label("id"), S.created_at.label("created_at")).where(
        *_within(S.created_at, S.id, wanted, bounds)
    )


def _by_matter(
    kind: str, wanted: SessionFilter, searching: Sequence[ColumnElement[bool]], bounds: Bounds
) -> Select[Any]:
    created, number = M.session_created_at, M.session_id
    rows = select(number.label("id"), created.label("created_at")).where(
        M.kind == kind, *_within(created, number, wanted, bounds)
    )
    if searching or wanted.statuses or wanted.outcomes:
        rows = rows.join(SESSIONS, S.id == number).where(*searching, *_words(wanted))
    return rows


def _words(wanted: SessionFilter) -> list[ColumnElement[bool]]:
    return [
        *([S.status.in_(wanted.statuses)] if wanted.statuses else []),
        *([S.outcome.in_(wanted.outcomes)] if wanted.outcomes else []),
    ]


def _with_matter(wanted: SessionFilter) -> list[ColumnElement[bool]]:
    if not wanted.matters:
        return []
    return [exists().where(M.session_id == S.id, M.kind.in_(wanted.matters))]


def _within(
    created: ColumnElement[datetime], number: ColumnElement[Any], wanted: SessionFilter, bounds: Bounds
) -> list[ColumnElement[bool]]:
    place = tuple_(created, number)
    return [
        *([created >= _midnight(wanted.created_from)] if wanted.created_from else []),
        *([created < _midnight(wanted.created_to) + timedelta(days=1)] if wanted.created_to else []),
        *([place < (bounds.after.created_at, bounds.after.id)] if bounds.after else []),
        *([place > (bounds.before.created_at, bounds.before.id)] if bounds.before else []),
        *([place <= (bounds.top.created_at, bounds.top.id)] if bounds.top else []),
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
