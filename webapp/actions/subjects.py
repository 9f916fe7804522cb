"""Sessions that a new result concerns, because it is about the same person or the same face: settled again, one by one."""

from sqlmodel import Session

from webapp.actions.actor import SYSTEM
from webapp.actions.audit import record
from webapp.actions.link_making import locked
from webapp.actions.sessions import settle
from webapp.db import Database
from webapp.models import SessionResult, VerificationSession
from webapp.providers.base import Provider
from webapp.queries.subjects import concerned, history


def compare(database: Database, *, session_id: int, provider: Provider) -> None:
    """Settle this session and those it concerns again, each in a transaction of its own. Safe to run again.

    Two results that were applied at once did not see one another then; by now the later one sees both.
    """
    with database.reading() as db:
        session, result = db.get(VerificationSession, session_id), db.get(SessionResult, session_id)
        known = history(db, session, result) if session and result else None
    others = concerned(known) if known else ()
    for each in (session_id, *others) if known and (others or known.earlier) else ():
        with database.writing() as db:
            _settle_again(db, each, provider)


def _settle_again(db: Session, session_id: int, provider: Provider) -> None:
    found = db.get_one(VerificationSession, session_id)
    link = locked(db, found.link_id)  # before its session, as everywhere
    session = db.get_one(VerificationSession, session_id, with_for_update=True, populate_existing=True)
    if link is None or session.erased or session.outcome == "none":
        return
    before = _standing(session)
    settle(db, session=session, link=link, provider=provider)
    if _standing(session) == before:
        return
    session.new_facts_after_decision = session.new_facts_after_decision or session.review == "done"
    record(
        db, by=SYSTEM, action="session.compared", object_type="session", object_id=session.id, session_id=session.id,
        before=dict(before), after=dict(_standing(session)),
    )  # fmt: skip


def _standing(session: VerificationSession) -> tuple[tuple[str, object], ...]:
    return ("review", session.review), ("reason", session.route_reason), ("duplicate", session.duplicate_suspected)
