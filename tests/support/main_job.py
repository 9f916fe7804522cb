"""The main job as an officer and an applicant do it in a browser, one function a step; with or without JavaScript."""

import csv
import io
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import seconds_until, watch
from tests.support.live_server import ADMIN_EMAIL, ADMIN_PASSWORD

TYPED = {
    "person_name": "Maria Amlmatch", "own_reference": "CASE-2001", "email": "maria at example.com",
    "birth": "31/02/1989", "postcode": "V8W 3Y8",
}  # fmt: skip


@dataclass
class Job:
    """Where the job stands: the officer's and the applicant's pages, and what the officer learned on the way."""

    officer: Page
    applicant: Page
    javascript: bool
    own_reference: str
    address: str = ""
    session_path: str = ""
    took: dict[str, float] = field(default_factory=dict)

    def expect_words(self, place: Locator, words: str) -> None:
        """The page says so within 5 s: by itself, or without JavaScript when it is loaded again."""
        self.load_again_until(place.page, lambda: place.inner_text().strip() == words)
        expect(place).to_have_text(words)

    def load_again_until(self, page: Page, there: Callable[[], bool]) -> None:
        """Without JavaScript: what the officer does to see news, for 5 s at most."""
        until = time.monotonic() + 5
        while not self.javascript and time.monotonic() < until:
            page.reload()
            if there():
                break


def sign_in(page: Page) -> None:
    """From the front door to the overview."""
    page.goto("/")
    page.get_by_label("E-mail").fill(ADMIN_EMAIL)
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def open_form(job: Job) -> None:
    """Key `n`, or the button that is always there."""
    if job.javascript:
        job.officer.keyboard.press("n")
    else:
        job.officer.get_by_role("navigation", name="Main").get_by_role("link", name="New link").click()
    expect(job.officer.get_by_role("heading", level=1)).to_have_text("New link")


def send_wrong_form(job: Job) -> None:
    """Refused with 422: the summary has the focus, what was typed is kept, each message belongs to its field."""
    page, typed = job.officer, TYPED | {"own_reference": job.own_reference}
    for name, words in typed.items():
        page.locator(f"[name={name}]").fill(words)
    page.get_by_label("Look the person up").check()
    page.get_by_label("Works for").select_option(label="30 days")
    with page.expect_navigation() as going:
        page.get_by_role("button", name="Create link").click()
    answer = going.value
    assert answer is not None
    assert answer.status == 422
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary")).to_contain_text("2 fields need a change")
    for name, words in typed.items():
        expect(page.locator(f"[name={name}]")).to_have_value(words)
    expect(page.get_by_label("Look the person up")).to_be_checked()
    expect(page.get_by_label("Works for")).to_have_value("2592000")
    expect(page.get_by_label("E-mail")).to_have_accessible_description(re.compile("not an e-mail address"))
    expect(page.get_by_label("Date of birth")).to_have_attribute("aria-invalid", "true")


def send_right_form_twice(job: Job) -> None:
    """Two quick clicks, and the same form once more, make one link; its result is there at once."""
    page = job.officer
    page.get_by_label("E-mail").fill("maria@example.com")
    page.get_by_label("Date of birth").fill("12/08/1974")
    with page.expect_request(lambda request: request.method == "POST") as sending:
        page.get_by_role("button", name="Create link").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Link for {TYPED['person_name']}")
    job.address = page.locator("#address").inner_text().strip()
    path = page.get_by_role("link", name="Open the session").get_attribute("href")
    assert path
    job.session_path = path
    sent = sending.value
    kind = {"Content-Type": sent.headers["content-type"]}
    again = page.request.post(sent.url, data=sent.post_data_buffer or b"", headers=kind, max_redirects=0)
    assert (again.status, urljoin(sent.url, again.headers["location"])) == (303, page.url)


def read_link_page(job: Job, base_url: str) -> None:
    """Address, QR code as SVG and PNG, e-mail text and expiry stand on the link's page."""
    page = job.officer
    assert re.fullmatch(re.escape(base_url) + r"/v/[A-Z0-9-]{12,}", job.address), job.address
    loads(page.locator("img.qr"))
    for name, kind, first in (("SVG", "image/svg+xml", b"<"), ("PNG", "image/png", b"\x89PNG")):
        picture = page.request.get(page.get_by_role("link", name=name, exact=True).get_attribute("href") or "")
        assert (picture.status, picture.headers["content-type"].split(";")[0]) == (200, kind)
        assert picture.body().startswith(first)
    expect(page.locator("#mail-text")).to_contain_text("Hello Maria,")
    expect(page.locator("#mail-text")).to_contain_text(job.address)
    expect(page.locator("#result")).to_contain_text(
        re.compile(r"Works until\s*\w{3} \d+ \w{3} \d{4}, \d\d:\d\d UTC, .* from now")
    )
    expect(page.get_by_role("button", name="Copy address")).to_be_visible(visible=job.javascript)


