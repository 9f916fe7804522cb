"""Who reaches what: every route is listed, every route x role is allowed or refused exactly as the table says."""

import pytest
from flask import Flask

from tests.conftest import Visit
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import BASE_URL, PageClient
from tests.support.routes import Route, routes
from webapp.access import ACCESS, PUBLIC
from webapp.models.rights import RIGHT_WORDS, RIGHTS

pytestmark = pytest.mark.usefixtures("provider")
ROLES = tuple(RIGHTS)


def staff(app: Flask, make: Make) -> list[Route]:
    return [route for route in routes(app, make) if route.endpoint not in PUBLIC]


def answer(visitor: PageClient, route: Route, *, token: str = "", htmx: bool = False) -> tuple[int, str, str]:
    """Status, Location and HX-Redirect; the body is not read (a stream has no end)."""
    data = {"csrf_token": token} if route.method == "POST" else None
    headers = {"HX-Request": "true"} if htmx else {}
    with visitor.http.open(
        route.url, method=route.method, data=data, base_url=BASE_URL, buffered=False, headers=headers
    ) as response:
        return response.status_code, response.headers.get("Location", ""), response.headers.get("HX-Redirect", "")


def test_every_route_is_public_for_a_reason_or_has_its_right(app: Flask) -> None:
    unlisted = {rule.endpoint for rule in app.url_map.iter_rules()} - PUBLIC - set(ACCESS)
    assert not unlisted, f"list these in webapp/access.py: {sorted(unlisted)}"


def test_no_table_names_a_route_that_is_not_there(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert not (PUBLIC | set(ACCESS)) - endpoints
    assert not PUBLIC & set(ACCESS)


def test_every_right_is_known_and_has_words() -> None:
    given = set().union(*RIGHTS.values())
    assert set(ACCESS.values()) <= given
    assert given <= set(RIGHT_WORDS)


def test_a_stranger_is_sent_to_the_sign_in_page_from_every_staff_route(
    app: Flask, make: Make, nobody: PageClient
) -> None:
    token = nobody.csrf_token()
    for route in staff(app, make):
        status, location, _hx = answer(nobody, route, token=token)
        assert (status, location.split("?")[0]) == (303, "/sign-in"), str(route)


def test_a_strangers_htmx_request_is_told_to_load_the_sign_in_page(app: Flask, make: Make, nobody: PageClient) -> None:
    token = nobody.csrf_token()
    for route in staff(app, make):
        status, _location, redirect = answer(nobody, route, token=token, htmx=True)
        assert (status, redirect) == (401, "/sign-in"), str(route)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_exactly_what_the_table_gives_it(app: Flask, make: Make, visit: Visit, role: str) -> None:
    wrong = []
    for route in staff(app, make):
        visitor = visit(f"Specimen {role}", role)
        token = visitor.csrf_token() if route.method == "POST" else ""
        status, location, _hx = answer(visitor, route, token=token)
        allowed = (status not in (401, 403) and not location.startswith("/sign-in")) or route.endpoint == SIGN_OUT
        if allowed != (ACCESS[route.endpoint] in RIGHTS[role]) or status >= 500:
            wrong.append(f"{route}: {status} {location}")
    assert not wrong


SIGN_OUT = "sign_in.sign_out"
"""Leads to the sign-in page by nature."""


def test_a_refusal_names_the_missing_right_and_is_kept_in_the_audit_log(victor: PageClient, make: Make) -> None:
    from sqlmodel import select

    from webapp.models import AuditEvent

    page = victor.get("/links/new", status=403)
    assert RIGHT_WORDS["make_links"] in page.text
    with make.database.reading() as db:
        denied = db.exec(select(AuditEvent).where(AuditEvent.action == "access.denied")).one()
    assert (denied.outcome, denied.actor_name_at_time) == ("denied", "Victor Viewer")


def test_a_disabled_users_sign_in_is_dead_at_once(victor: PageClient, make: Make) -> None:
    from datetime import UTC, datetime

    from webapp.models import User

    victor.get("/")
    with make.database.writing() as db:
        db.get_one(User, victor.user.id).disabled_at = datetime.now(UTC)
    assert victor.get("/", status=303, follow=False).location.startswith("/sign-in")


def test_the_cookie_is_worthless_after_signing_out(victor: PageClient) -> None:
    stolen = victor.http.get_cookie("vouchdesk", domain="console.test")
    assert stolen is not None
    victor.post("/sign-out")
    victor.http.set_cookie("vouchdesk", stolen.value, domain="console.test")
    assert victor.get("/", status=303, follow=False).location.startswith("/sign-in")


def test_the_fake_vendor_is_in_place(provider: FakeProvider, app: Flask) -> None:
    assert app.extensions["vouchdesk.providers"]["docupass"] is provider
