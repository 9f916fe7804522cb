"""Who is signed in: flask-login on server-side sign-in records, so that a stolen cookie dies with the sign-in."""

from datetime import timedelta

from flask import Flask
from flask_login import LoginManager, UserMixin
from sqlalchemy import bindparam, select

from webapp.actions.sign_ins import ABSOLUTE, IDLE, hash_secret, touch_sign_in
from webapp.db import Database
from webapp.models import SignIn, User
from webapp.models.columns import table_of, utc_now
from webapp.models.rights import rights_of, role_words
from webapp.request_db import current_database, current_db

_USERS, _SIGN_INS = table_of(User), table_of(SignIn)
_U, _E = _USERS.c, _SIGN_INS.c
_ENTRY = (
    select(_U.id, _U.name, _U.email, _U.role, _U.disabled_at, _E.id.label("sign_in_id"), _E.seen_at, _E.created_at)
    .join_from(_SIGN_INS, _USERS, _E.user_id == _U.id)
    .where(_E.secret_hash == bindparam("secret_hash"), _E.ended_at.is_(None))
)
"""Built once, of columns: every request asks."""


class Member(UserMixin):  # type: ignore[misc]
    """A signed-in user, for flask-login; its id is the secret of the sign-in, never the user's own number."""

    def __init__(self, *, user_id: int, name: str, email: str, role: str, sign_in_id: int, secret: str) -> None:
        self.secret = secret
        self.user_id = user_id
        self.name = name
        self.email = email
        self.role = role
        self.rights = rights_of(role)
        self.role_words = role_words(role)
        self.sign_in_id = sign_in_id

    def get_id(self) -> str:
        """What flask-login keeps in the cookie."""
        return self.secret


def load_member(secret: str) -> Member | None:
    """The member of a live sign-in, or None: ended, idle for 30 min, older than 12 h, or the user disabled."""
    now = utc_now()
    row = current_db().execute(_ENTRY, {"secret_hash": hash_secret(secret)}).first()
    if row is None or row.disabled_at or now - row.seen_at > IDLE or now - row.created_at > ABSOLUTE:
        return None
    if now - row.seen_at > timedelta(minutes=1):
        with current_database().writing() as db:
            touch_sign_in(db, sign_in_id=row.sign_in_id)
    return Member(
        user_id=row.id, name=row.name, email=row.email, role=row.role, sign_in_id=row.sign_in_id, secret=secret
    )


def is_alive(database: Database, secret: str) -> bool:
    """Whether the sign-in still stands, asked by an open stream; asking does not keep it from going idle."""
    query = select(_E.ended_at, _E.seen_at, _E.created_at).where(_E.secret_hash == hash_secret(secret))
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
