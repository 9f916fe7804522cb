"""What exports and changes of policy share that wait for a second person: the refusals, and why one lapses."""

from datetime import datetime, timedelta

from sqlmodel import Session

from webapp.actions.actor import Actor
from webapp.models.rights import rights_of
from webapp.queries import eligible, policies

AT_ONCE = 100
SHORTEST_NOTE = 3
LONGEST_NOTE = 500
LAPSES = {
    "time": "Nobody confirmed it in time.",
    "person": "Who asked for it may not do so any more.",
    "stale": "What it was to change has changed meanwhile.",
}
"""Why it lapses, by the reason in its audit row."""


class Refused(Exception):
    """The step was not taken and nothing was changed; the message is for the person."""


class NotNow(Refused):
    """It does not wait any more, or something else waits before it."""


class SamePerson(Refused):
    """Who asked for it may not answer it."""


class MissingRight(Refused):
    """`right` is what the person lacks."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        self.right = right


class NoNote(Refused):
    """Who says no says why."""


def admit(by: Actor, *, asked_by: int | None, right: str) -> None:
    """Raises MissingRight, and SamePerson for who asked, however he signed in. The database refuses him as well."""
    if right not in rights_of(by.role):
        raise MissingRight(right)
    if by.id is None or by.id == asked_by:
        raise SamePerson


def refuse_empty(note: str) -> None:
    """Raises NoNote."""
    if not SHORTEST_NOTE <= len(note) <= LONGEST_NOTE:
        raise NoNote


def why_over(db: Session, *, asked_by: int | None, right: str, at: datetime, now: datetime) -> str:
    """Why what was asked for at `at` lapses, a key of LAPSES; "" while it may wait."""
    if at + timedelta(hours=policies.second_approval(db).lapse_hours) <= now:
        return "time"
    return "" if eligible.holds(db, asked_by, right) else "person"
