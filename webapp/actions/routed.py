"""Where the routing rules send a session, as its row keeps it: review, priority, reasons, due time, or a decision."""

from datetime import timedelta

from sqlmodel import Session

from webapp.actions import decided_by_rule
from webapp.checks.routing import Route
from webapp.models import Link, VerificationSession
from webapp.models.columns import utc_now
from webapp.queries import policies


def send(
    db: Session, *, session: VerificationSession, link: Link, way: Route, rule_version: int, arrived: bool
) -> None:  # fmt: skip
    """Send a session where the rules say; a person's word (in review, escalated, done, ...) is never overruled by a rule.

    A rule decides only when the result `arrived`: what a person has before him is his to decide.
    """
    before = session.review, session.priority
    if way.review == "done" and not (arrived and before[0] in ("not_needed", "pending")):
        return
    session.route_reason, session.route_reasons = way.reason, list(way.reasons)
    session.priority = way.priority
    if before[0] != "done":
        session.rule_version = rule_version
    if before[0] not in ("not_needed", "pending"):
        return
    if way.review != "done":
        session.review = way.review
    elif decided_by_rule.needs_two(db, session=session, way=way):
        session.review = "pending"
    else:
        decided_by_rule.decide(db, session=session, link=link, way=way)
    _due(db, session, before)


def _due(db: Session, session: VerificationSession, before: tuple[str, str]) -> None:
    """By when a person should decide: hours from the result, by priority; a priority that changes moves it."""
    if session.review != "pending":
        session.due_at = None
    elif session.due_at is None or before != (session.review, session.priority):
        hours = policies.review_hours(db).of(session.priority)
        session.due_at = (session.finished_at or utc_now()) + timedelta(hours=hours)
