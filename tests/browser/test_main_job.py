"""The main job in one go, as a new user would try it, once with JavaScript and once without; and two that end badly."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browsing import quiet
from tests.support.journey import finish, make_link, settled
from tests.support.live_server import LiveServer
from tests.support.main_job import (
    Job,
    applicant_reads,
    applicant_sends,
    count_links,
    download,
    loads,
    open_form,
    open_list,
    read_link_page,
    row,
    send_right_form_twice,
    send_wrong_form,
    sign_in,
)  # fmt: skip

NewContext = Callable[..., BrowserContext]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("javascript", [True, False], ids=["with javascript", "without javascript"])
def test_the_main_job_runs_from_link_to_export(
    javascript: bool, live_server: LiveServer, new_context: NewContext
) -> None:
    desk = new_context(base_url=live_server.url, java_script_enabled=javascript)
    officer = desk.new_page()
    applicant = new_context(java_script_enabled=javascript, **PHONE).new_page()
    job = Job(officer, applicant, javascript, own_reference=f"CASE-{'JS' if javascript else 'PLAIN'}")
    with quiet(officer), quiet(applicant):
        sign_in(officer)
        open_form(job)
        send_wrong_form(job)
        send_right_form_twice(job)
        read_link_page(job, live_server.url)
        assert count_links(job) == 1
        open_list(job)
        session = desk.new_page()
        with quiet(session):
            session.goto(job.session_path)
            applicant_reads(job)
            job.expect_words(session.locator("#session-header .state"), "Opened")
            applicant_sends(job)
            session_page_changes(job, session)
            session_page_shows_all(session)
        list_and_export_agree(job, live_server)
    print("changed by themselves:", {words: f"{took:.2f} s" for words, took in job.took.items()})
    assert all(took < 5 for took in job.took.values())


def session_page_changes(job: Job, page: Page) -> None:
    """The open session page shows the result and then its three pictures by itself, and says so."""
    job.expect_words(page.locator("#session-header .state"), "Needs review")
    if job.javascript:
        expect(page.locator("#announce")).to_have_text("Maria Amlmatch: Needs review")
    pictures = page.locator("#pictures .film img")
    job.load_again_until(page, lambda: pictures.count() == 3)
    expect(pictures).to_have_count(3)


def session_page_shows_all(page: Page) -> None:
    """Blocks A to I: why it is here, AML, face, comparison, pictures, checks, fields, raw result."""
    expect(page.locator("#why")).to_contain_text("AML: 1")
    card = page.locator("#aml .hit")
    expect(card).to_have_count(1)
    expect(card.locator(".attributes tbody tr").first).to_contain_text("Name")
    expect(card).to_contain_text(re.compile("same|close", re.IGNORECASE))
    expect(card).to_contain_text(re.compile(r"Strength \d+ of 100"))
    expect(page.locator("#face svg.scale")).to_have_accessible_name(
        re.compile(r"Face score 0\.\d+ .* 0\.40 is needed; above")
    )
    for field, found in (("Name", "MARIA AMLMATCH"), ("Date of birth", "1974-08-12"), ("Postcode", "V8W 3Y8")):
        line = page.locator("#data .fields tr").filter(has=page.get_by_role("cell", name=field, exact=True))
        expect(line).to_contain_text(found)
        expect(line.locator(".res")).to_have_text("Same")
    for picture in page.locator("#face img, #pictures img").locator("visible=true").all():
        loads(picture)
    expect(page.locator("#auth")).to_contain_text(re.compile(r"of \d+ checks failed"))
    page.locator("#fields summary").click()
    expect(page.locator("#fields dt", has_text="firstName")).to_be_visible()
    expect(page.locator("#timeline li")).not_to_have_count(0)
    view = page.locator("#raw tbody a").first
    if not view.is_visible():  # a page that saw the result arrive has it open already
        page.locator("#raw > summary").click()
    view.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Raw result")
    expect(page.locator("pre.raw")).to_contain_text('"reference"')


def list_and_export_agree(job: Job, server: LiveServer) -> None:
    """Status, open matter and search narrow the list; both exports have exactly its rows."""
    other = make_link(server, "Karl Clean", own_reference=job.own_reference)
    finish(server, other)
    settled(server, other)
    page = job.officer
    page.goto("/sessions")
    page.locator("summary", has_text="Status").click()
    page.get_by_label("Needs review").check()
    page.get_by_role("button", name="Apply").locator("visible=true").click()
    page.locator("summary", has_text="Open matter").click()
    page.get_by_role("group", name="Open matter").get_by_label("AML").check()
    page.get_by_label("Search sessions").fill("amlmatch")
    page.get_by_label("Search sessions").press("Enter")
    expect(page).to_have_url(re.compile(r"q=amlmatch&status=needs_review&matter=aml"))
    expect(row(job, page)).to_be_visible()
    expect(page.locator("tbody tr", has_text="Karl Clean")).to_have_count(0)
    shown = on_screen(page)
    for which, ending in (("CSV", "csv"), ("JSON lines", "jsonl")):
        rows, name = download(page, which, javascript=job.javascript)
        assert [(str(line["id"]), line["person"], line["own_reference"]) for line in rows] == shown
        assert {line["status"] for line in rows} == {"needs_review"}
        assert name.endswith(ending)


def on_screen(page: Page) -> list[tuple[str, str, str]]:
    """Number, person and own reference of each row shown."""
    lines = page.locator("#rows tbody tr").all()
    numbers = [(line.get_attribute("id") or "").removeprefix("row-") for line in lines]
    return [
        (number, line.locator(".name").inner_text(), line.locator(".mono").inner_text())
        for number, line in zip(numbers, lines, strict=True)
    ]


def test_a_face_that_does_not_match_fails_with_the_vendors_code(officer: Page, live_server: LiveServer) -> None:
    made = make_link(live_server, "Jan Facefail")
    finish(live_server, made)
    assert settled(live_server, made)["code"] == "3"
    officer.goto(f"/sessions/{made.session_id}")
    expect(officer.locator("#h-dec + .pairs")).to_contain_text("Failed, code 3")
    expect(officer.locator("#face .verdict")).to_contain_text("Does not match")
    expect(officer.locator("#face svg.scale")).to_have_accessible_name(re.compile("below by"))
    officer.goto("/sessions?outcome=failed")
    expect(officer.locator(f"#row-{made.session_id}")).to_contain_text("Failed, face")


def test_an_expired_link_says_so_to_both_sides(officer: Page, live_server: LiveServer) -> None:
    made = make_link(live_server, "Eva Expiredlink")
    finish(live_server, made)
    settled(live_server, made)
    officer.goto(f"/sessions/{made.session_id}")
    expect(officer.locator("#session-header .state")).to_have_text("Expired")
    expect(officer.locator("#why")).to_contain_text("Where this stands")
    answer = officer.goto(made.address)
    assert answer is not None
    assert answer.status == 410
    expect(officer.get_by_role("heading", level=1)).to_have_text("This link has run out")
