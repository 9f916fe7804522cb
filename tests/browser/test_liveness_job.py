"""A liveness link from the officer's form to a session page that changes by itself: a pass, and a failure with a hint."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.support.browsing import quiet
from tests.support.live_server import LiveServer
from tests.support.main_job import Job, sign_in

NewContext = Callable[..., BrowserContext]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
LONDON = "51.50735° N, 0.12776° W"


@pytest.fixture(params=[True, False], ids=["with javascript", "without javascript"])
def job(request: pytest.FixtureRequest, live_server: LiveServer, new_context: NewContext) -> Job:
    """An officer who is signed in, and somebody with a phone."""
    javascript = bool(request.param)
    officer = new_context(base_url=live_server.url, java_script_enabled=javascript).new_page()
    applicant = new_context(java_script_enabled=javascript, **PHONE).new_page()
    sign_in(officer)
    return Job(officer, applicant, javascript, own_reference=f"LIVE-{time.monotonic_ns()}")


def make_link(job: Job, name: str) -> None:
    """Through the choice of kinds at the top of the form; everything is asked for."""
    page = job.officer
    page.goto("/links/new")
    page.get_by_role("link", name="Liveness check").click()
    expect(page).to_have_url(re.compile("/links/new/liveness$"))
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Own reference").fill(job.own_reference)
    page.locator("[name=location]").check()
    page.locator("summary", has_text="Attributes of the face").click()
    for wanted in ("gender", "age_range", "spectacles", "emotions"):
        page.locator(f"[name=attributes][value={wanted}]").check()
    page.get_by_role("button", name="Create link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Link for {name}")
    job.address = page.locator("#address").inner_text().strip()
    job.session_path = page.get_by_role("link", name="Open the session").get_attribute("href") or ""
    assert job.session_path


def open_session(job: Job) -> Locator:
    """The session's page stays open from here on; its status."""
    page = job.officer
    page.goto(job.session_path)
    state = page.locator("#session-header .state")
    expect(state).to_have_text("Ready")
    expect(page.locator("#asked")).to_contain_text("somebody must look into the camera")
    return state


def take_selfie(job: Job, code: str) -> None:
    """On the phone: our page, the vendor's, the camera; the tester's panel says how it ends."""
    page = job.applicant
    page.goto(job.address)
    page.get_by_role("link", name="Start", exact=True).click()
    page.get_by_role("button", name="Allow camera and location").click()
    page.get_by_label("What QiD finds").select_option(code)
    page.get_by_role("button", name="Take the 3D selfie").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done" if code == "101" else "That did not work")


def test_a_pass_shows_who_where_and_what_was_estimated(job: Job) -> None:
    make_link(job, "Lea Livespecimen")
    page = job.officer
    with quiet(page), quiet(job.applicant):
        state = open_session(job)
        take_selfie(job, "101")
        job.expect_words(state, "Captured")
        expect(page.locator("#outcome .verdict")).to_have_text(re.compile(r"Captured\s*code 101"))
        expect(page.locator("#outcome")).to_contain_text("Passed: somebody was there")
        expect(page.locator("#subject .verdict")).to_have_text("First seen")
        expect(page.locator("#location")).to_contain_text(LONDON)
        land_is_drawn(page.get_by_role("img", name=f"Map of the world with a point at {LONDON}"))
        estimates = page.locator("#attributes")
        expect(estimates.locator("table")).to_be_hidden()
        estimates.locator("summary").click()
        expect(estimates.locator("tbody tr")).to_have_count(4)
        expect(estimates.locator(".shares li").first).to_contain_text("%")
    if job.javascript:
        expect(page.locator("#announce")).to_have_text("Lea Livespecimen: Captured")


def land_is_drawn(picture: Locator) -> None:
    """The land comes from a file of ours: an empty map would have no size."""
    expect(picture).to_be_visible()
    box = picture.locator("use").evaluate("land => { const box = land.getBBox(); return [box.width, box.height]; }")
    assert box[0] > 3000 and box[1] > 1500, box


def test_a_failure_says_what_went_wrong_and_what_to_tell_the_person(job: Job) -> None:
    make_link(job, "Dora Darkspecimen")
    page = job.officer
    with quiet(page), quiet(job.applicant):
        state = open_session(job)
        take_selfie(job, "017")
        job.expect_words(state, "Failed")
        expect(page.locator("#outcome .verdict")).to_have_text(re.compile(r"Abandoned: too dark\s*code 017"))
        expect(page.locator("#outcome")).to_contain_text("Tell the person: “Go where there is more light.”")
        expect(page.locator("#subject, #location, #attributes, #face, #aml")).to_have_count(0)
        page.goto("/sessions")
        row = page.locator("#row-" + job.session_path.rsplit("/", 1)[1])
        expect(row).to_contain_text("Abandoned, too dark")
        page.goto(job.session_path)
        page.locator("#outcome").get_by_role("link", name="New link").click()
        expect(page).to_have_url(re.compile("/links/new/liveness$"))
