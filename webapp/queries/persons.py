"""Reading persons: who a session without a person may be about."""

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from webapp.checks.normalise import fold
from webapp.checks.people import birth_of, names_of
from webapp.models import Person, SessionResult, VerificationSession

MOST = 5
LONGEST_KEY = 200


def proposals(db: Session, session: VerificationSession) -> tuple[Person, ...]:
    """Persons with the name and day of birth of this session's result, newest first, 5 at most; empty if it has one.

    One query, and one more for the result unless this database session has read it. Without a name and a whole day of
    birth nobody is proposed: either alone fits too many.
    """
    result = db.get(SessionResult, session.id) if session.person_id is None else None
    if result is None:
        return ()
    keys = {fold(name)[:LONGEST_KEY] for name in names_of(result.person)} - {""}
    birth = birth_of(result.person)
    if not keys or not birth:
        return ()
    return tuple(db.scalars(_NAMED, {"keys": sorted(keys), "birth": birth}))


_NAMED = (
    select(Person)
    .where(col(Person.name_key).in_(bindparam("keys", expanding=True)), col(Person.birth) == bindparam("birth"))
    .order_by(col(Person.id).desc())
    .limit(MOST)
)
"""Built once: building a statement costs more than running it."""
