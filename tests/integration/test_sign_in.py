"""Signing in and out, guessing, stolen cookies, and the first administrator's one-time address."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlmodel import col, select

from tests.support.factory import PASSWORD, Make
from tests.support.pages import BASE_URL, PageClient
from webapp.actions import invitations
from webapp.db import Database
from webapp.models import AuditEvent, SignIn, User

WRONG = "The e-mail address or the password is not right."
LONG = "a long enough passphrase"


def try_to_sign_in(visitor: PageClient, email: str, password: str, **fields: str) -> tuple[int, str]:
    page = visitor.get("/sign-in")
    answer = visitor.submit(page, email=email, password=password, status=None, **fields)
    return answer.status, answer.text


def later(**delta: float) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + timedelta(**delta), tick=True)


def test_a_member_signs_in_and_lands_on_the_overview(nobody: PageClient, make: Make) -> None:
    user = make.user("reviewer")
    status, text = try_to_sign_in(nobody, user.email.upper(), PASSWORD)

    assert status == 200
    assert "Overview" in text


def test_a_wrong_password_an_unknown_name_and_a_disabled_user_read_the_same(nobody: PageClient, make: Make) -> None:
    user, gone = make.user("viewer"), make.user("viewer", disabled_at=datetime.now(UTC))
    answers = {
        try_to_sign_in(nobody, user.email, "wrong"),
        try_to_sign_in(nobody, user.email.replace("@", "x@"), "wrong"),
        try_to_sign_in(nobody, gone.email, PASSWORD),
    }

    assert {status for status, _ in answers} == {422}
    assert all(WRONG in text for _, text in answers)


def test_what_was_typed_stays_except_the_password(nobody: PageClient) -> None:
    page = nobody.submit(nobody.get("/sign-in"), email="someone@example.com", password="wrong", status=422)

    assert page.soup.select_one("input[name=email]")["value"] == "someone@example.com"
    assert not page.soup.select_one("input[name=password]").get("value")


@pytest.mark.usefixtures("still_clock")
def test_after_five_wrong_tries_the_wait_grows_whether_or_not_the_account_exists(
    nobody: PageClient, make: Make
) -> None:
    for email in (make.user("viewer").email, "nobody-here@example.com"):
        statuses = [try_to_sign_in(nobody, email, "wrong")[0] for _ in range(6)]
        assert statuses == [422] * 5 + [429]


@pytest.mark.usefixtures("still_clock")
def test_the_right_password_waits_too_and_works_after_the_delay(nobody: PageClient, make: Make) -> None:
    user = make.user("viewer")
    for _ in range(5):
        try_to_sign_in(nobody, user.email, "wrong")

    assert try_to_sign_in(nobody, user.email, PASSWORD)[0] == 429
    with later(seconds=10):
        assert try_to_sign_in(nobody, user.email, PASSWORD)[0] == 200


def test_a_stolen_cookie_is_dead_after_signing_out(app: Flask, rachel: PageClient) -> None:
    thief = PageClient(app)
    with rachel.http.session_transaction(base_url=BASE_URL) as cookie:
        stolen = cookie["_user_id"]
    thief.sign_in_with(stolen)
    assert thief.get("/sessions").status == 200

    rachel.submit(rachel.get("/sessions"), "Sign out")

    assert thief.get("/sessions", status=303, follow=False).location.startswith("/sign-in")


def test_disabling_a_user_ends_his_sign_ins_at_once(rachel: PageClient, database: Database, app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["users", "disable", rachel.user.email])

    assert result.exit_code == 0
    assert rachel.get("/sessions", follow=False, status=None).status == 303
    with database.reading() as db:
        assert all(entry.ended_at for entry in db.exec(select(SignIn)))


def test_the_last_administrator_cannot_be_disabled(alice: PageClient, app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["users", "disable", alice.user.email]).exit_code == 1
    assert alice.get("/").status == 200


def test_a_sign_in_ends_after_30_idle_minutes_and_after_12_hours_of_use(rachel: PageClient) -> None:
    with later(minutes=29):
        assert rachel.get("/sessions").status == 200
    with later(minutes=62):
        assert rachel.get("/sessions", follow=False, status=None).status == 303


def test_use_keeps_a_sign_in_alive_but_not_beyond_12_hours(rachel: PageClient) -> None:
    statuses = []
    for minutes in range(20, 12 * 60 + 21, 20):
        with later(minutes=minutes):
            statuses.append(rachel.get("/sessions", follow=False, status=None).status)

    assert statuses[-1] == 303
    assert set(statuses[:-2]) == {200}


def test_signing_in_leads_on_to_the_page_asked_for_but_never_to_a_stranger(nobody: PageClient, make: Make) -> None:
    user = make.user("viewer")
    page = nobody.get("/sign-in?next=/sessions%3Fstatus%3Dready")
    assert nobody.submit(page, email=user.email, password=PASSWORD, follow=False, status=303).location.endswith(
        "/sessions?status=ready"
    )


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/x\r\nA: b"]
)
def test_a_next_that_leads_elsewhere_is_ignored(target: str) -> None:
    from webapp.pages.sign_in import local_path

    assert local_path(target) == ""


class TestFirstAdministrator:
    """The address printed at the first start."""

    def open(self, database: Database) -> str:
        with database.writing() as db:
            secret = invitations.issue_welcome(db)
        assert secret
        return f"/welcome/{secret}"

    def test_makes_the_administrator_once_and_signs_in(self, nobody: PageClient, database: Database) -> None:
        address = self.open(database)
        page = nobody.submit(nobody.get(address), name="Ada", email="ada@example.com", password=LONG, again=LONG)
        assert page.status == 200
        assert "Overview" in page.text
        assert nobody.get(address, status=410)

        with database.reading() as db:
            [user] = db.exec(select(User))
        assert (user.role, user.email) == ("admin compliance_lead", "ada@example.com")

    def test_asks_for_a_real_address_and_a_long_password_twice(self, nobody: PageClient, database: Database) -> None:
        page = nobody.submit(
            nobody.get(self.open(database)), name="", email="no", password="short", again="other", status=422
        )

        assert len(page.soup.select("[aria-invalid=true]")) == 4

    def test_is_gone_after_24_hours(self, nobody: PageClient, database: Database) -> None:
        address = self.open(database)
        with later(hours=25):
            assert nobody.get(address, status=410)

    def test_is_not_made_when_there_is_a_user(self, alice: PageClient, database: Database) -> None:
        with database.writing() as db:
            assert invitations.issue_welcome(db) is None

    def test_a_guessed_address_is_gone(self, nobody: PageClient) -> None:
        assert nobody.get("/welcome/guess", status=410)


def test_every_sign_in_and_refusal_is_on_record_without_the_name_that_was_typed(
    nobody: PageClient, make: Make, database: Database
) -> None:
    user = make.user("viewer")
    try_to_sign_in(nobody, user.email, "wrong")
    try_to_sign_in(nobody, user.email, PASSWORD)

    with database.reading() as db:
        rows = db.exec(
            select(AuditEvent).where(AuditEvent.action == "auth.sign_in").order_by(col(AuditEvent.seq))
        ).all()
    assert [(row.outcome, row.actor_type) for row in rows] == [("denied", "applicant"), ("ok", "person")]
    assert user.email not in str([(row.before, row.after) for row in rows])
