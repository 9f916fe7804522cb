"""Who has a session's page open. No audit row: opening the page is on the record already, staying on it is not."""

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from webapp.actions.actor import Actor
from webapp.models import Presence
from webapp.models.changes import announce
from webapp.models.columns import table_of, utc_now
from webapp.queries.holding import GONE_AFTER

P = table_of(Presence)


def stay(db: Session, *, by: Actor, session_id: int, arrives: bool) -> None:
    """Note that this person has the page open now; who was here and is gone is forgotten.

    `arrives`: he was not seen within two minutes, which the other open pages of the session are told.
    """
    now, insert = utc_now(), postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(P).values(session_id=session_id, user_id=by.id, seen_at=now)
    db.execute(row.on_conflict_do_update(index_elements=["session_id", "user_id"], set_={"seen_at": now}))
    db.execute(delete(P).where(P.c.session_id == session_id, P.c.seen_at < now - GONE_AFTER))
    if arrives:
        announce(db.connection(), session_id)
