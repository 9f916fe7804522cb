"""One-time addresses that make a user: of the first administrator, and of colleagues who are invited."""

import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import record
from webapp.actions.passwords import hash_secret
from webapp.actions.users import create_user, has_users, joined
from webapp.models import Invitation, User
from webapp.models.columns import utc_now
from webapp.models.rights import FIRST_ROLES
from webapp.queries.users import still_open

FIRST_LASTS = timedelta(hours=24)
LASTS = timedelta(hours=72)


class AlreadyUser(Exception):
    """The e-mail address is a user's."""


class AlreadyInvited(Exception):
    """An open invitation is for this e-mail address."""


def issue_welcome(db: Session, *, by: Actor = SYSTEM) -> str | None:
    """A new one-time secret that makes the first administrator, or None when there is a user already. Older ones die."""
    if has_users(db):
        return None
    for old in db.exec(select(Invitation).where(col(Invitation.used_at).is_(None))):
        old.used_at = utc_now()
    return _issue(
        db, by=by, invitation=Invitation(secret_hash="", role=FIRST_ROLES, expires_at=utc_now() + FIRST_LASTS)
    )


def invite(db: Session, *, by: Actor, email: str, name: str, roles: Collection[str]) -> str:
    """A one-time secret with which this person makes an account with these roles, within 72 hours.

    Raises AlreadyUser and AlreadyInvited, ValueError without a role.
    """
    address, role = email.strip().lower(), joined(roles)
    if not role:
        raise ValueError("no roles")
    if db.exec(select(User.id).where(User.email == address)).first() is not None:
        raise AlreadyUser
    if db.exec(select(Invitation.id).where(*still_open(), Invitation.email == address)).first() is not None:
        raise AlreadyInvited
    invitation = Invitation(
        secret_hash="",
        role=role,
        email=address,
        name=name.strip(),
        invited_by_name=by.name,
        expires_at=utc_now() + LASTS,
    )
    return _issue(db, by=by, invitation=invitation)


def withdraw(db: Session, *, by: Actor, invitation_id: int) -> Invitation | None:
    """Make an invitation worthless. None when there is no such invitation; one that was used stays used."""
    invitation = db.get(Invitation, invitation_id, with_for_update=True)
    if invitation is not None and invitation.used_at is None and invitation.withdrawn_at is None:
        invitation.withdrawn_at = utc_now()
        record(db, by=by, action="user.invite_withdrawn", object_type="invitation", object_id=invitation_id)
    return invitation


def find_invitation(db: Session, *, secret: str, lock: bool = False) -> Invitation | None:
    """The open invitation for this secret, or None when unknown, used, withdrawn or past its time. `lock` holds it."""
    query = select(Invitation).where(*still_open(), Invitation.secret_hash == hash_secret(secret))
    return db.exec(query.with_for_update() if lock else query).first()


def accept_invitation(db: Session, *, by: Actor, secret: str, email: str, name: str, password_hash: str) -> User | None:
    """Use an invitation once: make its user, or None when it is gone. An invitation for an address makes no other one's.

    The first administrator's makes none when there is a user by now.
    """
    invitation = find_invitation(db, secret=secret, lock=True)
    if invitation is None or (not invitation.email and has_users(db)):
        return None
    invitation.used_at = utc_now()
    try:
        with db.begin_nested():
            return create_user(
                db, by=by, email=invitation.email or email, name=name, role=invitation.role, password_hash=password_hash
            )
    except IntegrityError:  # a user with this address was made meanwhile
        return None


def _issue(db: Session, *, by: Actor, invitation: Invitation) -> str:
    secret = secrets.token_urlsafe(24)
    invitation.secret_hash = hash_secret(secret)
    db.add(invitation)
    db.flush()
    record(
        db, by=by, action="user.invite", object_type="invitation", object_id=invitation.id,
        after={"role": invitation.role},
    )  # fmt: skip
    return secret
