"""Files of more than 100 sessions: asked for by one person, confirmed or refused by another, never by the same."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from tests.conftest import Visit
from tests.support.crowd import ask_for, crowd
from tests.support.export_files import ask, rows_of
from tests.support.factory import Make
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.actions import export_approvals as approvals
from webapp.actions.actor import Actor
from webapp.actions.exports import expire_due
from webapp.actions.second_person import MissingRight, NotNow, Refused, SamePerson
from webapp.actions.sign_ins import open_sign_in
from webapp.exports.filter_words import said
from webapp.models import AuditEvent, Export, Policy, User
from webapp.models.columns import utc_now
from webapp.settings import Settings

NOTE = "The letter asks for May alone."
STATUS = "/exports/new?list=sessions&status=needs_review"


@pytest.fixture
def bob(visit: Visit) -> PageClient:
    """Another person who may export."""
    return visit("Bob Reviewer", "reviewer")


def exports(make: Make) -> list[Export]:
    with make.database.reading() as db:
        return list(db.exec(select(Export).order_by(col(Export.id))))


def only(make: Make) -> Export:
    (export,) = exports(make)
    return export


def told(make: Make, action: str) -> list[AuditEvent]:
    with make.database.reading() as db:
        return list(db.exec(select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.seq))))


def by(user: User) -> Actor:
    return Actor(kind="person", id=user.id, name=user.name, role=user.role)


def switched_off(make: Make) -> None:
    make.save(Policy(key="second_approval", value={"actions": [], "blind": False, "lapse_hours": 72}))


# -- asking --------------------------------------------------------------------------------------------------------


def test_a_hundred_sessions_are_had_by_one_person_and_one_more_waits_for_another(
    make: Make, rachel: PageClient, bob: PageClient, worker: TestWorker
) -> None:
    crowd(make, 100)
    assert rachel.get(STATUS).soup.find(id="held") is None
    ask_for(rachel, STATUS)
    assert (only(make).state, only(make).needs_second, only(make).rows_asked) == ("queued", False, 100)
    crowd(make, 1)
    assert "another person who may export confirms it" in rachel.get(STATUS).soup.find(id="held").get_text()
    page = ask_for(rachel, STATUS, format="xlsx")
    assert "Waiting for approval" in page.text and "101 sessions" in page.text
    waits = exports(make)[1]
    assert (waits.state, waits.needs_second, waits.rows_asked) == ("waiting", True, 101)
    assert [job.subject_id for job in worker.waiting] == [exports(make)[0].id], "nothing is made of it"
    asked = told(make, "export.request")[1].after or {}
    assert (asked["rows"], asked["second_person"]) == (101, True)


def test_the_second_person_is_told_who_asks_for_how_many_by_which_filter_and_what_for(
    make: Make, rachel: PageClient, bob: PageClient
) -> None:
    crowd(make, 101)
    page = ask_for(rachel, STATUS)
    listed = bob.get("/exports").soup.select_one(".asked-for")
    assert listed is not None
    for words in ("Waiting for approval", "101 sessions, CSV", "Status: Needs review", "Rachel Reviewer", "An audit"):
        assert words in listed.get_text()
    assert bob.get("/").soup.select_one("[data-count=files]").get_text() == "1"  # type: ignore[union-attr]
    assert rachel.get("/").soup.select_one("[data-count=files]").get_text() == ""  # type: ignore[union-attr]
    assert "Waiting for a second person" not in rachel.get("/exports").text
    shown = bob.get(page.url).soup.find(id="approval").get_text(" ", strip=True)
    for words in ("Rachel Reviewer", "101 sessions", "Status: Needs review", "An audit", "Yearly audit", "in 3 d"):
        assert words in shown
    assert rachel.get(page.url).soup.find(id="approval") is None


@pytest.mark.parametrize("kind", ["decisions", "links", "deliveries", "matches"])
def test_other_lists_that_name_people_wait_as_well(
    kind: str, make: Make, rachel: PageClient, bob: PageClient, worker: TestWorker
) -> None:
    session = make.finished()
    for place in range(101):
        if kind == "matches":
            make.match(session, position=place)
        elif kind == "decisions":
            make.decision(session)
        elif kind == "deliveries":
            make.delivery(session=session)
        else:
            make.link()
    ask_for(rachel, f"/exports/new?list={kind}")
    assert only(make).state == "waiting"


def test_the_audit_log_and_one_pack_do_not_wait(make: Make, alice: PageClient, bob: PageClient) -> None:
    for _ in range(101):
        make.audit("session.view")
    ask_for(alice, "/exports/new?list=audit")
    assert only(make).state == "queued"


def test_a_sample_of_more_than_100_packs_waits_and_one_of_100_does_not(
    make: Make, rachel: PageClient, bob: PageClient
) -> None:
    crowd(make, 102)
    usual = {"purpose": "inspection", "purpose_text": "Letter of May"}
    page = rachel.get("/exports/sample")
    assert "more than 100 are made when a second person has confirmed" in page.text
    rachel.submit(page, "#sample-form", count="100", **usual)
    page = rachel.submit(page, "#sample-form", count="101", **usual)
    assert [(each.state, each.rows_asked) for each in exports(make)] == [("queued", 100), ("waiting", 101)]
    shown = bob.get(page.url).soup.find(id="approval").get_text(" ", strip=True)
    assert "101 packs" in shown and "sessions: 101 of 102" in shown


def test_asked_for_twice_it_is_one_request(make: Make, rachel: PageClient, bob: PageClient) -> None:
    crowd(make, 101)
    assert ask_for(rachel).url == ask_for(rachel).url
    assert len(exports(make)) == 1


def test_who_is_alone_and_who_has_it_switched_off_wait_for_nobody(make: Make, visit: Visit, rachel: PageClient) -> None:
    crowd(make, 101)
    ask_for(rachel)
    make.user("reviewer", disabled_at=utc_now()), make.user("operator"), make.user("admin")
    ask_for(rachel, format="jsonl")
    visit("Bob Reviewer", "reviewer")
    switched_off(make)
    ask_for(rachel, format="xlsx")
    assert {each.state for each in exports(make)} == {"queued"}


# -- answering -----------------------------------------------------------------------------------------------------


def test_confirmed_it_is_made_with_the_rows_of_that_moment_and_only_the_asker_has_it(
    make: Make, rachel: PageClient, bob: PageClient, worker: TestWorker
) -> None:
    crowd(make, 101)
    page = ask_for(rachel, STATUS)
    crowd(make, 2), crowd(make, 4, review="not_needed", outcome="failed")
    done = bob.submit(bob.get(page.url), "#form-approve button")
    assert "Confirmed. The file is being made." in done.text
    worker.run()
    export = only(make)
    assert (export.state, export.rows_asked, export.rows_done) == ("ready", 101, 103)
    (confirmed,) = told(make, "export.approve")
    assert (confirmed.actor_id, confirmed.outcome) == (bob.user.id, "ok")
    assert confirmed.after == {"kind": "sessions", "rows": 101, "asked_by": rachel.user.id}
    assert (told(make, "export.ready")[0].after or {})["rows"] == 103
    shown = bob.get(page.url)
    assert "Only who asked for it can download it" in shown.text
    bob.post(f"{page.url}/download", status=404)
    page = rachel.get(page.url)
    assert "Confirmed by Bob Reviewer" in page.text
    assert len(rows_of("csv", rachel.submit(page, "#export form").data)) == 103


def test_refused_it_is_not_made_and_the_asker_reads_why(
    make: Make, rachel: PageClient, bob: PageClient, worker: TestWorker
) -> None:
    crowd(make, 101)
    page = ask_for(rachel)
    wrong = bob.submit(bob.get(page.url), "#form-refuse button", note="ab", status=422)
    assert "Say why" in wrong.text and wrong.soup.select_one("#form-refuse textarea").get_text().strip() == "ab"  # type: ignore[union-attr]
    assert only(make).state == "waiting"
    bob.submit(wrong, "#form-refuse button", note=NOTE)
    assert worker.run() == 0
    shown = rachel.get(page.url).text
    assert "Bob Reviewer refused it" in shown and NOTE in shown
    (row,) = told(make, "export.refuse")
    assert NOTE not in str(row.after)


def test_the_asker_withdraws_and_nobody_can_confirm_it_any_more(
    make: Make, rachel: PageClient, bob: PageClient, worker: TestWorker
) -> None:
    crowd(make, 101)
    page = ask_for(rachel)
    before = bob.get(page.url)
    assert "Withdrawn before a second person answered" in rachel.submit(rachel.get(page.url), "Withdraw").text
    late = bob.submit(before, "#form-refuse button", note=NOTE, status=409)
    assert "does not wait for a second person any more" in late.text
    assert late.soup.select_one("#typed-note").get_text().strip() == NOTE  # type: ignore[union-attr]
    bob.submit(before, "#form-approve button", status=409)
    assert worker.run() == 0
    bob.get(page.url, status=404)


def test_it_lapses_after_the_hours_of_the_policy(
    make: Make, rachel: PageClient, bob: PageClient, settings: Settings
) -> None:
    crowd(make, 101)
    page = ask_for(rachel, "/exports/new?list=sessions&created_from=2020-01-01")
    address = bob.get(page.url)
    now = utc_now()
    assert approvals.lapse_due(make.database, now + timedelta(hours=71)) == 0
    assert approvals.lapse_due(make.database, now + timedelta(hours=73)) == 1
    assert "Nobody confirmed it in time" in rachel.get(page.url).text
    assert approvals.lapse_due(make.database, now + timedelta(hours=74)) == 0
    (row,) = told(make, "export.lapse")
    assert (row.actor_type, (row.after or {})["why"]) == ("system", "time")
    bob.submit(address, "#form-approve button", status=409)
    with time_machine.travel(now + timedelta(hours=100), tick=True):
        expire_due(make.database, settings.data_dir)
    assert (only(make).state, only(make).expires_at) == ("lapsed", None)


def test_what_was_searched_for_in_a_refused_one_is_forgotten_after_a_day(
    make: Make, rachel: PageClient, bob: PageClient, settings: Settings
) -> None:
    crowd(make, 101, search_text="specimen")
    page = ask_for(rachel, "/exports/new?list=sessions&q=specimen")
    assert "“specimen”" in bob.get(page.url).soup.find(id="approval").get_text()
    bob.submit(bob.get(page.url), "#form-refuse button", note=NOTE)
    with time_machine.travel(utc_now() + timedelta(hours=25), tick=True):
        expire_due(make.database, settings.data_dir)
    assert only(make).filter == [["q", ""]]
    assert "a search, forgotten since" in rachel.get(page.url).text
    assert "specimen" not in str([row.after for row in told(make, "export.request")])


# -- the ways of an attacker ---------------------------------------------------------------------------------------


def test_the_asker_is_refused_even_by_another_sign_in_and_that_is_on_record(
    make: Make, rachel: PageClient, bob: PageClient, worker: TestWorker
) -> None:
    crowd(make, 101)
    page = ask_for(rachel)
    again = PageClient(rachel.app, user=rachel.user)
    with make.database.writing() as db:
        again.sign_in_with(open_sign_in(db, by=Actor(kind="applicant", ip="10.0.0.9"), user=rachel.user))
    for visitor in (rachel, again):
        assert "export that you asked for" in visitor.post(f"{page.url}/approve", status=403).text
        visitor.post(f"{page.url}/refuse", {"note": NOTE}, status=403)
    refused = told(make, "export.approve")
    assert {(row.outcome, row.actor_id) for row in refused} == {("denied", rachel.user.id)}
    assert len(refused) == 4 and only(make).state == "waiting" and worker.run() == 0


@pytest.mark.parametrize("answered", [None, "asker"])
def test_the_database_itself_refuses_the_same_person_and_no_person(
    make: Make, rachel: PageClient, bob: PageClient, answered: str | None
) -> None:
    crowd(make, 101)
    ask_for(rachel)
    for state in ("queued", "running", "ready", "failed", "expired", "refused"):
        with pytest.raises(IntegrityError), make.database.writing() as db:
            export = db.get_one(Export, only(make).id)
            export.state, export.answered_by_id = state, rachel.user.id if answered else None


def test_a_forged_post_confirms_nothing(make: Make, rachel: PageClient, bob: PageClient) -> None:
    crowd(make, 101)
    page = ask_for(rachel)
    bob.post(f"{page.url}/approve", csrf=False, status=403)
    bob.post(f"{page.url}/refuse", {"note": NOTE}, csrf=False, status=403)
    bob.get(f"{page.url}/approve", status=405)
    assert only(make).state == "waiting"


def test_who_may_not_export_confirms_nothing(make: Make, rachel: PageClient, bob: PageClient, visit: Visit) -> None:
    crowd(make, 101)
    page = ask_for(rachel)
    for role in ("viewer", "operator", "admin"):
        visit(f"Some {role}", role).post(f"{page.url}/approve", status=403)
    page_of_bob = bob.get(page.url)
    with make.database.writing() as db:
        db.get_one(User, bob.user.id).role = "viewer"
    bob.submit(page_of_bob, "#form-approve button", status=403)
    with pytest.raises(MissingRight), make.database.writing() as db:
        approvals.approve(db, by=Actor(kind="person", id=bob.user.id, role="viewer"), export_id=only(make).id or 0)
    assert only(make).state == "waiting"


@pytest.mark.parametrize("lost", ["role", "account"])
def test_an_asker_who_may_not_export_any_more_gets_no_file(
    lost: str, make: Make, rachel: PageClient, bob: PageClient, worker: TestWorker
) -> None:
    crowd(make, 101)
    page = ask_for(rachel)
    shown = bob.get(page.url)
    with make.database.writing() as db:
        user = db.get_one(User, rachel.user.id)
        user.role, user.disabled_at = ("viewer", None) if lost == "role" else (user.role, datetime.now(UTC))
    late = bob.submit(shown, "#form-approve button", status=409)
    assert "may not do so any more" in late.text
    assert only(make).state == "lapsed" and worker.run() == 0


def test_confirmed_twice_and_by_two_at_once_it_is_one_job(
    make: Make, rachel: PageClient, bob: PageClient, visit: Visit, worker: TestWorker
) -> None:
    crowd(make, 101)
    page = ask_for(rachel)
    carl, results = visit("Carl Reviewer", "reviewer"), list[str]()
    gate = threading.Barrier(2)

    def confirm(user: User) -> None:
        gate.wait()
        try:
            with make.database.writing() as db:
                approvals.approve(db, by=by(user), export_id=only(make).id or 0)
            results.append("done")
        except NotNow:
            results.append("late")

    threads = [threading.Thread(target=confirm, args=(user,)) for user in (bob.user, carl.user)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "late"]
    bob.post(f"{page.url}/approve", status=409)
    assert len([job for job in worker.waiting if job.kind == "make_export"]) == 1
    assert len(told(make, "export.approve")) == 1


def test_the_filter_that_was_confirmed_is_the_one_that_is_made(
    make: Make, rachel: PageClient, bob: PageClient, worker: TestWorker
) -> None:
    crowd(make, 101), crowd(make, 5, review="not_needed", outcome="failed")
    page = ask_for(rachel, STATUS)
    bob.post(f"{page.url}/approve?status=failed&list=sessions", {"status": "failed", "filter": "[]"})
    worker.run()
    assert (only(make).rows_done, only(make).filter) == (101, [["status", "needs_review"]])


def test_a_list_that_has_grown_to_over_a_hundred_is_not_made(
    make: Make, rachel: PageClient, bob: PageClient, worker: TestWorker, settings: Settings
) -> None:
    crowd(make, 100)
    page = ask_for(rachel)
    crowd(make, 1)
    worker.run()
    assert only(make).state == "failed"
    assert "has grown to over 100" in rachel.get(page.url).text
    assert not [each for each in (settings.data_dir / "exports").iterdir() if each.is_file()]
    rachel.post(f"{page.url}/download", status=410)
    assert told(make, "export.failed")[0].outcome == "error"


def test_a_caller_that_does_not_count_gets_no_large_file_either(
    make: Make, rachel: PageClient, bob: PageClient, worker: TestWorker
) -> None:
    crowd(make, 101)
    ask(make.database, rachel.user)
    worker.run()
    assert only(make).state == "failed"


@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
def test_the_address_for_programs_is_no_way_around(
    format: str, make: Make, rachel: PageClient, bob: PageClient
) -> None:
    numbers = crowd(make, 100)
    address = f"/sessions/export.{format}?status=needs_review"
    assert len(rows_of(format, rachel.get(address).data)) == len(numbers)
    crowd(make, 1)
    page = rachel.get(address, status=403)
    assert "More than 100 sessions at once" in page.text
    assert page.soup.select_one("a[href='/exports/new?list=sessions&status=needs_review']")
    assert [row.outcome for row in told(make, "export.download")] == ["ok", "denied"]
    switched_off(make)
    assert len(rows_of(format, rachel.get(address).data)) == 101


def test_what_was_never_asked_for_is_not_there(make: Make, rachel: PageClient, bob: PageClient) -> None:
    small = make.export(rachel.user)
    for number in (small.id, 0, 77, 99999999999):
        bob.post(f"/exports/{number}/approve", status=404)
        bob.post(f"/exports/{number}/refuse", {"note": NOTE}, status=404)
    assert only(make).state == "queued"


def test_the_action_refuses_the_asker_whoever_calls_it(make: Make, rachel: PageClient, bob: PageClient) -> None:
    crowd(make, 101)
    ask_for(rachel)
    number = only(make).id or 0
    odd: list[tuple[Actor, type[Refused]]] = [
        (by(rachel.user), SamePerson),
        (Actor(kind="system", role="reviewer"), SamePerson),
    ]
    for who, error in odd:
        with pytest.raises(error), make.database.writing() as db:
            approvals.approve(db, by=who, export_id=number)
        with pytest.raises(error), make.database.writing() as db:
            approvals.refuse(db, by=who, export_id=number, note=NOTE)


def test_a_filter_is_said_as_its_page_says_it() -> None:
    assert said("sessions", [["q", "anna"], ["status", "opened"], ["created_from", "2026-11-01"]]) == [
        "“anna”", "Status: Opened", "Created since 1 Nov 2026",
    ]  # fmt: skip
    assert said("sessions", [["q", ""]]) == ["a search, forgotten since"]
    assert said("matches", [["verdict", "same"], ["database", "ofac"]]) == ["Verdict: Same person", "Database: ofac"]
    assert said("links", [["state", "paused"]]) == ["State: Paused"]
    odd: Any = [["from", "2026-01-02"], ["to", "soon"], ["outcome", "passed"], ["seed", "ab_c"]]
    assert said("sample", odd) == ["since 2 Jan 2026", "to soon", "outcome: Passed", "seed: ab c"]
