"""The commands for members of the team: `flask --app app users ...`."""

import json
import secrets
import sys

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from webapp.actions import invitations, second_factor, sign_ins
from webapp.actions import users as actions
from webapp.actions.actor import Actor
from webapp.actions.passwords import hash_password
from webapp.models import User
from webapp.models.rights import ROLES
from webapp.request_db import current_database, current_db

OPERATOR = Actor(kind="system", name="command line")
users = AppGroup("users", help="Members of the team.")
role_option = click.option(
    "--role", "roles", type=click.Choice(ROLES), required=True, multiple=True, help="May be given several times."
)
password_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@users.command("create")
@click.option("--email", required=True)
@role_option
@click.option("--name", default="", help="Shown in the audit log; the part before @ unless given.")
@password_option
def create(email: str, roles: tuple[str, ...], name: str, password_stdin: bool) -> None:
    """Make a user. Without --password-stdin a password is made and printed once."""
    role, password = actions.joined(roles), _password(password_stdin)
    try:
        with current_database().writing() as db:
            actions.create_user(
                db, by=OPERATOR, email=email, name=name or email.split("@", maxsplit=1)[0], role=role, password=password
            )
    except IntegrityError:
        raise click.ClickException(f"There is a user {email.lower()} already.") from None
    click.echo(f"Created {email.lower()} as {role}.")
    if not password_stdin:
        click.echo(f"Password, shown once: {password}")


@users.command("invite")
@click.option("--email", required=True)
@role_option
@click.option("--name", default="", help="The part before @ unless given; the person may change it.")
def invite(email: str, roles: tuple[str, ...], name: str) -> None:
    """Print a one-time address with which this person makes an account within 72 hours."""
    try:
        with current_database().writing() as db:
            secret = invitations.invite(
                db, by=OPERATOR, email=email, name=name or email.split("@", maxsplit=1)[0], roles=roles
            )
    except invitations.AlreadyUser:
        raise click.ClickException(f"There is a user {email.lower()} already.") from None
    except invitations.AlreadyInvited:
        raise click.ClickException(f"{email.lower()} is invited already. Withdraw that invitation first.") from None
    click.echo(f"{current_app.extensions['vouchdesk.settings'].public_url}/welcome/{secret}")


@users.command("list")
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
def list_users(wants_json: bool) -> None:
    """List the users."""
    for user in current_db().exec(select(User).order_by(col(User.email))):
        row = {"email": user.email, "name": user.name, "role": user.role, "disabled": user.disabled_at is not None}
        line = f"{user.email}\t{user.role}{'  (disabled)' if user.disabled_at else ''}"
        click.echo(json.dumps(row, ensure_ascii=False) if wants_json else line)


@users.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Disable a user; every sign-in ends at once."""
    try:
        with current_database().writing() as db:
            user = _named(db, email)
            if user.disabled_at is not None:
                raise click.ClickException(f"{user.email} is disabled already.")
            actions.disable(db, by=OPERATOR, user_id=user.id or 0)
    except actions.LastAdministrator:
        raise click.ClickException(f"{email} is the last administrator: nobody could manage users then.") from None
    click.echo(f"Disabled {email}.")


@users.command("set-password")
@click.argument("email")
@password_option
def set_password(email: str, password_stdin: bool) -> None:
    """Give a user who lost the password another one; every sign-in ends. Without --password-stdin it is printed once."""
    password = _password(password_stdin)
    hashed = hash_password(password)
    with current_database().writing() as db:
        user = _named(db, email)
        actions.set_password(db, by=OPERATOR, user_id=user.id or 0, password_hash=hashed)
    click.echo(f"The password of {user.email} is changed.")
    if not password_stdin:
        click.echo(f"Password, shown once: {password}")


@users.command("reset-second-factor")
@click.argument("email")
@click.option("--reason", type=click.Choice(tuple(second_factor.RESET_REASONS)), default="lost", show_default=True)
def reset_second_factor(email: str, reason: str) -> None:
    """Forget a user's second factor, for a lost device; every sign-in ends at once."""
    with current_database().writing() as db:
        user = _named(db, email)
        if user.totp_confirmed_at is None:
            raise click.ClickException(f"{user.email} has no second factor.")
        actions.reset_second_factor(db, by=OPERATOR, user_id=user.id or 0, reason=reason)
    click.echo(f"The second factor of {email} is reset.")


def _password(from_stdin: bool) -> str:
    password = sys.stdin.readline().rstrip("\n") if from_stdin else secrets.token_urlsafe(15)
    if len(password) < sign_ins.MIN_PASSWORD:
        raise click.ClickException(f"The password is too short: use {sign_ins.MIN_PASSWORD} characters or more.")
    return password


def _named(db: Session, email: str) -> User:
    user = db.exec(select(User).where(User.email == email.strip().lower())).first()
    if user is None:
        raise click.ClickException(f"There is no user {email}.")
    return user
