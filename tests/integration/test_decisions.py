"""Deciding: what may be decided, with which reasons, by whom, what stands in the way, and what is kept of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import text

from tests.support.deciding import NOTE, audited, face_failed, fresh, note_of, passed, reads, send, taken
from tests.support.factory import Make
from tests.support.pages import PageClient
from webapp.models import VerificationSession


def test_a_clean_session_is_approved_with_neither_reason_nor_note(make: Make, rachel: PageClient) -> None:
    preset = make.preset()
    with make.database.reading() as db:
        version_id = db.execute(text("SELECT id FROM preset_version WHERE preset_id = :id"), {"id": preset.id}).scalar()
    session = passed(make, link=make.link(preset_version_id=version_id), rule_version=3)
    assert send(rachel, session, "approve").location == f"/sessions/{session.id}"
    now = fresh(make, session)
    assert (now.status, now.decision, now.review, now.decided_by_name) == (
        "approved", "approved", "done", "Rachel Reviewer",
    )  # fmt: skip
    (decision,) = taken(make, session)
    assert (decision.kind, decision.stage, decision.actor_name, decision.role_at_time) == (
        "approve", "final", "Rachel Reviewer", "reviewer",
    )  # fmt: skip
    assert (decision.preset_version_id, decision.rule_version, decision.policy_version) == (version_id, 3, 0)
    assert len(decision.evidence_hash) == 64
    (row,) = audited(make, "session.decide")
    assert (row.before, row.after["decision"], row.after["evidence_hash"]) == (
        {"review": "pending", "decision": "none"}, "approved", decision.evidence_hash,
    )  # fmt: skip


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
    assert (decision.reason_codes, note_of(make, decision)) == (["face_mismatch"], NOTE)
    assert fresh(make, session).status == "rejected"
    shown = rachel.get(f"/sessions/{session.id}")
    assert "The face is another person's" in shown.text
    assert shown.text.count(NOTE) == 1
    (row,) = audited(make, "session.decide")
    assert row.reason_codes == ["face_mismatch"]
    assert NOTE not in str((row.before, row.after))


@pytest.mark.parametrize("fields", [{"outcome": "failed"}, {"severity": "bad"}], ids=["outcome", "check"])
def test_an_approval_against_the_vendor_or_a_failed_check_needs_both(
    make: Make, rachel: PageClient, fields: dict[str, str]
) -> None:
    session = passed(make, outcome=fields.get("outcome", "passed"))
    if "severity" in fields:
        make.matter(session, kind="data", severity="bad", block="data", headline="Name differs.")
    page = send(rachel, session, "approve", status=422)
    assert "Choose at least one reason" in page.text
    assert not taken(make, session)


@pytest.mark.parametrize("which", ["approve", "reject"])
def test_open_hits_stand_in_the_way_of_both_ends(make: Make, rachel: PageClient, which: str) -> None:
    session = passed(make, aml_open=True)
    first, second = make.match(session), make.match(session, position=1)
    page = rachel.get(f"/sessions/{session.id}")
    assert "2 hits are unresolved" in page.soup.find(id=f"form-{which}").get_text(" ", strip=True)
    refused = send(rachel, session, which, page=page, status=422, note=NOTE)
    assert "2 hits are unresolved" in refused.soup.find(id="error-summary").get_text(" ", strip=True)
    links = {link["href"] for link in refused.soup.find(id=f"form-{which}").find_all("a")}
    assert {f"#match-{first.id}", f"#match-{second.id}"} <= links
    assert fresh(make, session).review == "pending"


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("Passport L898902C3 was seen in the original.", "document number"),
        ("Born on 12 August 1974, as the bank knows.", "date of birth"),
        ("A SAR will follow about this one.", "restricted file"),
    ],
)
def test_a_note_that_should_not_be_kept_asks_for_a_second_thought(
    make: Make, rachel: PageClient, note: str, words: str
) -> None:
    session = passed(make)
    page = send(rachel, session, "reject", status=422, reasons=["other"], note=note)
    assert words in page.soup.find(id="form-reject").get_text(" ", strip=True)
    assert not taken(make, session)
    send(rachel, session, "reject", page=page, confirmed=True)
    assert fresh(make, session).status == "rejected"


def test_an_escalation_is_decided_only_by_who_may_decide_escalated_sessions(
    make: Make, rachel: PageClient, alice: PageClient
) -> None:
    session = passed(make)
    assert "Write a note" in send(rachel, session, "escalate", status=422).text
    send(rachel, session, "escalate", note="The name is on our own list.")
    assert fresh(make, session).status == "escalated"
    page = rachel.get(f"/sessions/{session.id}")
    assert page.soup.find(id="form-approve") is None
    assert "This session is escalated" in page.text
    assert "Rachel Reviewer escalated" in page.text
    token = rachel.csrf_token()
    refused = rachel.post(
        f"/sessions/{session.id}/approve", {"csrf_token": token, **keeps(page, fresh(make, session))}, status=409
    )
    assert "somebody who may decide escalated sessions" in refused.text
    send(alice, session, "approve")
    assert fresh(make, session).status == "approved"


def keeps(_page: object, session: VerificationSession) -> dict[str, str]:
    """What a form of the page would send back, for a step that the page does not offer."""
    return {"version": str(session.version), "told": "999999", "was": session.status}


def test_a_form_from_before_somebody_elses_change_is_refused_and_says_what_changed(
    make: Make, rachel: PageClient, alice: PageClient
) -> None:
    session = passed(make)
    old = rachel.get(f"/sessions/{session.id}")
    send(alice, session, "approve")
    page = send(rachel, session, "reject", page=old, status=409, reasons=["other"], note=NOTE)
    told = page.soup.find(id="conflict").get_text(" ", strip=True)
    assert "Changed by Alice Admin" in told
    assert "status Needs review → Approved" in told
    assert NOTE in page.soup.find(id="typed-note").get_text()
    assert [each.kind for each in taken(make, session)] == ["approve"]


def test_what_the_same_person_did_meanwhile_makes_no_form_stale(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    old = rachel.get(f"/sessions/{session.id}")
    send(rachel, session, "note", note="The bank confirmed it by telephone.")
    send(rachel, session, "approve", page=old)
    assert fresh(make, session).status == "approved"


def test_a_session_that_somebody_else_holds_is_to_read_only_and_a_lease_that_is_over_holds_nobody_back(
    make: Make, rachel: PageClient, alice: PageClient
) -> None:
    session = passed(make)
    before = rachel.get(f"/sessions/{session.id}")
    until = datetime.now(UTC) + timedelta(minutes=10)
    with make.database.writing() as db:
        row = db.get_one(VerificationSession, session.id)
        row.review, row.holder_id, row.holder_name, row.held_until = "in_review", alice.user.id, "Alice Admin", until
    page = rachel.get(f"/sessions/{session.id}")
    assert "Alice Admin has this session in review until" in page.text
    assert page.soup.find(id="form-approve") is None
    token = rachel.csrf_token()
    data = {"csrf_token": token, **keeps(before, fresh(make, session))}
    assert "Alice Admin has this session" in rachel.post(f"/sessions/{session.id}/approve", data, status=409).text
    with make.database.writing() as db:
        db.get_one(VerificationSession, session.id).held_until = datetime.now(UTC) - timedelta(seconds=1)
    send(rachel, session, "approve")
    assert fresh(make, session).holder_id is None


@pytest.mark.parametrize("review", ["not_needed", "awaiting_applicant", "done"])
def test_from_any_other_state_nothing_is_decided(make: Make, rachel: PageClient, review: str) -> None:
    session = passed(make, outcome="failed", review=review, decision="approved" if review == "done" else "none")
    assert rachel.get(f"/sessions/{session.id}").soup.find(id="form-approve") is None
    data = {"csrf_token": rachel.csrf_token(), **keeps(None, fresh(make, session))}
    rachel.post(f"/sessions/{session.id}/approve", data, status=409)
    assert not taken(make, session)


def test_who_may_not_decide_sees_no_form_and_is_refused(make: Make, victor: PageClient) -> None:
    session = passed(make)
    page = victor.get(f"/sessions/{session.id}")
    assert page.soup.find(id="form-approve") is None
    assert "You may look at this session, not decide it" in page.text
    victor.post(f"/sessions/{session.id}/approve", {"csrf_token": victor.csrf_token()}, status=403)


def test_the_action_itself_asks_for_the_right(make: Make) -> None:
    from webapp.actions.actor import Actor
    from webapp.actions.decision_guards import MissingRight, Said
    from webapp.actions.decisions import approve

    session = passed(make)
    user = make.user("viewer")
    said = Said(session_id=session.id or 0, version=session.version)
    with pytest.raises(MissingRight), make.database.writing() as db:
        approve(db, by=Actor(kind="person", id=user.id, name=user.name, role="viewer"), said=said)


@pytest.mark.parametrize("change", ["UPDATE decision SET kind = 'reject'", "DELETE FROM decision"])
def test_a_decision_is_never_changed_and_never_deleted(make: Make, rachel: PageClient, change: str) -> None:
    session = passed(make)
    send(rachel, session, "approve")
    with pytest.raises(DBAPIError, match="keeps every row"), make.database.writing() as db:
        db.execute(text(change))
    assert [each.kind for each in taken(make, session)] == ["approve"]


def test_new_facts_after_a_decision_are_shown_and_reopening_is_offered(make: Make, rachel: PageClient) -> None:
    session = passed(make, review="done", decision="approved", new_facts_after_decision=True)
    page = rachel.get(f"/sessions/{session.id}")
    assert "New information came after this decision" in page.text
    assert page.soup.find(id="form-reopen") is not None


def test_a_note_by_itself_changes_nothing_else(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    send(rachel, session, "note", note="The bank confirmed it by telephone.")
    assert fresh(make, session).review == "pending"
    assert "The bank confirmed it by telephone." in rachel.get(f"/sessions/{session.id}").text
    (row,) = audited(make, "note.add")
    assert "telephone" not in str((row.before, row.after))
    assert "Write the note first" in send(rachel, session, "note", status=422, note=" ").text


def test_a_decided_session_is_read_in_no_more_than_twelve_queries(make: Make, rachel: PageClient) -> None:
    session = face_failed(make)
    make.match(session, verdict="not_same")
    send(rachel, session, "note", note="The bank confirmed it by telephone.")
    send(rachel, session, "reject", reasons=["face_mismatch"], note=NOTE)
    assert reads(rachel.get(f"/sessions/{session.id}")) <= 12
