"""The security headers are on every answer, and nothing behind the sign-in is stored by a browser."""

from collections.abc import Iterator

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from tests.support.factory import Make
from tests.support.pages import BASE_URL, PageClient
from tests.support.routes import routes
from webapp.access import PUBLIC

pytestmark = pytest.mark.usefixtures("provider")
"""Answered to programs, on the path that must keep up with a burst."""


def answers(app: Flask, make: Make, visitor: PageClient) -> Iterator[tuple[str, str, Headers]]:
    """Label, endpoint and headers of every GET route, and of the errors."""
    for route in routes(app, make):
        if route.method == "GET":
            with visitor.http.get(route.url, base_url=BASE_URL, buffered=False) as response:
                yield f"{route} {response.status_code}", route.endpoint, response.headers
    for method, url in (("GET", "/no/such/page"), ("POST", "/"), ("GET", "/sign-out"), ("POST", "/sign-in")):
        with visitor.http.open(url, method=method, base_url=BASE_URL) as response:
            yield f"{method} {url} {response.status_code}", "", response.headers


def policy(headers: Headers) -> dict[str, str]:
    parts = [
        part.strip().partition(" ") for part in headers.get("Content-Security-Policy", "").split(";") if part.strip()
    ]
    return {name: rest for name, _space, rest in parts}


@pytest.mark.parametrize("who", ["alice", "nobody"])
def test_every_answer_has_a_content_security_policy_without_holes(
    app: Flask, make: Make, who: str, request: pytest.FixtureRequest
) -> None:
    for label, _endpoint, headers in answers(app, make, request.getfixturevalue(who)):
        csp = policy(headers)
        assert csp, label
        assert csp.get("default-src") == "'none'" or "sandbox" in csp, label
        assert "unsafe" not in str(csp), label
        assert "*" not in str(csp), label
        assert not {"http:", "https:"} & set(str(csp).replace(",", " ").split()), label
        if "sandbox" not in csp:
            assert (csp.get("frame-ancestors"), csp.get("base-uri")) == ("'none'", "'none'"), label
            assert (csp.get("script-src"), csp.get("form-action")) == ("'self'", "'self'"), label


@pytest.mark.parametrize("who", ["alice", "nobody"])
def test_every_answer_forbids_sniffing_framing_and_referrers(
    app: Flask, make: Make, who: str, request: pytest.FixtureRequest
) -> None:
    for label, _endpoint, headers in answers(app, make, request.getfixturevalue(who)):
        assert headers.get("X-Content-Type-Options") == "nosniff", label
        assert headers.get("X-Frame-Options", "").upper() == "DENY", label
        assert headers.get("Referrer-Policy") == "no-referrer", label


def test_no_browser_keeps_a_page_of_a_signed_in_person(app: Flask, make: Make, alice: PageClient) -> None:
    for label, endpoint, headers in answers(app, make, alice):
        if endpoint != "static":
            assert "no-store" in headers.get("Cache-Control", ""), label


def test_no_browser_keeps_a_public_page_that_names_a_person_or_a_secret(
    app: Flask, make: Make, nobody: PageClient
) -> None:
    for label, endpoint, headers in answers(app, make, nobody):
        if endpoint in PUBLIC and endpoint != "static":
            assert "no-store" in headers.get("Cache-Control", ""), label


@pytest.mark.settings(public_url="https://console.test")
def test_over_tls_browsers_are_told_to_stay_there_and_the_cookie_is_secure(app: Flask) -> None:
    response = app.test_client().get("/sign-in", base_url="https://console.test")
    assert "max-age=31536000" in response.headers["Strict-Transport-Security"]
    cookie = response.headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_on_plain_http_browsers_are_not_told_to_use_tls(nobody: PageClient) -> None:
    assert "Strict-Transport-Security" not in nobody.get("/sign-in").headers


BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


def test_a_static_file_is_sent_compressed_to_who_can_read_it(client: FlaskClient) -> None:
    with client.get("/static/app.css") as plain, client.get("/static/app.css", headers=BROWSER) as short:
        assert "Content-Encoding" not in plain.headers
        assert short.headers["Content-Encoding"] == "br"
        assert "Accept-Encoding" in short.headers["Vary"]
        assert len(short.data) * 3 < len(plain.data)
        assert brotli.decompress(short.data) == plain.data


def test_a_static_file_that_a_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    with client.get("/static/app.css", headers=BROWSER) as first:
        tag = first.headers["ETag"]
    with client.get("/static/app.css", headers={**BROWSER, "If-None-Match": tag}) as again:
        assert (again.status_code, again.data) == (304, b"")


def test_a_page_is_never_compressed_for_its_length_would_tell_of_its_secrets(client: FlaskClient) -> None:
    page = client.get("/sign-in", headers=BROWSER)
    assert page.status_code == 200
    assert "Content-Encoding" not in page.headers
