"""The vendor's id of a person on the session page: first seen, as before or another; the comparison is in `checks.subjects`."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from webapp.checks.subjects import compared
from webapp.models import SessionResult, VerificationSession
from webapp.queries.subjects import History, Seen, history

SHOWN = 20
"""Sessions named on each side; a person has a handful."""


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """Another session with such an id. `same`: it is this one; `when` stands earlier, later or elsewhere."""

    seen: Seen
    same: bool
    when: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The id, how it compares with the person's earlier ones (first, same, different), and every session that shows it.

    `agreeing` and `earlier` count the earlier sessions with the same id and all of them; `elsewhere` those of others.
    """

    id: str
    verdict: str
    agreeing: int
    earlier: int
    elsewhere: int
    sightings: tuple[Sighting, ...]
    more: int


def of_session(
    db: Session, session: VerificationSession, result: SessionResult | None, *, then: History | None = None
) -> Subject | None:
    """What the result's id says; None where it has none. One query, none without an id. `then`: what was known when a step
    was taken, in place of what is known now."""
    if result is None or not result.subject:
        return None
    known = then or history(db, session, result)
    sightings = _sightings(result.subject, known)
    shown = tuple(each for part in sightings for each in part[:SHOWN])
    return Subject(
        id=result.subject, verdict=compared(result.subject, [each.subject for each in known.earlier]),
        agreeing=sum(each.subject == result.subject for each in known.earlier), earlier=len(known.earlier),
        elsewhere=len(known.elsewhere), sightings=shown, more=sum(map(len, sightings)) - len(shown),
    )  # fmt: skip


def _sightings(subject: str, known: History) -> list[list[Sighting]]:
    """Those of others first, then the person's own; of each the newest first."""
    sides: tuple[tuple[str, Sequence[Seen]], ...] = (
        ("elsewhere", known.elsewhere), ("later", known.later), ("earlier", known.earlier),
    )  # fmt: skip
    return [
        [Sighting(seen=each, same=each.subject == subject, when=when) for each in reversed(side)]
        for when, side in sides
    ]
