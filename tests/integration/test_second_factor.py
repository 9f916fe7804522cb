"""The second step of signing in: what it takes, what it refuses, and that nothing can be reached before it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlmodel import col, select

from tests.conftest import Visit
from tests.support.factory import PASSWORD, Make
from tests.support.pages import BASE_URL, Page, PageClient
from tests.support.people import SECRET, Authenticator, ask_of, second, sign_in, with_factor
from tests.support.routes import routes
from webapp.access import PUBLIC, STEPS
from webapp.actions import second_factor
from webapp.actions.actor import Actor
from webapp.db import Database
from webapp.models import AuditEvent, RecoveryCode, SignIn, User
from webapp.models.columns import utc_now
from webapp.pages.sign_in import WRONG_CODE
from webapp.sealing import Sealer

APP = Authenticator()


def later(**delta: float) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + timedelta(**delta), tick=True)


def codes_of(database: Database, user: User) -> list[str]:
    with database.writing() as db:
        return second_factor.renew_codes(db, by=second_actor(user), user=db.get_one(User, user.id))


def second_actor(user: User) -> Actor:
    return Actor(kind="person", id=user.id, name=user.name, role=user.role)


def test_the_password_leads_to_the_second_step_and_the_code_goes_on(nobody: PageClient, make: Make) -> None:
    user = with_factor(make)
    page = nobody.get("/sign-in?next=/sessions%3Fstatus%3Dready")
    step = nobody.submit(page, email=user.email, password=PASSWORD)
    assert step.url.startswith("/sign-in/second")

    answer = nobody.submit(step, "Go on", code=APP.code(), follow=False, status=303)
    assert answer.location == "/sessions?status=ready"
    assert nobody.get("/sessions").status == 200


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize("waiting", ["code", "set_up"])
def test_no_route_can_be_reached_before_the_second_step(
    app: Flask, make: Make, visit: Visit, nobody: PageClient, waiting: str
) -> None:
    user = with_factor(make, "admin compliance_lead") if waiting == "code" else make.user("admin compliance_lead")
    if waiting == "set_up":
        ask_of(make, "compliance_lead")
    sign_in(nobody, user)
    token = nobody.get(STEPS_PATH[waiting]).soup.select_one("input[name=csrf_token]")["value"]
    reached = []
    for route in routes(app, make):
        if route.endpoint in PUBLIC or route.endpoint in STEPS[waiting]:
            continue
        for headers in ({}, {"HX-Request": "true"}):
            data = {"csrf_token": token} if route.method == "POST" else None
            with nobody.http.open(
                route.url, method=route.method, data=data, base_url=BASE_URL, headers=headers, buffered=False
            ) as answer:
                leads = answer.headers.get("HX-Redirect") or answer.headers.get("Location", "").split("?")[0]
                if (answer.status_code, leads) != (401 if headers else 303, STEPS_PATH[waiting]):
                    reached.append(f"{route}: {answer.status_code} {leads}")
    assert not reached
    assert nobody.get(STEPS_PATH[waiting]).status == 200


STEPS_PATH = {"code": "/sign-in/second", "set_up": "/account/second-factor"}


def test_a_wrong_code_says_so_and_opens_nothing(nobody: PageClient, make: Make) -> None:
    sign_in(nobody, with_factor(make))
    page = second(nobody, APP.wrong(), status=422)

    assert WRONG_CODE in page.text
    assert nobody.get("/sessions", follow=False, status=303).location.startswith("/sign-in/second")


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_of_the_step_before_or_after_is_taken(nobody: PageClient, make: Make, steps: int) -> None:
    sign_in(nobody, with_factor(make))
    with time_machine.travel(datetime.now(UTC), tick=False):
        assert second(nobody, APP.code(steps)).status == 200


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_code_of_another_time_is_refused(nobody: PageClient, make: Make, steps: int) -> None:
    sign_in(nobody, with_factor(make))
    with time_machine.travel(datetime.now(UTC), tick=False):
        assert second(nobody, APP.code(steps)).status == 422


def test_a_used_code_is_refused_the_second_time_and_an_older_one_too(
    app: Flask, nobody: PageClient, make: Make
) -> None:
    user, thief = with_factor(make), PageClient(app)
    with time_machine.travel(datetime.now(UTC), tick=False):
        used, older = APP.code(), APP.code(-1)
        sign_in(nobody, user)
        assert second(nobody, used).status == 200
        sign_in(thief, user)
        assert second(thief, used).status == 422
        assert second(thief, older).status == 422
        assert second(thief, APP.code(1)).status == 200


def test_a_code_may_be_typed_in_two_groups(nobody: PageClient, make: Make) -> None:
    sign_in(nobody, with_factor(make))
    code = APP.code()
    assert second(nobody, f" {code[:3]} {code[3:]} ").status == 200


def test_a_recovery_code_signs_in_once(nobody: PageClient, make: Make, database: Database) -> None:
    user = with_factor(make)
    code = codes_of(database, user)[3]
    sign_in(nobody, user)
    assert "used up" in second(nobody, code.upper().replace("-", " ")).text
    nobody.post("/sign-out")

    sign_in(nobody, user)
    assert second(nobody, code).status == 422


def test_only_hashes_of_recovery_codes_and_a_sealed_secret_are_kept(make: Make, database: Database) -> None:
    user = with_factor(make)
    codes = codes_of(database, user)
    with database.reading() as db:
        kept = str(
            [row.model_dump() for row in db.exec(select(RecoveryCode))] + [db.get_one(User, user.id).model_dump()]
        )

    assert len(set(codes)) == 10
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]
    assert SECRET not in kept


def test_somebody_elses_recovery_code_opens_nothing(nobody: PageClient, make: Make, database: Database) -> None:
    theirs = codes_of(database, with_factor(make))[0]
    sign_in(nobody, with_factor(make))
    assert second(nobody, theirs).status == 422


@pytest.mark.usefixtures("still_clock")
def test_guessing_codes_waits_ever_longer_and_a_known_password_buys_no_new_tries(
    app: Flask, nobody: PageClient, make: Make
) -> None:
    user = with_factor(make)
    sign_in(nobody, user)
    assert [second(nobody, APP.wrong()).status for _ in range(6)] == [422] * 5 + [429]
    assert second(nobody, APP.code()).status == 429, "the right code waits too"
    assert sign_in(PageClient(app), user, status=None).status == 429, "so does the password"

    with later(seconds=5):
        sign_in(nobody, user)
        assert second(nobody, APP.wrong()).status == 422
        assert second(nobody, APP.wrong()).status == 429, "no free tries after the password"
    with later(minutes=2):
        sign_in(nobody, user)
        assert second(nobody, APP.code()).status == 200


def test_a_cookie_stolen_before_the_second_step_stays_worthless(app: Flask, nobody: PageClient, make: Make) -> None:
    sign_in(nobody, with_factor(make))
    with nobody.http.session_transaction(base_url=BASE_URL) as cookie:
        stolen = cookie["_user_id"]
    assert second(nobody, APP.code()).status == 200

    thief = PageClient(app)
    thief.sign_in_with(stolen)
    assert thief.get("/sessions", follow=False, status=303).location.startswith("/sign-in?")


def test_a_secret_sealed_under_another_key_says_so_and_a_recovery_code_still_works(
    nobody: PageClient, make: Make, database: Database
) -> None:
    user = with_factor(make)
    code = codes_of(database, user)[0]
    with database.writing() as db:
        db.get_one(User, user.id).totp_secret = Sealer("the key before").seal(
            SECRET, table="user_account", row=user.id or 0, column="totp_secret"
        )
    sign_in(nobody, user)

    assert "SECRET_KEY was changed" in second(nobody, APP.code(), status=422).text
    assert second(nobody, code).status == 200


def test_a_secret_copied_to_another_users_row_opens_nothing(nobody: PageClient, make: Make, database: Database) -> None:
    """Whoever can write the database cannot give a colleague a second factor that he holds himself."""
    own, victim = with_factor(make), with_factor(make)
    with database.writing() as db:
        db.get_one(User, victim.id).totp_secret = db.get_one(User, own.id).totp_secret
    sign_in(nobody, victim)
    assert second(nobody, APP.code()).status == 422


class TestSettingUp:
    """On one's own account, by choice or because the role asks for it."""

    def set_up(self, visitor: PageClient, *, code: str = "", **fields: str) -> tuple[Authenticator, Page]:
        page = visitor.get("/account/second-factor")
        app = Authenticator(page.soup.select_one("#secret").get_text().replace(" ", ""))
        return app, visitor.submit(page, "Set up", code=code or app.code(), status=None, **fields)

    def test_shows_ten_codes_once_and_asks_for_the_code_from_then_on(
        self, rachel: PageClient, database: Database
    ) -> None:
        app, page = self.set_up(rachel, password=PASSWORD)
        codes = page.soup.select_one("#recovery-codes").get_text().split()
        assert len(codes) == 10
        assert codes[0] not in rachel.get("/account").html

        rachel.post("/sign-out")
        sign_in(rachel, rachel.user)
        assert second(rachel, app.code(), status=422), "the code that set it up is used"
        assert second(rachel, app.code(1)).status == 200

    def test_needs_the_password_and_a_right_code(self, rachel: PageClient) -> None:
        _, page = self.set_up(rachel, password="wrong")
        assert (page.status, "This is not your password" in page.text) == (422, True)
        _, page = self.set_up(rachel, password=PASSWORD, code="12345")
        assert (page.status, "not the code of now" in page.text) == (422, True)
        assert "Off:" in rachel.get("/account").text

    def test_keeps_its_qr_code_after_a_wrong_code(self, rachel: PageClient) -> None:
        page = rachel.get("/account/second-factor")
        again = rachel.submit(page, "Set up", code="000", password=PASSWORD, status=422)
        assert again.soup.select_one("#secret").get_text() == page.soup.select_one("#secret").get_text()

    def test_takes_no_secret_that_this_console_did_not_offer_to_this_user(
        self, rachel: PageClient, victor: PageClient
    ) -> None:
        offer = victor.get("/account/second-factor").soup.select_one("input[name=offer]")["value"]
        for planted in (offer, "v1.a.b", ""):
            data = {"offer": planted, "code": APP.code(), "password": PASSWORD}
            rachel.post("/account/second-factor", data, status=303, follow=False)
        assert "Off:" in rachel.get("/account").text

    def test_other_sign_ins_of_the_user_are_asked_for_the_code(self, app: Flask, rachel: PageClient) -> None:
        other = PageClient(app)
        sign_in(other, rachel.user)
        assert other.get("/sessions").status == 200
        self.set_up(rachel, password=PASSWORD)

        assert rachel.get("/sessions").url == "/sessions"
        assert other.get("/sessions").url.startswith("/sign-in/second")

    def test_a_role_that_must_have_one_is_led_there_first(self, nobody: PageClient, make: Make) -> None:
        ask_of(make, "reviewer")
        page = sign_in(nobody, make.user("reviewer"))
        assert page.url.startswith("/account/second-factor")
        assert nobody.get("/sessions").url.startswith("/account/second-factor")

        _, page = self.set_up(nobody)
        assert page.soup.select_one("#recovery-codes")
        assert nobody.get("/sessions").url == "/sessions"

    def test_a_policy_that_asks_for_one_holds_from_the_next_request(
        self, rachel: PageClient, victor: PageClient, make: Make
    ) -> None:
        rachel.get("/sessions")
        ask_of(make, "reviewer")
        assert rachel.get("/sessions").url.startswith("/account/second-factor")
        assert victor.get("/sessions").url == "/sessions"

    def test_setting_up_twice_is_refused(self, app: Flask, rachel: PageClient) -> None:
        first, late = rachel.get("/account/second-factor"), rachel.get("/account/second-factor")
        for page in (first, late):
            secret = page.soup.select_one("#secret").get_text().replace(" ", "")
            answer = rachel.submit(page, "Set up", code=Authenticator(secret).code(), password=PASSWORD)
        assert "There is a second factor already" in answer.text


