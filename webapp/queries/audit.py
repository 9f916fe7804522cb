"""The audit log as rows, newest first for the page and oldest first for exports; one filter for both."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlmodel import Session, col

from webapp.audit_chain import READ_AT_ONCE, canonical_row, read_columns
from webapp.db import Database
from webapp.models import AuditCheckpoint, AuditEvent, AuditHead, User
from webapp.models.columns import table_of
from webapp.queries.audit_words import actions_of

PAGE = 50
SLACK = timedelta(days=4)
"""How far a clock may have been wrong for the search by days to still see its rows."""
TABLE = table_of(AuditEvent)
A, POINTS = TABLE.c, table_of(AuditCheckpoint).c


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Every part narrows. `actor`: a user's number, or system, vendor, applicant; `action`: an action or a group of them;
    `object`: `link` or `link:12`. Days are UTC, both included."""

    actor: str = ""
    action: str = ""
    object: str = ""
    session: int | None = None
    outcome: str = ""
    first_day: date | None = None
    last_day: date | None = None

    def params(self) -> list[tuple[str, str]]:
        """The filter as URL parameters; parsing them gives the filter back."""
        named = {
            "actor": self.actor, "action": self.action, "object": self.object, "session": self.session,
            "outcome": self.outcome, "from": self.first_day, "to": self.last_day,
        }  # fmt: skip
        return [(name, str(value)) for name, value in named.items() if value]

    @classmethod
    def of(cls, params: Iterable[tuple[str, str]]) -> "AuditFilter":
        """The filter that its own `params` tell of."""
        told = dict(params)
        first, last = (date.fromisoformat(told[name]) if told.get(name) else None for name in ("from", "to"))
        return cls(
            actor=told.get("actor", ""), action=told.get("action", ""), object=told.get("object", ""),
            session=int(told["session"]) if told.get("session") else None, outcome=told.get("outcome", ""),
            first_day=first, last_day=last,
        )  # fmt: skip

    def without(self, *parts: str) -> "AuditFilter":
        """The same filter with parts taken away."""
        gone: dict[str, Any] = {part: getattr(AuditFilter(), part) for part in parts}
        return replace(self, **gone)


@dataclass(frozen=True)
class AuditPage:
    """Up to 50 rows, newest first, and the numbers to go on from."""

    rows: tuple[AuditEvent, ...]
    newer: int | None
    older: int | None


def page(db: Session, wanted: AuditFilter, *, after: int | None = None, before: int | None = None) -> AuditPage:
    """One page: the rows older than `after`, or the nearest newer than `before`. One query, two at the newest end."""
    backwards = before is not None
    keys = _keys(wanted, after, before).subquery("keys")
    query = select(AuditEvent).join(keys, keys.c.seq == A.seq).order_by(A.seq.desc())
    found = list(db.execute(query).scalars())
    more = len(found) > PAGE
    if backwards and not more:
        return page(db, wanted)
    rows = tuple(found[-PAGE:] if backwards else found[:PAGE])
    return AuditPage(
        rows=rows,
        newer=rows[0].seq if rows and (backwards or after) else None,
        older=rows[-1].seq if rows and (backwards or more) else None,
    )


def chunks(database: Database, wanted: AuditFilter, *, upto: int) -> Iterator[list[dict[str, Any]]]:
    """All rows of the filter up to a number, oldest first, with the values that are hashed."""
    columns = read_columns("sqlite" if database.is_sqlite else "postgresql")
    after = 0
    with database.reader.connect() as connection:
        while True:
            query = select(*columns).select_from(TABLE).where(*_conditions(wanted), A.seq > after, A.seq <= upto)
            if wanted.action:
                query = query.where(A.action.in_(actions_of(wanted.action)))
            found = connection.execute(query.order_by(A.seq).limit(READ_AT_ONCE)).all()
            if found:
                yield [canonical_row(values) for values in found]
            if len(found) < READ_AT_ONCE:
                return
            after = found[-1][0]


