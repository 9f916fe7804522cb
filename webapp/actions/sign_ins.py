"""Signing in, in one step or two, and out: growing delays, server-side sign-in records; passwords are in `passwords`."""

import secrets
from typing import Any

from sqlmodel import Session, col, select

from webapp.actions import second_factor
from webapp.actions.actor import Actor
from webapp.actions.audit import keyed, record
from webapp.actions.passwords import (
    NO_USER,
    count_failure,
    failure_keys,
    forget_failures,
    hash_secret,
    refuse_locked,
    verify,
)
from webapp.actions.passwords import Locked as Locked
from webapp.db import Database
from webapp.models import SignIn, User
from webapp.models.columns import utc_now
from webapp.models.sign_in_limits import ABSOLUTE as ABSOLUTE
from webapp.models.sign_in_limits import IDLE as IDLE
from webapp.settings import MIN_PASSWORD as MIN_PASSWORD


def sign_in(
    database: Database, *, by: Actor, email: str, password: str, secret_key: str, agent: str = ""
) -> tuple[User, str] | None:
    """Check the password and open a sign-in; the user and the cookie's secret, or None when refused.

    The same words and time whether or not the account exists. Raises Locked during a growing delay, kept for the account
    name and for the peer's address. Who has a second factor may do nothing until `give_second_factor`, and failures are
    not forgotten before: a known password must not buy new tries.
    """
    keys = failure_keys(secret_key, email=email, ip=by.ip)
    with database.writing() as db:
        refuse_locked(db, keys)
    with database.reading() as db:
        user = db.exec(select(User).where(User.email == email.strip().lower())).first()
    known = user is not None and user.disabled_at is None
    right = verify(user.password_hash if user and known else NO_USER, password)
    with database.writing() as db:
        if not (right and known and user):
            count_failure(db, keys)
            record(db, by=by, action="auth.sign_in", after={"account": keyed(db, email)}, outcome="denied")
            return None
        if user.totp_confirmed_at is None:
            forget_failures(db, keys)
        return user, open_sign_in(db, by=by, user=user, agent=agent)


def open_sign_in(db: Session, *, by: Actor, user: User, agent: str = "") -> str:
    """Open a server-side sign-in for the user and return the secret for the cookie. `agent`: browser and system in words."""
    secret = secrets.token_urlsafe(32)
    entry = SignIn(user_id=user.id or 0, secret_hash=hash_secret(secret), address=by.ip, agent=agent)
    db.add(entry)
    db.flush()
    person = Actor(
        kind="person", id=user.id, name=user.name, role=user.role, ip=by.ip, user_agent_hash=by.user_agent_hash,
        request_id=by.request_id,
    )  # fmt: skip
    record(db, by=person, action="auth.sign_in", object_type="sign_in", object_id=entry.id)
    return secret


def give_second_factor(
    database: Database, *, by: Actor, sign_in_id: int, code: str, secret_key: str
) -> tuple[str, str] | None:
    """Take the second step: the cookie's new secret and what was given (`totp` or `recovery_code`), or None when refused.

    The secret is a new one, so that a cookie stolen before this step stays worthless. Raises Locked as `sign_in` does, and
    sealing.Unsealable when the kept secret cannot be read.
    """
    with database.writing() as db:
        entry = db.get_one(SignIn, sign_in_id)
        user = db.get_one(User, entry.user_id, with_for_update=True)  # tries made at once take turns
        keys = failure_keys(secret_key, email=user.email, ip=by.ip)
        refuse_locked(db, keys)
        given = second_factor.check(db, user=user, code=code, secret_key=secret_key)
        facts: Any = {"object_type": "sign_in", "object_id": entry.id}
        if not given or entry.ended_at is not None:
            count_failure(db, keys)
            record(db, by=by, action="auth.second_factor", outcome="denied", **facts)
            return None
        forget_failures(db, keys)
        secret = secrets.token_urlsafe(32)
        entry.secret_hash, entry.second_factor_at = hash_secret(secret), utc_now()
        record(db, by=by, action="auth.second_factor", after={"given": given}, **facts)
        return secret, given


def end_sign_in(db: Session, *, by: Actor, sign_in_id: int) -> None:
    """End one's own sign-in at once."""
    entry = db.get(SignIn, sign_in_id)
    if entry is not None and entry.ended_at is None:
        entry.ended_at = utc_now()
        record(db, by=by, action="auth.sign_out", object_type="sign_in", object_id=entry.id)


def end_sign_ins(db: Session, *, by: Actor, user_id: int, only: int | None = None, but: int | None = None) -> int:
    """End a user's sign-ins at once, all of them, `only` one or all `but` one; how many there were."""
    query = select(SignIn).where(SignIn.user_id == user_id, col(SignIn.ended_at).is_(None))
    entries = [each for each in db.exec(query) if only in (None, each.id) and each.id != but]
    for entry in entries:
        entry.ended_at = utc_now()
        record(db, by=by, action="auth.ended_by", object_type="sign_in", object_id=entry.id, after={"user_id": user_id})
    return len(entries)


def touch_sign_in(db: Session, *, sign_in_id: int) -> None:
    """Note that the sign-in is in use (called at most once a minute)."""
    entry = db.get(SignIn, sign_in_id)
    if entry is not None:
        entry.seen_at = utc_now()
