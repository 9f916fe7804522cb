"""Members of the team as the pages show them: the list, one of them, their live sign-ins, open invitations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from webapp.models import Invitation, SignIn, User
from webapp.models.columns import utc_now
from webapp.models.rights import role_words, roles_of
from webapp.models.sign_in_limits import ABSOLUTE, IDLE
from webapp.queries.policies import second_factor_roles

PAGE = 100


@dataclass(frozen=True, kw_only=True)
class UserRow:
    """One user. `last_seen` is None for somebody who never signed in."""

    id: int
    name: str
    email: str
    role: str
    created_at: datetime
    disabled_at: datetime | None
    second_factor_at: datetime | None
    last_seen: datetime | None

    @property
    def roles(self) -> tuple[str, ...]:
        """The role words of our own, in their order."""
        return roles_of(self.role)

    @property
    def role_words(self) -> str:
        """The roles as a person reads them."""
        return role_words(self.role)


@dataclass(frozen=True, kw_only=True)
class UserPage:
    """Some users by e-mail address. `next` is the address to go on after, empty at the end."""

    rows: list[UserRow]
    next: str = ""


@dataclass(frozen=True, kw_only=True)
class SignInRow:
    """A sign-in that stands. `agent` is browser and system in words; `confirmed_at` is when the second factor was given."""

    id: int
    address: str
    agent: str
    created_at: datetime
    seen_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class InvitationRow:
    """An invitation that can still be used."""

    id: int
    name: str
    email: str
    role_words: str
    invited_by: str
    created_at: datetime
    expires_at: datetime


def listed(db: Session, *, after: str = "") -> UserPage:
    """Users by e-mail address, 100 at a time, those behind `after`. One query."""
    query = _users().where(col(User.email) > after).order_by(col(User.email)).limit(PAGE + 1)
    rows = [_user(row) for row in db.execute(query)]
    return UserPage(rows=rows[:PAGE], next=rows[PAGE - 1].email if len(rows) > PAGE else "")


def one(db: Session, user_id: int) -> UserRow | None:
    """One user, or None. One query."""
    row = db.execute(_users().where(col(User.id) == user_id)).first()
    return _user(row) if row else None


def other_administrators(db: Session, user_id: int) -> bool:
    """Whether somebody else can manage users. One query."""
    query = select(col(User.role)).where(
        col(User.disabled_at).is_(None), col(User.id) != user_id, col(User.role).contains("admin")
    )
    return any("admin" in roles_of(role) for role in db.execute(query).scalars())


def must_confirm(db: Session, role: str) -> bool:
    """Whether the policy asks for a second factor of somebody with these roles. One query."""
    return bool(second_factor_roles(db).intersection(roles_of(role)))


def live_sign_ins(db: Session, user_id: int) -> list[SignInRow]:
    """A user's sign-ins that still stand, last used first. One query."""
    now = utc_now()
    query = select(SignIn).where(
        col(SignIn.user_id) == user_id, col(SignIn.ended_at).is_(None),
        col(SignIn.seen_at) >= now - IDLE, col(SignIn.created_at) >= now - ABSOLUTE,
    )  # fmt: skip
    return [
        SignInRow(
            id=each.id or 0, address=each.address, agent=each.agent, created_at=each.created_at, seen_at=each.seen_at,
            confirmed_at=each.second_factor_at,
        )
        for each in db.execute(query.order_by(col(SignIn.seen_at).desc())).scalars()
    ]  # fmt: skip


def still_open() -> tuple[Any, ...]:
    """What holds of an invitation that can still be used."""
    return (
        col(Invitation.used_at).is_(None), col(Invitation.withdrawn_at).is_(None),
        col(Invitation.expires_at) > utc_now(),
    )  # fmt: skip


def open_invitations(db: Session) -> list[InvitationRow]:
    """Invitations that can still be used, the newest first; never the first administrator's. One query."""
    query = select(Invitation).where(*still_open(), col(Invitation.email) != "").order_by(col(Invitation.id).desc())
    return [
        InvitationRow(
            id=each.id or 0, name=each.name, email=each.email, role_words=role_words(each.role),
            invited_by=each.invited_by_name, created_at=each.created_at, expires_at=each.expires_at,
        )
        for each in db.execute(query).scalars()
    ]  # fmt: skip


def _users() -> Any:
    seen = select(func.max(SignIn.seen_at)).where(col(SignIn.user_id) == col(User.id)).correlate(User).scalar_subquery()
    return select(
        col(User.id), col(User.name), col(User.email), col(User.role), col(User.created_at), col(User.disabled_at),
        col(User.totp_confirmed_at).label("second_factor_at"), seen.label("last_seen"),
    )  # fmt: skip


def _user(row: Any) -> UserRow:
    return UserRow(**row._mapping)