def count_links(job: Job) -> int:
    """How many links the list shows for this own reference."""
    job.officer.goto("/links")
    expect(job.officer.get_by_role("heading", level=1)).to_have_text("Links")
    return job.officer.locator("tr", has_text=job.own_reference).count()


def row(job: Job, page: Page) -> Locator:
    """The session's row in the sessions list."""
    return page.locator("#row-" + job.session_path.rsplit("/", 1)[1])


def open_list(job: Job) -> None:
    """The officer looks at the list and begins to type a search."""
    page = job.officer
    page.goto("/sessions")
    expect(row(job, page).locator(".state")).to_have_text("Ready")
    if job.javascript:
        expect(page.locator("[data-live-word]")).to_have_text("Live")
        watch(page, f"#{row(job, page).get_attribute('id')} .state")
    page.get_by_label("Search sessions").press_sequentially("Mari")


def applicant_reads(job: Job) -> None:
    """The applicant's page says who asks, what to have ready, how long, what happens to the data; one button."""
    page, started = job.applicant, time.time()
    page.goto(job.address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Maria, please show us who you are")
    for words in (
        "Specimen Bank needs to know",
        "about 3 minutes",
        "A phone with a camera",
        "You can use this link until",
    ):
        expect(page.locator("main")).to_contain_text(words)
    page.get_by_text("How we use your data").click()
    expect(page.get_by_text("only to check who you are")).to_be_visible()
    expect(page.locator(".scan")).to_be_hidden()
    changes_to(job, "Opened", started)


def applicant_sends(job: Job) -> None:
    """On the vendor's pages the applicant shows both sides of a document and a selfie, and sends them."""
    page = job.applicant
    page.get_by_role("link", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Verify your identity")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Show your document")
    for picture in page.locator(".cards img").all():
        loads(picture)
    page.get_by_label("Driving licence").check()
    for heading in ("Now the other side", "Show your face", "Check and send"):
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        for picture in page.locator(".shown img, .selfie img").all():
            loads(picture)
    started = time.time()
    page.get_by_role("button", name="Send for verification").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, that is all")
    changes_to(job, "Needs review", started)


def changes_to(job: Job, words: str, started: float) -> None:
    """The officer's list says so by itself, and again when loaded; what was typed and the focus stay."""
    page, search = job.officer, job.officer.get_by_label("Search sessions")
    job.expect_words(row(job, page).locator(".state"), words)
    if job.javascript:
        job.took[words] = seconds_until(page, words, started)
        expect(search).to_have_value("Mari")
        expect(search).to_be_focused()
        expect(page.locator("#announce")).to_have_text(re.compile(f"Maria Amlmatch: {words}"))


def loads(picture: Locator) -> None:
    """The picture is really there: the browser decoded it."""
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") > 0, picture.get_attribute("src")


def download(page: Page, which: str, *, javascript: bool) -> tuple[list[dict[str, Any]], str]:
    """The lines of the list's export, and the name of its file; `which` is CSV or JSON lines. The page is the list again."""
    back = page.url
    page.get_by_text("Export", exact=True).click()
    page.locator(".acts .menu").get_by_role("link", name="Sessions", exact=True).click()
    page.get_by_label(which, exact=True).check()
    page.get_by_label("What it is for").select_option("audit")
    page.get_by_label("In a few words").fill("Yearly audit")
    page.get_by_role("button", name="Make the file").click()
    ready = page.get_by_role("button", name="Download")
    for _ in range(0 if javascript else 40):
        if ready.is_visible():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(ready).to_be_visible(timeout=20_000)
    with page.expect_download() as downloading:
        ready.click()
    got = downloading.value
    text = Path(got.path()).read_text("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline="")) if which == "CSV" else map(json.loads, text.splitlines())
    page.goto(back)
    return list(rows), got.suggested_filename
