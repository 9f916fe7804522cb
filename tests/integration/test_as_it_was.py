"""The session's page as it was when a step was taken: the same page, unmoved by what came after, held against its hash."""

import json
from datetime import timedelta
from typing import Any

from flask import Flask

from tests.support import captured
from tests.support.applied import apply, hosted, payload, save_pictures
from tests.support.deciding import NOTE, face_failed, passed, propose, send, taken
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import Page, PageClient
from webapp.models import AmlMatch, DecisionSnapshot, Link, Person, Policy, SessionResult, VerificationSession
from webapp.models.columns import utc_now


def then(visitor: PageClient, make: Make, session: VerificationSession, which: int = 0) -> Page:
    return visitor.get(f"/sessions/{session.id}/decisions/{taken(make, session)[which].id}")


def words(page: Page, selector: str) -> str:
    return " ".join(page.soup.select_one(selector).get_text(" ").split())


def test_the_page_stands_as_it_was_whatever_came_after(
    app: Flask, make: Make, rachel: PageClient, provider: FakeProvider
) -> None:
    session = apply(app, make, provider, hosted(payload("callback_identity_failed")))
    save_pictures(app, make, session)
    before = rachel.get(f"/sessions/{session.id}")
    blocks = [section["id"] for section in before.soup.select(".evidence > .block[id]")]
    send(rachel, session, "escalate", note="The name is on our own list.")
    with make.database.writing() as db:
        result = db.get_one(SessionResult, session.id)
        result.face, result.person = {"score": 0.99, "identical": True, "error": ""}, {"full_name": "SOMEBODY ELSE"}
        db.get_one(Person, session.person_id).name = "Somebody Else"
    page = then(rachel, make, session)
    assert page.status == 200
    assert "As it was" in page.text
    assert "Rachel Reviewer escalated this session" in words(page, ".strip.was")
    assert "unaltered, the hash agrees" in words(page, ".strip.was")
    assert [section["id"] for section in page.soup.select(".evidence > .block[id]")] == blocks
    for block in ("#face", "#data", "#auth", "#session-header h1"):
        assert words(page, block) == words(before, block)
    assert "Somebody Else" not in page.text
    assert not page.soup.select("main [data-live]")
    assert not page.soup.select("main form")


def test_what_was_known_of_the_vendors_id_is_that_of_then(app: Flask, make: Make, rachel: PageClient) -> None:
    person, days = make.person(), [utc_now() - timedelta(days=number) for number in (3, 2)]
    captured.send(app, make, "101", subject=captured.MARIE, person=person, received_at=days[0])
    captured.send(app, make, "101", subject=captured.MARIE, person=make.person("Otto Specimen"))
    session = captured.send(app, make, "101", subject=captured.MARIE, person=person)
    before = words(rachel.get(f"/sessions/{session.id}"), "#subject")
    assert "Same as before" in before and "a session of others" in before and "Otto Specimen" in before
    send(rachel, session, "escalate", note="The same face under two names.")
    captured.send(app, make, "101", subject=captured.KARL, person=person, received_at=days[1])
    assert "Different from before" in words(rachel.get(f"/sessions/{session.id}"), "#subject")
    assert words(then(rachel, make, session), "#subject") == before


def test_a_page_kept_with_a_decision_holds_no_id_of_another_session(app: Flask, make: Make, rachel: PageClient) -> None:
    person = make.person()
    captured.send(app, make, "101", subject=captured.KARL, person=person, received_at=utc_now() - timedelta(days=3))
    session = captured.send(app, make, "101", subject=captured.MARIE, person=person)
    send(rachel, session, "escalate", note="Another face than three days ago.")
    with make.database.reading() as db:
        kept = json.dumps(db.get_one(DecisionSnapshot, taken(make, session)[0].id).content)
    assert captured.MARIE in kept and captured.KARL not in kept
    assert "Different from before" in words(then(rachel, make, session), "#subject")


def test_verdicts_and_notes_are_those_of_then(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    match = make.match(session, verdict="not_same")
    send(rachel, session, "reject", reasons=["policy"], note=NOTE)
    with make.database.writing() as db:
        db.get_one(AmlMatch, match.id).verdict = "same"
    send(rachel, session, "note", note="Written a week later by somebody.")
    page = then(rachel, make, session)
    assert NOTE in page.text
    assert "Written a week later" not in page.text
    assert "0 of 1 open" in page.text or "Not the same person" in page.text


def test_a_stored_page_that_was_altered_is_told(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    send(rachel, session, "approve")
    with make.database.writing() as db:
        stored = db.get_one(DecisionSnapshot, taken(make, session)[0].id)
        content: dict[str, Any] = dict(stored.content)
        content["session"] = {**content["session"], "outcome": "failed"}
        stored.content = content
    assert "altered: what is stored does not have the hash" in then(rachel, make, session).text


def test_no_secret_of_a_link_is_kept_with_a_decision(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    send(rachel, session, "approve")
    with make.database.reading() as db:
        link = db.get_one(Link, session.link_id)
        stored = str(db.get_one(DecisionSnapshot, taken(make, session)[0].id).content)
    for secret in (link.token, link.webhook_token, link.webhook_key):
        assert secret not in stored


def test_what_was_erased_is_said_to_be_erased(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    send(rachel, session, "approve")
    with make.database.writing() as db:
        db.delete(db.get_one(DecisionSnapshot, taken(make, session)[0].id))
    assert "What the page showed then has been erased" in then(rachel, make, session).text


def test_a_step_of_another_session_is_not_found_here(make: Make, rachel: PageClient) -> None:
    session, other = passed(make), passed(make)
    send(rachel, session, "approve")
    number = taken(make, session)[0].id
    rachel.get(f"/sessions/{other.id}/decisions/{number}", status=404)
    rachel.get(f"/sessions/{session.id}/decisions/999999", status=404)
    rachel.get(f"/sessions/{session.id}/decisions/99999999999999", status=404)


def test_a_blind_proposal_is_not_shown_by_way_of_its_page(make: Make, rachel: PageClient, alice: PageClient) -> None:
    make.save(Policy(key="second_approval", value={"blind": True}, version=1))
    session = face_failed(make)
    proposal = propose(rachel, session)
    alice.get(f"/sessions/{session.id}/decisions/{proposal.id}", status=404)
    rachel.get(f"/sessions/{session.id}/decisions/{proposal.id}")


def test_a_decision_by_rule_has_its_page_too(make: Make, rachel: PageClient) -> None:
    session = passed(make)
    decision = make.decision(session)
    page = rachel.get(f"/sessions/{session.id}/decisions/{decision.id}")
    assert "unaltered" in page.text
