"""One's own account: changing the password, setting up and removing the second factor; each proved by the password first."""

from collections.abc import Callable

from sqlmodel import Session

from webapp.actions import second_factor
from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.passwords import (
    count_failure,
    failure_keys,
    forget_failures,
    hash_password,
    refuse_locked,
    verify,
)
from webapp.actions.sign_ins import end_sign_ins
from webapp.db import Database
from webapp.models import User


class WrongPassword(Exception):
    """The password is not the account's."""


class WrongCode(Exception):
    """The code is none of now, or was used already."""


def change_password(database: Database, *, by: Actor, sign_in_id: int, old: str, new: str, secret_key: str) -> int:
    """Change one's own password; all other sign-ins end at once, and how many is the answer. Raises WrongPassword, Locked."""
    _prove(database, by=by, password=old, secret_key=secret_key)
    hashed = hash_password(new)
    with database.writing() as db:
        user = db.get_one(User, by.id, with_for_update=True)
        user.password_hash = hashed
        forget_failures(db, failure_keys(secret_key, email=user.email, ip=by.ip))
        record(db, by=by, action="auth.password_changed", object_type="user", object_id=user.id)
        return end_sign_ins(db, by=by, user_id=user.id or 0, but=sign_in_id)


def set_up_second_factor(
    database: Database, *, by: Actor, sign_in_id: int, secret: str, code: str, password: str | None, secret_key: str
) -> list[str]:
    """Set up one's own second factor; its recovery codes. Without a password only where one was given just before.

    Raises WrongPassword, WrongCode, Locked, second_factor.AlreadySet.
    """
    if password is not None:
        _prove(database, by=by, password=password, secret_key=secret_key)
    with database.writing() as db:
        codes = second_factor.set_up(db, by=by, sign_in_id=sign_in_id, secret=secret, code=code, secret_key=secret_key)
    if codes is None:
        raise WrongCode
    return codes


def remove_second_factor(database: Database, *, by: Actor, password: str, code: str, secret_key: str) -> None:
    """Remove one's own second factor. Raises WrongPassword, WrongCode, Locked, sealing.Unsealable."""

    def remove(db: Session, user: User) -> None:
        second_factor.remove(db, by=by, user=user, action="auth.second_factor_removed")

    _proved(database, remove, by=by, password=password, code=code, secret_key=secret_key)


def renew_recovery_codes(database: Database, *, by: Actor, password: str, code: str, secret_key: str) -> list[str]:
    """New recovery codes in place of the old ones. Raises WrongPassword, WrongCode, Locked, sealing.Unsealable."""
    made: list[str] = []

    def renew(db: Session, user: User) -> None:
        made.extend(second_factor.renew_codes(db, by=by, user=user))

    _proved(database, renew, by=by, password=password, code=code, secret_key=secret_key)
    return made


def _proved(
    database: Database, then: Callable[[Session, User], None], *, by: Actor, password: str, code: str, secret_key: str
) -> None:
    """Do what was asked in the transaction that uses up the code; a wrong one counts as a failed try."""
    _prove(database, by=by, password=password, secret_key=secret_key)
    with database.writing() as db:
        user = db.get_one(User, by.id, with_for_update=True)
        keys = failure_keys(secret_key, email=user.email, ip=by.ip)
        right = bool(second_factor.check(db, user=user, code=code, secret_key=secret_key))
        if right:
            then(db, user)
            forget_failures(db, keys)
        else:
            count_failure(db, keys)
            record(db, by=by, action="auth.second_factor", outcome="denied")
    if not right:
        raise WrongCode


def _prove(database: Database, *, by: Actor, password: str, secret_key: str) -> None:
    """Ask for the password again. Failures share the counter of signing in. Raises WrongPassword, Locked."""
    with database.writing() as db:
        user = db.get_one(User, by.id)
        keys = failure_keys(secret_key, email=user.email, ip=by.ip)
        refuse_locked(db, keys)
    if verify(user.password_hash, password):
        return
    with database.writing() as db:
        count_failure(db, keys)
        record(db, by=by, action="auth.password", outcome="denied")
    raise WrongPassword