class TestRemoving:
    """Password and code, both."""

    @pytest.fixture
    def holder(self, nobody: PageClient, make: Make) -> PageClient:
        sign_in(nobody, with_factor(make))
        second(nobody, APP.code(-1), status=200)
        return nobody

    def prove(self, visitor: PageClient, button: str, *, password: str = PASSWORD, code: str = "") -> Page:
        page = visitor.get("/account")
        return visitor.submit(page, button, prove_password=password, prove_code=code or APP.code(), status=None)

    def test_needs_both(self, holder: PageClient) -> None:
        assert self.prove(holder, "Remove second factor", password="wrong").status == 422
        assert self.prove(holder, "Remove second factor", code=APP.wrong()).status == 422
        assert "On, since" in holder.get("/account").text

        assert "is removed" in self.prove(holder, "Remove second factor").text
        holder.post("/sign-out")
        assert sign_in(holder, holder.user).url == "/"

    def test_guessing_there_shares_the_delay(self, holder: PageClient) -> None:
        statuses = [self.prove(holder, "Remove second factor", password="wrong").status for _ in range(6)]
        assert statuses == [422] * 5 + [429]

    def test_new_recovery_codes_replace_the_old_ones(self, holder: PageClient, database: Database) -> None:
        old = codes_of(database, holder.user)[0]
        page = self.prove(holder, "New recovery codes")
        new = page.soup.select_one("#recovery-codes").get_text().split()
        holder.post("/sign-out")
        sign_in(holder, holder.user)

        assert second(holder, old).status == 422
        assert second(holder, new[0]).status == 200


