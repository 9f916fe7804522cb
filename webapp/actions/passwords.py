"""Passwords and guessing them: hashes, and the delay that grows with each failure, by account and by address."""

import hashlib
import hmac
import threading
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, select

from webapp.models import SignInFailure
from webapp.models.columns import utc_now

FREE_TRIES = 5
LONGEST_DELAY = timedelta(minutes=15)

_hasher = PasswordHasher()
_hashing = threading.BoundedSemaphore(2)  # 64 MB a hash: a flood of sign-ins must not take the memory
NO_USER = (
    "$argon2id$v=19$m=65536,t=3,p=4$q1AtdlYinNcjDJZ/UP1Yuw$"
    "23ADvLaZW+C0hNVnHzVT+6zUoF885i5aRAQDoei/XoY"
)  # of a random text that nobody kept; made anew, it would cost each start 64 MB and a tenth of a second
"""Verified for unknown names, so that they cost the same time as the names of users."""


class Locked(Exception):
    """Too many failed tries; `until` says when the next one is taken."""

    def __init__(self, until: datetime) -> None:
        super().__init__("locked")
        self.until = until


def hash_password(password: str) -> str:
    """The hash to keep. Never inside a transaction: it takes its time."""
    with _hashing:
        return _hasher.hash(password)


def verify(hashed: str, password: str) -> bool:
    """Whether the password is the one of this hash. Never inside a transaction."""
    with _hashing:
        try:
            return _hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def hash_secret(secret: str) -> str:
    """SHA-256 of a random secret, as hex; enough because the secrets are too long to be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def failure_keys(secret_key: str, *, email: str, ip: str) -> list[str]:
    """Under what failures are counted: the account's name, then the peer's address, as keyed hashes."""
    values = (f"email:{email.strip().lower()}", f"ip:{ip}")
    return [hmac.new(secret_key.encode(), value.encode(), hashlib.sha256).hexdigest() for value in values]


def refuse_locked(db: Session, keys: list[str]) -> None:
    """Raises Locked during a delay: 2 s doubling to 15 min, after five failures (20 for an address)."""
    for failure in db.exec(select(SignInFailure).where(col(SignInFailure.key).in_(keys))):
        if failure.locked_until is not None and failure.locked_until > utc_now():
            raise Locked(failure.locked_until)


def count_failure(db: Session, keys: list[str]) -> None:
    """Count one more failure; what is a day old no longer counts."""
    for place, key in enumerate(keys):
        failure = db.get(SignInFailure, key) or SignInFailure(key=key)
        stale = utc_now() - failure.last_at > timedelta(hours=24)
        failure.count = 1 if stale else failure.count + 1
        failure.last_at = utc_now()
        over = failure.count - FREE_TRIES * (1 + 3 * place)  # a whole office may share one address
        if over >= 0:
            failure.locked_until = utc_now() + min(timedelta(seconds=2 ** min(over + 1, 12)), LONGEST_DELAY)
        db.add(failure)


def forget_failures(db: Session, keys: list[str]) -> None:
    """The account's own failures are over; its address may be somebody else's too, and keeps them."""
    for failure in db.exec(select(SignInFailure).where(SignInFailure.key == keys[0])):
        db.delete(failure)
