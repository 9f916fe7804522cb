"""Deciding a session: approve, reject, escalate, reopen, note; second persons are in `second_approvals`, asking again in
`asking_again`."""

from sqlmodel import Session

from webapp.actions import second_approvals
from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.decision_guards import Incomplete, MissingRight, Said, admitted, complete
from webapp.actions.decision_steps import conclude, keep_note, propose, release, states, tell, write
from webapp.checks import deciding
from webapp.models import Decision, Note, VerificationSession
from webapp.models.columns import utc_now
from webapp.models.rights import rights_of
from webapp.queries import policies


def approve(db: Session, *, by: Actor, said: Said) -> Decision | None:
    """Approve a session, or propose it where the policy asks for a second person. None when there is no such session.

    Raises a `decision_guards.Refused`: NotNow, Stale, HeldByOther, MissingRight, SamePerson, Incomplete.
    """
    return _decide(db, by=by, kind="approve", said=said)


def reject(db: Session, *, by: Actor, said: Said) -> Decision | None:
    """Reject a session, or propose it; as `approve`."""
    return _decide(db, by=by, kind="reject", said=said)


def escalate(db: Session, *, by: Actor, said: Said) -> Decision | None:
    """Hand a session to those who may decide escalated ones, with a reason. Raises as `approve`."""
    session = admitted(db, by=by, kind="escalate", said=said)
    if session is None:
        return None
    complete(db, session, kind="escalate", said=said)
    before = states(session)
    decision = write(db, by=by, session=session, kind="escalate", said=said)
    release(session)
    session.review = "escalated"
    tell(db, by=by, session=session, decision=decision, action="session.escalate", before=before)
    return decision


def reopen(db: Session, *, by: Actor, said: Said) -> Decision | None:
    """Take a decided session back to review, or propose that; its decision stays in the list. Raises as `approve`."""
    session = admitted(db, by=by, kind="reopen", said=said)
    if session is None:
        return None
    stands = complete(db, session, kind="reopen", said=said)
    policy = policies.second_approval(db)
    if deciding.in_force("reopen", stands, policy.actions):
        return propose(db, by=by, session=session, kind="reopen", said=said)
    before = states(session)
    decision = write(db, by=by, session=session, kind="reopen", said=said)
    conclude(db, session, kind="reopen", names=by.name)
    tell(db, by=by, session=session, decision=decision, action="session.reopen", before=before)
    return decision


def add_note(db: Session, *, by: Actor, session_id: int, text: str, confirmed: bool = False) -> Note | None:
    """Write a note to a session, which changes nothing else. None when there is no such session.

    Raises MissingRight, and Incomplete for an empty note or one that should be thought over.
    """
    if "decide" not in rights_of(by.role):
        raise MissingRight("decide")
    session = db.get(VerificationSession, session_id, with_for_update=True)
    if session is None:
        return None
    warnings = () if confirmed else deciding.note_warnings(text)
    if not text.strip() or warnings:
        raise Incomplete({} if text.strip() else {"note": "Write the note first."}, warnings=warnings)
    note = keep_note(db, by=by, session=session, text=text)
    session.changed_at = utc_now()
    record(
        db, by=by, action="note.add", object_type="note", object_id=note.id if note else None, session_id=session.id,
        after={"note": note.id if note else None},
    )  # fmt: skip
    return note


def _decide(db: Session, *, by: Actor, kind: str, said: Said) -> Decision | None:
    session = admitted(db, by=by, kind=kind, said=said)
    if session is None:
        return None
    if session.review == "awaiting_second":
        return second_approvals.decide(db, by=by, session=session, kind=kind, said=said)
    stands = complete(db, session, kind=kind, said=said)
    policy = policies.second_approval(db)
    if deciding.in_force(kind, stands, policy.actions):
        return propose(db, by=by, session=session, kind=kind, said=said)
    before = states(session)
    decision = write(db, by=by, session=session, kind=kind, said=said)
    conclude(db, session, kind=kind, names=by.name)
    tell(db, by=by, session=session, decision=decision, action="session.decide", before=before)
    return decision
