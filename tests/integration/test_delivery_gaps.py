"""The silent ones: which sessions and results are listed as gaps, from when on, in which order, and what it costs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from tests.integration.test_sessions_cost import plans, without_index
from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from webapp.db import Database
from webapp.models import Delivery, VerificationSession
from webapp.queries import gaps
from webapp.queries.deliveries import tabs
from webapp.queries.session_filter import Position

NOW = datetime.now(UTC)
pytestmark = pytest.mark.usefixtures("module_now")
HOUR = timedelta(hours=1)
WHOLE_TABLES = [
    f"SCAN {name}" for name in ("delivery", "audit_event", "evidence_file", "link", "verification_session", "person")
]


def ended(
    make: Make, ago: timedelta, *, name: str = "Anna Specimen", link_state: str = "expired", **facts: Any
) -> VerificationSession:
    """A session whose link's time was over that long ago, and that nobody told anything about."""
    link = make.link(person=make.person(name), state=link_state, expires_at=NOW - ago)
    return make.session(link=link, **{"capture": "expired", **facts})


def came_back(make: Make, ago: timedelta, session: VerificationSession | None = None) -> VerificationSession:
    session = session or make.session(capture="returned", changed_at=NOW - ago)
    make.audit("link.return", session=session, utc=NOW - ago)
    return session


def unconfirmed(make: Make, ago: timedelta, **fields: Any) -> Delivery:
    session = make.session(capture="opened", unverified=True, received_at=NOW - ago)
    usual = {
        "state": "received",
        "session_id": None,
        "confirmed_at": None,
        "settled_at": None,
        "received_at": NOW - ago,
    }
    return make.delivery(session=session, **{**usual, **fields})


def listed(db: Session, kind: str) -> list[int | None]:
    db.rollback()
    return [row.session_id for row in gaps.read(db, kind, NOW).rows]


def counts(db: Session) -> tuple[int, int, int]:
    db.rollback()
    found = tabs(db, NOW).gaps
    return found.silent, found.returned, found.unconfirmed


def rows(page: Page, kind: str) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.soup.select(f"#gap-{kind} tbody tr")]


# ---- silent


def test_a_session_silent_for_48_hours_after_its_time_is_a_gap_and_not_before(make: Make, db: Session) -> None:
    ended(make, 47 * HOUR)
    late = ended(make, 48 * HOUR + timedelta(minutes=1))
    assert listed(db, "silent") == [late.id]
    assert counts(db) == (1, 0, 0)


def test_a_session_is_silent_even_if_nobody_looked_at_the_clock(make: Make, db: Session) -> None:
    found = [
        ended(make, 50 * HOUR, link_state=state, capture=capture)
        for state, capture in (("active", "opened"), ("paused", "ready"))
    ]
    assert sorted(listed(db, "silent"), key=str) == sorted([each.id for each in found], key=str)


@pytest.mark.parametrize(
    "facts",
    [
        {"expiry_confirmed": True}, {"capture": "finished", "outcome": "passed"}, {"capture": "expired", "outcome": "failed"},
        {"capture": "revoked"}, {"capture": "create_failed"}, {"unverified": True}, {"erased": True},
    ],
    ids=str,
)  # fmt: skip
def test_what_has_its_answer_or_wants_none_is_no_gap(make: Make, db: Session, facts: dict[str, Any]) -> None:
    ended(make, 50 * HOUR, **facts)
    assert listed(db, "silent") == [] and counts(db) == (0, 0, 0)


def test_a_link_that_ended_a_month_ago_is_history(make: Make, db: Session) -> None:
    ended(make, timedelta(days=31))
    assert listed(db, "silent") == [] and counts(db) == (0, 0, 0)


def test_one_who_came_back_is_a_gap_as_soon_as_the_time_is_over(make: Make, db: Session) -> None:
    session = came_back(make, 3 * HOUR, ended(make, 2 * HOUR))
    assert listed(db, "silent") == [session.id] and counts(db) == (1, 0, 0)


