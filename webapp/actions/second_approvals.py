"""The second person: confirming a proposed decision or sending it back; and proposals that lapse by themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from webapp.actions import snapshots
from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import record
from webapp.actions.decision_guards import MissingRight, NotNow, Said, admitted, complete, refuse_proposer
from webapp.actions.decision_steps import back_to_review, conclude, propose, release, states, tell, write
from webapp.db import Database
from webapp.models import Decision, User, VerificationSession
from webapp.models.columns import utc_now
from webapp.models.rights import rights_of
from webapp.queries import policies

AT_ONCE = 100
LAPSES = {
    "time": "Nobody confirmed it in time.",
    "proposer": "Who proposed it may not decide any more.",
    "evidence": "The evidence has changed since it was proposed.",
}
"""Why a proposal lapses, by the reason in its audit row."""


def confirm(db: Session, *, by: Actor, said: Said, proposal_id: int) -> Decision | None:
    """Make a proposed decision final, as its proposer's and this person's. None when there is no such session.

    A proposal whose proposer may not decide any more, or whose evidence is another now, lapses instead: then the step is a
    `lapse`. Raises a `decision_guards.Refused`; SamePerson for who proposed it, whom the database refuses as well.
    """
    session = admitted(db, by=by, kind="confirm", said=said)
    if session is None:
        return None
    return _confirm(
        db, by=by, session=session, proposal=_awaited(db, session, by=by, proposal_id=proposal_id), said=said
    )


def decide(db: Session, *, by: Actor, session: VerificationSession, kind: str, said: Said) -> Decision:
    """Who was to confirm decides by himself: the same confirms, another is a new proposal that needs another person again."""
    if "approve_second" not in rights_of(by.role):
        raise MissingRight("approve_second")
    proposal = refuse_proposer(db, session, by=by)
    complete(db, session, kind=kind, said=said)
    if kind == proposal.kind:
        return _confirm(db, by=by, session=session, proposal=proposal, said=said)
    return propose(db, by=by, session=session, kind=kind, said=said, answers=proposal)


def _confirm(db: Session, *, by: Actor, session: VerificationSession, proposal: Decision, said: Said) -> Decision:
    why = _why_lapse(db, session, proposal)
    if why:
        return _lapse(db, session, proposal, why=why)
    before = states(session)
    step = write(db, by=by, session=session, kind="confirm", said=said, answers=proposal)
    conclude(db, session, kind=proposal.kind, names=f"{proposal.actor_name} and {by.name}")
    tell(db, by=by, session=session, decision=step, action="session.confirm", before=before)
    return step


def send_back(db: Session, *, by: Actor, said: Said, proposal_id: int) -> Decision | None:
    """Refuse a proposal with a note; the session goes back to where it was. Raises as `confirm`, Incomplete without a note."""
    session = admitted(db, by=by, kind="send_back", said=said)
    if session is None:
        return None
    proposal = _awaited(db, session, by=by, proposal_id=proposal_id)
    complete(db, session, kind="send_back", said=said)
    before = states(session)
    step = write(db, by=by, session=session, kind="send_back", said=said, answers=proposal)
    _return(db, session, proposal)
    tell(db, by=by, session=session, decision=step, action="session.sendback", before=before)
    return step


def note_refusal(db: Session, *, by: Actor, session_id: int) -> None:
    """Keep on record that a person tried to answer a proposal of his own."""
    record(
        db, by=by, action="session.confirm", object_type="session", object_id=session_id, session_id=session_id,
        after={"reason": "proposer"}, outcome="denied",
    )  # fmt: skip


def lapse_due(database: Database, now: datetime | None = None) -> int:
    """Let proposals lapse that waited too long, whose proposer may not decide any more, or whose evidence changed; how many.

    One indexed read when nothing waits. Several workers may do this at once, and one that dies does no half of it.
    """
    now = now or utc_now()
    lapsed = 0
    for session_id in _waiting(database, now):
        with database.writing() as db:
            lapsed += _lapse_if_due(db, session_id, now)
    return lapsed


def _waiting(database: Database, now: datetime) -> Sequence[int]:
    query = (
        select(VerificationSession.id)
        .where(VerificationSession.review == "awaiting_second")
        .order_by(col(VerificationSession.due_at), col(VerificationSession.id))
        .limit(AT_ONCE)
    )
    with database.reading() as db:
        found = [each for each in db.exec(query) if each is not None]
        return [each for each in found if _due(db, each, now)]


def _due(db: Session, session_id: int, now: datetime) -> str:
    session = db.get(VerificationSession, session_id)
    proposal = db.get(Decision, session.proposal_id) if session and session.proposal_id else None
    if session is None or session.review != "awaiting_second" or proposal is None:
        return ""
    hours = policies.second_approval(db).lapse_hours
    if proposal.created_at + timedelta(hours=hours) <= now:
        return "time"
    return _why_lapse(db, session, proposal)


def _lapse_if_due(db: Session, session_id: int, now: datetime) -> bool:
    session = db.get(VerificationSession, session_id, with_for_update=True)
    why = _due(db, session_id, now)
    if session is None or not why:
        return False  # answered meanwhile, or another worker was quicker
    _lapse(db, session, db.get_one(Decision, session.proposal_id), why=why)
    return True


def _awaited(db: Session, session: VerificationSession, *, by: Actor, proposal_id: int) -> Decision:
    proposal = refuse_proposer(db, session, by=by)
    if proposal.id != proposal_id:
        raise NotNow("Another decision was proposed meanwhile. Look at that one.")
    return proposal


def _why_lapse(db: Session, session: VerificationSession, proposal: Decision) -> str:
    proposer = db.get(User, proposal.actor_id) if proposal.actor_id else None
    if proposer is None or proposer.disabled_at or "decide" not in rights_of(proposer.role):
        return "proposer"
    return "" if snapshots.evidence_now(db, session) == proposal.evidence_hash else "evidence"


def _lapse(db: Session, session: VerificationSession, proposal: Decision, *, why: str) -> Decision:
    before = states(session)
    said = Said(session_id=session.id or 0, version=session.version, note=LAPSES[why])
    step = write(db, by=SYSTEM, session=session, kind="lapse", said=said, answers=proposal)
    _return(db, session, proposal)
    record(
        db, by=SYSTEM, action="session.lapse", object_type="decision", object_id=step.id, session_id=session.id,
        before=before, after={**states(session), "proposal": proposal.id, "reason": LAPSES[why].rstrip("."), "why": why},
    )  # fmt: skip
    return step


def _return(db: Session, session: VerificationSession, proposal: Decision) -> None:
    """Back to where the session was before the proposal: decided, escalated, or waiting for a person."""
    release(session)
    session.proposal_id = None
    if proposal.kind == "reopen":
        session.review = "done"
    elif _was_escalated(db, session):
        session.review = "escalated"
    else:
        back_to_review(db, session)


def _was_escalated(db: Session, session: VerificationSession) -> bool:
    """Whether the session was escalated and nothing was decided since."""
    query = (
        select(Decision.kind, Decision.stage)
        .where(
            Decision.session_id == session.id,
            col(Decision.kind).in_(("escalate", "approve", "reject", "reopen", "confirm")),
        )
        .order_by(col(Decision.id).desc())
    )
    for kind, stage in db.exec(query):
        if stage == "final":
            return kind == "escalate"
    return False
