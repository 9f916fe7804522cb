"""The users pages: roles that hold from the next click, disabling, ending sign-ins, and never without an administrator."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlmodel import col, select

from tests.conftest import Visit
from tests.support.factory import Make
from tests.support.pages import PageClient
from tests.support.people import ask_of, sign_in, with_factor
from webapp.actions import users as actions
from webapp.actions.actor import Actor
from webapp.db import Database
from webapp.models import AuditEvent, SignIn, User
from webapp.models.rights import RIGHT_WORDS, ROLE_WORDS


def person(user: User) -> Actor:
    return Actor(kind="person", id=user.id, name=user.name, role=user.role)


def change(visitor: PageClient, user: User, *roles: str, status: int = 200) -> Any:
    return visitor.submit(visitor.get(f"/users/{user.id}"), "Save roles", roles=list(roles), status=status)


def audited(database: Database, *actions_: str) -> list[AuditEvent]:
    with database.reading() as db:
        query = select(AuditEvent).where(col(AuditEvent.action).in_(actions_)).order_by(col(AuditEvent.seq))
        return list(db.exec(query))


class TestList:
    """Who may sign in, and as what."""

    def test_shows_roles_second_factor_and_when_somebody_was_last_seen(self, alice: PageClient, make: Make) -> None:
        make.user("viewer auditor", name="Never Here")
        with_factor(make, name="With Factor")
        page = alice.get("/users")
        rows = {
            row.select_one(".name").get_text(): " ".join(row.get_text(" ").split())
            for row in page.soup.select("tbody tr")
        }

        assert "Viewer and auditor No never Active" in rows["Never Here"].replace("  ", " ")
        assert "Yes" in rows["With Factor"]
        assert "just now" in rows["Alice Admin"]

    def test_costs_the_same_for_one_and_for_many(self, alice: PageClient, make: Make) -> None:
        alice.get("/users")
        few = alice.get("/users").queries  # what the sidebar counts is kept from the first
        for _ in range(30):
            make.user("viewer")
        assert alice.get("/users").queries == few

    def test_goes_on_after_a_hundred(self, alice: PageClient, make: Make) -> None:
        for number in range(105):
            make.user("viewer", email=f"user{number:03}@console.test")
        page = alice.get("/users")
        assert len(page.soup.select("tbody tr")) == 100
        rest = alice.get(page.soup.select_one("a[href*='after=']")["href"])
        assert len(rest.soup.select("tbody tr")) == 6

    def test_the_table_of_roles_names_every_role_and_right(self, alice: PageClient) -> None:
        text = alice.get("/users/roles").text.lower()
        assert not [words for words in (*ROLE_WORDS.values(), *RIGHT_WORDS.values()) if words.lower() not in text]

    def test_a_stranger_finds_no_user_where_there_is_none(self, alice: PageClient) -> None:
        assert alice.get("/users/999", status=404)
        for verb in ("disable", "enable", "second-factor/reset", "roles"):
            data = {"reason": "lost", "roles": ["viewer"], "was": "viewer"}
            assert alice.post(f"/users/999/{verb}", data, status=404)


class TestRoles:
    """Sets of rights, changed by somebody else."""

    def test_a_change_holds_from_the_next_request(self, alice: PageClient, victor: PageClient) -> None:
        assert victor.get("/links/new", status=403)
        change(alice, victor.user, "viewer", "operator")
        assert victor.get("/links/new").status == 200
        change(alice, victor.user, "viewer")
        assert victor.get("/links/new", status=403)

    def test_somebody_has_at_least_one_and_none_that_is_unknown(self, alice: PageClient, victor: PageClient) -> None:
        page = change(alice, victor.user, status=422)
        assert "Tick at least one role" in page.text
        data = {"roles": ["viewer", "emperor"], "was": "viewer"}
        assert alice.post(f"/users/{victor.user.id}/roles", data, status=422)
        assert "Viewer." in alice.get(f"/users/{victor.user.id}").text

    def test_a_form_that_is_no_longer_true_is_refused_with_what_was_ticked(
        self, alice: PageClient, victor: PageClient
    ) -> None:
        old = alice.get(f"/users/{victor.user.id}")
        change(alice, victor.user, "auditor")
        page = alice.submit(old, "Save roles", roles=["reviewer"], status=409)

        assert "They are now: Auditor" in page.text
        assert [box["value"] for box in page.soup.select("input[name=roles][checked]")] == ["reviewer"]

    def test_nobody_changes_his_own_while_another_administrator_is_there(self, alice: PageClient, make: Make) -> None:
        make.user("admin")
        data = {"roles": ["admin", "approver"], "was": alice.user.role}
        page = alice.post(f"/users/{alice.user.id}/roles", data, status=422)
        assert "Another administrator has to do this" in page.text

    def test_the_only_administrator_changes_his_own_but_stays_one(self, alice: PageClient, make: Make) -> None:
        make.user("admin", disabled_at=alice.user.created_at)
        assert "The last administrator" in alice.get(f"/users/{alice.user.id}").text
        page = change(alice, alice.user, "compliance_lead", status=422)
        assert "This is the last administrator" in page.text
        change(alice, alice.user, "admin")
        assert alice.get("/users").status == 200

    def test_two_administrators_who_remove_each_other_at_once_leave_one(self, make: Make, database: Database) -> None:
        pair = [make.user("admin"), make.user("admin")]
        refused: list[Exception] = []

        def remove(by: User, other: User) -> None:
            try:
                with database.writing() as db:
                    actions.change_roles(db, by=person(by), user_id=other.id or 0, roles=["viewer"], was="admin")
            except Exception as error:
                refused.append(error)

        threads = [threading.Thread(target=remove, args=two) for two in (pair, pair[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        with database.reading() as db:
            assert len(db.exec(select(User).where(User.role == "admin")).all()) == 1
        assert [type(error) for error in refused] == [actions.LastAdministrator]

    def test_a_change_is_on_record_with_before_and_after(
        self, alice: PageClient, victor: PageClient, database: Database
    ) -> None:
        change(alice, victor.user, "operator", "viewer")
        [row] = audited(database, "user.roles")
        assert (row.before, row.after, row.object_id) == (
            {"role": "viewer"},
            {"role": "viewer operator"},
            victor.user.id,
        )


class TestDisabling:
    """Kept out at once, and let in again."""

    def test_every_sign_in_is_dead_at_once(self, alice: PageClient, victor: PageClient, database: Database) -> None:
        victor.get("/sessions")
        page = alice.submit(alice.get(f"/users/{victor.user.id}"), "Disable")
        assert "Disabled" in page.text
        assert victor.get("/sessions", follow=False, status=303).location.startswith("/sign-in?")
        assert sign_in(victor, victor.user, status=422)
        with database.reading() as db:
            assert all(entry.ended_at for entry in db.exec(select(SignIn).where(SignIn.user_id == victor.user.id)))

        alice.submit(alice.get(f"/users/{victor.user.id}"), "Enable")
        assert victor.get("/sessions", follow=False, status=303), "what was ended stays ended"
        assert sign_in(victor, victor.user).status == 200
        assert [row.action for row in audited(database, "user.disable", "auth.ended_by", "user.enable")] == [
            "user.disable", "auth.ended_by", "user.enable",
        ]  # fmt: skip

    def test_not_oneself_and_never_the_last_administrator(
        self, app: Flask, alice: PageClient, make: Make, database: Database
    ) -> None:
        assert "the last administrator" in alice.post(f"/users/{alice.user.id}/disable", status=422).text
        assert app.test_cli_runner().invoke(args=["users", "disable", alice.user.email]).exit_code == 1
        make.user("admin")
        assert "Another administrator" in alice.post(f"/users/{alice.user.id}/disable", status=422).text
        assert alice.get("/users").status == 200
        assert app.test_cli_runner().invoke(args=["users", "disable", alice.user.email]).exit_code == 0


class TestSignIns:
    """Where somebody is signed in, and ending that."""

    def test_shows_browser_system_and_address(self, app: Flask, alice: PageClient, make: Make) -> None:
        user, visitor = make.user("viewer"), PageClient(app)
        firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
        visitor.http.environ_base["HTTP_USER_AGENT"] = firefox
        sign_in(visitor, user)
        page = alice.get(f"/users/{user.id}")
        assert "Firefox on Windows" in page.text
        assert "127.0.0.1, since just now" in page.text

    def test_one_or_all_end_at_once(self, app: Flask, alice: PageClient, make: Make, database: Database) -> None:
        user = make.user("viewer")
        visitors = [PageClient(app) for _ in range(3)]
        for visitor in visitors:
            sign_in(visitor, user)
        alice.submit(alice.get(f"/users/{user.id}"), ".sign-ins li:last-child form")
        assert sorted(visitor.get("/sessions", follow=False, status=None).status for visitor in visitors) == [
            200,
            200,
            303,
        ]
        alice.submit(alice.get(f"/users/{user.id}"), "End all")
        assert {visitor.get("/sessions", follow=False, status=None).status for visitor in visitors} == {303}
        assert len(audited(database, "auth.ended_by")) == 3

    def test_one_of_somebody_else_is_not_ended_under_this_users_address(
        self, alice: PageClient, rachel: PageClient, victor: PageClient, database: Database
    ) -> None:
        with database.reading() as db:
            theirs = db.exec(select(SignIn.id).where(SignIn.user_id == rachel.user.id)).one()
        alice.post(f"/users/{victor.user.id}/sign-ins/{theirs}/end")
        victor.post(f"/account/sign-ins/{theirs}/end")
        assert rachel.get("/sessions", follow=False).status == 200


class TestSecondFactor:
    """Reset by an administrator, with a reason."""

    def test_reset_needs_a_reason_ends_sign_ins_and_leads_to_a_new_one_where_the_policy_asks(
        self, app: Flask, alice: PageClient, make: Make, database: Database
    ) -> None:
        user, visitor = with_factor(make), PageClient(app)
        sign_in(visitor, user)
        ask_of(make, "reviewer")
        page = alice.get(f"/users/{user.id}")
        assert "Choose why" in alice.submit(page, "Reset second factor", status=422).text
        alice.submit(page, "Reset second factor", reason="lost")

        assert visitor.get("/sign-in/second", follow=False, status=303).location.startswith("/sign-in?")
        assert sign_in(visitor, user).url.startswith("/account/second-factor")
        [row] = audited(database, "auth.second_factor_reset")
        assert (row.object_id, row.reason_codes) == (user.id, ["lost"])

    def test_nobody_resets_his_own(self, app: Flask, make: Make, database: Database, nobody: PageClient) -> None:
        user = with_factor(make, "admin")
        with database.writing() as db, pytest.raises(actions.OwnAccount):
            actions.reset_second_factor(db, by=person(user), user_id=user.id or 0, reason="lost")

    def test_the_command_resets_it_too(self, app: Flask, make: Make, database: Database) -> None:
        user = with_factor(make)
        run = app.test_cli_runner().invoke
        assert run(args=["users", "reset-second-factor", user.email]).exit_code == 0
        assert run(args=["users", "reset-second-factor", user.email]).exit_code == 1
        with database.reading() as db:
            assert db.get_one(User, user.id).totp_secret == ""


def test_a_lost_password_is_replaced_by_command_and_every_sign_in_ends(app: Flask, rachel: PageClient) -> None:
    rachel.get("/sessions")
    words = ["users", "set-password", rachel.user.email, "--password-stdin"]
    run = app.test_cli_runner().invoke
    assert run(args=words, input="short\n").exit_code == 1
    assert rachel.get("/sessions", follow=False).status == 200
    assert run(args=words, input="a quite different passphrase\n").exit_code == 0

    assert rachel.get("/sessions", follow=False, status=303).location.startswith("/sign-in?")
    assert sign_in(rachel, rachel.user, status=422)
    assert sign_in(rachel, rachel.user, password="a quite different passphrase").status == 200
    made = run(args=words[:3]).output.rsplit(" ", 1)[1].strip()
    assert sign_in(rachel, rachel.user, password=made).status == 200


def test_no_audit_row_about_people_holds_a_name_or_an_address(
    alice: PageClient, victor: PageClient, database: Database
) -> None:
    change(alice, victor.user, "auditor")
    alice.post(f"/users/{victor.user.id}/disable")
    alice.post("/users/invite", {"name": "Ivy Invited", "email": "ivy@example.com", "roles": ["viewer"]})
    with database.reading() as db:
        kept = str([(row.before, row.after, row.reason_codes) for row in db.exec(select(AuditEvent))])
    assert not [value for value in (victor.user.name, victor.user.email, "Ivy", "ivy@") if value in kept]


def test_only_an_administrator_sees_users(visit: Visit, rachel: PageClient) -> None:
    assert rachel.get("/users", status=403)
    assert "/users" not in rachel.get("/sessions").html
    assert visit("Ann Admin", "admin").get("/users").status == 200
