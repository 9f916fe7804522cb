"""A file that became ready is told once, on whatever page its asker is, with and without a stream; to nobody else."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update
from sqlmodel import col, select

from tests.support.factory import PASSWORD, Make
from tests.support.live_server import ADMIN_EMAIL, LiveServer
from webapp.db import Database
from webapp.models import Export, User
from webapp.models.changes import NOBODY, announce
from webapp.models.columns import utc_now

Contexts = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def make(live_server: LiveServer) -> Iterator[Make]:
    """Straight rows in the running program's database."""
    database = Database(live_server.database_url)
    yield Make(database)
    database.dispose()


@pytest.fixture
def running(make: Make) -> Export:
    """A file that the signed-in officer asked for, which is being made; those of tests before are over."""
    with make.database.writing() as db:
        db.execute(update(Export).values(state="expired", expires_at=None))
        asker = db.exec(select(User).where(col(User.email) == ADMIN_EMAIL)).one()
    export: Export = make.export(asker, kind="links", state="running")
    return export


def end(make: Make, export: Export, state: str = "ready") -> None:
    """As the maker says it."""
    with make.database.writing() as db:
        row = db.get_one(Export, export.id)
        row.state, row.expires_at = state, utc_now() + timedelta(hours=1)
        announce(db.connection(), NOBODY)


def signed_in(new_context: Contexts, live_server: LiveServer, email: str) -> Page:
    page = new_context(base_url=live_server.url).new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    expect(page).not_to_have_url(f"{live_server.url}/sign-in")
    return page


@pytest.mark.parametrize("path", ["/settings/presets", "/sessions"])
def test_the_notice_comes_on_whatever_page_and_once(
    path: str, officer_context: Contexts, make: Make, running: Export
) -> None:
    context = officer_context()
    page = context.new_page()
    page.goto(path)
    page.wait_for_timeout(800)  # until the stream is open
    end(make, running)
    notice = page.locator("#toasts [data-toast]", has_text="Links: the file is ready.")
    expect(notice).to_have_count(1)
    expect(page.locator("#announce")).to_have_text("Links: the file is ready.")
    expect(page.locator(".side [data-count=files]")).not_to_have_text("")
    page.reload()
    page.wait_for_timeout(800)
    expect(notice).to_have_count(0)
    other = context.new_page()
    other.goto("/links")
    other.wait_for_timeout(500)
    expect(other.locator("#toasts [data-toast]")).to_have_count(0)


def test_of_two_windows_one_tells_it(officer_context: Contexts, make: Make, running: Export) -> None:
    context = officer_context()
    windows = [context.new_page(), context.new_page()]
    for page in windows:
        page.goto("/links")
    windows[-1].wait_for_timeout(800)
    end(make, running)
    windows[-1].wait_for_timeout(2500)
    assert sum(page.locator("#toasts [data-toast]").count() for page in windows) == 1
    for page in windows:
        expect(page.locator(".side [data-count=files]")).to_have_text("1")


def test_the_notice_leads_to_the_file(officer_context: Contexts, make: Make, running: Export) -> None:
    page = officer_context().new_page()
    page.goto("/links")
    page.wait_for_timeout(800)
    end(make, running)
    page.locator("#toasts").get_by_role("link", name="Open it").first.click()
    expect(page).to_have_url(f"{page.url.split('/exports')[0]}/exports/{running.id}")
    page.wait_for_timeout(500)
    expect(page.locator("#toasts [data-toast]")).to_have_count(0)


def test_what_became_ready_between_two_pages_is_told_on_the_next(
    officer_context: Contexts, make: Make, running: Export
) -> None:
    page = officer_context().new_page()
    end(make, running)
    page.goto("/account")
    expect(page.locator("#toasts [data-toast]", has_text="Links: the file is ready.").first).to_be_visible()


def test_a_file_that_could_not_be_made_is_told_as_what_went_wrong(
    officer_context: Contexts, make: Make, running: Export
) -> None:
    page = officer_context().new_page()
    page.goto("/links")
    page.wait_for_timeout(800)
    end(make, running, "failed")
    notice = page.locator("#toasts [data-toast]", has_text="Links: the file could not be made.")
    expect(notice.get_by_role("link", name="See why")).to_have_attribute(
        "href", f"{page.url[:-6]}/exports/{running.id}"
    )
    expect(page.locator("#alert")).to_contain_text("could not be made")


def test_without_a_stream_the_notice_comes_by_asking(officer_context: Contexts, make: Make, running: Export) -> None:
    page = officer_context().new_page()
    page.route(re.compile(r"/live(\?|$)"), lambda route: route.fulfill(status=503, body="none left"))
    page.goto("/sessions")
    page.wait_for_timeout(800)
    end(make, running)
    expect(page.locator("#toasts [data-toast]", has_text="Links: the file is ready.").first).to_be_visible()


def test_nobody_else_gets_the_notice(
    new_context: Contexts, live_server: LiveServer, make: Make, officer_context: Contexts, running: Export
) -> None:
    other = make.user("reviewer", name="Rita Second")
    hers, his = signed_in(new_context, live_server, other.email), officer_context().new_page()
    for page in (hers, his):
        page.goto("/links")
    his.wait_for_timeout(800)
    end(make, running)
    expect(his.locator("#toasts [data-toast]", has_text="the file is ready").first).to_be_visible()
    hers.wait_for_timeout(1500)
    expect(hers.locator("#toasts [data-toast]")).to_have_count(0)
    expect(hers.locator("#counts [data-news]")).to_have_count(0)
