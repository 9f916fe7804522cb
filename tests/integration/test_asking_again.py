"""Asking an applicant again: a new link for the same person, what he is told, and the old session's way back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import col, select

from tests.support.applied import apply, payload
from tests.support.deciding import audited, face_failed, fresh, passed, reads, send, taken
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import PageClient
from webapp.actions.expiry import expire_due
from webapp.models import Link, VerificationSession
from webapp.providers.base import Options, ProviderError

pytestmark = pytest.mark.usefixtures("provider")


def child_of(make: Make, session: VerificationSession) -> VerificationSession | None:
    with make.database.reading() as db:
        query = select(VerificationSession).where(VerificationSession.follows_session_id == session.id)
        return db.exec(query).first()


def link_of(make: Make, session: VerificationSession) -> Link:
    with make.database.reading() as db:
        return db.get_one(Link, session.link_id)


def unreadable(make: Make, **fields: Any) -> VerificationSession:
    usual = {"outcome": "failed", "outcome_code": "1", "review": "pending"}
    session = make.finished(**{"link": make.link(options=Options(aml=False)), **usual, **fields})
    make.result(session)
    return session


def test_a_new_link_for_the_same_person_follows_the_old_session(make: Make, rachel: PageClient) -> None:
    session = unreadable(make)
    send(rachel, session, "ask-again")
    waiting, child = fresh(make, session), child_of(make, session)
    assert child is not None
    assert (waiting.status, child.attempt, child.person_id) == ("awaiting_applicant", 2, session.person_id)
    old, new = link_of(make, session), link_of(make, child)
    assert (new.options, new.expected, new.state) == (old.options, old.expected, "active")
    assert taken(make, session)[-1].kind == "ask_again"
    (row,) = audited(make, "session.askagain")
    assert (row.after["attempt"], row.after["session"]) == (2, child.id)
    assert f"attempt 2 of 3 is session {child.id}" in rachel.get(f"/sessions/{session.id}").text
    page = rachel.get(f"/sessions/{child.id}")
    assert f"attempt 2 of 3, asked for after session {session.id}" in page.text
    assert reads(page) <= 12


def test_the_person_is_told_why_but_never_of_fraud(make: Make, rachel: PageClient, nobody: PageClient) -> None:
    session = face_failed(make)
    send(rachel, session, "ask-again", cause="selfie")
    link = link_of(make, child_of(make, session))
    page = nobody.get(f"/v/{link.token}")
    assert "We have to ask you once more. We could not see your face well." in page.text
    assert "We have to ask you once more" in rachel.get(f"/links/{link.id}").text
    for word in ("fraud", "does not match", "authentic", "score"):
        assert word not in page.text.lower()


def test_by_default_the_person_is_told_what_the_vendors_code_allows(make: Make, rachel: PageClient) -> None:
    session = unreadable(make)
    send(rachel, session, "ask-again")
    assert link_of(make, child_of(make, session)).why_again == "We could not read the document."


def test_a_failed_session_that_nobody_reviews_may_be_asked_again_too(make: Make, rachel: PageClient) -> None:
    session = unreadable(make, review="not_needed")
    page = rachel.get(f"/sessions/{session.id}")
    assert page.soup.find(id="form-approve") is None
    send(rachel, session, "ask-again", page=page)
    assert fresh(make, session).status == "awaiting_applicant"


def test_a_refusal_of_the_vendor_leaves_the_session_as_it_was_and_the_next_try_works(
    make: Make, rachel: PageClient, provider: FakeProvider
) -> None:
    session = unreadable(make)
    answer = provider.create_answer
    provider.create_answer = ProviderError("Quota exceeded.", code="1020", permanent=True)
    page = send(rachel, session, "ask-again", status=409, note="By telephone at noon.")
    assert "Quota exceeded." in page.text
    assert "By telephone at noon." in page.soup.find(id="ask_again-note").get_text()
    assert (fresh(make, session).review, taken(make, session), child_of(make, session)) == ("pending", [], None)
    provider.create_answer = answer
    send(rachel, session, "ask-again")
    assert fresh(make, session).status == "awaiting_applicant"
    with make.database.reading() as db:
        assert len(db.exec(select(Link).where(col(Link.form_key).like("again-%"))).all()) == 1


def test_more_than_three_attempts_need_to_be_wanted_and_explained(make: Make, rachel: PageClient) -> None:
    session = unreadable(make, attempt=3)
    page = send(rachel, session, "ask-again", status=422)
    assert "This was attempt 3 of 3" in page.text
    page = send(rachel, session, "ask-again", status=422, anyway=True)
    assert "Write why once more is needed" in page.text
    send(rachel, session, "ask-again", anyway=True, note="The camera of the phone was broken.")
    child = child_of(make, session)
    assert child is not None and child.attempt == 4


def test_the_same_form_sent_twice_asks_once(make: Make, rachel: PageClient) -> None:
    session = unreadable(make)
    page = rachel.get(f"/sessions/{session.id}")
    send(rachel, session, "ask-again", page=page)
    send(rachel, session, "ask-again", page=page, status=409)
    assert len(taken(make, session)) == 1


def test_when_the_new_session_has_a_result_the_old_one_waits_for_review_again(
    app: Flask, make: Make, rachel: PageClient, provider: FakeProvider
) -> None:
    session = unreadable(make)
    send(rachel, session, "ask-again")
    child = child_of(make, session)
    assert child is not None
    apply(app, make, provider, payload("callback_identity_passed"), session=child)
    now = fresh(make, session)
    assert (now.status, fresh(make, child).outcome) == ("needs_review", "passed")
    assert now.due_at > datetime.now(UTC)
    page = rachel.get(f"/sessions/{session.id}")
    assert f"session {child.id} (needs review)" in page.text
    assert "The session asked for after this one has a result" in page.text


def test_when_nobody_answers_the_old_session_waits_for_review_again(make: Make, rachel: PageClient) -> None:
    session = unreadable(make)
    send(rachel, session, "ask-again")
    expire_due(make.database, datetime.now(UTC) + timedelta(days=400))
    assert fresh(make, session).status == "needs_review"


def test_when_the_new_link_is_withdrawn_the_old_session_waits_for_review_again(make: Make, rachel: PageClient) -> None:
    session = unreadable(make)
    send(rachel, session, "ask-again")
    link = link_of(make, child_of(make, session))
    rachel.submit(rachel.get(f"/links/{link.id}"), "Revoke link", status=303, follow=False)
    assert fresh(make, session).status == "needs_review"


def test_a_session_that_is_nobodys_is_not_asked_again(make: Make, rachel: PageClient) -> None:
    session = make.finished(link=make.link(reusable=True, label="Front desk"))
    make.result(session)
    assert "Say who it is" in send(rachel, session, "ask-again", cause="unreadable", status=409).text


def test_an_escalated_session_is_not_asked_again(make: Make, alice: PageClient) -> None:
    session = passed(make, review="escalated")
    assert alice.get(f"/sessions/{session.id}").soup.find(id="form-ask-again") is None
