"""Deciding: what may be decided, with which reasons, by whom, and what is kept of it."""

import pytest
from sqlmodel import col, select

from tests.conftest import Visit
from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.models import AuditEvent, Decision, DecisionSnapshot, Note, VerificationSession

NOTE = "The portrait and the selfie show two people."


def fresh(make: Make, session: VerificationSession) -> VerificationSession:
    with make.database.reading() as db:
        return db.get_one(VerificationSession, session.id)


def taken(make: Make, session: VerificationSession) -> list[Decision]:
    with make.database.reading() as db:
        return list(db.exec(select(Decision).where(Decision.session_id == session.id).order_by(col(Decision.id))))


def audited(make: Make, action: str) -> list[AuditEvent]:
    with make.database.reading() as db:
        return list(db.exec(select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.seq))))


def passed(make: Make, **fields: object) -> VerificationSession:
    session = make.finished(**fields)
    make.result(session)
    return session


def send(visitor: PageClient, session: VerificationSession, which: str, *, page: Page | None = None, status: int = 303,
         **answers: object) -> Page:  # fmt: skip
    """Fill the form of one step as it stands on the session's page, and send it."""
    page = page or visitor.get(f"/sessions/{session.id}")
    kind = which.replace("-", "_")
    named = {f"{kind}-{name}": value for name, value in answers.items()}
    return visitor.submit(page, f"#form-{which}", status=status, follow=False, **named)


def test_a_clean_session_is_approved_with_neither_reason_nor_note(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    answer = send(rachel, session, "approve")
    assert answer.location == f"/sessions/{session.id}"
    now = fresh(make, session)
    assert (now.status, now.decision, now.review, now.decided_by_name) == ("approved", "approved", "done", "Rachel Reviewer")
    (decision,) = taken(make, session)
    assert (decision.kind, decision.stage, decision.actor_name, decision.role_at_time) == (
        "approve", "final", "Rachel Reviewer", "reviewer")  # fmt: skip
    assert len(decision.evidence_hash) == 64
    assert "Approved" in rachel.get(f"/sessions/{session.id}").text


def test_a_rejection_needs_a_reason_and_a_note_and_keeps_what_was_typed(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    page = send(rachel, session, "reject", status=422, note="No.")
    assert "Choose at least one reason" in page.text
    assert "Write a note of 10 characters or more" in page.text
    assert page.soup.find(id="reject-note").get_text().strip() == "No."
    assert page.soup.find(id="step-reject").has_attr("open")
    assert fresh(make, session).review == "pending"
    send(rachel, session, "reject", page=page, reasons=["face_mismatch"], note=NOTE)
    (decision,) = taken(make, session)
    assert decision.reason_codes == ["face_mismatch"]
    assert fresh(make, session).status == "rejected"
    shown = rachel.get(f"/sessions/{session.id}")
    assert "The face is another person's" in shown.text
    assert NOTE in shown.text
