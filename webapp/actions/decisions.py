"""Deciding a session: approve, reject, escalate, reopen, note; second persons are in `second_approvals`, asking again in
`asking_again`."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from webapp.actions import snapshots
from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.decision_guards import Incomplete as Incomplete
from webapp.actions.decision_guards import (
    MissingRight,
    Said,
    admitted,
    complete,
    refuse_proposer,
)
from webapp.checks import deciding
from webapp.models import Decision, Link, Note, VerificationSession
from webapp.models.columns import utc_now
from webapp.models.rights import rights_of
from webapp.queries import policies

DECIDED = {"approve": "approved", "reject": "rejected"}


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
        return _decide_differently(db, by=by, session=session, kind=kind, said=said)
    stands = complete(db, session, kind=kind, said=said)
    policy = policies.second_approval(db)
    if deciding.in_force(kind, stands, policy.actions):
        return propose(db, by=by, session=session, kind=kind, said=said)
    before = states(session)
    decision = write(db, by=by, session=session, kind=kind, said=said)
    conclude(db, session, kind=kind, names=by.name)
    tell(db, by=by, session=session, decision=decision, action="session.decide", before=before)
    return decision


def _decide_differently(db: Session, *, by: Actor, session: VerificationSession, kind: str, said: Said) -> Decision:
    """Who was to confirm decides otherwise: a new proposal, in place of the first, that needs another person again."""
    if "approve_second" not in rights_of(by.role):
        raise MissingRight("approve_second")
    answered = refuse_proposer(db, session, by=by)
    complete(db, session, kind=kind, said=said)
    return propose(db, by=by, session=session, kind=kind, said=said, answers=answered)


def propose(
    db: Session, *, by: Actor, session: VerificationSession, kind: str, said: Said, answers: Decision | None = None
) -> Decision:
    """Stage a step until another person confirms it."""
    before = states(session)
    decision = write(db, by=by, session=session, kind=kind, said=said, stage="proposed", answers=answers)
    release(session)
    session.review, session.proposal_id = "awaiting_second", decision.id
    tell(db, by=by, session=session, decision=decision, action="session.propose", before=before)
    return decision


def write(
    db: Session, *, by: Actor, session: VerificationSession, kind: str, said: Said, stage: str = "final",
    answers: Decision | None = None,
) -> Decision:  # fmt: skip
    """Append one step with its note, its versions, and the snapshot of what it is taken on."""
    note = keep_note(db, by=by, session=session, text=said.note)
    decision = Decision(
        session_id=session.id or 0, kind=kind, stage=stage, actor_type="person" if by.kind == "person" else "system",
        proposal_id=answers.id if answers else None, proposer_id=answers.actor_id if answers else None,
        actor_id=by.id, actor_name=by.name, role_at_time=by.role, reason_codes=list(said.reasons),
        note_id=note.id if note else None, preset_version_id=db.get_one(Link, session.link_id).preset_version_id,
        rule_version=session.rule_version, policy_version=policies.second_approval(db).version, created_at=utc_now(),
    )  # fmt: skip
    return snapshots.take(db, session=session, decision=decision)


def keep_note(db: Session, *, by: Actor, session: VerificationSession, text: str) -> Note | None:
    """The words of a person, apart from what they belong to; None where nothing was written."""
    if not text.strip():
        return None
    note = Note(session_id=session.id or 0, text=text.strip(), created_by_id=by.id, created_by_name=by.name)
    db.add(note)
    db.flush()
    return note


def conclude(db: Session, session: VerificationSession, *, kind: str, names: str) -> None:
    """What a step that is final makes of the session. `names`: who decided, a second person among them."""
    release(session)
    session.proposal_id = None
    if kind == "reopen":
        session.decision, session.decided_at, session.decided_by_name = "none", None, ""
        back_to_review(db, session)
    else:
        session.decision, session.review = DECIDED[kind], "done"
        session.decided_at, session.decided_by_name = utc_now(), names
    session.new_facts_after_decision = False


def back_to_review(db: Session, session: VerificationSession) -> None:
    """Wait for a person again, due by the hours of its priority from now."""
    session.review, session.proposal_id = "pending", None
    session.due_at = utc_now() + timedelta(hours=policies.review_hours(db).of(session.priority))


def release(session: VerificationSession) -> None:
    """Nobody holds the session any more."""
    session.holder_id, session.holder_name, session.held_since, session.held_until = None, "", None, None
    session.changed_at = utc_now()


def states(session: VerificationSession) -> dict[str, str]:
    """What the audit log keeps of where a session stood."""
    return {"review": session.review, "decision": session.decision}


def tell(
    db: Session, *, by: Actor, session: VerificationSession, decision: Decision, action: str, before: dict[str, str],
    more: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """The audit row of a step: its kind and number, its reason codes, where the session went; never the note's words."""
    record(
        db, by=by, action=action, object_type="decision", object_id=decision.id, session_id=session.id, before=before,
        after={**states(session), "kind": decision.kind, "stage": decision.stage, "proposal": decision.proposal_id,
               "evidence_hash": decision.evidence_hash, **(more or {})},
        reason_codes=list(decision.reason_codes),
    )  # fmt: skip
