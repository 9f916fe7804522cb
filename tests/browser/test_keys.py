"""The keys: they work, they can be switched off, and they do nothing while somebody types."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.journey import make_link
from tests.support.live_server import LiveServer


@pytest.fixture
def sessions(officer: Page, live_server: LiveServer) -> Page:
    """The sessions list with something on it."""
    if not live_server.sign_in().get(f"{live_server.url}/sessions/export.jsonl", timeout=10).text:
        make_link(live_server, "Kim Keys")
    officer.goto("/sessions")
    expect(officer.locator("[data-live-word]")).to_have_text("Live")
    return officer


def search(page: Page) -> Locator:
    return page.get_by_label("Search sessions")


def keys(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Keys")


def switch_off(page: Page) -> None:
    page.keyboard.press("?")
    keys(page).get_by_label("Keys are on in this browser").uncheck()
    page.keyboard.press("Escape")
    expect(keys(page)).to_be_hidden()


def test_n_begins_a_new_link(sessions: Page) -> None:
    sessions.keyboard.press("n")
    expect(sessions).to_have_url(re.compile("/links/new$"))
    expect(sessions.get_by_label("Name", exact=True)).to_be_focused()


def test_slash_goes_to_the_search_and_is_not_typed(sessions: Page) -> None:
    sessions.keyboard.press("/")
    expect(search(sessions)).to_be_focused()
    expect(search(sessions)).to_have_value("")


def test_j_goes_to_the_first_row_and_enter_opens_it(sessions: Page) -> None:
    sessions.keyboard.press("j")
    expect(sessions.locator(".rows .name").first).to_be_focused()
    sessions.keyboard.press("Enter")
    expect(sessions).to_have_url(re.compile(r"/sessions/\d+$"))


def test_question_mark_lists_the_keys_and_escape_closes_the_list(sessions: Page) -> None:
    sessions.keyboard.press("?")
    expect(keys(sessions)).to_be_visible()
    expect(keys(sessions)).to_contain_text("New link")
    sessions.keyboard.press("n")
    sessions.keyboard.press("Escape")
    expect(keys(sessions)).to_be_hidden()
    expect(sessions).to_have_url(re.compile("/sessions$"))


def test_keys_typed_into_a_field_are_only_typed(sessions: Page) -> None:
    search(sessions).press_sequentially("n?/j")
    expect(search(sessions)).to_have_value("n?/j")
    expect(search(sessions)).to_be_focused()
    expect(keys(sessions)).to_be_hidden()
    expect(sessions).to_have_url(re.compile("/sessions$"))


def test_keys_with_a_modifier_stay_the_browsers(sessions: Page) -> None:
    sessions.keyboard.press("Control+/")
    sessions.keyboard.press("Alt+n")
    expect(search(sessions)).not_to_be_focused()
    expect(sessions).to_have_url(re.compile("/sessions$"))


def test_switched_off_keys_do_nothing_also_on_the_next_page(sessions: Page) -> None:
    switch_off(sessions)
    sessions.goto("/links")
    sessions.keyboard.press("n")
    sessions.keyboard.press("?")
    expect(keys(sessions)).to_be_hidden()
    expect(sessions).to_have_url(re.compile("/links$"))
