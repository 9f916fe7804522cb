"""One's own account: the password, and where one is signed in."""

import pytest
from flask import Flask
from sqlmodel import select

from tests.conftest import Visit
from tests.support.factory import PASSWORD
from tests.support.pages import Page, PageClient
from tests.support.people import sign_in
from webapp.db import Database
from webapp.models import AuditEvent
from webapp.models.rights import RIGHTS

NEW = "another long enough passphrase"


def change(
    visitor: PageClient, *, old: str = PASSWORD, new: str = NEW, again: str = "", status: int | None = 200
) -> Page:
    return visitor.submit(
        visitor.get("/account"), "Change password", old=old, new=new, again=again or new, status=status
    )


@pytest.mark.parametrize("role", RIGHTS)
def test_everybody_has_an_account_page(visit: Visit, role: str) -> None:
    assert "Your account" in visit("Some Body", role).get("/account").text


def test_changing_the_password_ends_every_other_sign_in_and_not_this(app: Flask, rachel: PageClient) -> None:
    other = PageClient(app)
    sign_in(other, rachel.user)
    assert "Your other sign-ins ended: 1" in change(rachel).text

    assert other.get("/sessions", follow=False, status=303).location.startswith("/sign-in?")
    assert rachel.get("/sessions", follow=False).status == 200
    assert sign_in(other, rachel.user, status=422)
    assert sign_in(other, rachel.user, password=NEW).status == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"old": "wrong"}, "This is not your password"), ({"new": "short"}, "Use 12 characters or more"),
        ({"again": "something else entirely"}, "The two passwords are not the same"),
        ({"new": PASSWORD}, "This is the password you have"),
    ],
)  # fmt: skip
def test_a_wrong_change_is_refused_and_changes_nothing(
    app: Flask, rachel: PageClient, fields: dict[str, str], words: str
) -> None:
    assert words in change(rachel, status=422, **fields).text
    assert sign_in(PageClient(app), rachel.user).status == 200


@pytest.mark.usefixtures("still_clock")
def test_guessing_the_old_password_at_an_open_screen_waits_ever_longer(app: Flask, rachel: PageClient) -> None:
    assert [change(rachel, old="wrong", status=None).status for _ in range(6)] == [422] * 5 + [429]
    assert change(rachel, status=None).status == 429
    assert sign_in(PageClient(app), rachel.user, status=None).status == 429, "it is the same counter"


def test_one_other_sign_in_or_all_of_them_end(app: Flask, rachel: PageClient) -> None:
    others = [PageClient(app) for _ in range(3)]
    for other in others:
        sign_in(other, rachel.user)
    page = rachel.get("/account")
    assert page.soup.select_one(".sign-ins").get_text().count("This one") == 1
    rachel.submit(page, ".sign-ins li form")
    assert sum(other.get("/sessions", follow=False, status=None).status == 303 for other in others) == 1
    assert "ended: 2" in rachel.submit(rachel.get("/account"), "End all others").text
    assert rachel.get("/sessions", follow=False).status == 200


def test_a_change_is_on_record_and_no_password_is(rachel: PageClient, database: Database) -> None:
    change(rachel, old="wrong guess here", status=422)
    change(rachel)
    with database.reading() as db:
        rows = list(db.exec(select(AuditEvent)))
    found = [(row.action, row.outcome) for row in rows if row.action.startswith("auth.password")]
    assert found == [("auth.password", "denied"), ("auth.password_changed", "ok")]
    assert not [word for word in (PASSWORD, NEW, "guess") if word in str([row.model_dump() for row in rows])]
