"""Chromium for the browser tests: how it is started, and an officer's page signed in through the real sign-in."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.support.live_server import LiveServer

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's chromium; without it the browser tests are skipped (on CI: fail)."""
    if not CHROMIUM.exists():
        reason = f"no browser: {CHROMIUM} is missing (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return {"executable_path": str(CHROMIUM), "args": FLAGS}


@pytest.fixture
def officer_context(
    new_context: Callable[..., BrowserContext], live_server: LiveServer
) -> Callable[..., BrowserContext]:
    """Makes a browser context signed in as the administrator; options are Playwright's."""

    def sign_in(**options: Any) -> BrowserContext:
        context = new_context(base_url=live_server.url, **options)
        cookies = live_server.sign_in().cookies
        context.add_cookies([{"name": c.name, "value": c.value or "", "url": live_server.url} for c in cookies])
        return context

    return sign_in


@pytest.fixture
def officer(officer_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page of Chromium signed in as the administrator; an uncaught error of a script fails the test."""
    page = officer_context().new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield page
    assert not errors, errors
