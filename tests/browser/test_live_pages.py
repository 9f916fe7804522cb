"""Live pages when the streams are used up, the server goes away, or the sign-in ends somewhere else."""

import signal
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browsing import RULES, bring_axe, quiet, seconds_until, violations, watch
from tests.support.journey import MadeLink, make_link, open_link
from tests.support.live_server import LiveServer
from tests.support.main_job import sign_in

NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def without_streams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A console that has no stream left for anybody."""
    server = LiveServer(tmp_path_factory.mktemp("polling"), settings={"live_streams": "0"})
    server.start()
    yield server
    server.stop()


def signed_in(new_context: NewContext, server: LiveServer) -> Page:
    """A page with a sign-in of its own, so that ending it leaves other tests alone."""
    page = new_context(base_url=server.url).new_page()
    sign_in(page)
    return page


def open_list(page: Page, made: MadeLink, sign: str) -> None:
    page.goto("/sessions")
    expect(page.locator("[data-live-word]")).to_have_text(sign)
    watch(page, f"#row-{made.session_id} .state")


def test_without_a_stream_the_list_asks_every_three_seconds(
    without_streams: LiveServer, new_context: NewContext
) -> None:
    made = make_link(without_streams, "Paula Polling")
    page = signed_in(new_context, without_streams)
    with quiet(page):
        open_list(page, made, "Checking every 3 s")
        page.route(
            "**/live*", lambda route: None
        )  # another try for a stream stays without an answer: only asking is left
        page.get_by_label("Search sessions").press_sequentially("Pau")
        started = time.time()
        open_link(made)
        expect(page.locator(f"#row-{made.session_id} .state")).to_have_text("Opened", timeout=10_000)
        took = seconds_until(page, "Opened", started)
        expect(page.locator("#announce")).to_have_text("Paula Polling: Opened")
        expect(page.get_by_label("Search sessions")).to_have_value("Pau")
        expect(page.locator("#stale")).to_be_hidden()
    print(f"polling: {took:.2f} s")
    assert took < 6


def test_what_was_opened_chosen_and_focused_stays_when_its_region_changes(
    live_server: LiveServer, new_context: NewContext
) -> None:
    made = make_link(live_server, "Frida Focus")
    page = signed_in(new_context, live_server)
    with quiet(page):
        page.goto(f"/links/{made.link_id}")
        page.get_by_text("Revoke this link").click()
        page.get_by_label("Why").select_option(label="It went to the wrong person")
        page.get_by_role("button", name="Revoke link").focus()
        open_link(made)
        expect(page.locator("#link-status")).to_have_text("Opened")
        expect(page.locator("#announce")).to_have_text("Frida Focus: Opened")
        expect(page.get_by_label("Why")).to_have_value("wrong_person")
        expect(page.get_by_role("button", name="Revoke link")).to_be_focused()


def test_a_page_whose_server_is_away_says_since_when_and_recovers(
    live_server: LiveServer, new_context: NewContext
) -> None:
    made = make_link(live_server, "Otto Outage")
    page = signed_in(new_context, live_server)
    open_list(page, made, "Live")
    live_server.stop(how=signal.SIGKILL)
    expect(page.locator("#stale")).to_contain_text("Not updating since", timeout=15_000)
    expect(page.locator("#stale")).to_contain_text("UTC. What you see may be old.")
    expect(page.locator("[data-live-word]")).to_have_text("Not updating")
    live_server.start()
    open_link(made)
    expect(page.locator(f"#row-{made.session_id} .state")).to_have_text("Opened", timeout=15_000)
    expect(page.locator("#stale")).to_be_hidden()


def test_a_page_whose_sign_in_ended_in_another_tab_says_so(live_server: LiveServer, new_context: NewContext) -> None:
    made = make_link(live_server, "Tina Tabs")
    page = signed_in(new_context, live_server)
    open_list(page, made, "Live")
    page.get_by_label("Search sessions").fill("half a word")
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Sign in")
    open_link(made)
    expect(page.locator("#stale")).to_contain_text("You are signed out.", timeout=15_000)
    expect(page.get_by_role("link", name="Sign in again")).to_have_attribute("href", "/sign-in?next=%2Fsessions")
    expect(page.get_by_role("button", name="Try now")).to_be_hidden()
    bring_axe(page)
    assert not violations(page, RULES, within="#stale")
    expect(page.get_by_label("Search sessions")).to_have_value("half a word")
    expect(page.locator(f"#row-{made.session_id} .state")).to_have_text("Ready")
