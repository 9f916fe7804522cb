"""Deciding in tests: a session that waits for review, its forms filled in as they stand on its page, what is kept of it."""

from typing import Any

from sqlmodel import col, select

from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.models import AuditEvent, Decision, Note, VerificationSession

NOTE = "The portrait and the selfie show two people."


def fresh(make: Make, session: VerificationSession) -> VerificationSession:
    """The session as it is now."""
    with make.database.reading() as db:
        return db.get_one(VerificationSession, session.id)


def taken(make: Make, session: VerificationSession) -> list[Decision]:
    """Its steps, oldest first."""
    with make.database.reading() as db:
        return list(db.exec(select(Decision).where(Decision.session_id == session.id).order_by(col(Decision.id))))


def audited(make: Make, action: str) -> list[AuditEvent]:
    """The audit rows of an action, oldest first."""
    with make.database.reading() as db:
        return list(db.exec(select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.seq))))


def note_of(make: Make, decision: Decision) -> str:
    """The words kept with a step."""
    with make.database.reading() as db:
        return db.get_one(Note, decision.note_id).text


def passed(make: Make, **fields: Any) -> VerificationSession:
    """A session with a passed result that waits for review."""
    session = make.finished(**fields)
    make.result(session)
    return session


def face_failed(make: Make, **fields: Any) -> VerificationSession:
    """A session that the vendor failed for its face."""
    session = make.finished(outcome="failed", outcome_code="3", **fields)
    make.result(session, face={"score": 0.1, "identical": False, "error": ""}, vendor_checks={"face": False})
    make.matter(session, kind="face", severity="bad", block="face", headline="Face does not match.")
    return session


def send(
    visitor: PageClient, session: VerificationSession, which: str, *, page: Page | None = None, status: int = 303,
    **answers: Any,
) -> Page:  # fmt: skip
    """Fill in the form of one step as it stands on the session's page, and send it. `which`: `approve`, `ask-again`, ..."""
    page = page or visitor.get(f"/sessions/{session.id}")
    kind = which.replace("-", "_")
    named = {f"{kind}-{name}": value for name, value in answers.items()}
    return visitor.submit(page, f"#form-{which}", status=status, follow=False, **named)


def reads(page: Page) -> int:
    """How many queries the page took beside putting its opening on the record, which is up to four statements."""
    chained = ("audit_head", "INSERT INTO audit_event", "MAX(seq)")
    return sum(not any(mark in statement for mark in chained) for statement in page.statements)


def propose(visitor: PageClient, session: VerificationSession) -> Decision:
    """Approve a session whose face failed, which the policy as it comes asks a second person for."""
    send(visitor, session, "approve", reasons=["vendor_wrong"], note="Both pictures show the same person.")
    with visitor.app.extensions["vouchdesk.database"].reading() as db:
        waiting = db.get_one(VerificationSession, session.id)
        return db.get_one(Decision, waiting.proposal_id)
