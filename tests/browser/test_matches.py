"""List entries settled in a browser: two hits by what differs, undone, several at once, by keys, and without JavaScript."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.browsing import quiet
from tests.support.factory import PERSON, Make
from tests.support.live_server import LiveServer
from webapp.db import Database
from webapp.models import AmlMatch
from webapp.providers.base import Options

ELSEWHERE = {
    "fullname": ["ANNA SPECIMEN"],
    "dob": ["1951"],
    "nationality": ["UY"],
    "schema": "sanction",
    "database": "us_ofac",
}
NO_BIRTH = {"fullname": ["ANNA SPECIMEN"], "gender": ["M"], "schema": "pep", "database": "eu_cor"}


@pytest.fixture(scope="module")
def make(live_server: LiveServer) -> Iterator[Make]:
    """Straight rows in the running program's database."""
    database = Database(live_server.database_url)
    yield Make(database)
    database.dispose()


@pytest.fixture
def hits(make: Make) -> tuple[str, list[int]]:
    """The address of a session with two hits, and their numbers."""
    session = make.finished(link=make.link(options=Options(aml=True)), aml_open=True)
    make.result(session, person={**PERSON, "nationality": "NL"})
    make.matter(session, headline="AML: 2 of 2 hits open.", count=2)
    rows = [make.match(session, position=index, entry=entry) for index, entry in enumerate((ELSEWHERE, NO_BIRTH))]
    return f"/sessions/{session.id}", [row.id or 0 for row in rows]


def card(page: Page, number: int) -> Locator:
    return page.locator(f"#match-{number}")


def settle(card: Locator, *because: str) -> None:
    card.get_by_label("Not the same person").check()
    for each in because:
        card.get_by_label(each, exact=True).check()
    card.get_by_role("button", name="Save verdict").click()


def verdicts(make: Make, numbers: list[int]) -> list[str]:
    with make.database.reading() as db:
        return [db.get_one(AmlMatch, number).verdict for number in numbers]


def test_two_hits_are_settled_by_what_differs_and_block_a_follows(
    officer: Page, hits: tuple[str, list[int]], make: Make
) -> None:
    address, (first, second) = hits
    officer.goto(address)
    with quiet(officer):
        expect(card(officer, second).get_by_label("date of birth")).to_be_disabled()
        card(officer, second).locator("[name=note]").fill("typed on the other hit")
        settle(card(officer, first), "date of birth", "nationality")
        done = card(officer, first).locator(".done")
        expect(done).to_contain_text("Not the same person: date of birth 1951, year only against 1974-08-12, ")
        expect(done).to_contain_text("nationality Uruguay against Netherlands")
        expect(card(officer, second)).to_be_focused()
        expect(officer.locator("#why")).to_contain_text("AML: 1 of 2 hits open.")
        expect(officer.locator("#aml-count")).to_have_text("1 of 2 open.")
        expect(card(officer, second).locator("[name=note]")).to_have_value("typed on the other hit")
        settle(card(officer, second), "sex")
        expect(officer.locator("#why")).not_to_contain_text("AML")
        expect(card(officer, second)).to_be_focused()
    assert verdicts(make, [first, second]) == ["not_same", "not_same"]


def test_a_verdict_that_lacks_a_reason_comes_back_at_its_card_with_all_that_was_typed(
    officer: Page, hits: tuple[str, list[int]], make: Make
) -> None:
    address, (first, _second) = hits
    officer.goto(address)
    form = card(officer, first)
    form.locator("[name=note]").fill("Thought about it.")
    settle(form)
    expect(form.locator("#error-summary")).to_be_focused()
    expect(form).to_contain_text("Choose at least one thing that differs, or Cannot tell.")
    expect(form.locator("[name=note]")).to_have_value("Thought about it.")
    expect(form.get_by_label("Not the same person")).to_be_checked()
    settle(form, "date of birth")
    expect(form.locator(".done")).to_contain_text("Thought about it.")
    form.get_by_role("button", name="Undo").click()
    expect(form.get_by_role("button", name="Save verdict")).to_be_visible()
    expect(form).to_be_focused()
    assert verdicts(make, [first]) == ["open"]


def test_by_keys_a_verdict_is_chosen_and_only_sent_by_the_form(
    officer: Page, hits: tuple[str, list[int]], make: Make
) -> None:
    address, (first, second) = hits
    officer.goto(address)
    officer.keyboard.press("h")
    expect(card(officer, first)).to_be_focused()
    officer.keyboard.press("i")
    expect(card(officer, first).get_by_label("Cannot tell")).to_be_checked()
    assert verdicts(make, [first]) == ["open"]
    officer.keyboard.press("Control+Enter")
    expect(card(officer, second)).to_be_focused()
    assert verdicts(make, [first, second]) == ["unclear", "open"]
    expect(officer.locator("#why")).to_contain_text("1 list entry settled as “cannot tell”")


def test_one_verdict_for_several_settles_where_it_holds_and_names_the_rest(
    officer: Page, hits: tuple[str, list[int]], make: Make
) -> None:
    address, numbers = hits
    officer.goto(address)
    for number in numbers:
        card(officer, number).locator("[name=match]").check()
    officer.get_by_text("One verdict for several hits").click()
    several = officer.locator("#several")
    several.get_by_label("Not the same person").check()
    several.get_by_label("nationality").check()
    several.get_by_role("button", name="Save verdicts").click()
    expect(officer.locator("#toasts")).to_contain_text("1 hit settled. Left open: ANNA SPECIMEN: ")
    expect(officer.locator("#toasts")).to_contain_text("The list entry has no nationality.")
    assert verdicts(make, numbers) == ["not_same", "open"]


def test_the_same_without_javascript(
    officer_context: Callable[..., BrowserContext], hits: tuple[str, list[int]], make: Make
) -> None:
    address, (first, second) = hits
    page = officer_context(java_script_enabled=False).new_page()
    page.goto(address)
    with page.expect_navigation() as going:
        settle(card(page, second))
    answer: Any = going.value
    assert answer is not None
    assert answer.status == 422
    expect(card(page, second).locator("#error-summary")).to_contain_text("Choose at least one thing that differs")
    expect(card(page, second).get_by_label("Not the same person")).to_be_checked()
    settle(card(page, second), "sex")
    expect(page).to_have_url(re.compile(f"#match-{first}$"))
    settle(card(page, first), "date of birth")
    expect(page.locator("#why")).not_to_contain_text("AML")
    card(page, first).get_by_role("button", name="Undo").click()
    expect(page.locator("#why")).to_contain_text("AML: 1 of 2 hits open.")
    assert verdicts(make, [first, second]) == ["open", "not_same"]
