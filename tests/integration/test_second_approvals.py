"""A second person: proposals, confirming, sending back, deciding differently, lapsing; never the same person twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.exc import DBAPIError

from tests.conftest import Visit
from tests.support.deciding import NOTE, audited, face_failed, fresh, note_of, passed, propose, send, taken
from tests.support.factory import Make
from tests.support.pages import PageClient
from webapp.actions.actor import Actor
from webapp.actions.decision_guards import Refused, Said
from webapp.actions.second_approvals import confirm, lapse_due
from webapp.models import AmlMatch, Decision, Policy, SessionResult, User


@pytest.fixture
def paula(visit: Visit) -> PageClient:
    """A page client signed in as an approver."""
    return visit("Paula Approver", "approver")


def policy(make: Make, **value: object) -> None:
    make.save(Policy(key="second_approval", value=value, version=4))


def test_the_preview_says_beforehand_that_and_why_a_second_person_is_needed(make: Make, rachel: PageClient) -> None:
    policy(make)
    page = rachel.get(f"/sessions/{face_failed(make).id}")
    told = page.soup.select_one("#form-approve .effect").get_text()
    assert "Status becomes Waiting for second approval, then Approved." in told
    assert "needed, because the face or the document check failed (policy 4)" in told
    assert "Second approval: not needed." in page.soup.select_one("#form-reject .effect").get_text()


def test_a_proposal_waits_and_another_person_makes_it_final(make: Make, rachel: PageClient, paula: PageClient) -> None:
    session = face_failed(make)
    proposal = propose(rachel, session)
    assert (proposal.kind, proposal.stage) == ("approve", "proposed")
    waiting = fresh(make, session)
    assert (waiting.status, waiting.decision, waiting.proposal_id) == ("awaiting_second", "none", proposal.id)
    banner = paula.get(f"/sessions/{session.id}").soup.find(id="proposal").get_text(" ", strip=True)
    assert "Rachel Reviewer proposed to approve this session" in banner
    assert "Both pictures show the same person." in banner
    send(paula, session, "confirm")
    now = fresh(make, session)
    assert (now.status, now.proposal_id) == ("approved", None)
    assert now.decided_by_name == "Rachel Reviewer and Paula Approver"
    _first, confirmed = taken(make, session)
    assert (confirmed.kind, confirmed.proposal_id, confirmed.proposer_id) == ("confirm", proposal.id, rachel.user.id)
    shown = rachel.get(f"/sessions/{session.id}").soup.find(id="timeline").get_text(" ", strip=True)
    assert "Rachel Reviewer proposed to approve this session; a second approval is requested" in shown
    assert "Paula Approver confirmed the proposal: approved" in shown


def test_the_proposer_is_refused_and_that_is_on_record(make: Make, paula: PageClient) -> None:
    session = face_failed(make)
    proposal = propose(paula, session)
    page = paula.get(f"/sessions/{session.id}")
    assert page.soup.find(id="form-confirm") is None
    assert "another person has to answer it" in page.text
    data = {
        "csrf_token": paula.csrf_token(), "proposal": str(proposal.id), "told": "999999",
        "version": str(fresh(make, session).version),
    }  # fmt: skip
    refused = paula.post(f"/sessions/{session.id}/confirm", data, status=403)
    assert "proposed yourself" in refused.text
    (row,) = audited(make, "session.confirm")
    assert (row.outcome, row.actor_id, row.session_id) == ("denied", paula.user.id, session.id)
    assert fresh(make, session).status == "awaiting_second"
    paula.post(f"/sessions/{session.id}/send-back", {**data, "send_back-note": NOTE}, status=403)
    paula.post(f"/sessions/{session.id}/reject", {**data, "reject-note": NOTE}, status=403)


@pytest.mark.parametrize("told", ["the truth", "another proposer", "no proposer"])
def test_the_database_itself_refuses_the_same_person_twice(make: Make, rachel: PageClient, told: str) -> None:
    session = face_failed(make)
    proposal = propose(rachel, session)
    other = make.user("approver")
    proposer = {"the truth": rachel.user.id, "another proposer": other.id, "no proposer": None}[told]
    with pytest.raises(DBAPIError), make.database.writing() as db:
        db.add(
            Decision(
                session_id=session.id or 0, kind="confirm", proposal_id=proposal.id, proposer_id=proposer,
                actor_id=rachel.user.id, actor_name="Rachel Reviewer",
            )
        )  # fmt: skip
    assert [each.kind for each in taken(make, session)] == ["approve"]


def test_sending_back_needs_a_note_and_returns_the_session_to_review(
    make: Make, rachel: PageClient, paula: PageClient
) -> None:
    session = face_failed(make)
    propose(rachel, session)
    assert "Write a note of 10" in send(paula, session, "send-back", status=422, note="No").text
    send(paula, session, "send-back", note="Look at the ears once more, please.")
    now = fresh(make, session)
    assert (now.status, now.proposal_id) == ("needs_review", None)
    assert now.due_at > datetime.now(UTC)
    page = rachel.get(f"/sessions/{session.id}")
    assert "Look at the ears once more, please." in page.text
    assert "Paula Approver sent the proposal back" in page.text
    propose(rachel, session)
    assert fresh(make, session).status == "awaiting_second"


def test_deciding_differently_is_a_new_proposal_that_needs_another_person_again(
    make: Make, visit: Visit, rachel: PageClient, paula: PageClient
) -> None:
    session = face_failed(make)
    first = propose(rachel, session)
    send(paula, session, "reject", reasons=["face_mismatch"], note=NOTE)
    waiting = fresh(make, session)
    assert (waiting.status, waiting.decision) == ("awaiting_second", "none")
    second = taken(make, session)[-1]
    assert (second.kind, second.stage, second.proposal_id, second.id) == (
        "reject",
        "proposed",
        first.id,
        waiting.proposal_id,
    )
    assert paula.get(f"/sessions/{session.id}").soup.find(id="form-confirm") is None
    send(visit("Peter Approver", "approver"), session, "confirm")
    now = fresh(make, session)
    assert (now.status, now.decided_by_name) == ("rejected", "Paula Approver and Peter Approver")


@pytest.mark.parametrize("lost", ["disabled", "right"])
def test_a_proposal_lapses_when_its_proposer_may_not_decide_any_more(
    make: Make, rachel: PageClient, paula: PageClient, lost: str
) -> None:
    session = face_failed(make)
    propose(rachel, session)
    page = paula.get(f"/sessions/{session.id}")
    with make.database.writing() as db:
        user = db.get_one(User, rachel.user.id)
        user.disabled_at, user.role = (datetime.now(UTC), user.role) if lost == "disabled" else (None, "viewer")
    refused = send(paula, session, "confirm", page=page, status=409)
    assert "may not decide any more" in refused.text
    assert fresh(make, session).status == "needs_review"
    assert [each.kind for each in taken(make, session)] == ["approve", "lapse"]


def test_a_proposal_lapses_when_the_evidence_has_changed(make: Make, rachel: PageClient, paula: PageClient) -> None:
    session = face_failed(make)
    propose(rachel, session)
    page = paula.get(f"/sessions/{session.id}")
    with make.database.writing() as db:
        db.get_one(SessionResult, session.id).face = {"score": 0.2, "identical": False, "error": ""}
    assert "has lapsed" in send(paula, session, "confirm", page=page, status=409).text
    lapsed = taken(make, session)[-1]
    assert (lapsed.kind, lapsed.actor_type, note_of(make, lapsed)) == (
        "lapse", "system", "The evidence has changed since it was proposed.",
    )  # fmt: skip
    (row,) = audited(make, "session.lapse")
    assert row.after["why"] == "evidence"


def test_after_its_hours_a_proposal_lapses_by_the_clock_once(make: Make, rachel: PageClient) -> None:
    policy(make, lapse_hours=5)
    session = face_failed(make)
    propose(rachel, session)
    assert lapse_due(make.database) == 0
    later = datetime.now(UTC) + timedelta(hours=5, minutes=1)
    assert lapse_due(make.database, later) == 1
    assert lapse_due(make.database, later) == 0
    assert fresh(make, session).status == "needs_review"
    assert "Nobody confirmed it in time" in rachel.get(f"/sessions/{session.id}").text


def test_a_worker_that_dies_half_way_lets_nothing_lapse_by_half(
    make: Make, rachel: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = face_failed(make)
    propose(rachel, session)
    later = datetime.now(UTC) + timedelta(hours=73)

    def dies(*_args: object, **_more: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("webapp.actions.second_approvals.record", dies)
        with pytest.raises(SystemExit):
            lapse_due(make.database, later)
    assert fresh(make, session).status == "awaiting_second"
    assert [each.kind for each in taken(make, session)] == ["approve"]
    assert lapse_due(make.database, later) == 1


def test_an_escalated_session_that_is_sent_back_is_escalated_again(
    make: Make, alice: PageClient, paula: PageClient
) -> None:
    session = face_failed(make)
    send(alice, session, "escalate", note="The name is on our own list.")
    propose(alice, session)
    send(paula, session, "send-back", note="Look at the ears once more, please.")
    assert fresh(make, session).status == "escalated"


def test_reopening_needs_a_reason_and_a_second_person_and_the_old_decision_stays(
    make: Make, rachel: PageClient, paula: PageClient
) -> None:
    session = passed(make)
    send(rachel, session, "approve")
    assert "Choose at least one reason" in send(rachel, session, "reopen", status=422).text
    send(rachel, session, "reopen", reasons=["new_information"], note="The bank has written to us.")
    assert fresh(make, session).status == "awaiting_second"
    send(paula, session, "send-back", note="The letter says nothing new.")
    assert fresh(make, session).status == "approved"
    send(rachel, session, "reopen", reasons=["error"], note="The bank has written again.")
    send(paula, session, "confirm")
    now = fresh(make, session)
    assert (now.status, now.decision, now.decided_by_name) == ("needs_review", "none", "")
    kinds = [each.kind for each in taken(make, session)]
    assert kinds == ["approve", "reopen", "send_back", "reopen", "confirm"]
    assert "Rachel Reviewer approved" in rachel.get(f"/sessions/{session.id}").text


def test_the_policy_decides_what_needs_a_second_person(make: Make, rachel: PageClient) -> None:
    policy(make, actions=["reject_passed"])
    failed, clean = face_failed(make), passed(make)
    send(rachel, failed, "approve", reasons=["vendor_wrong"], note="Both pictures show the same person.")
    assert fresh(make, failed).status == "approved"
    send(rachel, clean, "reject", reasons=["policy"], note="This country is not one of ours.")
    assert fresh(make, clean).status == "awaiting_second"


@pytest.mark.parametrize("verdict", ["same", "unclear"])
def test_an_entry_that_is_not_ruled_out_needs_a_second_person(make: Make, rachel: PageClient, verdict: str) -> None:
    session = passed(make)
    make.match(session, verdict=verdict)
    send(rachel, session, "approve", reasons=["low_risk"], note="A low office, many years ago.")
    assert fresh(make, session).status == "awaiting_second"


def test_blind_the_second_person_is_told_only_that_something_was_proposed(
    make: Make, rachel: PageClient, paula: PageClient
) -> None:
    policy(make, blind=True, actions=["approve_failed_check"])
    session = face_failed(make)
    propose(rachel, session)
    page = paula.get(f"/sessions/{session.id}")
    assert "A decision was proposed" in page.text
    for hidden in ("Both pictures show the same person", "proposed to approve", "seen by eye;"):
        assert hidden not in page.text
    assert "Rachel Reviewer proposed" not in page.text
    assert page.soup.find(id="form-confirm") is None
    send(paula, session, "approve", reasons=["vendor_wrong"], note="The ears and the chin are the same.")
    now = fresh(make, session)
    assert (now.status, now.decided_by_name) == ("approved", "Rachel Reviewer and Paula Approver")
    assert taken(make, session)[-1].kind == "confirm"


def test_a_changed_verdict_makes_the_proposal_lapse_by_the_clock(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    match = make.match(session, verdict="same")
    send(rachel, session, "approve", reasons=["low_risk"], note="A low office, many years ago.")
    with make.database.writing() as db:
        db.get_one(AmlMatch, match.id).verdict = "not_same"
    assert lapse_due(make.database) == 1
    assert fresh(make, session).status == "needs_review"


def test_the_worker_looks_at_proposals_with_the_clock(make: Make, rachel: PageClient) -> None:
    from webapp.worker import look_at_clock

    session = face_failed(make)
    propose(rachel, session)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=80)):
        look_at_clock(make.database)
    now = fresh(make, session)
    assert (now.status, now.proposal_id) == ("needs_review", None)


def test_two_people_who_answer_at_once_answer_once(
    make: Make, visit: Visit, rachel: PageClient, paula: PageClient
) -> None:
    session = face_failed(make)
    proposal = propose(rachel, session)
    peter = visit("Peter Approver", "approver")
    said = Said(session_id=session.id or 0, version=fresh(make, session).version, told=10**6)
    ready = threading.Barrier(2)

    def answer(who: PageClient) -> str:
        by = Actor(kind="person", id=who.user.id, name=who.user.name, role=who.user.role)
        ready.wait(10)
        try:
            with make.database.writing() as db:
                step = confirm(db, by=by, said=said, proposal_id=proposal.id or 0)
        except Refused as refused:
            return type(refused).__name__
        return step.kind if step else ""

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(answer, (paula, peter)))
    assert answers == ["Stale", "confirm"]
    assert [each.kind for each in taken(make, session)] == ["approve", "confirm"]
