"""Signing in and out, and making users: passwords, growing delays, one-time addresses, server-side sign-in records."""

import hashlib
import hmac
import secrets
import threading
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import record
from webapp.db import Database
from webapp.models import Invitation, SignIn, SignInFailure, User
from webapp.models.columns import utc_now
from webapp.models.rights import FIRST_ROLES, roles_of
from webapp.settings import MIN_PASSWORD as MIN_PASSWORD

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
FREE_TRIES = 5
LONGEST_DELAY = timedelta(minutes=15)
WELCOME_LASTS = timedelta(hours=24)

_hasher = PasswordHasher()
_hashing = threading.BoundedSemaphore(2)  # 64 MB a hash: a flood of sign-ins must not take the memory
_NO_USER = _hasher.hash(secrets.token_urlsafe(16))  # verified for unknown names, so that they cost the same time


class Locked(Exception):
    """Too many failed tries; `until` says when the next one is taken."""

    def __init__(self, until: datetime) -> None:
        super().__init__("locked")
        self.until = until


def hash_secret(secret: str) -> str:
    """SHA-256 of a random secret, as hex; enough because the secrets have 256 bits of their own."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_user(db: Session, *, by: Actor, email: str, name: str, role: str, password: str) -> User:
    """Make a user. The e-mail address is unique in lower case. Raises ValueError for an unknown role."""
    if not role or role != " ".join(roles_of(role)):
        raise ValueError(f"no roles: {role!r}")
    user = User(email=email.strip().lower(), name=name.strip(), role=role, password_hash=_hash(password))
    db.add(user)
    db.flush()
    record(db, by=by, action="user.create", object_type="user", object_id=user.id, after={"role": role})
    return user


def sign_in(database: Database, *, by: Actor, email: str, password: str, secret_key: str) -> tuple[User, str] | None:
    """Check the password and open a sign-in; the user and the cookie's secret, or None when refused.

    The same words and time whether or not the account exists. Raises Locked during a growing delay (2 s doubling to
    15 min, after five failures), kept for the account name and for the peer's address.
    """
    keys = [_failure_key(secret_key, "email", email.strip().lower()), _failure_key(secret_key, "ip", by.ip)]
    with database.writing() as db:
        _refuse_locked(db, keys)
    with database.reading() as db:
        user = db.exec(select(User).where(User.email == email.strip().lower())).first()
    known = user is not None and user.disabled_at is None
    right = _verify(user.password_hash if user and known else _NO_USER, password)
    with database.writing() as db:
        if not (right and known and user):
            _count_failure(db, keys)
            record(db, by=by, action="auth.sign_in", outcome="denied")
            return None
        _forget_failures(db, keys[:1])
        return user, open_sign_in(db, by=by, user=user)


def open_sign_in(db: Session, *, by: Actor, user: User) -> str:
    """Open a server-side sign-in for the user and return the secret for the cookie."""
    secret = secrets.token_urlsafe(32)
    entry = SignIn(user_id=user.id or 0, secret_hash=hash_secret(secret), address=by.ip)
    db.add(entry)
    db.flush()
    person = Actor(kind="person", id=user.id, name=user.name, role=user.role, ip=by.ip, request_id=by.request_id)
    record(db, by=person, action="auth.sign_in", object_type="sign_in", object_id=entry.id)
    return secret


def end_sign_in(db: Session, *, by: Actor, sign_in_id: int) -> None:
    """End one sign-in at once."""
    entry = db.get(SignIn, sign_in_id)
    if entry is not None and entry.ended_at is None:
        entry.ended_at = utc_now()
        record(db, by=by, action="auth.sign_out", object_type="sign_in", object_id=entry.id)


def touch_sign_in(db: Session, *, sign_in_id: int) -> None:
    """Note that the sign-in is in use (called at most once a minute)."""
    entry = db.get(SignIn, sign_in_id)
    if entry is not None:
        entry.seen_at = utc_now()


def disable_user(db: Session, *, by: Actor, email: str) -> bool:
    """Disable a user, whose sign-ins end at once; False when unknown, disabled already, or the last administrator."""
    user = db.exec(select(User).where(User.email == email.strip().lower(), col(User.disabled_at).is_(None))).first()
    if user is None or ("admin" in roles_of(user.role) and _administrators(db) < 2):
        return False
    user.disabled_at = utc_now()
    for entry in db.exec(select(SignIn).where(SignIn.user_id == user.id, col(SignIn.ended_at).is_(None))):
        entry.ended_at = utc_now()
    record(db, by=by, action="user.disable", object_type="user", object_id=user.id)
    return True


def has_users(db: Session) -> bool:
    """Whether anybody can sign in, or could before being disabled."""
    return db.exec(select(User.id).limit(1)).first() is not None


def issue_welcome(db: Session, *, by: Actor = SYSTEM) -> str | None:
    """A new one-time secret that makes the first administrator, or None when there is a user already. Older ones die."""
    if has_users(db):
        return None
    for old in db.exec(select(Invitation).where(col(Invitation.used_at).is_(None))):
        old.used_at = utc_now()
    secret = secrets.token_urlsafe(24)
    db.add(Invitation(secret_hash=hash_secret(secret), role=FIRST_ROLES, expires_at=utc_now() + WELCOME_LASTS))
    record(db, by=by, action="user.invite", after={"role": FIRST_ROLES})
    return secret


def find_invitation(db: Session, *, secret: str, lock: bool = False) -> Invitation | None:
    """The open invitation for this secret, or None when unknown, used or past its time. `lock` holds it for its use."""
    query = select(Invitation).where(Invitation.secret_hash == hash_secret(secret))
    found = db.exec(query.with_for_update() if lock else query).first()
    return found if found and found.used_at is None and found.expires_at > utc_now() else None


def accept_invitation(db: Session, *, by: Actor, secret: str, email: str, name: str, password: str) -> User | None:
    """Use an invitation once: make its user, or None when it is gone."""
    invitation = find_invitation(db, secret=secret, lock=True)
    if invitation is None:
        return None
    invitation.used_at = utc_now()
    return create_user(db, by=by, email=email, name=name, role=invitation.role, password=password)


def _administrators(db: Session) -> int:
    return sum("admin" in roles_of(role) for role in db.exec(select(User.role).where(col(User.disabled_at).is_(None))))


def _hash(password: str) -> str:
    with _hashing:
        return _hasher.hash(password)


def _verify(hashed: str, password: str) -> bool:
    with _hashing:
        try:
            return _hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def _failure_key(secret_key: str, kind: str, value: str) -> str:
    return hmac.new(secret_key.encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def _refuse_locked(db: Session, keys: list[str]) -> None:
    for failure in db.exec(select(SignInFailure).where(col(SignInFailure.key).in_(keys))):
        if failure.locked_until is not None and failure.locked_until > utc_now():
            raise Locked(failure.locked_until)


def _count_failure(db: Session, keys: list[str]) -> None:
    for place, key in enumerate(keys):
        failure = db.get(SignInFailure, key) or SignInFailure(key=key)
        stale = utc_now() - failure.last_at > timedelta(hours=24)
        failure.count = 1 if stale else failure.count + 1
        failure.last_at = utc_now()
        over = failure.count - FREE_TRIES * (1 + 3 * place)  # a whole office may share one address
        if over >= 0:
            failure.locked_until = utc_now() + min(timedelta(seconds=2 ** min(over + 1, 12)), LONGEST_DELAY)
        db.add(failure)


def _forget_failures(db: Session, keys: list[str]) -> None:
    for failure in db.exec(select(SignInFailure).where(col(SignInFailure.key).in_(keys))):
        db.delete(failure)
