"""A signature link, and a reusable link that three people use: all four sessions complete by themselves."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browsing import quiet
from tests.support.live_server import LiveServer

NewContext = Callable[..., BrowserContext]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SOON = 15_000  # milliseconds; they take a second on a quiet machine


def make_signature_link(page: Page) -> str:
    """From the form that everybody knows to the one for signing alone; the applicant's address."""
    page.goto("/links/new")
    page.get_by_role("link", name="Signature", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Sina Signer")
    page.get_by_label("Template").fill("TPL1")
    page.locator("summary", has_text="Values to fill in").click()
    page.get_by_label("Values to fill in").fill('{"email": "sina@example.com"}')
    page.get_by_role("button", name="Create link").locator("visible=true").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Link for Sina Signer")
    return page.locator("#address").inner_text().strip()


def make_reusable_link(page: Page) -> str:
    """A link that three people may use; the applicants' address."""
    page.goto("/links/new")
    page.get_by_label("Many people (reusable)").check()
    page.get_by_label("Label", exact=True).fill("Branch opening day")
    page.get_by_label("Sessions at most").fill("3")
    page.get_by_role("button", name="Create link").locator("visible=true").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Branch opening day"))
    return page.locator("#address").inner_text().strip()


def signs(page: Page, address: str) -> None:
    """The applicant reads the document and draws a signature."""
    page.goto(address)
    page.get_by_role("link", name="Start").click()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Continue to sign").click()
    page.get_by_label("Your full name").fill("Sina Signer")
    pad = page.locator("canvas").bounding_box()
    assert pad is not None
    page.mouse.move(pad["x"] + 20, pad["y"] + 40)
    page.mouse.down()
    page.mouse.move(pad["x"] + 120, pad["y"] + 60, steps=5)
    page.mouse.up()
    page.get_by_label("I have read").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, that is all")


def shows_a_document(page: Page, address: str, document: str) -> None:
    """One of many goes through the reusable link."""
    page.goto(address)
    page.get_by_role("link", name="Start").click()
    page.get_by_role("button", name="Start").click()
    page.get_by_label(document).check()
    while page.get_by_role("button", name="Send for verification").count() == 0:
        heading = page.get_by_role("heading", level=1).inner_text()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text(heading)
    page.get_by_role("button", name="Send for verification").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, that is all")


def test_a_signature_and_three_people_on_one_link_complete_by_themselves(
    officer: Page, live_server: LiveServer, new_context: NewContext
) -> None:
    to_sign, to_reuse = make_signature_link(officer), make_reusable_link(officer)
    link_page = officer.url
    signature_session = _session_of(officer, to_sign)

    desk = officer.context
    signing, reusing = desk.new_page(), desk.new_page()
    signing.goto(signature_session)
    reusing.goto(link_page)
    expect(signing.locator("#session-header .state")).to_have_text("Ready")
    with quiet(signing), quiet(reusing):
        person = new_context(**PHONE).new_page()
        signs(person, to_sign)
        expect(signing.locator("#session-header .state")).to_have_text("Signed", timeout=SOON)
        for number, document in enumerate(("Passport", "Driving licence", "Identity card"), 1):
            shows_a_document(new_context(**PHONE).new_page(), to_reuse, document)
            expect(reusing.locator("#link-sessions tbody tr")).to_have_count(number, timeout=SOON)
            expect(reusing.locator("#link-sessions .state").first).to_have_text("Needs review", timeout=SOON)
    for state in reusing.locator("#link-sessions .state").all():
        expect(state).to_have_text("Needs review")
    full = person.goto(to_reuse)
    assert full is not None
    assert full.status == 410
    the_signed_file_is_there(signing)
    three_people_are_kept_apart(reusing)


def _session_of(page: Page, address: str) -> str:
    page.goto("/links")
    page.get_by_role("link", name="Sina Signer").first.click()
    expect(page.locator("#address")).to_have_text(address)
    found = page.get_by_role("link", name="Open the session").get_attribute("href")
    page.go_back()
    assert found
    return found


def the_signed_file_is_there(page: Page) -> None:
    """A PDF with its hash, to download; it holds what was filled in."""
    page.reload()
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile("Download")).first.click()
    content = downloading.value.path().read_bytes()
    assert content.startswith(b"%PDF")
    expect(page.locator("main")).to_contain_text("SHA-256")


def three_people_are_kept_apart(page: Page) -> None:
    """Each session of the reusable link has a reference and a document of its own."""
    paths = [link.get_attribute("href") or "" for link in page.locator("#link-sessions tbody .name").all()]
    assert len(set(paths)) == 3
    references = set()
    for path in paths:
        page.goto(path)
        references.add(page.locator("#session-header .mono").first.inner_text())
        expect(page.locator("main")).to_contain_text("Branch opening day")
    assert len(references) == 3
