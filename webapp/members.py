"""Who is signed in: flask-login on server-side sign-in records, so that a stolen cookie dies with the sign-in."""

from datetime import timedelta

from flask import Flask
from flask_login import LoginManager, UserMixin
from sqlmodel import col, select

from webapp.access import RIGHTS
from webapp.actions.sign_ins import ABSOLUTE, IDLE, hash_secret, touch_sign_in
from webapp.db import Database
from webapp.models import SignIn, User
from webapp.models.columns import utc_now
from webapp.request_db import current_database, current_db


class Member(UserMixin):  # type: ignore[misc]
    """A signed-in user, for flask-login; its id is the secret of the sign-in, never the user's own number."""

    def __init__(self, user: User, entry_id: int, secret: str) -> None:
        self.secret = secret
        self.user_id = user.id
        self.name = user.name
        self.email = user.email
        self.role = user.role
        self.rights = RIGHTS[user.role]
        self.sign_in_id = entry_id

    def get_id(self) -> str:
        """What flask-login keeps in the cookie."""
        return self.secret


def load_member(secret: str) -> Member | None:
    """The member of a live sign-in, or None: ended, idle for 30 min, older than 12 h, or the user disabled."""
    now = utc_now()
    row = current_db().exec(
        select(User, SignIn)
        .join(SignIn, col(SignIn.user_id) == col(User.id))
        .where(SignIn.secret_hash == hash_secret(secret), col(SignIn.ended_at).is_(None))
    ).first()  # fmt: skip
    if row is None:
        return None
    user, entry = row
    if user.disabled_at or now - entry.seen_at > IDLE or now - entry.created_at > ABSOLUTE:
        return None
    if now - entry.seen_at > timedelta(minutes=1):
        with current_database().writing() as db:
            touch_sign_in(db, sign_in_id=entry.id or 0)
    return Member(user, entry.id or 0, secret)


def is_alive(database: Database, secret: str) -> bool:
    """Whether the sign-in still stands, asked by an open stream; asking does not keep it from going idle."""
    query = select(SignIn.ended_at, SignIn.seen_at, SignIn.created_at).where(SignIn.secret_hash == hash_secret(secret))
    with database.reader.connect() as connection:  # hundreds of open pages ask: no session of objects for three values
        row = connection.execute(query).first()
    now = utc_now()
    return bool(row and row[0] is None and now - row[1] <= IDLE and now - row[2] <= ABSOLUTE)


def register(app: Flask) -> None:
    """Set up flask-login. `session_protection` is off: the server-side record is the protection."""
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(load_member)
    manager.init_app(app)