def test_the_silent_are_listed_the_last_ended_first_and_paged(make: Make, db: Session, rachel: PageClient) -> None:
    for number in range(13):
        ended(make, 50 * HOUR + (number // 3) * HOUR, name=f"Person {number:02d}", link_state=gaps.OVER[number % 3])
    page = rachel.get("/deliveries/gaps")
    assert len(rows(page, "silent")) == 10 and "All 13" in page.text
    whole = rachel.get("/deliveries/gaps?kind=silent")
    assert [row[:9] for row in rows(whole, "silent")] == [
        f"Person {number:02d}" for number in (2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 12)
    ]
    first = gaps.read(db, "silent", NOW, size=5)
    second = gaps.read(db, "silent", NOW, after=first.more, size=20)
    assert [row.name for row in (*first.rows, *second.rows)] == [row[:9] for row in rows(whole, "silent")]
    assert second.more is None


# ---- came back


def test_one_who_came_back_an_hour_ago_without_a_result_is_a_gap(make: Make, db: Session, rachel: PageClient) -> None:
    came_back(make, timedelta(minutes=59))
    late = came_back(make, 7.5 * HOUR)
    assert listed(db, "returned") == [late.id] and counts(db) == (0, 1, 0)
    page = rachel.get("/deliveries/gaps")
    assert rows(page, "returned") == [f"Anna Maria Specimen {late.reference} 7 h ago"]
    assert "look the reference up in the vendor’s portal" in page.text


def test_when_one_came_back_is_what_the_record_says_not_the_last_change(make: Make, db: Session) -> None:
    session = came_back(make, 2 * HOUR)
    with make.database.writing() as writing:
        writing.get_one(VerificationSession, session.id).changed_at = NOW
    assert listed(db, "returned") == [session.id]


def test_one_whose_result_came_is_no_gap(make: Make, db: Session) -> None:
    came_back(make, 3 * HOUR, make.finished())
    came_back(make, 3 * HOUR, make.session(capture="returned", unverified=True, changed_at=NOW - 3 * HOUR))
    assert counts(db) == (0, 0, 0)


# ---- not confirmed


def test_a_result_that_could_not_be_confirmed_yet_is_a_gap_after_five_minutes(
    make: Make, db: Session, rachel: PageClient
) -> None:
    unconfirmed(make, timedelta(minutes=4))
    stuck = unconfirmed(make, 7.5 * HOUR)
    unconfirmed(make, 3 * HOUR, state="quarantined")
    assert [row.delivery_id for row in gaps.read(db, "unconfirmed", NOW).rows] == [stuck.id]
    page = rachel.get("/deliveries/gaps")
    assert rows(page, "unconfirmed") == [f"Anna Maria Specimen {stuck.reference} 7 h ago in 1 d 16 h"]


def test_a_result_without_a_session_is_listed_under_its_link(make: Make, victor: PageClient) -> None:
    delivery = unconfirmed(make, 2 * HOUR, reference="NEWREFERENCE")
    page = victor.get("/deliveries/gaps")
    assert page.soup.select_one(f'#gap-unconfirmed a[href="/links/{delivery.link_id}"]')


# ---- the page


def test_no_gaps_says_what_would_be_here(victor: PageClient, make: Make) -> None:
    make.finished()
    page = victor.get("/deliveries/gaps")
    assert "No gaps" in page.text and not page.soup.select("#tabs span")


def test_a_kind_without_rows_says_so(victor: PageClient) -> None:
    assert "None here." in victor.get("/deliveries/gaps?kind=silent").text
    assert "No gaps" in victor.get("/deliveries/gaps?kind=nonsense&after=nonsense").text


def test_the_tab_counts_all_gaps(victor: PageClient, make: Make) -> None:
    ended(make, 50 * HOUR)
    came_back(make, 3 * HOUR)
    unconfirmed(make, 2 * HOUR)
    tab = victor.get("/deliveries").soup.select_one('#tabs a[href="/deliveries/gaps"]')
    assert tab is not None and " ".join(tab.get_text(" ").split()) == "Gaps 3 to look into"


def test_an_open_page_answers_204_until_a_gap_comes(victor: PageClient, make: Make) -> None:
    ended(make, 50 * HOUR)
    region = victor.get("/deliveries/gaps").soup.select_one("#gaps")
    assert region is not None
    seen = {"X-Seen": str(region["data-seen"])}
    assert victor.get(str(region["hx-get"]), htmx=True, headers=seen, status=None).status == 204
    came_back(make, 3 * HOUR)
    assert victor.get(str(region["hx-get"]), htmx=True, headers=seen).status == 200


def test_hostile_names_and_references_are_only_words(rachel: PageClient, make: Make) -> None:
    link = make.link(
        person=make.person("<b>x</b>\u202e"),
        vendor_reference="<i>\u202e</i>",
        state="expired",
        expires_at=NOW - 50 * HOUR,
    )
    make.session(link=link, capture="expired")
    page = rachel.get("/deliveries/gaps")
    assert "<b>x" not in page.html and "<i>" not in page.html and "\u202e" not in page.html


def test_the_gaps_cost_few_queries(victor: PageClient, make: Make) -> None:
    for _ in range(6):
        ended(make, 50 * HOUR)
        came_back(make, 3 * HOUR)
        unconfirmed(make, 2 * HOUR)
    assert victor.get("/deliveries/gaps").queries <= 7


@pytest.mark.database("sqlite")
def test_every_kind_and_count_has_an_index(make: Make, database: Database) -> None:
    ended(make, 50 * HOUR)
    place = Position(created_at=NOW, id=3)
    for kind in gaps.KINDS:
        for after in (None, place):
            for plan in plans(database, lambda db, kind=kind, after=after: gaps.read(db, kind, NOW, after=after)):
                assert not without_index(plan), (kind, plan)
                assert not [step for step in plan if step in WHOLE_TABLES], plan
    for plan in plans(database, lambda db: tabs(db, NOW)):
        assert not [step for step in plan if step in WHOLE_TABLES], plan