def count(db: Session, wanted: AuditFilter) -> int:
    """How many rows the filter shows."""
    actions = [A.action.in_(actions_of(wanted.action))] if wanted.action else []
    return int(db.execute(select(func.count(A.seq)).where(*_conditions(wanted), *actions)).scalar_one())


def head(db: Session) -> AuditHead | None:
    """The end of the log, and what came of verifying it last."""
    return db.execute(select(AuditHead)).scalar()


def last_checkpoint(db: Session) -> AuditCheckpoint | None:
    """The newest signed end."""
    return db.execute(select(AuditCheckpoint).order_by(col(AuditCheckpoint.id).desc()).limit(1)).scalar()


def checkpoints(db: Session, first: int, last: int) -> list[AuditCheckpoint]:
    """The checkpoints between two rows, and the nearest one on either side."""
    low = select(func.coalesce(func.max(POINTS.seq), 0)).where(POINTS.seq < first).scalar_subquery()
    high = select(func.coalesce(func.min(POINTS.seq), last)).where(POINTS.seq > last).scalar_subquery()
    query = select(AuditCheckpoint).where(POINTS.seq >= low, POINTS.seq <= high).order_by(POINTS.id)
    return list(db.execute(query).scalars())


def people(db: Session) -> list[tuple[int, str]]:
    """Whom the filter may name."""
    rows = db.execute(select(User.id, User.name).order_by(col(User.name)))  # type: ignore[call-overload]
    return [(row[0], row[1]) for row in rows]


def user_with(db: Session, email: str) -> int | None:
    """The number of the user with this e-mail address."""
    return db.execute(select(col(User.id)).where(col(User.email) == email.strip().lower())).scalar()


def _keys(wanted: AuditFilter, after: int | None, before: int | None) -> Select[Any]:
    """The numbers of a page. Each action of a group is an index scan of its own, merged: an IN list would sort all rows."""
    actions = actions_of(wanted.action) if wanted.action else (None,)
    place = [*([A.seq < after] if after else []), *([A.seq > before] if before else [])]
    branches = [
        select(A.seq)
        .where(*_conditions(wanted), *place, *([A.action == action] if action else []))
        .order_by(A.seq.asc() if before else A.seq.desc())
        .limit(PAGE + 1)
        for action in actions
    ]
    if len(branches) == 1:
        return branches[0]
    merged = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    seq = merged.c.seq
    return select(seq).order_by(seq.asc() if before else seq.desc()).limit(PAGE + 1)


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    kind, _, number = wanted.object.partition(":")
    return [
        *([A.actor_type == "person", A.actor_id == int(wanted.actor)] if wanted.actor.isdigit() else []),
        *([A.actor_type == wanted.actor, A.actor_id.is_(None)] if wanted.actor and not wanted.actor.isdigit() else []),
        *([A.object_type == kind] if kind else []),
        *([A.object_id == int(number)] if number else []),
        *([A.session_id == wanted.session] if wanted.session else []),
        *([A.outcome == wanted.outcome] if wanted.outcome else []),
        *([A.outcome != "ok"] if wanted.outcome in ("denied", "error") else []),  # lets the index be used
        *(_since(wanted.first_day) if wanted.first_day else []),
        *(_until(wanted.last_day) if wanted.last_day else []),
    ]


def _since(day: date) -> list[ColumnElement[bool]]:
    """By the time, and by the number of a row a little before it: so the rows are met in their order, and few others."""
    start = _midnight(day)
    near = select(A.seq).where(A.utc >= start - SLACK).order_by(A.utc, A.seq).limit(1).scalar_subquery()
    return [A.utc >= start, A.seq >= func.coalesce(near, 0) - PAGE]


def _until(day: date) -> list[ColumnElement[bool]]:
    end = _midnight(day) + timedelta(days=1)
    near = select(A.seq).where(A.utc < end + SLACK).order_by(A.utc.desc(), A.seq.desc()).limit(1).scalar_subquery()
    return [A.utc < end, A.seq <= func.coalesce(near, 0) + PAGE]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
