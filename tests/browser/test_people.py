"""A colleague is invited, makes the account, sets up the second factor, and signs in with it; with and without JavaScript."""

import re
import time
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.accessible import faults
from tests.support.live_server import LiveServer
from webapp.db import Database
from webapp.models import Policy

PASSWORD = "a long enough passphrase"
Opens = Callable[..., BrowserContext]


@pytest.fixture(scope="module", autouse=True)
def asked(live_server: LiveServer) -> None:
    """The policy asks auditors for a second factor."""
    database = Database(live_server.database_url)
    with database.writing() as db:
        db.add(Policy(key="second_factor", value={"roles": ["auditor"]}, version=1))
    database.dispose()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_the_invitation_to_signing_in_with_a_second_factor(
    officer_context: Opens, browser: Browser, live_server: LiveServer, javascript: bool
) -> None:
    email = f"ivy.{'with' if javascript else 'without'}@example.com"
    administrator = officer_context(java_script_enabled=javascript).new_page()
    address = invite(administrator, email, axe=javascript)

    context = browser.new_context(base_url=live_server.url, java_script_enabled=javascript)
    ivy = context.new_page()
    ivy.goto(address)
    expect(ivy.get_by_label("E-mail")).to_have_value(email)
    if javascript:
        judge(ivy)
    ivy.get_by_label("Password", exact=True).fill(PASSWORD)
    ivy.get_by_label("Password again").fill(PASSWORD)
    ivy.get_by_role("button", name="Make the account").click()

    app = set_up(ivy, axe=javascript)
    ivy.get_by_role("link", name="I have kept them").click()
    expect(ivy.get_by_role("heading", level=1)).to_have_text("Sessions")
    ivy.locator(".side").get_by_role("link", name="Your account").click()
    expect(ivy.get_by_role("heading", level=1)).to_have_text("Your account")
    expect(ivy.locator("#second-factor")).to_contain_text("Your role needs one.")
    ivy.locator(".side").get_by_role("button", name="Sign out").click()

    second_step(ivy, email, app, axe=javascript)
    expect(ivy.get_by_role("heading", level=1)).to_have_text("Links")
    ends_at_once(administrator, ivy, email)
    context.close()


def judge(page: Page) -> None:
    """Axe finds nothing here; the window is as it was before."""
    assert not faults(page)
    page.set_viewport_size({"width": 1280, "height": 720})


def invite(page: Page, email: str, *, axe: bool) -> str:
    """The address of an invitation, made with the form."""
    page.goto("/users")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Name").fill("Ivy Invited")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Make the invitation").click()
    expect(page.locator("#error-summary")).to_contain_text("Tick at least one role")
    page.get_by_role("checkbox", name="Auditor").check()
    page.get_by_role("button", name="Make the invitation").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ivy Invited")
    if axe:
        judge(page)
    address = page.locator("#invitation-address").inner_text()
    page.get_by_role("link", name="Done").click()
    expect(page.locator("#invitations")).to_contain_text(email)
    return address


def set_up(page: Page, *, axe: bool) -> pyotp.TOTP:
    """Set up the second factor that the role asks for; what the app on the phone knows then."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    page.goto("/sessions")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    if axe:
        judge(page)
    app = pyotp.TOTP(page.locator("#secret").inner_text().replace(" ", ""))
    page.get_by_label("Code", exact=True).fill(app.now())
    page.get_by_role("button", name="Set up").click()
    expect(page.locator("#recovery-codes")).to_have_text(re.compile(r"([a-z2-7]{4}-){3}"))
    if axe:
        judge(page)
    return app


def second_step(page: Page, email: str, app: pyotp.TOTP, *, axe: bool) -> None:
    """Sign in with password and code; the code that set it up is not taken again."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_label("Code", exact=True).fill("12345")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#error-summary")).to_contain_text("The code is not right")
    if axe:
        judge(page)
    page.goto("/links")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    next_step = int(time.time()) // 30 + 1  # the code of this one may be the one that was used
    page.get_by_label("Code", exact=True).fill(app.generate_otp(next_step))
    page.get_by_role("button", name="Go on").click()


def ends_at_once(administrator: Page, ivy: Page, email: str) -> None:
    """Disabled by the administrator, she is out at her next click."""
    administrator.goto("/users")
    administrator.locator("tr", has_text=email).get_by_role("link").click()
    expect(administrator.locator("#sign-ins")).to_contain_text("second step given")
    administrator.get_by_role("button", name="Disable").click()
    expect(administrator.locator(".title")).to_contain_text("Disabled")
    ivy.goto("/sessions")
    expect(ivy.get_by_role("heading", level=1)).to_have_text("Sign in")
