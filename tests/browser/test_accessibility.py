"""Every page, light and dark, wide and narrow: axe finds nothing, the security policy holds, nothing scrolls sideways."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.accessible import faults
from tests.support.browsing import quiet
from tests.support.factory import PASSWORD, Make
from tests.support.journey import finish, make_link, settled
from tests.support.live_server import LiveServer
from tests.support.main_job import sign_in
from webapp.db import Database
from webapp.providers.base import ATTRIBUTES, Options

ENDINGS = {
    "passed": "Karl Clean",
    "aml": "Maria Amlmany",
    "face": "Jan Facefail",
    "fake": "Otto Fakedoc",
    "expired": "Eva Expiredlink",
}
SIGNED = (
    "/", "/review", "/review?priority=low", "/review/mine", "/review/second", "/review/escalated", "/review/applicant",
    "/sessions", "/sessions?q=nobody&status=failed&matter=aml", "/links", "/links/new", "/links/new/signature",
    "/links/new/liveness", "/settings/policy", "/settings/rules", "/settings/rules/draft?do=try",
    "/settings/rules/draft/rule?number=4", "/settings/rules/versions/0", "/settings/presets/new?kind=liveness", "/nothing-here",
    "/sessions/{passed}", "/sessions/{aml}", "/sessions/{face}", "/sessions/{fake}", "/sessions/{expired}",
    "/sessions/{captured}", "/sessions/{another}", "/sessions/{dark}", "/sessions/{device}",
    "/sessions/{ready}", "/sessions/{refused}", "/links/{ready_link}", "/links/{refused_link}", "/links/{used_link}",
    "/sessions/{passed}/raw/{delivery}", "/sessions/{signature}", "/links/{signature_link}", "/links/{reusable_link}",
    "/matches", "/matches?verdict=same&found_from=2026-11-01", "/matches/remembered",
    "/settings/presets", "/settings/presets/new", "/settings/presets/new?kind=signature", "/deliveries",
    "/deliveries?state=quarantined", "/deliveries/gaps", "/deliveries/evidence",
    "/users", "/users/1", "/users/invite", "/users/roles", "/account", "/account/second-factor",
    "/exports", "/exports/new?list=sessions&status=failed", "/exports/new?list=audit", "/exports/sample",
    "/sessions/{passed}/pack", "/settings/retention", "/sessions/{passed}/retention",
    "/audit", "/audit?action=auth&outcome=ok&actor=1",
)  # fmt: skip
PUBLIC = (
    "/sign-in", "/v/{token}", "/v/{used_token}", "/v/{used_token}/done", "/v/NONE-NONE-NONE", "/sandbox/",
    "/sandbox/s/{reference}", "/sandbox/s/{used_reference}", "/sandbox/nothing-here",
    "/sandbox/outbox", "/v/{paused_token}",
)  # fmt: skip
"""Addresses; what stands in braces is filled in from `numbers`."""


@pytest.fixture(scope="module")
def numbers(live_server: LiveServer) -> dict[str, object]:
    """Something of every kind on the console; its ids by name."""
    made = {key: make_link(live_server, name, own_reference=f"CASE-{key}") for key, name in ENDINGS.items()}
    for link in made.values():
        finish(live_server, link)
    for link in made.values():
        settled(live_server, link)
    ready, passed = make_link(live_server, "Rita Ready", email="rita@example.com"), made["passed"]
    refused = _refused(live_server)
    return {
        **{key: link.session_id for key, link in made.items()}, **refused, "ready": ready.session_id,
        "ready_link": ready.link_id, "used_link": passed.link_id, "delivery": 1, "reference": ready.reference,
        "token": ready.address.rsplit("/", 1)[1], "used_reference": passed.reference,
        "used_token": passed.address.rsplit("/", 1)[1], **_other_kinds(live_server),
        **_liveness(live_server),
    }  # fmt: skip


def _other_kinds(server: LiveServer) -> dict[str, object]:
    """A signature session that waits, and a reusable link that is paused."""
    database = Database(server.database_url)
    make = Make(database, first=9500)
    signature = make.link(kind="signature", options=Options(contract="sign", contract_template="TPL1"))
    session = make.session(link=signature, kind="signature")
    reusable = make.link(reusable=True, label="Branch opening day", state="paused")
    make.finished(link=reusable)
    database.dispose()
    return {
        "signature": session.id, "signature_link": signature.id, "reusable_link": reusable.id,
        "paused_token": reusable.token,
    }  # fmt: skip


def _liveness(server: LiveServer) -> dict[str, object]:
    """Everything asked for and returned, the same face under another name, a failure with a hint, the wrong device."""
    wanted: dict[str, Any] = {"location": True, "attributes": list(ATTRIBUTES), "form": "/links/new/liveness"}
    codes = {"captured": "101", "another": "101", "dark": "017", "device": "008"}
    made = {key: make_link(server, f"Lea {key}", **wanted) for key in codes}
    for key, code in codes.items():
        finish(server, made[key], code=code, person="same" if key == "another" else "new")
        if key != "device":
            settled(server, made[key])
    return {key: link.session_id for key, link in made.items()}


def _refused(server: LiveServer) -> dict[str, object]:
    """A link the vendor refused, and a viewer who may not make another."""
    database = Database(server.database_url)
    make = Make(database, first=9000)
    make.user("viewer", email="victor@console.test")
    link = make.link(
        state="create_failed", error_code="1002", error_text="Invalid value for `companyname`", error_final=True,
        vendor_reference="", vendor_url="",
    )  # fmt: skip
    session = make.session(
        link=link, capture="create_failed", outcome_code="1002", outcome_text="Invalid value for `companyname`"
    )
    database.dispose()
    return {"refused": session.id, "refused_link": link.id}


@pytest.fixture(scope="module")
def signed(browser: Browser, live_server: LiveServer, numbers: dict[str, object]) -> Iterator[BrowserContext]:
    """One administrator's sign-in for all pages of this file."""
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    sign_in(page)
    page.close()
    yield context
    context.close()


