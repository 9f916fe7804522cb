"""Who is signed in: flask-login on server-side sign-in records, so that a stolen cookie dies with the sign-in."""

from datetime import timedelta
from typing import Any

from flask import Flask, request
from flask_login import LoginManager, UserMixin
from sqlalchemy import bindparam, select

from webapp.actions.passwords import hash_secret
from webapp.actions.sign_ins import touch_sign_in
from webapp.db import Database
from webapp.models import Policy, SignIn, User
from webapp.models.columns import table_of, utc_now
from webapp.models.rights import rights_of, role_words, roles_of
from webapp.models.sign_in_limits import ABSOLUTE, IDLE
from webapp.queries.policies import SECOND_FACTOR
from webapp.request_db import current_database, current_db

_USERS, _SIGN_INS, _POLICIES = table_of(User), table_of(SignIn), table_of(Policy)
_U, _E, _P = _USERS.c, _SIGN_INS.c, _POLICIES.c
_ENTRY = (
    select(
        _U.id, _U.name, _U.email, _U.role, _U.disabled_at, _U.totp_confirmed_at, _E.id.label("sign_in_id"), _E.seen_at,
        _E.created_at, _E.second_factor_at, _P.value.label("policy"),
    )
    .join_from(_SIGN_INS, _USERS, _E.user_id == _U.id)
    .outerjoin(_POLICIES, _P.key == SECOND_FACTOR)
    .where(_E.secret_hash == bindparam("secret_hash"), _E.ended_at.is_(None))
)  # fmt: skip
"""Built once, of columns: every request asks. The policy of the second factor comes along: no question of its own."""
BY_ITSELF = ("holding.here", "reviews.counts")
"""What an open page asks with nobody at it: that alone keeps no sign-in from going idle."""


class Member(UserMixin):  # type: ignore[misc]
    """A signed-in user, for flask-login; its id is the secret of the sign-in, never the user's own number.

    `waiting` is the step that is due before anything else: `code`, `set_up` or none (""). Until then there are no rights.
    """

    def __init__(
        self, *, user_id: int, name: str, email: str, role: str, sign_in_id: int, secret: str, waiting: str
    ) -> None:
        self.secret = secret
        self.user_id = user_id
        self.name = name
        self.email = email
        self.role = role
        self.waiting = waiting
        self.rights = frozenset() if waiting else rights_of(role)
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
    if now - row.seen_at > timedelta(minutes=1) and request.endpoint not in BY_ITSELF:
        with current_database().writing() as db:
            touch_sign_in(db, sign_in_id=row.sign_in_id)
    return Member(
        user_id=row.id, name=row.name, email=row.email, role=row.role, sign_in_id=row.sign_in_id, secret=secret,
        waiting=_due(row),
    )  # fmt: skip


def _due(row: Any) -> str:
    if row.totp_confirmed_at is not None:
        return "" if row.second_factor_at is not None else "code"
    must = row.policy.get("roles", ()) if isinstance(row.policy, dict) else ()
    return "set_up" if any(role in must for role in roles_of(row.role)) else ""


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
