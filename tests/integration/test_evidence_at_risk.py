"""Evidence at risk: which files are listed, how long is left, when the next try is, Retry, and what is lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.integration.test_sessions_cost import plans
from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.actions.jobs import enqueue
from webapp.db import Database
from webapp.models import Delivery, EvidenceFile, Job
from webapp.queries import at_risk
from webapp.queries.deliveries import tabs
from webapp.queries.session_filter import Position

NOW = datetime.now(UTC)
pytestmark = pytest.mark.usefixtures("module_now")
HOUR = timedelta(hours=1)
AWAY = "The server that holds the file answered HTTP 503."


@pytest.fixture
def delivery(make: Make) -> Delivery:
    return make.delivery(session=make.finished(person=make.person("Anna Specimen")))


def missing(make: Make, delivery: Delivery, left: timedelta, **fields: Any) -> EvidenceFile:
    number = len(_all(make))
    usual = {"state": "failed", "reason": AWAY, "attempts": 4, "vendor_deletes_at": NOW + left, "position": number}
    return make.evidence(delivery, **{**usual, **fields})


def _all(make: Make) -> list[EvidenceFile]:
    with make.database.reading() as db:
        return list(db.exec(select(EvidenceFile)))


def rows(page: Page, heading: str) -> list[str]:
    section = page.soup.select_one(f"section[aria-labelledby={heading}]")
    return [" ".join(row.get_text(" ").split()) for row in section.select("tbody tr")] if section else []


def test_a_file_says_whose_it_is_what_is_left_why_it_failed_and_when_the_next_try_is(
    rachel: PageClient, make: Make, delivery: Delivery
) -> None:
    file = missing(make, delivery, timedelta(days=3, hours=4, minutes=20))
    with make.database.writing() as db:
        enqueue(db, kind="fetch_evidence", subject_id=file.id or 0, due_at=NOW + 7.5 * HOUR)
    page = rachel.get("/deliveries/evidence")
    assert rows(page, "h-saveable") == [
        f"Anna Specimen Document, front vendor deletes in 3 d 4 h {AWAY} 4 in 7 h Retry Document, front of Anna Specimen"
    ]
    assert page.soup.select_one(f'#file-{file.id} a[href="/sessions/{delivery.session_id}"]')


def test_the_first_to_be_deleted_comes_first_whatever_became_of_the_last_try(
    make: Make, delivery: Delivery, db: Session
) -> None:
    third = missing(make, delivery, 90 * HOUR)
    first = missing(make, delivery, 20 * HOUR, state="refused", reason="The address redirects elsewhere.")
    second = missing(make, delivery, 40 * HOUR, state="pending", reason="")
    assert [file.id for file in at_risk.at_risk(db, NOW).rows] == [first.id, second.id, third.id]
    assert tabs(db, NOW).at_risk == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "saved", "path": "x"}, {"state": "refused", "path": "kept.bin"}, {"vendor_deletes_at": None},
        {"state": "pending", "vendor_deletes_at": NOW + timedelta(days=7) - timedelta(minutes=2)},
    ],
    ids=["saved", "kept", "no time given", "on its way"],
)  # fmt: skip
def test_what_is_here_or_on_its_way_is_not_at_risk(
    make: Make, delivery: Delivery, db: Session, fields: dict[str, Any]
) -> None:
    missing(make, delivery, 20 * HOUR, **fields)
    assert not at_risk.at_risk(db, NOW).rows and not at_risk.lost(db, NOW).rows
    assert (tabs(db, NOW).at_risk, tabs(db, NOW).lost) == (0, 0)


def test_the_last_day_is_red(rachel: PageClient, make: Make, delivery: Delivery) -> None:
    last, before = missing(make, delivery, 20 * HOUR), missing(make, delivery, 30 * HOUR)
    page = rachel.get("/deliveries/evidence")
    assert page.soup.select_one(f"#file-{last.id} .s-bad") and page.soup.select_one(f"#file-{before.id} .s-warn")


def test_a_file_being_fetched_now_says_so_and_one_that_is_not_tried_again_too(
    rachel: PageClient, make: Make, delivery: Delivery
) -> None:
    fetched, left_alone = missing(make, delivery, 20 * HOUR), missing(make, delivery, 30 * HOUR, state="refused")
    with make.database.writing() as db:
        db.add(Job(kind="fetch_evidence", subject_id=fetched.id or 0, leased_until=datetime.now(UTC) + HOUR))
        db.add(Job(kind="fetch_evidence", subject_id=left_alone.id or 0, failed_at=NOW))
        db.add(Job(kind="take_in", subject_id=left_alone.id or 0))
    first, second = rows(rachel.get("/deliveries/evidence"), "h-saveable")
    assert "Being fetched now. 4 now" in first
    assert f"{AWAY} 4 not by itself" in second


def test_retry_asks_at_once_and_leads_back_to_the_list(rachel: PageClient, make: Make, delivery: Delivery) -> None:
    file = missing(make, delivery, 20 * HOUR)
    with make.database.writing() as db:
        enqueue(db, kind="fetch_evidence", subject_id=file.id or 0, due_at=NOW + 5 * HOUR)
    page = rachel.submit(rachel.get("/deliveries/evidence"), f'form[action="/evidence/{file.id}/retry"]')
    assert page.url == "/deliveries/evidence" and "The file is being fetched again." in page.text
    assert "Not fetched yet. 4 at once" in rows(page, "h-saveable")[0]
    with make.database.reading() as db:
        assert len(db.exec(select(Job)).all()) == 1


def test_who_may_not_retry_is_not_offered_it(victor: PageClient, make: Make, delivery: Delivery) -> None:
    missing(make, delivery, 20 * HOUR)
    assert not victor.get("/deliveries/evidence").soup.select("form[action*=retry]")


def test_what_is_lost_stands_apart_and_is_said_plainly(rachel: PageClient, make: Make, delivery: Delivery) -> None:
    for hours in (30, 3):
        missing(make, delivery, -hours * HOUR, kind="face", side="")
    page = rachel.get("/deliveries/evidence")
    assert rows(page, "h-saveable") == [] and "No evidence at risk" in page.text
    lost = rows(page, "h-lost")
    assert ["3 h" in lost[0], "1 d 6 h ago" in lost[1]] == [True, True]
    assert "Selfie vendor’s time was over" in lost[0] and "cannot be had from it any more" in page.text
    assert not page.soup.select("form[action*=retry]")


def test_long_lists_are_paged(rachel: PageClient, make: Make, delivery: Delivery, db: Session) -> None:
    for number in range(23):
        missing(make, delivery, (20 + number // 4) * HOUR, state=("failed", "pending", "refused")[number % 3])
    for number in range(12):
        missing(make, delivery, -(20 + number) * HOUR)
    whole = [file.id for file in at_risk.at_risk(db, NOW).rows]
    first = at_risk.at_risk(db, NOW, size=10)
    second = at_risk.at_risk(db, NOW, after=first.more, size=10)
    third = at_risk.at_risk(db, NOW, after=second.more, size=10)
    assert [file.id for part in (first, second, third) for file in part.rows] == whole and len(whole) == 23
    assert third.more is None
    page = rachel.get("/deliveries/evidence")
    assert len(rows(page, "h-lost")) == 10 and page.soup.select_one('a[href="/deliveries/evidence?kind=lost"]')
    assert len(rows(rachel.get("/deliveries/evidence?kind=lost"), "h-lost")) == 12


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/deliveries/evidence", "No evidence at risk"), ("/deliveries/evidence?kind=lost", "Nothing is lost"),
        ("/deliveries/evidence?kind=nonsense", "No evidence at risk"),
    ],
)  # fmt: skip
def test_an_empty_page_says_what_would_be_here(victor: PageClient, address: str, words: str) -> None:
    assert words in victor.get(address).text


def test_an_open_page_answers_204_until_something_changes(rachel: PageClient, make: Make, delivery: Delivery) -> None:
    file = missing(make, delivery, 20 * HOUR)
    region = rachel.get("/deliveries/evidence").soup.select_one("#at-risk")
    assert region is not None
    seen = {"X-Seen": str(region["data-seen"])}
    assert rachel.get(str(region["hx-get"]), htmx=True, headers=seen, status=None).status == 204
    rachel.post(f"/evidence/{file.id}/retry", {"back": "at_risk"})
    assert rachel.get(str(region["hx-get"]), htmx=True, headers=seen).status == 200


def test_hostile_reasons_and_sides_are_only_words(rachel: PageClient, make: Make) -> None:
    hostile = make.delivery(session=make.finished(person=make.person("<b>x</b>\u202e")))
    missing(make, hostile, 20 * HOUR, reason="<script>alert(1)</script>\u202e", side="<i>\u202e</i>")
    page = rachel.get("/deliveries/evidence")
    assert "<script>alert" not in page.html and "<b>x" not in page.html and "\u202e" not in page.html


def test_the_page_costs_few_queries(rachel: PageClient, make: Make, delivery: Delivery) -> None:
    for hours in range(-5, 6):
        missing(make, delivery, hours * HOUR + HOUR / 2)
    assert rachel.get("/deliveries/evidence").queries <= 7


@pytest.mark.database("sqlite")
def test_both_lists_have_their_index(make: Make, delivery: Delivery, database: Database) -> None:
    missing(make, delivery, HOUR)
    place = Position(created_at=NOW, id=3)
    for read in (at_risk.at_risk, at_risk.lost):
        for after in (None, place):
            for plan in plans(database, lambda db, read=read, after=after: read(db, NOW, after=after)):
                assert "SCAN evidence_file" not in plan, plan
