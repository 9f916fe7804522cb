"""Persons: under what they are found again, and tying a session that came without one to somebody."""

from sqlmodel import Session

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.checks.normalise import as_text, fold, search_text
from webapp.checks.people import birth_of, name_of
from webapp.models import Person, SessionResult, VerificationSession
from webapp.models.columns import utc_now

LONGEST_NAME = 200


class NotToIdentify(Exception):
    """The session cannot be tied to this person; the message is for who asked."""


def name_key(name: str) -> str:
    """The folded name under which a person is found again."""
    return fold(name)[:LONGEST_NAME]


def identify(db: Session, *, by: Actor, session_id: int, person_id: int | None) -> VerificationSession | None:
    """Tie a session "to be identified" to a person: a known one, or (None) a new one made from its result.

    None when there is no such session. The same person again changes nothing. Raises NotToIdentify when the session has
    another person, when there is no such person, or when a new one is asked for and the result names nobody.
    """
    session = db.get(VerificationSession, session_id, with_for_update=True)
    if session is None or (person_id is not None and session.person_id == person_id):
        return session
    if session.person_id is not None:
        raise NotToIdentify("This session has a person already. Open it again to see who it is.")
    result = db.get(SessionResult, session_id)
    person = db.get(Person, person_id) if person_id is not None else _from_result(db, result)
    if person is None:
        raise NotToIdentify("This person does not exist any more. Choose another one, or make a new one.")
    session.person_id, session.changed_at = person.id, utc_now()
    found = name_of(result.person) if result else ""
    session.search_text = search_text(person.name, person.own_reference, person.email, found, session.reference)
    record(
        db, by=by, action="session.identify", object_type="person", object_id=person.id, session_id=session.id,
        before={"person": None}, after={"person": person.id, "new": person_id is None},
    )  # fmt: skip
    return session


def note_birth(db: Session, *, person_id: int | None, found: dict[str, object]) -> None:
    """A document that passed says when its person was born, if it has the person's name and nobody had said it."""
    person = db.get(Person, person_id) if person_id is not None else None
    birth = birth_of(found)
    if person is not None and birth and not person.birth and name_key(name_of(found)) == name_key(person.name):
        person.birth = birth


def _from_result(db: Session, result: SessionResult | None) -> Person:
    name = as_text(name_of(result.person))[:LONGEST_NAME] if result else ""
    if result is None or not name:
        raise NotToIdentify("The result names nobody, so no person can be made from it. Choose somebody who is known.")
    person = Person(name=name, name_key=name_key(name), birth=birth_of(result.person))
    db.add(person)
    db.flush()
    return person