def test_both_steps_are_on_record_without_codes_or_secrets(nobody: PageClient, make: Make, database: Database) -> None:
    user = with_factor(make)
    wrong, right = APP.wrong(), APP.code()
    sign_in(nobody, user)
    second(nobody, wrong)
    second(nobody, right)
    with database.reading() as db:
        rows = db.exec(
            select(AuditEvent).where(col(AuditEvent.action).startswith("auth.")).order_by(col(AuditEvent.seq))
        ).all()

    assert [(row.action, row.outcome) for row in rows] == [
        ("auth.sign_in", "ok"), ("auth.second_factor", "denied"), ("auth.second_factor", "ok"),
    ]  # fmt: skip
    assert not [code for code in (wrong, right, user.email) if code in str([(row.before, row.after) for row in rows])]


def test_the_second_step_keeps_the_limits_of_a_sign_in(nobody: PageClient, make: Make, database: Database) -> None:
    sign_in(nobody, with_factor(make))
    with later(minutes=31):
        assert nobody.get("/sign-in/second", follow=False, status=303).location.startswith("/sign-in?")
    with database.writing() as db:
        for entry in db.exec(select(SignIn)):
            entry.ended_at = utc_now()
    assert nobody.get("/sign-in/second", follow=False, status=303).location.startswith("/sign-in?")
