"""Members of the team: making, disabling and enabling them, their roles, a lost second factor; never without an administrator."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from webapp.actions import second_factor
from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.passwords import hash_password
from webapp.actions.sign_ins import end_sign_ins
from webapp.models import User
from webapp.models.columns import utc_now
from webapp.models.rights import ROLES, roles_of


class LastAdministrator(Exception):
    """Nobody else could manage users then."""


class OwnAccount(Exception):
    """Another administrator has to do this: nobody changes his own rights while there is one who can."""


class StaleUser(Exception):
    """Somebody else changed the roles meanwhile; `role` is what they are now."""

    def __init__(self, role: str) -> None:
        super().__init__("stale")
        self.role = role


def create_user(
    db: Session, *, by: Actor, email: str, name: str, role: str, password: str = "", password_hash: str = ""
) -> User:
    """Make a user. The e-mail address is unique in lower case. Raises ValueError for an unknown role.

    The hash may be given in place of the password, so that nothing is hashed within the transaction.
    """
    if not role or role != joined(role.split()):
        raise ValueError(f"no roles: {role!r}")
    hashed = password_hash or hash_password(password)
    user = User(email=email.strip().lower(), name=name.strip(), role=role, password_hash=hashed)
    db.add(user)
    db.flush()
    record(db, by=by, action="user.create", object_type="user", object_id=user.id, after={"role": role})
    return user


def joined(roles: Collection[str]) -> str:
    """Role words as a user's `role` holds them: in the order of ROLES, joined by a space."""
    return " ".join(each for each in ROLES if each in roles)


def has_users(db: Session) -> bool:
    """Whether anybody can sign in, or could before being disabled."""
    return db.exec(select(User.id).limit(1)).first() is not None


def change_roles(db: Session, *, by: Actor, user_id: int, roles: Collection[str], was: str) -> User | None:
    """Give a user these roles in place of what he had; it holds from his next request. None when there is no such user.

    `was` is the `role` that the change began with. Raises StaleUser, LastAdministrator, and OwnAccount for one's own roles
    while another administrator is there; the only one may change his own, or nobody could.
    """
    role = joined(roles)
    if not role:
        raise ValueError("no roles")
    administrators = _locked_administrators(db)
    user = db.get(User, user_id, with_for_update=True)
    if user is None or user.role == role:
        return user
    if user.role != was:
        raise StaleUser(user.role)
    others = administrators - {user_id}
    if by.id == user_id and others:
        raise OwnAccount
    if "admin" in roles_of(user.role) and "admin" not in roles and user.disabled_at is None and not others:
        raise LastAdministrator
    record(
        db, by=by, action="user.roles", object_type="user", object_id=user_id, before={"role": user.role},
        after={"role": role},
    )  # fmt: skip
    user.role = role
    return user


def disable(db: Session, *, by: Actor, user_id: int) -> User | None:
    """Keep a user out; every sign-in ends at once. None when there is no such user. Raises OwnAccount, LastAdministrator."""
    administrators = _locked_administrators(db)
    user = db.get(User, user_id, with_for_update=True)
    if user is None or user.disabled_at is not None:
        return user
    if user_id in administrators and len(administrators) < 2:
        raise LastAdministrator
    if by.id == user_id:
        raise OwnAccount
    user.disabled_at = utc_now()
    record(db, by=by, action="user.disable", object_type="user", object_id=user_id)
    end_sign_ins(db, by=by, user_id=user_id)
    return user


def enable(db: Session, *, by: Actor, user_id: int) -> User | None:
    """Let a disabled user sign in again, with what he had. None when there is no such user."""
    user = db.get(User, user_id, with_for_update=True)
    if user is not None and user.disabled_at is not None:
        user.disabled_at = None
        record(db, by=by, action="user.enable", object_type="user", object_id=user_id)
    return user


def reset_second_factor(db: Session, *, by: Actor, user_id: int, reason: str) -> User | None:
    """Forget the second factor of somebody who lost it, and end his sign-ins. None when there is no such user.

    `reason` is a key of RESET_REASONS. Raises OwnAccount: one's own is removed with a code.
    """
    if reason not in second_factor.RESET_REASONS:
        raise ValueError(f"no reason: {reason!r}")
    user = db.get(User, user_id, with_for_update=True)
    if user is None or user.totp_confirmed_at is None:
        return user
    if by.id == user_id:
        raise OwnAccount
    second_factor.remove(db, by=by, user=user, action="auth.second_factor_reset", reason=reason)
    end_sign_ins(db, by=by, user_id=user_id)
    return user


def set_password(db: Session, *, by: Actor, user_id: int, password_hash: str) -> User | None:
    """Give a user who lost the password another one; every sign-in ends, a second factor stays. None when there is none."""
    user = db.get(User, user_id, with_for_update=True)
    if user is not None:
        user.password_hash = password_hash
        record(db, by=by, action="auth.password_set", object_type="user", object_id=user_id)
        end_sign_ins(db, by=by, user_id=user_id)
    return user


def _locked_administrators(db: Session) -> set[int]:
    """Ids of the enabled administrators, their rows held, so that two who remove each other at once take turns."""
    query = select(User).where(col(User.disabled_at).is_(None), col(User.role).contains("admin"))
    found = db.exec(query.order_by(col(User.id)).with_for_update().execution_options(populate_existing=True))
    return {user.id for user in found if user.id is not None and "admin" in roles_of(user.role)}
