"""What stands before erasing: the end of a relationship, legal holds, and restricting what may not be erased yet."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.models import LegalHold, Person, VerificationSession
from webapp.models.changes import announce
from webapp.models.columns import utc_now


class NotPossible(Exception):
    """It cannot be done as things stand; the message is for the person. Nothing was written."""


def set_relationship_end(db: Session, *, by: Actor, session_id: int, at: datetime | None) -> Person | None:
    """Note when the business with the session's person ended (None: it has not). None when there is no such session.

    Raises NotPossible for a session without a person, and for a day to come.
    """
    person = _person(db, session_id)
    if person is None:
        return None
    if at is not None and at > utc_now():
        raise NotPossible("The relationship cannot have ended on a day to come.")
    if person.relationship_ended_at != at:
        before, person.relationship_ended_at = person.relationship_ended_at is not None, at
        _record(db, by, "retention.relationship", session_id, person, {"ended": before}, {"ended": at is not None})
    return person


def restrict(db: Session, *, by: Actor, session_id: int, wanted: bool) -> Person | None:
    """Mask the person's data for everybody without the right to manage retention, or no longer. Raises NotPossible."""
    person = _person(db, session_id)
    if person is None:
        return None
    if (person.restricted_at is not None) != wanted:
        person.restricted_at = utc_now() if wanted else None
        _draw_again(db, person)
        _record(db, by, "retention.restrict", session_id, person, {"restricted": not wanted}, {"restricted": wanted})
    return person


def _draw_again(db: Session, person: Person) -> None:
    """Have every open page that names the person ask anew: his sessions' versions rise, though nothing else of them changes."""
    mine = update(VerificationSession).where(col(VerificationSession.person_id) == person.id)
    raised = mine.values(version=col(VerificationSession.version) + 1).returning(col(VerificationSession.id))
    for (number,) in db.execute(raised).all():
        announce(db.connection(), number)


def place_hold(
    db: Session, *, by: Actor, session_id: int, whole_person: bool, reason: str, owner: str
) -> LegalHold | None:  # fmt: skip
    """From now on nothing of this session, or of all of its person's, is erased. None when there is no such session.

    Raises NotPossible for a person's hold where nobody is known, and when all is erased already.
    """
    session = db.get(VerificationSession, session_id, with_for_update=True)
    if session is None:
        return None
    if session.erased:
        raise NotPossible("The data of this session have been erased, so there is nothing to hold.")
    if whole_person and session.person_id is None:
        raise NotPossible("This session has no person. Place the hold on the session alone.")
    hold = LegalHold(
        person_id=session.person_id if whole_person else None, session_id=None if whole_person else session_id,
        reason=reason, owner_name=owner, placed_by_id=by.id, placed_by_name=by.name,
    )  # fmt: skip
    db.add(hold)
    db.flush()
    _of_hold(db, by, "retention.hold", hold, session_id)
    return hold


def release_hold(db: Session, *, by: Actor, hold_id: int, reason: str) -> LegalHold | None:
    """End a hold; one that is released already stays as it is. None when there is no such hold."""
    hold = db.get(LegalHold, hold_id, with_for_update=True)
    if hold is None or hold.released_at is not None:
        return hold
    hold.released_at, hold.released_by_name, hold.release_reason = utc_now(), by.name, reason
    _of_hold(db, by, "retention.release", hold, hold.session_id)
    return hold


def _person(db: Session, session_id: int) -> Person | None:
    """The session's person, to be changed."""
    session = db.get(VerificationSession, session_id, with_for_update=True)
    if session is None:
        return None
    if session.person_id is None:
        raise NotPossible("This session has no person yet. Say first who it is about.")
    if session.erased:
        raise NotPossible("The data of this session have been erased.")
    return db.get_one(Person, session.person_id, with_for_update=True)


def _of_hold(db: Session, by: Actor, action: str, hold: LegalHold, session_id: int | None) -> None:
    whose = "person" if hold.person_id is not None else "session"
    record(db, by=by, action=action, object_type="hold", object_id=hold.id, session_id=session_id,
           after={"on": whose, "number": hold.person_id or hold.session_id})  # fmt: skip


def _record(
    db: Session, by: Actor, action: str, session_id: int, person: Person, before: dict[str, bool], after: dict[str, bool]
) -> None:  # fmt: skip
    record(db, by=by, action=action, object_type="person", object_id=person.id, session_id=session_id,
           before=before, after=after)  # fmt: skip
