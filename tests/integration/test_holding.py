"""Holding a session: take, release, skip, take over; who else is here; what is refused because it changed meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlmodel import select

from tests.conftest import Visit
from tests.support.factory import Make
from tests.support.making import actions
from tests.support.pages import Page, PageClient
from webapp.db import Database
from webapp.models import AuditEvent, Note, Presence, ReviewSkip, SignIn, VerificationSession

NOW = datetime.now(UTC)
pytestmark = pytest.mark.usefixtures("module_now")


@pytest.fixture
def session(make: Make) -> VerificationSession:
    """A session that waits for review."""
    return make.finished(person=make.person("Kim Held"), due_at=NOW + timedelta(hours=1))


def opened(visitor: PageClient, session: VerificationSession) -> Page:
    return visitor.get(f"/sessions/{session.id}")


def panel(page: Page) -> str:
    found = page.soup.select_one("#here")
    assert found is not None
    return " ".join(found.get_text(" ").split())


def beat(visitor: PageClient, session: VerificationSession, **options: Any) -> Page:
    return visitor.post(f"/sessions/{session.id}/here", {}, htmx=True, **options)


def stands(database: Database, session: VerificationSession) -> VerificationSession:
    with database.reading() as db:
        return db.get_one(VerificationSession, session.id)


def test_a_free_session_is_taken_and_released(
    rachel: PageClient, session: VerificationSession, database: Database
) -> None:
    page = opened(rachel, session)
    assert "Nobody holds it" in panel(page)
    assert "1 of 1 to review" in panel(page)
    held = rachel.submit(page, "Take")
    assert "Held by you until" in panel(held)
    assert stands(database, session).holder_name == "Rachel Reviewer"
    rachel.submit(held, "Release")
    now = stands(database, session)
    assert (now.review, now.holder_id, now.held_since, now.held_until) == ("pending", None, None, None)
    with database.reading() as db:
        assert [a for a in actions(db, "session.") if "view" not in a] == ["session.take", "session.release"]


def test_what_somebody_holds_is_to_read_only_for_others(
    visit: Visit, rachel: PageClient, session: VerificationSession
) -> None:
    rachel.submit(opened(rachel, session), "Take")
    other = visit("Rita Second", "reviewer")
    page = opened(other, session)
    assert "Rachel Reviewer holds it since" in panel(page)
    assert "to read only" in panel(page)
    assert page.soup.select_one("#here form") is None
    other.post(f"/sessions/{session.id}/take-over", {"version": "2", "reason": "because"}, status=403)


def test_taking_what_another_was_faster_to_take_says_who(
    visit: Visit, rachel: PageClient, session: VerificationSession, database: Database
) -> None:
    other = visit("Rita Second", "reviewer")
    page = opened(other, session)
    rachel.submit(opened(rachel, session), "Take")
    refused = other.submit(page, "Take", status=409)
    assert "Rachel Reviewer has held this session since" in refused.text
    assert stands(database, session).holder_id == rachel.user.id


def test_taking_over_needs_the_right_and_a_reason_and_keeps_it_as_a_note(
    alice: PageClient, rachel: PageClient, session: VerificationSession, database: Database
) -> None:
    rachel.submit(opened(rachel, session), "Take")
    page = opened(alice, session)
    wrong = alice.submit(page, "Take over", status=422, reason="x")
    assert "Say why, in 3 to 500 characters" in wrong.text
    assert wrong.soup.select_one("#hold-reason").get_text() == "x"  # type: ignore[union-attr]
    taken = alice.submit(wrong, "Take over", reason="She is ill today")
    assert "Held by you until" in panel(taken)
    with database.reading() as db:
        note = db.exec(select(Note)).one()
        row = db.exec(select(AuditEvent).where(AuditEvent.action == "session.takeover")).one()
    assert (note.text, note.created_by_name) == ("She is ill today", "Alice Admin")
    assert row.before is not None and row.before["holder"] == rachel.user.id
    assert "ill" not in repr((row.before, row.after))


def test_a_take_over_on_an_older_page_is_refused_and_keeps_what_was_typed(
    alice: PageClient, rachel: PageClient, visit: Visit, session: VerificationSession, database: Database
) -> None:
    held = rachel.submit(opened(rachel, session), "Take")
    page = opened(alice, session)
    rachel.submit(held, "Release")
    rita = visit("Rita Second", "reviewer")
    rita.submit(opened(rita, session), "Take")
    refused = alice.submit(page, "Take over", status=409, reason="She is ill today")
    assert "Rita Second has held this session since" in refused.text
    assert refused.soup.select_one("#hold-reason").get_text() == "She is ill today"  # type: ignore[union-attr]
    assert "Held by you until" in panel(alice.submit(refused, "Take over"))


def test_a_reason_of_spaces_is_none(rachel: PageClient, session: VerificationSession, database: Database) -> None:
    rachel.submit(opened(rachel, session), "Skip", status=422, reason="       ")
    with database.reading() as db:
        assert db.exec(select(ReviewSkip)).all() == []


def test_skipping_goes_on_to_the_next_one(
    rachel: PageClient, session: VerificationSession, make: Make, database: Database
) -> None:
    make.finished(person=make.person("Nora Next"), due_at=NOW + timedelta(hours=5))
    held = rachel.submit(opened(rachel, session), "Take")
    page = rachel.submit(held, "Skip", reason="I know this person")
    assert page.soup.h1 is not None and page.soup.h1.get_text() == "Nora Next"
    assert "Held by you until" in panel(page)
    assert stands(database, session).review == "pending"
    with database.reading() as db:
        row = db.exec(select(AuditEvent).where(AuditEvent.action == "session.skip")).one()
    assert "know" not in repr((row.before, row.after))


def test_escalated_sessions_and_proposals_are_not_taken(rachel: PageClient, make: Make) -> None:
    for review in ("escalated", "awaiting_second", "awaiting_applicant", "done"):
        session = make.finished(review=review)
        rachel.post(f"/sessions/{session.id}/take", {"version": str(session.version)}, status=409)


def test_an_open_page_says_who_else_is_here_and_that_one_left(
    rachel: PageClient, victor: PageClient, session: VerificationSession
) -> None:
    beat(victor, session, status=None)
    assert "Also here: Victor Viewer" in panel(opened(rachel, session))
    assert "Also here" not in panel(opened(victor, session))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=3), tick=True):
        assert "Also here" not in panel(opened(rachel, session))


def test_a_beat_renews_the_lease_and_makes_no_form_stale(
    rachel: PageClient, session: VerificationSession, database: Database
) -> None:
    held = rachel.submit(opened(rachel, session), "Take")
    before = stands(database, session)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10), tick=True):
        beat(rachel, session, status=None)
        after = stands(database, session)
    assert before.held_until is not None and after.held_until is not None
    assert after.held_until - before.held_until > timedelta(minutes=9)
    assert after.version == before.version
    rachel.submit(held, "Release")


def test_a_beat_of_another_prolongs_nothing_and_writes_no_audit_row(
    rachel: PageClient, victor: PageClient, session: VerificationSession, database: Database
) -> None:
    rachel.submit(opened(rachel, session), "Take")
    until = stands(database, session).held_until
    with database.reading() as db:
        rows = len(db.exec(select(AuditEvent)).all())
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10), tick=True):
        beat(victor, session, status=None)
    with database.reading() as db:
        assert len(db.exec(select(AuditEvent)).all()) == rows
    assert stands(database, session).held_until == until


def test_a_beat_that_finds_nothing_new_answers_204_and_a_second_one_writes_nothing(
    rachel: PageClient, session: VerificationSession, database: Database
) -> None:
    page = beat(rachel, session, status=200)
    seen = {"X-Seen": str(page.soup.select_one("#here")["data-seen"])}  # type: ignore[index]
    with database.reading() as db:
        first = db.exec(select(Presence.seen_at)).one()
    assert beat(rachel, session, status=204, headers=seen).queries <= 3
    with database.reading() as db:
        assert db.exec(select(Presence.seen_at)).one() == first


def test_an_open_page_alone_keeps_no_sign_in_from_going_idle(
    rachel: PageClient, session: VerificationSession, database: Database
) -> None:
    token = rachel.csrf_token()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5), tick=True):
        rachel.post(f"/sessions/{session.id}/here", {"csrf_token": token}, csrf=False, htmx=True)
        with database.reading() as db:
            seen = db.exec(select(SignIn.seen_at).where(SignIn.user_id == rachel.user.id)).one()
    assert seen < datetime.now(UTC) + timedelta(minutes=1)


def test_a_lease_that_is_over_holds_nothing_before_its_end_is_on_record(
    visit: Visit, rachel: PageClient, session: VerificationSession, database: Database
) -> None:
    rachel.submit(opened(rachel, session), "Take")
    rita = visit("Rita Second", "reviewer")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=True):
        page = opened(rita, session)
        assert "Nobody holds it" in panel(page)
        rita.submit(page, "Take")
        assert stands(database, session).holder_id == rita.user.id
