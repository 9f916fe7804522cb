"""The sandbox's 3D selfie page in Chromium: both looks clean for axe, by keyboard and without JavaScript."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from tests.contract.conftest import Receiver, Running
from tests.support.accessible import faults
from tests.support.browsing import quiet

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A sandbox on a port of its own."""
    started = Running(tmp_path / "sandbox", 600)
    yield started
    started.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where its webhooks go."""
    made = Receiver()
    yield made
    made.stop()


def initiate(running: Running, receiver: Receiver, **options: str) -> str:
    """The address of a new request that asks for everything."""
    token = running.post("api/token/create", json={"subscriber_id": "SANDBOX"})["token"]
    usual = {"metadata": "1,2,3,4,5,6,7,8,9", "livecheck_id": "1", "location_id": "1"}
    headers = {"Authorization": f"Bearer {token}", "webhook_url": receiver.url} | usual | options
    return str(running.post("api/initiate", headers=headers)["webid_url"])


def clean(page: Page) -> None:
    found = faults(page)
    assert not found, (page.url, found)


def says(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


@pytest.mark.parametrize("mode", ["LIGHT", "DARK"])
def test_the_whole_way_with_a_tester_beside(
    mode: str, running: Running, receiver: Receiver, new_context: NewContext
) -> None:
    page = new_context(viewport={"width": 1440, "height": 900}, reduced_motion="no-preference").new_page()
    with quiet(page):
        page.goto(initiate(running, receiver, mode_id=mode))
        expect(page.get_by_text("Your location is recorded.")).to_be_visible()
        expect(page.locator("body")).to_have_css("color-scheme", mode.lower())
        clean(page)
        page.get_by_role("button", name="Allow camera and location").press("Enter")
        says(page, "Hold still")
        clean(page)
        page.get_by_label("Location").fill("-33.86882 151.20930")
        page.get_by_label("Confidence").fill("888")
        page.get_by_role("button", name="Take the 3D selfie").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("a number from 0 to 100")
        expect(page.get_by_label("Location")).to_have_value("-33.86882 151.20930")
        clean(page)
        page.get_by_label("Confidence").fill("88")
        page.get_by_role("button", name="Take the 3D selfie").press("Enter")
        says(page, "Done")
        body: dict[str, Any] = receiver.wait()[0]
        assert (body["location"], body["metadata"]["Gender"]["confidence"]) == ("-33.86882 151.20930", 88)
        page.get_by_label("Send once more").select_option("029")
        page.get_by_role("button", name="Send", exact=True).click()
        assert receiver.wait(2)[1]["code"] == "029"
        clean(page)


def test_without_javascript_a_failure_names_its_remedy(
    running: Running, receiver: Receiver, new_context: NewContext
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(initiate(running, receiver))
    page.get_by_role("button", name="Refuse this device with 008").click()
    expect(page.get_by_text("A 3D selfie needs a phone.")).to_be_visible()
    page.get_by_role("button", name="Allow camera").click()
    page.get_by_label("What QiD finds").select_option("017")
    page.get_by_role("button", name="Take the 3D selfie").click()
    says(page, "That did not work")
    expect(page.get_by_text("It was too dark. Find more light.")).to_be_visible()
    assert [body["code"] for body in receiver.wait(2)] == ["008", "017"]


def test_the_desk_and_the_list_are_clean(running: Running, receiver: Receiver, new_context: NewContext) -> None:
    requests.post(f"{initiate(running, receiver)}/complete", timeout=10).raise_for_status()
    receiver.wait()
    page = new_context().new_page()
    with quiet(page):
        page.goto(running.base)
        clean(page)
        page.get_by_role("link", name="QiD subscribers").click()
        page.get_by_label("Registered webhook address").fill("https://desk.example/hook")
        page.get_by_role("button", name="Register").click()
        expect(page.get_by_role("status")).to_have_text("Saved.")
        clean(page)
