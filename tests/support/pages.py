"""A browser without a screen: fetches pages, checks each, submits their real forms."""

from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.support.counting import counted
from tests.support.forms import filled, find_form, target
from tests.support.html_rules import faults

BASE_URL = "http://console.test"


class Page:
    """One answer: `status`, `headers`, `url` (after redirects), `html`, `soup`, `text`, `data`, `queries`."""

    def __init__(self, response: TestResponse, statements: list[str]) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.data = response.data
        self.url = response.request.full_path.rstrip("?") if response.request.query_string else response.request.path
        self.is_html = response.mimetype == "text/html" and bool(response.data)
        self.html = (
            response.data.decode(errors="replace") if response.mimetype.startswith(("text/", "application/")) else ""
        )
        self.statements = statements
        self.queries = len(statements)
        self.soup = BeautifulSoup(self.html if self.is_html else "", "html.parser")

    @property
    def text(self) -> str:
        """The words a reader sees, in one line."""
        return " ".join(self.soup.get_text(" ").split()) if self.is_html else self.html

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers.get("Location", "")

    def __repr__(self) -> str:
        return f"<Page {self.status} {self.url}: {self.text[:400]}>"


class PageClient:
    """A visitor. `user` is the signed-in user's row, or None. Every HTML page it fetches is checked."""

    def __init__(self, app: Flask, *, user: Any = None) -> None:
        self.app = app
        self.user = user
        self.http = app.test_client()

    def sign_in_with(self, secret: str) -> None:
        """Carry the cookie of a sign-in, as the sign-in page would set it."""
        with self.http.session_transaction(base_url=BASE_URL) as cookie:
            cookie["_user_id"] = secret
            cookie["_fresh"] = True

    def get(
        self, url: str, *, status: int | None = 200, follow: bool = True, htmx: bool = False, **options: Any
    ) -> Page:
        """Fetch a page (following redirects), expect `status` (None: any), check it. `htmx`: ask as htmx does."""
        return self._open("GET", url, status=status, follow=follow, htmx=htmx, **options)

    def post(
        self, url: str, data: Any = None, *, status: int | None = 200, follow: bool = True, htmx: bool = False,
        csrf: bool = True, **options: Any,
    ) -> Page:  # fmt: skip
        """Post pairs straight to an address, with a true csrf token unless `csrf` is False: what no form would send."""
        pairs = _pairs(data)
        if csrf:
            pairs.append(("csrf_token", self.csrf_token()))
        return self._open("POST", url, status=status, follow=follow, htmx=htmx, data=MultiDict(pairs), **options)

    def submit(
        self, page: Page, which: str = "main form", *, status: int | None = 200, follow: bool = True,
        htmx: bool = False, answers: dict[str, Any] | None = None, **fields: Any,
    ) -> Page:  # fmt: skip
        """Submit a form of the page as a browser would: `which` is its button's words or a CSS selector.

        Fields are given by name, or in `answers` where a name is no Python word. Only what the form offers can be sent.
        """
        form, button = find_form(page.soup, which)
        method, url = target(form, button, page.url)
        pairs = filled(page.soup, form, button, fields | (answers or {}))
        if method == "GET":
            return self._open("GET", url, status=status, follow=follow, htmx=htmx, query_string=MultiDict(pairs))
        return self._open("POST", url, status=status, follow=follow, htmx=htmx, data=MultiDict(pairs))

    def csrf_token(self) -> str:
        """A csrf token of this visitor's, read from a page that has one."""
        page = self._fetch("GET", "/" if self.user else "/sign-in", follow=True)
        field = page.soup.find("input", attrs={"name": "csrf_token"})
        assert field is not None, f"no csrf field on {page!r}"
        return str(field["value"])

    def _open(self, method: str, url: str, *, status: int | None, follow: bool, htmx: bool, **options: Any) -> Page:
        if htmx:
            options["headers"] = {"HX-Request": "true", **dict(options.get("headers") or {})}
        page = self._fetch(method, url, follow=follow, **options)
        assert status is None or page.status == status, f"{method} {url}: expected {status}, got {page!r}"
        if page.is_html and page.status not in (301, 302, 303, 307, 308):
            whole = "<html" in page.html[:2000].lower()
            wrong = faults(page.html, page.soup, self.app, whole=whole)
            assert not wrong, f"{method} {url} ({page.status}):\n  " + "\n  ".join(wrong)
        return page

    def _fetch(self, method: str, url: str, *, follow: bool, **options: Any) -> Page:
        with counted(self.app.extensions["vouchdesk.database"]) as statements:
            response = self.http.open(url, method=method, base_url=BASE_URL, follow_redirects=follow, **options)
            response.get_data()
        return Page(response, statements)


def _pairs(data: Any) -> list[tuple[str, Any]]:
    if data is None:
        return []
    items = data.items() if isinstance(data, dict) else data
    return [(name, part) for name, value in items for part in (value if isinstance(value, list) else [value])]
