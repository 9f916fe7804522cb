"""A whole review without a mouse: taken from the queue, two hits and a mismatch settled, decided, and on to the next one."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.factory import PERSON, Make
from tests.support.live_server import LiveServer
from webapp.actions import presence, reviews
from webapp.actions.actor import Actor
from webapp.db import Database
from webapp.models import VerificationSession
from webapp.providers.base import Expected, Options

ELSEWHERE = {
    "fullname": ["ANNA SPECIMEN"],
    "dob": ["1951"],
    "nationality": ["UY"],
    "schema": "sanction",
    "database": "us_ofac",
}
OLDER = {"fullname": ["ANNA M SPECIMEN"], "dob": ["1944"], "nationality": ["PE"], "schema": "pep", "database": "eu_cor"}
FURTHEST = 40
Contexts = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def make(live_server: LiveServer) -> Iterator[Make]:
    """Straight rows in the running program's database."""
    database = Database(live_server.database_url)
    yield Make(database)
    database.dispose()


@pytest.fixture
def queued(make: Make) -> VerificationSession:
    """A session with two list entries and another address than expected, and one after it in the queue."""
    expected = Expected(name="Anna Maria Specimen", address="12 Rosewood Drive")
    session = make.finished(link=make.link(options=Options(aml=True), expected=expected), aml_open=True)
    make.result(session, person={**PERSON, "nationality": "NL", "address": "34 Other Road"})
    make.matter(session, headline="AML: 2 of 2 hits open.", count=2)
    make.matter(session, kind="data", severity="bad", position=2, headline="Address differs.", block="data")
    for place, entry in enumerate((ELSEWHERE, OLDER)):
        make.match(session, position=place, entry=entry)
    after = make.finished(person=make.person("Nora Next"))
    make.result(after)
    return session


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, target: Locator) -> None:
    """As somebody without a mouse gets there."""
    for _ in range(FURTHEST):
        if target.evaluate("elt => elt === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not lead to {target}")


def tick(page: Page, box: Locator) -> None:
    tab_to(page, box)
    page.keyboard.press("Space")
    expect(box).to_be_checked()


def test_two_hits_and_a_mismatch_are_settled_and_decided_without_a_mouse(
    officer: Page, queued: VerificationSession
) -> None:
    page = officer
    page.goto("/links")
    press(page, "g", "q")
    expect(page).to_have_url(re.compile("/review$"))
    press(page, "j")
    expect(page.locator(".rows .name").first).to_be_focused()
    press(page, "t")
    expect(page).to_have_url(re.compile(f"/sessions/{queued.id}$"))
    expect(page.locator("#here")).to_contain_text("Held by you until")

    press(page, "3")  # what differs
    expect(page.locator("#data")).to_be_focused()
    expect(page.locator("#data")).to_contain_text("34 OTHER ROAD", ignore_case=True)

    for left in (1, 0):
        press(page, "h")
        hit = page.locator(".hit[data-open]").first
        expect(hit).to_be_focused()
        press(page, "u")
        expect(hit.get_by_label("Not the same person")).to_be_checked()
        tick(page, hit.locator("input[name=because]:not([disabled])").first)
        press(page, "Control+Enter")
        expect(page.locator(".hit[data-open]")).to_have_count(left)

    press(page, "a")
    form = page.locator("#form-approve")
    expect(form).to_be_visible()
    expect(page.locator("#session-header .state")).to_have_text("In review")  # the key alone decided nothing
    tick(page, form.get_by_label("The difference is explained by other evidence"))
    tab_to(page, form.locator("textarea"))
    page.keyboard.type("The person moved last month; a bill shows the new address.")
    tick(page, form.get_by_label("Keep going"))
    press(page, "Control+Enter")

    expect(page.locator("h1")).to_have_text("Nora Next")
    expect(page.locator("#here")).to_contain_text("Held by you until")
    page.goto(f"/sessions/{queued.id}")
    expect(page.locator("#session-header .state")).to_have_text("Approved")
    page.goto("/review/mine")  # what was ticked stays so in this browser
    press(page, "j", "o")
    press(page, "a")
    expect(page.locator("#form-approve").get_by_label("Keep going")).to_be_checked()


