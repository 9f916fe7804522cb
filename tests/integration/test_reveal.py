"""Uncovering one session's masked data: with a reason, for ten minutes, for one user; on the record, without a name."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlmodel import col, select

from tests.conftest import Visit
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.marked import NAME, NUMBER, PERSONAL, Planted, plant
from tests.support.pages import Page, PageClient
from webapp.models import AuditEvent, Reveal
from webapp.models.columns import utc_now

REASON = {"reveal_reason": "person_asks", "reveal_words": "Zyxwmark Qvutname called about it"}


@pytest.fixture
def marked(app: Flask, make: Make, provider: FakeProvider) -> Planted:
    return plant(app, make)


@pytest.fixture
def olive(visit: Visit) -> PageClient:
    return visit("Olive Operator", "operator")


def address(marked: Planted) -> str:
    return f"/sessions/{marked.session.id}"


def reveal(visitor: PageClient, marked: Planted, **answers: Any) -> Page:
    return visitor.submit(visitor.get(address(marked)), "Show for 10 minutes", answers=REASON | answers)


def events(make: Make, action: str) -> list[AuditEvent]:
    with make.database.reading() as db:
        return list(db.exec(select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.seq))))


@pytest.fixture
def later() -> Iterator[Any]:
    """Moves the clock on, and back at the end."""
    with time_machine.travel(utc_now(), tick=True) as clock:
        yield clock


def test_a_viewer_sees_initials_and_no_picture_until_he_gives_a_reason(victor: PageClient, marked: Planted) -> None:
    before = victor.get(address(marked))
    assert before.soup.h1.get_text() == "Z*** Q***" and NAME.upper() not in before.text.upper()
    assert "Your role does not show names and other personal data, document numbers and pictures" in before.text
    assert not before.soup.select("img[src^='/evidence']") and "Not shown to your role" in before.text
    after = reveal(victor, marked)
    assert after.soup.h1.get_text() == NAME and NUMBER in after.text
    assert re.search(r"Everything of this session is shown to you until \d\d:\d\d UTC", after.text)
    assert after.soup.select("img[src^='/evidence']")
    victor.get(f"/evidence/{marked.file_id}")


def test_an_operator_sees_the_name_and_uncovers_the_number_and_the_pictures(olive: PageClient, marked: Planted) -> None:
    before = olive.get(address(marked))
    assert before.soup.h1.get_text() == NAME
    assert NUMBER not in before.text and "***77" in before.text
    olive.get(f"/evidence/{marked.file_id}", status=403)
    assert NUMBER in reveal(olive, marked).text
    olive.get(f"/evidence/{marked.file_id}")


def test_it_ends_after_ten_minutes_at_the_next_request(victor: PageClient, marked: Planted, later: Any) -> None:
    shown = reveal(victor, marked)
    token = shown.soup.find(id="session")["data-seen"]
    later.shift(timedelta(minutes=9, seconds=50))
    assert NAME in victor.get(address(marked)).text
    later.shift(timedelta(seconds=20))
    page = victor.get(address(marked))
    assert "zyxwmark" not in page.html.casefold() and page.soup.find(id="reveal")
    assert "zyxwmark" not in victor.get(address(marked), htmx=True, headers={"X-Seen": token}).html.casefold()
    victor.get(f"/evidence/{marked.file_id}", status=403)


def test_an_open_page_asks_again_by_itself_when_it_ends(victor: PageClient, marked: Planted) -> None:
    box = reveal(victor, marked).soup.find(id="sight")
    delay = int(box["hx-trigger"].removeprefix("load delay:").removesuffix("s"))
    assert 590 <= delay <= 601 and box["hx-get"] == address(marked)


def test_hide_again_ends_it_at_once(victor: PageClient, marked: Planted, make: Make) -> None:
    page = victor.submit(reveal(victor, marked), "Hide again")
    assert "The data are masked again." in page.text and "zyxwmark" not in page.html.casefold()
    victor.get(f"/evidence/{marked.file_id}", status=403)
    assert [event.session_id for event in events(make, "data.hide")] == [marked.session.id]
    victor.post(f"{address(marked)}/hide")
    assert len(events(make, "data.hide")) == 1


def test_it_is_for_one_user_and_one_session_only(visit: Visit, victor: PageClient, marked: Planted, make: Make) -> None:
    reveal(victor, marked)
    other = visit("Vera Viewer", "viewer")
    assert "zyxwmark" not in other.get(address(marked)).html.casefold()
    other.get(f"/evidence/{marked.file_id}", status=403)
    for url in (*(f"/sessions/{each.id}" for each in marked.others), "/sessions", f"/links/{marked.link.id}", "/"):
        said = victor.get(url).html.casefold()
        assert not [sign for sign in PERSONAL if sign in said], url
    assert "zyxwmark" not in other.get(address(marked)).html.casefold()


def test_the_record_has_the_reason_and_no_personal_value(victor: PageClient, marked: Planted, make: Make) -> None:
    reveal(victor, marked)
    (event,) = events(make, "data.reveal")
    assert (event.session_id, event.actor_name_at_time) == (marked.session.id, "Victor Viewer")
    assert event.after == {"reason": "person_asks", "minutes": 10}
    with make.database.reading() as db:
        row = db.exec(select(Reveal)).one()
    assert row.reason == "person_asks: Zyxwmark Qvutname called about it"
    assert row.expires_at - row.created_at == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"reveal_reason": ""}, "Choose why you need to see it."),
        ({"reveal_words": " ab "}, "Say in a few words what it is about"),
        ({"reveal_words": "a" * 401}, "Use 400 characters at most."),
    ],
)
def test_without_a_reason_nothing_is_shown_and_what_was_typed_stays(
    victor: PageClient, marked: Planted, make: Make, answers: dict[str, str], said: str
) -> None:
    page = victor.submit(victor.get(address(marked)), "Show for 10 minutes", status=422, answers=REASON | answers)
    assert said in page.text and page.soup.find(id="reveal").has_attr("open")
    typed = {**REASON, **answers}
    assert page.soup.find(id="reveal_words")["value"] == typed["reveal_words"].strip()
    assert page.soup.h1.get_text() == "Z*** Q***"
    with make.database.reading() as db:
        assert not db.exec(select(Reveal)).all()


def test_a_reason_of_no_list_is_refused(victor: PageClient, marked: Planted) -> None:
    victor.post(f"{address(marked)}/reveal", {**REASON, "reveal_reason": "curious"}, status=422)


def test_an_unknown_session_cannot_be_uncovered(victor: PageClient) -> None:
    victor.post("/sessions/4711/reveal", REASON, status=404)


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_who_has_no_such_right_is_not_offered_it_and_is_refused(visit: Visit, marked: Planted, role: str) -> None:
    visitor = visit(f"Specimen {role}", role)
    assert not visitor.get(address(marked)).soup.find(id="reveal")
    visitor.post(f"{address(marked)}/reveal", REASON, status=403)


def test_who_sees_everything_has_no_note_and_pays_no_query(rachel: PageClient, marked: Planted) -> None:
    page = rachel.get(address(marked))
    assert not page.soup.find(id="sight")
    assert not [each for each in page.statements if "reveal" in each]


def test_a_masked_page_costs_no_query_more_than_an_open_one(
    rachel: PageClient, victor: PageClient, marked: Planted
) -> None:
    for visitor in (rachel, victor):
        visitor.get(address(marked))
    whole, masked = (visitor.get(address(marked)).queries for visitor in (rachel, victor))
    assert masked <= whole


def test_the_timeline_tells_it_and_no_other_page_is_drawn_again(
    rachel: PageClient, victor: PageClient, marked: Planted
) -> None:
    token = rachel.get(address(marked)).soup.find(id="session")["data-seen"]
    reveal(victor, marked)
    assert rachel.get(address(marked), htmx=True, headers={"X-Seen": token}, status=None).status == 204
    assert "Victor Viewer uncovered the masked data for 10 minutes" in rachel.get(address(marked)).text
