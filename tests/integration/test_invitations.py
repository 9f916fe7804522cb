"""Invitations: an address that makes one account once, shown once, withdrawn or run out; and what they refuse."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlmodel import select

from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from tests.support.people import ask_of
from webapp.db import Database
from webapp.models import AuditEvent, Invitation, User

LONG = "a long enough passphrase"


def invite(visitor: PageClient, *, status: int = 200, **fields: object) -> Page:
    usual = {"name": "Ivy Invited", "email": "Ivy@Example.com", "roles": ["reviewer", "auditor"]}
    return visitor.submit(visitor.get("/users/invite"), "Make the invitation", status=status, **{**usual, **fields})


def address_of(page: Page) -> str:
    return str(page.soup.select_one("#invitation-address").get_text()).removeprefix("http://console.test")


def later(**delta: float) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + timedelta(**delta), tick=True)


def test_the_address_is_shown_once_with_a_ready_mail_and_makes_the_account(
    alice: PageClient, nobody: PageClient, database: Database
) -> None:
    page = invite(alice)
    address = address_of(page)
    mail = page.soup.select_one("#invitation-mail").get_text()
    assert address in mail
    assert "Hello Ivy Invited" in mail
    assert "as reviewer and auditor" in mail
    assert address not in alice.get("/users").html

    form = nobody.get(address)
    assert "Alice Admin invites you" in form.text
    assert form.soup.select_one("#email")["value"] == "ivy@example.com"
    done = nobody.submit(form, "Make the account", password=LONG, again=LONG)
    assert "Overview" in done.text
    with database.reading() as db:
        user = db.exec(select(User).where(User.email == "ivy@example.com")).one()
    assert (user.name, user.role) == ("Ivy Invited", "reviewer auditor")
    assert nobody.get(address, status=410)


def test_only_a_hash_of_the_address_is_kept(alice: PageClient, database: Database) -> None:
    secret = address_of(invite(alice)).rsplit("/", 1)[1]
    with database.reading() as db:
        [kept] = db.exec(select(Invitation))
        rows = [row.model_dump() for row in db.exec(select(AuditEvent))]
    assert secret not in str(kept.model_dump()) + str(rows)


def test_the_e_mail_address_and_the_roles_are_the_invitations_whatever_is_sent(
    alice: PageClient, nobody: PageClient, database: Database
) -> None:
    address = address_of(invite(alice, roles=["viewer"]))
    fields = {
        "name": "Ivy",
        "email": "other@example.com",
        "roles": "admin",
        "role": "admin",
        "password": LONG,
        "again": LONG,
    }
    nobody.post(address, fields)
    with database.reading() as db:
        user = db.exec(select(User).where(User.name == "Ivy")).one()
    assert (user.email, user.role) == ("ivy@example.com", "viewer")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "Type the person’s name"), ({"email": "no address"}, "This is not an e-mail address"),
        ({"roles": []}, "Tick at least one role"), ({"email": "taken@example.com"}, "There is a user with this address"),
    ],
)  # fmt: skip
def test_a_wrong_invitation_is_refused_with_everything_typed(
    alice: PageClient, make: Make, database: Database, fields: dict[str, object], words: str
) -> None:
    make.user("viewer", email="taken@example.com")
    page = invite(alice, status=422, **{"name": "Typed Name"} | fields)
    assert words in page.text
    assert page.soup.select_one("[name=name]")["value"] == ("" if fields.get("name") else "Typed Name")
    with database.reading() as db:
        assert not db.exec(select(Invitation)).all()


def test_a_second_invitation_for_the_same_address_waits_for_the_first_to_be_withdrawn(
    alice: PageClient, nobody: PageClient, database: Database
) -> None:
    first = address_of(invite(alice))
    assert "An open invitation is for this address" in invite(alice, status=422, email="IVY@example.com").text
    page = alice.submit(alice.get("/users"), "#invitations form")
    assert "is withdrawn" in page.text
    assert nobody.get(first, status=410)
    assert nobody.get(address_of(invite(alice))).status == 200
    with database.reading() as db:
        actions = [row.action for row in db.exec(select(AuditEvent)) if row.action.startswith("user.")]
    assert actions == ["user.invite", "user.invite_withdrawn", "user.invite"]


def test_after_72_hours_it_is_gone_from_the_list_too(alice: PageClient, nobody: PageClient) -> None:
    address = address_of(invite(alice))
    with later(hours=71):
        assert nobody.get(address).status == 200
    with later(hours=73):
        assert nobody.get(address, status=410)


def test_withdrawn_while_the_form_was_open_makes_no_account(
    alice: PageClient, nobody: PageClient, database: Database
) -> None:
    form = nobody.get(address_of(invite(alice)))
    alice.submit(alice.get("/users"), "#invitations form")
    assert nobody.submit(form, "Make the account", password=LONG, again=LONG, status=410)
    with database.reading() as db:
        assert not db.exec(select(User).where(User.email == "ivy@example.com")).all()


def test_a_user_made_meanwhile_keeps_the_address(alice: PageClient, nobody: PageClient, make: Make) -> None:
    form = nobody.get(address_of(invite(alice)))
    make.user("viewer", email="ivy@example.com")
    assert nobody.submit(form, "Make the account", password=LONG, again=LONG, status=410)


def test_a_role_that_must_have_a_second_factor_is_led_there_right_away(
    alice: PageClient, nobody: PageClient, make: Make
) -> None:
    ask_of(make, "auditor")
    form = nobody.get(address_of(invite(alice)))
    assert nobody.submit(form, "Make the account", password=LONG, again=LONG).url.startswith("/account/second-factor")


def test_withdrawing_what_is_not_there_is_404_and_what_was_used_changes_nothing(
    alice: PageClient, nobody: PageClient, database: Database
) -> None:
    assert alice.post("/users/invitations/999/withdraw", status=404)
    nobody.submit(nobody.get(address_of(invite(alice))), "Make the account", password=LONG, again=LONG)
    assert "was used meanwhile" in alice.post("/users/invitations/1/withdraw").text


def test_the_command_prints_an_address_and_refuses_a_user_and_a_second_one(
    app: Flask, nobody: PageClient, make: Make
) -> None:
    taken = make.user("viewer")
    run, words = app.test_cli_runner().invoke, ["users", "invite", "--role", "viewer", "--email"]
    made = run(args=[*words, "ivy@example.com"])
    assert made.exit_code == 0, made.output
    page = nobody.get(made.output.strip().removeprefix("http://console.test"))
    assert page.soup.select_one("[name=name]")["value"] == "ivy"
    assert [run(args=[*words, email]).exit_code for email in ("ivy@example.com", taken.email)] == [1, 1]
