"""The overview: what to do first, the four numbers, thirty days, what falls due next, and what is wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.models import Erasure, User
from webapp.queries.overview import funnel, trend

NOW = datetime.now(UTC)
pytestmark = pytest.mark.usefixtures("module_now")


def numbers(page: Page) -> dict[str, str]:
    return {
        " ".join(box.span.get_text(" ").split()): " ".join(box.b.get_text(" ").split())
        for box in page.soup.select("#numbers a")
    }


@pytest.fixture(autouse=True)
def confirmer(make: Make) -> User:
    """Somebody else may give the second approval, so that this is no problem."""
    return make.user("approver", name="Adam Approver")


def test_a_fresh_installation_is_told_what_to_do(alice: PageClient) -> None:
    page = alice.get("/")
    assert "Three steps to the first result" in page.text
    assert page.soup.select_one("a.btn-go[href='/links/new']")


def test_the_four_numbers_count_what_they_say(alice: PageClient, make: Make) -> None:
    make.finished(due_at=NOW + timedelta(hours=1))
    make.finished(due_at=NOW - timedelta(hours=1))
    make.finished(review="in_review", due_at=NOW - timedelta(hours=2), held_until=NOW + timedelta(minutes=9))
    make.finished(review="awaiting_second")
    make.link(state="create_failed")
    page = alice.get("/")
    assert numbers(page) == {"My queue": "3", "Late": "2", "Waiting for second approval": "1", "Problems": "1"}


def test_who_may_not_decide_has_no_queue_of_his_own(victor: PageClient, make: Make) -> None:
    make.finished()
    assert numbers(victor.get("/"))["To review"] == "1"


def test_every_number_leads_to_what_it_counts(alice: PageClient, make: Make) -> None:
    make.finished(person=make.person("Reviewed"))
    make.finished(person=make.person("Proposed"), review="awaiting_second")
    targets = [str(box["href"]) for box in alice.get("/").soup.select("#numbers a")]
    assert "Reviewed" in alice.get(targets[0]).text
    assert "Reviewed" in alice.get(targets[1]).text
    assert "Proposed" in alice.get(targets[2]).text


def test_problems_say_what_happened_and_where_to_go(alice: PageClient, make: Make) -> None:
    make.link(state="create_failed")
    delivery = make.delivery()
    make.delivery(session=make.session(), state="quarantined")
    make.evidence(delivery, state="failed", vendor_deletes_at=NOW + timedelta(hours=28, minutes=30))
    make.evidence(delivery, position=1, state="failed", vendor_deletes_at=NOW - timedelta(hours=1))
    problems = [" ".join(item.get_text(" ").split()) for item in alice.get("/").soup.select("#problems li")]
    assert problems == [
        "1 file is not saved The vendor deletes the first in 1 d 4 h. See evidence at risk",
        "1 link was not created The vendor refused or could not be reached. The link's page says why and can try again."
        " See links",
        "1 delivery in quarantine Not readable, or not confirmed by the vendor. No session was changed. See quarantine",
    ]


def test_missing_results_are_a_problem_that_leads_to_the_gaps(alice: PageClient, make: Make) -> None:
    for hours in (49, 90):
        make.session(link=make.link(state="expired", expires_at=NOW - timedelta(hours=hours)), capture="expired")
    make.delivery(session=make.session(), state="received", received_at=NOW - timedelta(hours=1), session_id=None)
    page = alice.get("/")
    problem = page.soup.select_one("#problems li")
    assert problem is not None and problem.a is not None
    assert " ".join(problem.get_text(" ").split()) == (
        "3 results are missing 1 not confirmed by the vendor yet, 2 past their time and silent. See gaps"
    )
    assert numbers(page)["Problems"] == "3"
    assert "Past their time, and silent 2" in alice.get(str(problem.a["href"])).text


def test_a_second_approval_that_nobody_can_give_is_a_problem(alice: PageClient, make: Make, confirmer: User) -> None:
    make.session()
    assert "second approval" not in alice.get("/").soup.select_one("#problems").get_text()  # type: ignore[union-attr]
    with make.database.writing() as db:
        db.get_one(User, confirmer.id).disabled_at = datetime.now(UTC)
    page = alice.get("/")
    problem = page.soup.select_one("#problems li")
    assert problem is not None and "Nobody can give the second approval" in problem.get_text()
    assert problem.a is not None and problem.a["href"] == "/settings/policy"
    assert numbers(page)["Problems"] == "1"


def test_old_failures_are_history_not_problems(alice: PageClient, make: Make) -> None:
    make.link(state="create_failed", created_at=NOW - timedelta(days=31))
    assert numbers(alice.get("/"))["Problems"] == "0"


def test_the_five_that_fall_due_next_come_first(alice: PageClient, make: Make) -> None:
    for place in range(7):
        due = NOW + timedelta(days=place - 1, minutes=1)
        make.matter(make.finished(person=make.person(f"Person {place}"), due_at=due))
    rows = alice.get("/").soup.select("#next-up tbody tr")
    assert [row.a.get_text() for row in rows if row.a] == [f"Person {place}" for place in range(5)]
    assert " ".join(rows[0].get_text(" ").split()) == "late by 23 h Person 0 AML 1 Needs review"


def test_results_are_counted_by_day_in_utc(make: Make, db: Session) -> None:
    late = NOW.replace(hour=23, minute=59) - timedelta(days=2)
    make.finished(finished_at=late)
    make.finished(finished_at=late + timedelta(minutes=2))
    make.finished(finished_at=late, review="not_needed", outcome="failed")
    make.finished(finished_at=NOW - timedelta(days=40))
    days = trend(db, NOW)
    assert len(days) == 30
    assert [(day.day, day.total, day.review) for day in days if day.total] == [
        (late.date(), 2, 1), (late.date() + timedelta(days=1), 1, 1),
    ]  # fmt: skip


def test_the_funnel_only_narrows(make: Make, db: Session) -> None:
    make.session()
    make.session(capture="opened", opened_at=NOW)
    make.finished()  # came by the vendor's own address: never opened through ours
    make.finished(opened_at=NOW, review="done", decision="approved")
    make.finished(created_at=NOW - timedelta(days=40))
    steps = funnel(db, NOW)
    assert [(step.label, step.value) for step in steps] == [
        ("Links created", 4), ("Opened", 3), ("Result received", 2), ("Decided", 1),
    ]  # fmt: skip
    assert [step.share for step in steps] == [1, 0.75, 0.5, 0.25]


def test_an_unchanged_overview_answers_204_and_a_changed_one_does_not(alice: PageClient, make: Make) -> None:
    make.finished()
    region = alice.get("/").soup.select_one("#overview")
    assert region is not None
    headers = {"X-Seen": str(region["data-seen"])}
    assert alice.get("/", htmx=True, headers=headers, status=None).status == 204
    make.finished()
    assert alice.get("/", htmx=True, headers=headers).status == 200


def test_the_overview_costs_few_queries(alice: PageClient, make: Make) -> None:
    for _ in range(8):
        make.matter(make.finished())
    assert alice.get("/").queries <= 10


@pytest.mark.parametrize("state", ["due", "proposed", "running", "partly", "done", "refused", "withdrawn"])
def test_what_is_erased_here_and_left_at_the_vendor_is_a_problem_until_it_is_noted(
    state: str, alice: PageClient, victor: PageClient, make: Make
) -> None:
    session = make.finished()
    make.save(Erasure(session_id=session.id, cause="request", state=state, classes=["pictures"], due_at=NOW))
    partly = state == "partly"
    for visitor in (alice, victor):
        page = visitor.get("/")
        assert ("1 erased session is left at the vendor" in page.text) is partly
        assert numbers(page)["Problems"] == str(int(partly))
    assert bool(alice.get("/").soup.select("#problems a[href='/settings/retention']")) is partly
    assert not victor.get("/").soup.select("#problems a[href='/settings/retention']")
    assert alice.get("/readyz", status=None).data.decode().count(f'"partly_erased":{int(partly)}') == 1
