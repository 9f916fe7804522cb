"""The sessions of a filter, all of them, as plain tuples for files and scripts; how they are written is not here."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, select, type_coerce
from sqlmodel import Session

from webapp.db import Database
from webapp.models import Link, Person, SessionResult, VerificationSession
from webapp.queries import restricted
from webapp.queries.by_columns import ByColumns, Columns
from webapp.queries.retention_days import next_days
from webapp.queries.session_beside import BESIDE, ForSessions, plain_rows
from webapp.queries.session_filter import Position, SessionFilter
from webapp.queries.session_keys import Bounds, keys
from webapp.queries.session_search import plan_of

CHUNK = 2500
PART = 500
S: Any = VerificationSession  # to mypy, fields of a table are plain values; in a query they are columns
L: Any = Link
P: Any = Person
R: Any = SessionResult

CONTRACT = (
    "id", "reference", "provider", "kind", "status", "capture", "outcome", "review", "decision", "customid",
    "deliveries", "created_at", "finished_at",
)  # fmt: skip
"""Columns of the command `sessions list`, kept for scripts."""


def chunks(database: Database, wanted: SessionFilter, names: Sequence[str]) -> Iterator[ByColumns]:
    """Rows in list order, 500 at a time, from one snapshot of the database in a session of its own.

    Times are ISO 8601 text in UTC; what a session lacks is None, or empty text.
    """
    with database.reading() as db:
        if not database.is_sqlite:
            db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        columns = _Columns(db, names)
        for numbers in numbers_in(db, wanted):
            yield from columns.of(numbers)


def numbers_in(db: Session, wanted: SessionFilter) -> Iterator[list[int]]:
    """The numbers of the sessions in list order, 2,500 at a time, in a session that shows one moment."""
    search, bounds = plan_of(db, wanted), Bounds()
    while True:
        found = keys(db, wanted, search, bounds=bounds, limit=CHUNK)
        rows = plain_rows(db, select(found.c.id).order_by(found.c.created_at.desc(), found.c.id.desc()))
        if rows:
            yield [number for (number,) in rows]
        if len(rows) < CHUNK:
            return
        created_at, number = db.execute(select(S.created_at, S.id).where(S.id == rows[-1][0])).one()
        bounds = Bounds(after=Position(created_at=created_at, id=number))


class _Columns:
    """The columns of these names, for many sessions: one question a part for these, one a chunk for each table beside them.

    Parts are small, so that what is read of one is still at hand when it is written: that is a fifth faster.
    """

    def __init__(self, db: Session, names: Sequence[str]) -> None:
        self._db, self._names = db, names
        once = _once(db, names)
        self._read, self._asked = once.selected_columns.keys(), ForSessions(once, S.id)
        self._beside = [beside for beside in BESIDE if any(name in names for name in beside.names)]

    def of(self, numbers: list[int]) -> Iterator[ByColumns]:
        """The sessions of these numbers, in this order."""
        besides = [(beside, beside.read(self._db, numbers)) for beside in self._beside]
        days = next_days(self._db, numbers) if "retention_due" in self._names else {}
        for first in range(0, len(numbers), PART):
            part = numbers[first : first + PART]
            found = self._once(part)
            undecided = [number for number, word in zip(part, found["decision"], strict=True) if word == "none"]
            for beside, kept in besides:
                found |= beside.columns(kept, part, undecided)
            if days:
                found["retention_due"] = list(map(days.__getitem__, part))
            yield ByColumns([found[name] for name in self._names])

    def _once(self, numbers: list[int]) -> dict[str, Sequence[Any]]:
        by_number = {row[0]: row for row in self._asked.rows(self._db, numbers)}
        columns: Columns = list(zip(*map(by_number.__getitem__, numbers), strict=True))
        return dict(zip(self._read, columns, strict=True))


def _once(db: Session, names: Sequence[str]) -> Select[Any]:
    """What there is once for each session; its number first."""
    available = _columns(db)
    wanted = dict.fromkeys(("id", "decision", *(name for name in names if name in available)))
    return (
        select(*(available[name].label(name) for name in wanted))
        .select_from(S)
        .join(L, L.id == S.link_id)
        .outerjoin(P, P.id == S.person_id)
        .outerjoin(R, R.session_id == S.id)
    )


def _columns(db: Session) -> dict[str, ColumnElement[Any]]:
    return {
        **{name: getattr(S, name) for name in (
            "id", "reference", "provider", "kind", "status", "capture", "outcome", "review", "decision",
        )},
        **{name: iso(db, getattr(S, name)) for name in ("created_at", "opened_at", "finished_at", "decided_at")},
        "decided_by": S.decided_by_name,
        "relationship_end": iso(db, P.relationship_ended_at),
        "own_reference": func.coalesce(P.own_reference, ""),
        "person": restricted.name_in_file(),
        "customid": L.customid,
        "code": S.outcome_code,
        "code_text": S.outcome_text,
        "face_score": R.face["score"].as_float(),
        "face_threshold": L.options["face_threshold"].as_float(),
        "authenticity_score": R.authenticity["score"].as_float(),
        "authenticity_threshold": L.options["authenticity_threshold"].as_float(),
        "document_type": func.coalesce(R.person["document_type"].as_string(), ""),
        "issuer": func.coalesce(R.person["issuer"].as_string(), ""),
    }  # fmt: skip


def spaced(words: Any) -> Any:
    """A JSON list of plain words as these words with a space between."""
    for mark, instead in (("[", ""), ("]", ""), ('"', ""), (", ", ","), (",", " ")):
        words = func.replace(words, mark, instead)
    return words


def iso(db: Session, moment: ColumnElement[Any]) -> ColumnElement[str]:
    """The time as `2026-11-21T14:31:00Z`, made by the database: several times faster than in Python."""
    if db.get_bind().dialect.name == "sqlite":  # stored as "2026-11-21 14:31:00.000000", UTC
        text = type_coerce(moment, String)
        return func.replace(func.substr(text, 1, 19), " ", "T") + "Z"
    return func.to_char(func.timezone("UTC", moment), cast('YYYY-MM-DD"T"HH24:MI:SS"Z"', String))