@pytest.fixture(scope="module")
def public(browser: Browser, live_server: LiveServer, numbers: dict[str, object]) -> Iterator[BrowserContext]:
    """Somebody who is not signed in."""
    context = browser.new_context(base_url=live_server.url)
    yield context
    context.close()


def judge(
    context: BrowserContext, address: str, *, then: Callable[[Page], object] = lambda page: None, within: str = "html"
) -> None:
    """Open the page, do what brings it to the state in question, and find nothing wrong."""
    page = context.new_page()
    with quiet(page):
        page.goto(address)
        then(page)
        found = faults(page, within=within)
    page.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("address", SIGNED)
def test_a_page_of_the_console_is_accessible(address: str, signed: BrowserContext, numbers: dict[str, object]) -> None:
    judge(signed, address.format(**numbers))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_page_for_anybody_is_accessible(address: str, public: BrowserContext, numbers: dict[str, object]) -> None:
    judge(public, address.format(**numbers))


def test_a_form_with_mistakes_is_accessible(signed: BrowserContext) -> None:
    def send(page: Page) -> None:
        page.get_by_label("E-mail").fill("maria at example.com")
        page.get_by_label("Date of birth").fill("31/02/1989")
        page.get_by_role("button", name="Create link").click()
        expect(page.locator("#error-summary")).to_be_visible()

    judge(signed, "/links/new", then=send)


def test_a_refused_sign_in_is_accessible(public: BrowserContext) -> None:
    def send(page: Page) -> None:
        page.get_by_label("E-mail").fill("nobody@console.test")
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("#error-summary")).to_be_visible()

    judge(public, "/sign-in", then=send)


def test_a_forbidden_page_is_accessible(browser: Browser, live_server: LiveServer, numbers: dict[str, object]) -> None:
    def viewer(page: Page) -> None:
        page.get_by_label("E-mail").fill("victor@console.test")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You may not do this")

    context = browser.new_context(base_url=live_server.url)
    judge(context, "/sign-in?next=/links/new", then=viewer)
    context.close()


def test_a_form_that_was_not_ours_is_refused_accessibly(signed: BrowserContext) -> None:
    def forge(page: Page) -> None:
        page.evaluate("document.querySelector('#new-link [name=csrf_token]').value = 'forged'")
        page.get_by_role("button", name="Create link").click()
        expect(page.locator(".code")).to_have_text("403 · Form refused")

    judge(signed, "/links/new", then=forge)


@pytest.mark.parametrize("opener", ["Status", "Created", "Export"])
def test_an_open_menu_of_the_list_is_accessible(opener: str, signed: BrowserContext) -> None:
    def unfold(page: Page) -> None:
        page.locator("details.drop > summary", has_text=opener).click()
        expect(page.locator("details.drop[open] .panel")).to_be_visible()

    judge(signed, "/sessions", then=unfold, within="details.drop[open]")


def test_the_list_of_keys_is_accessible(signed: BrowserContext) -> None:
    def unfold(page: Page) -> None:
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()

    judge(signed, "/sessions", then=unfold, within="dialog[open]")


def test_the_menu_of_a_phone_is_accessible(signed: BrowserContext) -> None:
    def unfold(page: Page) -> None:
        page.set_viewport_size({"width": 390, "height": 844})
        page.locator("[data-menu] > summary").click()
        expect(page.get_by_role("navigation", name="Menu")).to_be_visible()

    judge(signed, "/", then=unfold, within="header")


def test_the_first_administrator_finds_accessible_empty_pages(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = LiveServer(tmp_path_factory.mktemp("first"), settings={"admin_email": "", "admin_password": ""})
    server.start()
    welcome = re.search(r"http\S+/welcome/\S+", server.log)
    assert welcome, server.log
    context = browser.new_context(base_url=server.url)
    try:
        judge(context, welcome.group())
        judge(context, welcome.group(), then=make_account)
        for address in ("/sessions", "/links", welcome.group(), "/sandbox/"):
            judge(context, address)
    finally:
        context.close()
        server.stop()


def make_account(page: Page) -> None:
    """From the one-time address to the overview that says what to do next."""
    page.get_by_label("Name").fill("Alice Admin")
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Three steps to the first result")).to_be_visible()
