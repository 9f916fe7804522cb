"""The sandbox's hosted pages in Chromium: every step by keyboard and pen, clean for axe, nothing scrolls sideways."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect
from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.contract.conftest import Receiver, Running
from tests.support.browsing import COLOURS, RULES, bring_axe, quiet, too_wide, violations

NewContext = Callable[..., BrowserContext]
EVERYTHING: dict[str, Any] = {
    "biometric": 2, "phoneverification": True, "contract_sign": "TPL1", "maxattempt": 3, "language": "fr",
    "logo": "https://cdn.example/logo.png", "welcomemessage": "We need to know who you are.",
}  # fmt: skip


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A sandbox on a port of its own."""
    started = Running(tmp_path / "sandbox", 600)
    yield started
    started.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where its callbacks go."""
    made = Receiver()
    yield made
    made.stop()


def code_for(running: Running, reference: str) -> str:
    """The code that the store would have sent."""
    return str(running.sandbox.app.extensions["sandbox"].store.draft(reference)["code"])


def clean(page: Page) -> None:
    """What axe finds in both themes, and whether the page is wider than a phone; nothing, and no."""
    bring_axe(page)
    assert not violations(page, RULES), page.url
    page.emulate_media(color_scheme="dark")
    assert not violations(page, COLOURS), f"{page.url} dark"
    page.emulate_media(color_scheme="light")
    assert too_wide(page) == 0, page.url


def press(page: Page, button: str) -> None:
    """The keyboard's way to a button."""
    page.get_by_role("button", name=button, exact=True).focus()
    page.keyboard.press("Enter")


def says(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_the_whole_way_on_a_phone(running: Running, receiver: Receiver, new_context: NewContext) -> None:
    page = new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce").new_page()
    created = running.create(callbackurl=receiver.url, **EVERYTHING)
    with quiet(page):
        page.goto(created["url"])
        expect(page.get_by_text("We need to know who you are.")).to_be_visible()
        clean(page)
        press(page, "Start")
        page.get_by_label("Phone number").fill("+44 7700 900123")
        clean(page)
        page.keyboard.press("Enter")
        page.get_by_label("Code").fill("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("not the code we sent")
        clean(page)
        page.get_by_label("Code").fill(code_for(running, created["reference"]))
        page.keyboard.press("Enter")
        says(page, "Show your document")
        clean(page)
        page.get_by_label("Identity card").check()
        for heading in ("Now the other side", "Film your face", "Check and send"):
            press(page, "Continue")
            says(page, heading)
            clean(page)
        press(page, "Send for verification")
        says(page, "Read the agreement")
        clean(page)
        press(page, "Continue to sign")
        page.get_by_label("Your full name").fill("Sarah Specimen")
        draw(page)
        page.get_by_label("I have read").check()
        clean(page)
        press(page, "Sign")
        says(page, "You are done")
        clean(page)
    body = receiver.wait()[0]
    contract = requests.get(body["contract"]["document_url"], timeout=10).content
    assert b"/DCTDecode" in contract
    assert b"Signed by Sarah Specimen" in contract


def draw(page: Page) -> None:
    """A few strokes on the signature pad."""
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(8):
        page.mouse.move(box["x"] + 30 + step * 20, box["y"] + (20 if step % 2 else 60))
    page.mouse.up()


@pytest.mark.parametrize("width", [390, 1440])
def test_lists_and_the_testers_panel(width: int, running: Running, receiver: Receiver, new_context: NewContext) -> None:
    page = new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce").new_page()
    created = running.create(callbackurl=receiver.url, sms_verification_link="+447700900123")
    running.complete(created)
    receiver.wait()
    with quiet(page):
        page.goto(created["url"])
        clean(page)
        page.get_by_label("Send once more").select_option("forged")
        page.get_by_role("button", name="Send", exact=True).click()
        receiver.wait(2)
        page.goto(running.base)
        clean(page)
        expect(page.get_by_text("A forged one: passed, with a wrong hash").first).to_be_attached()
        page.get_by_role("link", name="SMS outbox").click()
        expect(page.get_by_text(created["url"])).to_be_visible()
        clean(page)


def test_without_javascript_a_typed_name_signs(running: Running, receiver: Receiver, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(running.sign(callbackurl=receiver.url, contract_format="HTML")["url"])
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Continue to sign").click()
    expect(page.locator("canvas")).to_be_hidden()
    page.get_by_label("Your full name").fill("Sarah Specimen")
    page.get_by_label("I have read").check()
    page.get_by_role("button", name="Sign").click()
    says(page, "You are done")
    assert receiver.wait()[0]["contract"]["document_url"].endswith(".html")


def test_after_the_end_the_browser_goes_on_however_many_sites_away(
    running: Running, receiver: Receiver, new_context: NewContext, httpserver: HTTPServer
) -> None:
    # Browsers hold every redirect after a form to the form's policy; the customer's site may redirect once more.
    httpserver.expect_request("/signed").respond_with_response(Response(status=303, headers={"Location": running.base}))
    page = new_context().new_page()
    with quiet(page):
        page.goto(running.sign(callbackurl=receiver.url, successredir=httpserver.url_for("/signed?a=1"))["url"])
        for button in ("Start", "Continue to sign"):
            page.get_by_role("button", name=button).click()
        page.get_by_label("Your full name").fill("Sarah Specimen")
        page.get_by_label("I have read").check()
        page.get_by_role("button", name="Sign").click()
        says(page, "Sandbox sessions")
    request, _ = httpserver.log[0]
    body = receiver.wait()[0]
    assert request.args.to_dict() == {"a": "1", "reference": body["reference"], "customid": "case-1"}
