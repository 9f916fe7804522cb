"""No route takes a POST that did not come from our own page: refused before anything changes."""

import pytest
from flask import Flask

from tests.support.factory import Make
from tests.support.pages import BASE_URL, PageClient
from tests.support.routes import Route, routes
from tests.support.snapshots import snapshot

"""The vendors cannot have our token; the address they post to is their secret."""


def posts(app: Flask, make: Make) -> list[Route]:
    return [route for route in routes(app, make) if route.method == "POST"]


@pytest.mark.parametrize("token", ["", "not-a-token"], ids=["without a token", "with a wrong token"])
@pytest.mark.parametrize("htmx", [False, True], ids=["form", "htmx"])
def test_a_post_is_refused_before_any_change(app: Flask, make: Make, alice: PageClient, token: str, htmx: bool) -> None:
    headers = {"HX-Request": "true"} if htmx else {}
    alice.get("/")
    for route in posts(app, make):
        before = snapshot(make.database)
        data = {"csrf_token": token} if token else {}
        response = alice.http.post(route.url, data=data, base_url=BASE_URL, headers=headers)
        assert response.status_code == 403, f"{route}: {response.status_code}"
        assert snapshot(make.database) == before, str(route)


def test_another_visitors_token_is_refused(app: Flask, make: Make, alice: PageClient, victor: PageClient) -> None:
    token = victor.csrf_token()
    alice.get("/")
    for route in posts(app, make):
        response = alice.http.post(route.url, data={"csrf_token": token}, base_url=BASE_URL)
        assert response.status_code == 403, f"{route}: {response.status_code}"


def test_nothing_is_changed_by_reading(app: Flask, make: Make, alice: PageClient) -> None:
    kept = ("audit_event", "audit_head", "audit_checkpoint", "sign_in", "link", "verification_session", "live_event")
    for route in routes(app, make):
        if route.method != "GET":
            continue
        before = snapshot(make.database)
        with alice.http.get(route.url, base_url=BASE_URL, buffered=False):
            pass
        changed = {name for name, rows in snapshot(make.database).items() if rows != before[name]}
        assert changed <= set(kept), f"{route} changed {changed}"


def test_the_refusal_is_a_page_that_says_what_to_do(alice: PageClient) -> None:
    page = alice.post("/sign-out", csrf=False, status=403)
    assert page.soup.h1 is not None