def test_keys_move_through_the_page_and_back_to_the_list(officer: Page, queued: VerificationSession) -> None:
    page = officer
    page.goto(f"/sessions/{queued.id}")
    press(page, "w")
    expect(page.locator("#here")).to_be_focused()
    press(page, "1")
    expect(page.locator("#why")).to_be_focused()
    press(page, "j")
    expect(page.locator("#why")).not_to_be_focused()
    press(page, "k")
    expect(page.locator("#why")).to_be_focused()
    press(page, ".")
    expect(page.locator("#toasts")).to_contain_text(f"The session’s number, {queued.id}, is copied")
    press(page, "d")
    expect(page.locator("#form-reject")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("#form-reject")).to_be_hidden()
    press(page, "Escape")
    expect(page).to_have_url(re.compile("/sessions$"))


def test_escape_throws_away_nothing_that_was_typed(officer: Page, queued: VerificationSession) -> None:
    page = officer
    page.goto(f"/sessions/{queued.id}")
    press(page, "m")
    page.keyboard.type("half a note")
    press(page, "Escape", "Escape")
    expect(page).to_have_url(re.compile(f"/sessions/{queued.id}$"))


def test_switched_off_no_key_opens_or_sends_anything(officer: Page, queued: VerificationSession) -> None:
    page = officer
    page.goto(f"/sessions/{queued.id}")
    page.evaluate("window.localStorage.setItem('keys', 'off')")
    press(page, "a", "h", "w", "t", "Control+Enter", "Escape")
    expect(page.locator("#form-approve")).to_be_hidden()
    expect(page).to_have_url(re.compile(f"/sessions/{queued.id}$"))
    expect(page.locator("#here")).not_to_be_focused()


def test_the_sidebar_counts_move_by_themselves_on_every_page(
    officer_context: Contexts, queued: VerificationSession, make: Make
) -> None:
    page = officer_context().new_page()
    for path in ("/settings/presets", "/sessions", f"/sessions/{queued.id}"):
        page.goto(path)
        count = page.locator(".side [data-count=review]")
        before = int(count.inner_text())
        page.wait_for_timeout(800)  # until the stream is open
        make.finished()
        expect(count).to_have_text(str(before + 1))


def test_who_else_is_here_is_told_at_once_and_what_another_takes_is_to_read_only(
    officer_context: Contexts, queued: VerificationSession, make: Make
) -> None:
    page = officer_context().new_page()
    page.goto(f"/sessions/{queued.id}")
    expect(page.locator("#here")).to_contain_text("Nobody holds it")
    page.wait_for_timeout(800)
    other = make.user("reviewer", name="Rita Second")
    with make.database.writing() as db:
        rita = Actor(kind="person", id=other.id, name=other.name, role=other.role)
        presence.stay(db, by=rita, session_id=queued.id or 0, arrives=True)
    expect(page.locator("#here")).to_contain_text("Also here: Rita Second")
    with make.database.writing() as db:
        version = db.get_one(VerificationSession, queued.id).version
        reviews.take(db, by=rita, session_id=queued.id or 0, version=version)
    expect(page.locator("#here")).to_contain_text("Rita Second holds it since")
    expect(page.locator("#step-approve")).to_have_count(0)


def test_without_javascript_taking_and_skipping_are_plain_forms(
    officer_context: Contexts, queued: VerificationSession
) -> None:
    page = officer_context(java_script_enabled=False).new_page()
    page.goto(f"/sessions/{queued.id}")
    page.locator("#here").get_by_role("button", name="Take").click()
    expect(page.locator("#here")).to_contain_text("Held by you until")
    page.locator("#here-skip summary").click()
    page.locator("#hold-reason").fill("I know this person")
    page.locator("#here-skip").get_by_role("button", name="Skip").click()
    expect(page).not_to_have_url(re.compile(rf"/sessions/{queued.id}(/|$)"))
    expect(page.locator("#here")).to_contain_text("Held by you until")
