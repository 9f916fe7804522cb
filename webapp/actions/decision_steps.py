"""What every step of deciding is made of: the row with its note and snapshot, what becomes of the session, the record."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from webapp.actions import snapshots
from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.decision_guards import Said
from webapp.models import Decision, Link, Note, VerificationSession
from webapp.models.columns import utc_now
from webapp.queries import policies

DECIDED = {"approve": "approved", "reject": "rejected"}


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
