"""The second factor: setting it up, checking what is typed, recovery codes, removing it; by TOTP (RFC 6238)."""

import base64
import hmac
import re
import secrets
import time

import pyotp
from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.passwords import hash_secret
from webapp.models import RecoveryCode, SignIn, User
from webapp.models.columns import utc_now
from webapp.sealing import Sealer

ISSUER = "Vouchdesk"
STEP_SECONDS = 30
WINDOW = 1  # steps before and after: clocks differ, and typing takes time
CODES = 10
RESET_REASONS = {
    "lost": "The device is lost or broken",
    "replaced": "The device was replaced",
    "suspected": "Somebody else may have it",
}
_SETUP = {"table": "user_account", "column": "totp_setup"}
_KEPT = {"table": "user_account", "column": "totp_secret"}


class AlreadySet(Exception):
    """There is a second factor by now; it has to be removed first."""


def offer(user_id: int, *, secret_key: str) -> str:
    """A new secret, sealed for this user, to travel with the form until its first code confirms it; nothing is kept."""
    return Sealer(secret_key).seal(pyotp.random_base32(), row=user_id, **_SETUP)


def offered(sealed: str, user_id: int, *, secret_key: str) -> str:
    """The secret of an offer in plain text. Raises sealing.Unsealable for anything that is no offer to this user."""
    return Sealer(secret_key).open(sealed, row=user_id, **_SETUP)


def address(secret: str, *, email: str) -> str:
    """What the QR code says to the authenticator."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def set_up(db: Session, *, by: Actor, sign_in_id: int, secret: str, code: str, secret_key: str) -> list[str] | None:
    """Keep the secret, its first code having been typed right; the recovery codes, or None when the code is wrong.

    This sign-in counts as confirmed; the user's others are asked for a code. Raises AlreadySet.
    """
    user = db.get_one(User, by.id, with_for_update=True)
    if user.totp_confirmed_at is not None:
        raise AlreadySet
    step = _step(secret, code, after=0)
    if step is None:
        return None
    user.totp_secret = Sealer(secret_key).seal(secret, row=user.id or 0, **_KEPT)
    user.totp_confirmed_at, user.totp_last_step = utc_now(), step
    db.get_one(SignIn, sign_in_id).second_factor_at = utc_now()
    record(db, by=by, action="auth.second_factor_set", object_type="user", object_id=user.id)
    return _new_codes(db, user)


def check(db: Session, *, user: User, code: str, secret_key: str) -> str:
    """What the code is, used up by this: `totp`, `recovery_code`, or "" for neither. The user's row must be locked."""
    typed = re.sub(r"[\s-]", "", code).lower()
    if user.totp_confirmed_at is None or not typed:
        return ""
    if not re.fullmatch(r"[0-9]{6}", typed):
        return "recovery_code" if _use_recovery_code(db, user, typed) else ""
    secret = Sealer(secret_key).open(user.totp_secret, row=user.id or 0, **_KEPT)
    step = _step(secret, typed, after=user.totp_last_step)
    if step is None:
        return ""
    user.totp_last_step = step
    return "totp"


def renew_codes(db: Session, *, by: Actor, user: User) -> list[str]:
    """New recovery codes in place of all that there were."""
    record(db, by=by, action="auth.recovery_codes", object_type="user", object_id=user.id)
    return _new_codes(db, user)


def remove(db: Session, *, by: Actor, user: User, action: str, reason: str = "") -> None:
    """Forget a user's second factor and its recovery codes. `action` is the word of the audit log."""
    user.totp_secret, user.totp_confirmed_at = "", None  # the last step stays: no code is ever taken twice
    db.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    record(db, by=by, action=action, object_type="user", object_id=user.id, reason_codes=[reason] if reason else None)


def codes_left(db: Session, user_id: int) -> int:
    """How many recovery codes a user has left."""
    query = select(func.count()).where(col(RecoveryCode.user_id) == user_id, col(RecoveryCode.used_at).is_(None))
    return db.exec(query).one()


def _step(secret: str, code: str, *, after: int) -> int | None:
    """The time step whose code this is, among those that may be now and come after the last one taken."""
    typed, now = re.sub(r"\s", "", code), int(time.time()) // STEP_SECONDS
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    for step in range(max(now - WINDOW, after + 1), now + WINDOW + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def _use_recovery_code(db: Session, user: User, typed: str) -> bool:
    query = select(RecoveryCode).where(RecoveryCode.code_hash == hash_secret(typed), RecoveryCode.user_id == user.id)
    found = db.exec(query.with_for_update()).first()
    if found is None or found.used_at is not None:
        return False
    found.used_at = utc_now()
    return True


def _new_codes(db: Session, user: User) -> list[str]:
    """Codes of 80 bits in groups of four letters and digits; only their hashes are kept."""
    db.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    plain = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(CODES)]
    db.add_all(RecoveryCode(user_id=user.id or 0, code_hash=hash_secret(code)) for code in plain)
    return ["-".join(re.findall("....", code)) for code in plain]
