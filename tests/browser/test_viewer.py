"""The picture viewer: two side by side, the loupe, and all of it by keys alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.journey import finish, make_link, settled
from tests.support.live_server import LiveServer


@pytest.fixture(scope="module")
def session_id(live_server: LiveServer) -> int:
    """A finished session with its pictures."""
    link = make_link(live_server, "Karl Clean")
    finish(live_server, link)
    settled(live_server, link)
    return link.session_id


@pytest.fixture
def viewer(officer: Page, session_id: int) -> Page:
    """Its page."""
    officer.goto(f"/sessions/{session_id}")
    expect(officer.locator("[data-viewer]")).to_be_visible()
    return officer


def panes(page: Page) -> Locator:
    return page.locator("[data-pane]:visible")


def inked(page: Page) -> list[bool]:
    """Whether each lens has drawn anything."""
    drawn = (
        "lens => lens.width > 0 && lens.getContext('2d').getImageData(0, 0, lens.width, lens.height).data.some(Boolean)"
    )
    return [bool(lens.evaluate(drawn)) for lens in page.locator(".lens").all()]


def test_the_face_block_puts_document_and_selfie_side_by_side(viewer: Page) -> None:
    expect(panes(viewer)).to_have_count(1)
    viewer.get_by_role("link", name="Compare them large").click()
    expect(panes(viewer)).to_have_count(2)
    expect(panes(viewer).nth(0).locator("img")).to_have_attribute("alt", "Data page of document, image 1 of 2")
    expect(panes(viewer).nth(1).locator("img")).to_have_attribute("alt", "Selfie, image 2 of 2")
    assert viewer.locator("[data-of]:visible").count() == 2


def test_by_keys_alone_two_pictures_are_chosen_turned_and_looked_at_closely(viewer: Page) -> None:
    for key in ("c", "r", "b", "z"):
        viewer.keyboard.press(key)
    stage = viewer.locator(".stage")
    for name in ("beside", "rot-90", "bright-1", "zoom-100"):
        expect(stage).to_have_class(re.compile(rf"\b{name}\b"))
    shown = panes(viewer).nth(0).get_attribute("data-shows")
    viewer.keyboard.press("]")
    expect(panes(viewer).nth(0)).not_to_have_attribute("data-shows", shown or "")
    viewer.keyboard.press("l")
    expect(viewer.get_by_role("button", name="Loupe")).to_have_attribute("aria-pressed", "true")
    viewer.wait_for_function("document.querySelector('.lens').width > 0")
    assert inked(viewer) == [True, True]
    viewer.keyboard.press("ArrowRight")
    viewer.keyboard.press("Escape")
    assert inked(viewer) == [False, False]


def test_each_side_has_its_own_choice_of_picture(viewer: Page) -> None:
    viewer.get_by_role("button", name="Two side by side").click()
    viewer.get_by_label("Second picture", exact=True).select_option("Data page")
    expect(panes(viewer).nth(1).locator("img")).to_have_attribute("alt", "Data page of document, image 1 of 2")
    assert viewer.locator("[data-of]:visible").count() == 1


def test_what_was_chosen_stays_when_the_page_changes_by_itself(viewer: Page, session_id: int) -> None:
    viewer.keyboard.press("f")
    viewer.keyboard.press("l")
    viewer.evaluate(
        "htmx.ajax('GET', location.pathname, {source: '#session', target: '#session', select: '#session',"
        " swap: 'morph:outerHTML', headers: {'X-Seen': 'older'}})"
    )
    viewer.wait_for_timeout(800)
    expect(panes(viewer)).to_have_count(2)
    assert inked(viewer) == [True, True]
