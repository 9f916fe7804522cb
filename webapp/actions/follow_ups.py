"""The session that was asked for again has its end: the one before it waits for a person again."""

from sqlmodel import Session

from webapp.actions.actor import SYSTEM
from webapp.actions.audit import record
from webapp.actions.decision_steps import back_to_review, release, states
from webapp.models import VerificationSession


def answered(db: Session, *, child: VerificationSession, why: str = "finished") -> None:
    """The session asked for again has its end (`why`: finished, expired, revoked): the one before waits for review again."""
    if child.follows_session_id is None:
        return
    session = db.get(VerificationSession, child.follows_session_id, with_for_update=True)
    if session is None or session.review != "awaiting_applicant":
        return
    before = states(session)
    release(session)
    back_to_review(db, session)
    record(
        db, by=SYSTEM, action="session.answered", object_type="session", object_id=session.id, session_id=session.id,
        before=before, after={**states(session), "by": child.id, "why": why},
    )  # fmt: skip
