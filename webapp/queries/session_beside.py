"""What stands beside sessions in tables with several rows for each, put together for many sessions at once; for files."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, case, cast, func, select
from sqlmodel import Session

from webapp.models import AmlMatch, Decision, Delivery, Matter

A: Any = AmlMatch  # to mypy, fields of a table are plain values; in a query they are columns
C: Any = Delivery
D: Any = Decision
M: Any = Matter
Numbers = Sequence[int]
Rows = list[tuple[Any, ...]]
Found = Sequence[dict[int, Any]]
CLOSE = 1.2
"""Sessions whose numbers lie this close are read as one stretch, which spares a search for each."""


class ForSessions:
    """A query whose rows belong to sessions, built once and asked for many of them at a time."""

    def __init__(self, query: Select[Any], number: ColumnElement[int]) -> None:
        self._stretch = query.where(number.between(bindparam("first"), bindparam("last")))
        self._each = query.where(number.in_(bindparam("numbers", expanding=True)))

    def rows(self, db: Session, numbers: Numbers) -> Rows:
        """The rows of these sessions, and maybe of some whose numbers lie between."""
        first, last = min(numbers), max(numbers)
        if last - first < CLOSE * len(numbers):
            return plain_rows(db, self._stretch, {"first": first, "last": last})
        return plain_rows(db, self._each, {"numbers": numbers})


def plain_rows(db: Session, query: Select[Any], values: dict[str, Any] | None = None) -> Rows:
    """The rows as the driver has them, which is what text and numbers need; rows with names would cost as much again."""
    result = db.connection().execute(query, values)
    try:
        assert result.cursor is not None
        return list(result.cursor.fetchall())
    finally:
        result.close()


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Columns from one table. `gather` gives for each what it holds by the session's number; others have `nothing`, and so
    have the undecided where it is `of_decisions`: what was decided before a session was opened again is not in force.
    """

    names: tuple[str, ...]
    nothing: Any
    asked: ForSessions
    gather: Callable[[Rows], Found]
    of_decisions: bool = False

    def read(self, db: Session, numbers: Numbers) -> Found:
        """What there is beside these sessions."""
        return self.gather(self.asked.rows(db, numbers))

    def columns(self, found: Found, numbers: Numbers, undecided: Numbers) -> dict[str, Sequence[Any]]:
        """The columns in the order of these sessions."""
        for by_number in found if self.of_decisions else ():
            for number in undecided:
                by_number.pop(number, None)
        return {
            name: list(map(by_number.get, numbers, repeat(self.nothing)))
            for name, by_number in zip(self.names, found, strict=True)
        }


def _decisions(rows: Rows) -> Found:
    """The reason codes of the decision in force, of a confirmed one those of its proposal; and who confirmed it."""
    reasons: dict[int, str] = {}
    seconds: dict[int, str] = {}
    for number, kind, stage, codes, who in rows:
        if kind != "confirm":
            reasons[number] = _words(codes)
        if stage == "final":
            seconds[number] = who if kind == "confirm" else ""
    return reasons, seconds


@lru_cache(1024)
def _words(codes: str) -> str:
    return " ".join(json.loads(codes))


def _matters(rows: Rows) -> Found:
    """Their kinds, the most serious first, with a space between."""
    found: dict[int, str] = {}
    for number, kind in rows:
        found[number] = f"{found[number]} {kind}" if number in found else kind
    return (found,)


def _counts(of: int) -> Callable[[Rows], Found]:
    """So many counts of each session."""
    return lambda rows: [{row[0]: row[place] for row in rows} for place in range(1, of + 1)]


BESIDE = (
    Beside(
        names=("reasons", "second_approver"), nothing="", gather=_decisions, of_decisions=True,
        asked=ForSessions(
            select(D.session_id, D.kind, D.stage, cast(D.reason_codes, String), D.actor_name)
            .where(D.kind.in_(("approve", "reject", "confirm"))).order_by(D.session_id, D.id),
            D.session_id,
        ),
    ),
    Beside(
        names=("open_matters",), nothing="", gather=_matters,
        asked=ForSessions(
            select(M.session_id, M.kind).order_by(M.session_id, M.position, M.id), M.session_id
        ),
    ),
    Beside(
        names=("aml_matches", "aml_open", "aml_same"), nothing=0, gather=_counts(3),
        asked=ForSessions(
            select(
                A.session_id, func.count(),
                *(func.sum(case((A.verdict == word, 1), else_=0)) for word in ("open", "same")),
            ).group_by(A.session_id),
            A.session_id,
        ),
    ),
    Beside(
        names=("deliveries",), nothing=0, gather=_counts(1),
        asked=ForSessions(select(C.session_id, func.count()).group_by(C.session_id), C.session_id),
    ),
)  # fmt: skip
