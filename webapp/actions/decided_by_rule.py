"""Decisions that a routing rule takes when a result arrives; what may be decided so is in `checks.routing`."""

from sqlmodel import Session

from webapp.actions import snapshots
from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.checks.routing import Route
from webapp.models import Decision, Link, VerificationSession
from webapp.models.columns import utc_now
from webapp.queries import policies

KINDS = {"approved": "approve", "rejected": "reject"}


def needs_two(db: Session, *, session: VerificationSession, way: Route) -> bool:
    """Whether the policy wants two people for what the rule would decide: rejecting what the vendor passed."""
    if way.decision != "rejected" or session.outcome != "passed":
        return False
    return "reject_passed" in policies.second_approval(db).actions


def decide(db: Session, *, session: VerificationSession, link: Link, way: Route) -> Decision:
    """Write the decision with what it was taken on, and what it makes of the session. The session's rule version is set."""
    before = {"review": session.review, "decision": session.decision}
    name = f"Rule {way.rule}"
    session.review, session.decision, session.due_at = "done", way.decision, None
    session.decided_at, session.decided_by_name = utc_now(), name
    taken = snapshots.take(
        db, session=session,
        decision=Decision(
            session_id=session.id or 0, kind=KINDS[way.decision], actor_type="rule", actor_name=name,
            preset_version_id=link.preset_version_id, rule_version=session.rule_version,
            policy_version=policies.second_approval(db).version,
        ),
    )  # fmt: skip
    record(
        db, by=Actor(kind="system", name=name), action="session.decide", object_type="decision", object_id=taken.id,
        session_id=session.id,
        before=before,
        after={"review": session.review, "decision": session.decision, "kind": taken.kind, "stage": taken.stage,
               "rule": way.rule, "rule_version": session.rule_version, "evidence_hash": taken.evidence_hash},
    )  # fmt: skip
    return taken
