"""Drawing sessions for an inspection: everything that ended in a period, put in an order that a seed alone decides."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import nsmallest
from typing import Any

from sqlmodel import Session, col, func, select

from webapp.models import Person, SessionResult, VerificationSession

AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Population:
    """The sessions whose result came in a period, days in UTC, both included; `outcomes` empty: whatever it was."""

    first_day: date
    last_day: date
    outcomes: tuple[str, ...] = ()

    def conditions(self) -> list[Any]:
        """What picks them."""
        start = datetime.combine(self.first_day, time(), UTC)
        end = datetime.combine(self.last_day, time(), UTC) + timedelta(days=1)
        finished, outcome = col(VerificationSession.finished_at), col(VerificationSession.outcome)
        return [finished >= start, finished < end, *([outcome.in_(self.outcomes)] if self.outcomes else [])]


def size(db: Session, population: Population) -> int:
    """How many there are."""
    return db.exec(select(func.count()).select_from(VerificationSession).where(*population.conditions())).one()


def drawn(db: Session, population: Population, *, count: int, seed: str) -> list[int]:
    """Their numbers, in the order of the draw: by the SHA-256 of `seed:number`, which anybody can do again.

    The first of a larger sample are those of a smaller one.
    """
    numbers = db.exec(select(VerificationSession.id).where(*population.conditions()))
    return [number for _, number in nsmallest(count, ((place(seed, each or 0), each or 0) for each in numbers))]


def place(seed: str, number: int) -> str:
    """Where a session stands in the draw."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def rows(
    db: Session, numbers: Sequence[int]
) -> dict[int, tuple[VerificationSession, Person | None, SessionResult | None]]:
    """What the index says of each, by number."""
    found: dict[int, tuple[VerificationSession, Person | None, SessionResult | None]] = {}
    for at in range(0, len(numbers), AT_ONCE):
        query = (
            select(VerificationSession, Person, SessionResult)
            .outerjoin(Person, col(Person.id) == VerificationSession.person_id)
            .outerjoin(SessionResult, col(SessionResult.session_id) == VerificationSession.id)
            .where(col(VerificationSession.id).in_(numbers[at : at + AT_ONCE]))
        )
        found |= {session.id or 0: (session, person, result) for session, person, result in db.exec(query)}
    return found
