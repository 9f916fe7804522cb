"""A review's ends in Chromium: a clean approval, a rejection with a reason, an escalation; and a form that is being filled in."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.journey import finish, make_link, settled
from tests.support.live_server import LiveServer

Contexts = Callable[..., BrowserContext]
NOTE = "The portrait and the selfie show two people."


def reviewed(server: LiveServer, name: str) -> str:
    """The address of a session that waits for review, all its pictures saved: their coming would make a form stale."""
    made = make_link(server, name)
    finish(server, made)
    settled(server, made)
    address = f"/sessions/{made.session_id}"
    until = time.monotonic() + 30
    while "Evidence saved, 2 of 2" not in server.sign_in().get(f"{server.url}{address}", timeout=10).text:
        assert time.monotonic() < until, "the pictures were not saved within 30 s"
        time.sleep(0.2)
    time.sleep(0.3)  # what the pictures mean is settled in a transaction of its own
    return address


@pytest.mark.parametrize("javascript", [True, False], ids=["with javascript", "without javascript"])
def test_a_clean_session_is_approved_in_two_presses(
    javascript: bool, live_server: LiveServer, officer_context: Contexts
) -> None:
    address = reviewed(live_server, "Karl Clean")
    page = officer_context(java_script_enabled=javascript).new_page()
    page.goto(address)
    page.locator("#step-approve > summary").click()
    expect(page.locator("#step-approve .effect")).to_contain_text(
        "Status becomes Approved. Second approval: not needed."
    )
    page.locator("#form-approve").get_by_role("button", name="Approve").click()
    expect(page.locator("#session-header .state")).to_have_text("Approved")
    expect(page.locator("#steps")).to_contain_text("approved")
    page.get_by_role("link", name="The page as it was then").click()
    expect(page.locator(".strip.was")).to_contain_text("unaltered, the hash agrees")
    expect(page.locator("#session-header .state")).to_have_text("Needs review")
    expect(page.locator("main form")).to_have_count(0)


def test_a_rejection_says_what_is_missing_and_keeps_what_was_typed(officer: Page, live_server: LiveServer) -> None:
    officer.goto(reviewed(live_server, "Jan Facefail"))
    officer.keyboard.press("d")
    officer.locator("#reject-note").fill(NOTE)
    officer.locator("#form-reject").get_by_role("button", name="Reject").click()
    expect(officer.locator("#error-summary")).to_be_focused()
    expect(officer.locator("#error-summary")).to_contain_text("Choose at least one reason")
    expect(officer.locator("#reject-note")).to_have_value(NOTE)
    officer.get_by_label("The face is another person's").check()
    officer.locator("#form-reject").get_by_role("button", name="Reject").click()
    expect(officer.locator("#session-header .state")).to_have_text("Rejected")
    expect(officer.locator("#steps")).to_contain_text("The face is another person's")
    expect(officer.locator("#steps")).to_contain_text(NOTE)


def test_an_escalation_waits_for_somebody_who_may_decide_escalated_sessions(
    officer: Page, live_server: LiveServer
) -> None:
    officer.goto(reviewed(live_server, "Rita Clean"))
    officer.keyboard.press("e")
    officer.locator("#escalate-note").fill("The company behind this person is on our watch list.")
    officer.locator("#form-escalate").get_by_role("button", name="Escalate").click()
    expect(officer.locator("#session-header .state")).to_have_text("Escalated")
    expect(officer.locator("#step-escalate")).to_have_count(0)
    officer.locator("#step-approve > summary").click()  # the first administrator is the compliance lead too
    officer.locator("#form-approve").get_by_role("button", name="Approve").click()
    expect(officer.locator("#session-header .state")).to_have_text("Approved")


def test_a_form_that_is_being_filled_in_is_not_taken_away_by_what_somebody_else_does(
    officer: Page, officer_context: Contexts, live_server: LiveServer
) -> None:
    address = reviewed(live_server, "Nora Clean")
    officer.goto(address)
    officer.keyboard.press("d")
    officer.locator("#reject-note").fill(NOTE)
    other = officer_context().new_page()
    other.goto(address)
    other.locator("#step-approve > summary").click()
    other.locator("#form-approve").get_by_role("button", name="Approve").click()
    expect(officer.locator("#session-header .state")).to_have_text("Approved")
    expect(officer.locator("#form-reject .changed")).to_contain_text("This session changed; load it again")
    expect(officer.locator("#reject-note")).to_have_value(NOTE)
    officer.get_by_label("The face is another person's").check()
    with officer.expect_navigation() as going:
        officer.locator("#form-reject").get_by_role("button", name="Reject").click()
    assert going.value is not None and going.value.status == 409
    expect(officer.locator("#conflict")).to_contain_text(re.compile("decided"))
    expect(officer.locator("#typed-note")).to_have_value(NOTE)
