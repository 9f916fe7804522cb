"""Who uses the console (users, sign-ins, invitations) and who is verified (persons)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from webapp.models.columns import utc_now


class User(SQLModel, table=True):
    """A member of the team. `email` is stored in lower case; `role` holds one or more roles, joined by a space.

    `totp_secret` is sealed (`webapp.sealing`); it counts once `totp_confirmed_at` is set. `totp_last_step` is the time step
    of the last code taken, so that none is taken twice.
    """

    __tablename__ = "user_account"
    __table_args__ = (CheckConstraint("role <> ''", name="role"),)

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True, max_length=254)
    name: str = Field(max_length=200)
    role: str
    password_hash: str
    created_at: datetime = Field(default_factory=utc_now)
    disabled_at: datetime | None = None
    totp_secret: str = ""
    totp_confirmed_at: datetime | None = None
    totp_last_step: int = 0


class RecoveryCode(SQLModel, table=True):
    """One code that signs in once without the second factor; only its SHA-256 is kept."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    code_hash: str = Field(unique=True)
    used_at: datetime | None = None


class SignIn(SQLModel, table=True):
    """One sign-in of a user; the cookie holds a secret, this row its SHA-256. Ended rows are dead at once."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "user_id", "seen_at"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    secret_hash: str = Field(unique=True)
    created_at: datetime = Field(default_factory=utc_now)
    seen_at: datetime = Field(default_factory=utc_now)
    ended_at: datetime | None = None
    address: str = ""
    agent: str = Field(default="", max_length=120)
    """Browser and system in a few words, as the person knows them."""
    second_factor_at: datetime | None = None
    """When the second factor was given; until then a user who must give one may do nothing else."""


class SignInFailure(SQLModel, table=True):
    """Failed sign-ins for one account name or address (as a keyed hash), whether or not the account exists."""

    __tablename__ = "sign_in_failure"

    key: str = Field(primary_key=True)
    count: int = 0
    last_at: datetime = Field(default_factory=utc_now)
    locked_until: datetime | None = None


class Invitation(SQLModel, table=True):
    """A one-time address that makes a user; only the SHA-256 of its secret is kept. `role` as in `User`."""

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint("role <> ''", name="role"),)

    id: int | None = Field(default=None, primary_key=True)
    secret_hash: str = Field(unique=True)
    role: str
    email: str = Field(default="", max_length=254)
    """Whom it is for; empty for the first administrator."""
    name: str = Field(default="", max_length=200)
    invited_by_name: str = ""
    created_at: datetime = Field(default_factory=utc_now)
    expires_at: datetime
    used_at: datetime | None = None
    withdrawn_at: datetime | None = None


class Person(SQLModel, table=True):
    """Someone the team verifies. `own_reference` is the number in the team's own system."""

    __tablename__ = "person"
    __table_args__ = (Index(None, "own_reference"), Index(None, "name_key", "birth"))

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(default="", max_length=200)
    own_reference: str = Field(default="", max_length=100)
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=20)
    name_key: str = Field(default="", max_length=200)
    """The folded name, so that the same person is found again under it."""
    birth: str = Field(default="", max_length=10)
    """ISO `YYYY-MM-DD` once a document or the team said so."""
    relationship_ended_at: datetime | None = None
    """When the business with this person ended; most periods of retention begin here."""
    restricted_at: datetime | None = None
    """Since when the data may only be kept, not used, because they may not be erased yet."""
    created_at: datetime = Field(default_factory=utc_now)
