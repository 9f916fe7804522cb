"""A large export and a changed policy in a browser: asked for by one person, answered by another, with and without scripts."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.accessible import faults
from tests.support.browsing import quiet
from tests.support.crowd import crowd
from tests.support.factory import PASSWORD, Make
from tests.support.live_server import LiveServer
from webapp.db import Database

Contexts = Callable[..., BrowserContext]
WHY = "Repeats take most of the day"


@pytest.fixture(scope="module")
def make(live_server: LiveServer) -> Iterator[Make]:
    """Straight rows in the running program's database: 120 sessions, and two more people."""
    database = Database(live_server.database_url)
    made = Make(database)
    crowd(made, 120)
    made.user("reviewer", email="rita@console.test", name="Rita Reviewer")
    made.user("compliance_lead", email="carla@console.test", name="Carla Lead")
    yield made
    database.dispose()


def signed_in(contexts: Contexts, server: LiveServer, email: str, **options: Any) -> Page:
    """A page of this person's, from the sign-in on."""
    page = contexts(base_url=server.url, **options).new_page()
    page.goto("/exports")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Exports")
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_a_large_export_is_made_when_another_person_has_confirmed_it(
    scripts: bool, live_server: LiveServer, make: Make, new_context: Contexts
) -> None:
    rita = signed_in(new_context, live_server, "rita@console.test", java_script_enabled=scripts)
    rita.goto("/exports/new?list=sessions")
    rita.get_by_label("What it is for").select_option("inspection")
    rita.get_by_label("In a few words").fill(f"Letter of May, scripts {scripts}")
    rita.get_by_role("button", name="Ask for the file").click()
    expect(rita.locator("#export")).to_contain_text("Waiting for approval")
    carla = signed_in(new_context, live_server, "carla@console.test", java_script_enabled=scripts)
    carla.get_by_role("link", name="120 sessions, CSV").first.click()
    carla.get_by_role("button", name="Confirm").click()
    expect(carla.locator("#export")).to_contain_text("Confirmed by")
    deadline = time.monotonic() + 20
    while not scripts and not rita.get_by_role("button", name="Download").is_visible():
        assert time.monotonic() < deadline
        rita.wait_for_timeout(500)
        rita.reload()
    expect(rita.get_by_role("button", name="Download")).to_be_visible(timeout=20_000)  # by itself, with scripts


def test_a_changed_policy_holds_when_another_person_has_confirmed_it(
    live_server: LiveServer, make: Make, new_context: Contexts
) -> None:
    make.user("compliance_lead", email="lena@console.test", name="Lena Lead")
    lena = signed_in(new_context, live_server, "lena@console.test")
    lena.goto("/settings/policy")
    form = lena.locator("#policy-hours")
    form.get_by_label("High priority").fill("2")
    form.get_by_label("Why").fill(WHY)
    form.get_by_role("button", name="Propose").click()
    expect(lena.get_by_role("button", name="Withdraw")).to_be_visible()
    carla = signed_in(new_context, live_server, "carla@console.test")
    carla.goto("/settings/policy")
    expect(carla.locator(".proposal")).to_contain_text(WHY)
    carla.get_by_role("button", name="Confirm").click()
    expect(carla.locator("#review_hours-high")).to_have_value("2")


def test_what_waits_is_fit_for_everybody(live_server: LiveServer, make: Make, new_context: Contexts) -> None:
    asker = make.user("reviewer", name="Aron Asker")
    export = make.export(asker, state="waiting", needs_second=True, rows_asked=4321, requested_by_name=asker.name)
    proposer = make.user("compliance_lead", name="Paul Proposer")
    make.proposal(proposer)
    make.proposal(proposer, key="review_hours", state="withdrawn", value={"high": 1, "normal": 2, "low": 3})
    make.proposal(proposer, key="rules", value=[])
    page = signed_in(new_context, live_server, "carla@console.test")
    for address in ("/exports", f"/exports/{export.id}", "/settings/policy", "/settings/rules"):
        with quiet(page):
            page.goto(address)
            assert page.locator(".proposal, .asked-for").count()
            assert not faults(page), address
