"""What the mapper sees to whenever a session is written: a change is announced to the open pages in the same transaction,
and who waits for review has a time by which."""

from typing import Any

from sqlalchemy import event, insert, text
from sqlalchemy.engine import Connection

from webapp.models.sessions import VerificationSession
from webapp.models.system import LiveEvent

CHANNEL = "vouchdesk_live"
"""PostgreSQL's NOTIFY channel; the payload is the session's id."""

NOBODY = 0
"""Announced for what is no session's and no link's: every open page asks again."""


def announce(connection: Connection, session_id: int) -> None:
    """Tell the open pages that this session changed, when the transaction commits."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_notify(:channel, :id)"), {"channel": CHANNEL, "id": str(session_id)})
    else:
        connection.execute(insert(LiveEvent).values(session_id=session_id))


def announce_link(connection: Connection, link_id: int) -> None:
    """Tell the open pages that a link changed which has no session of its own, when the transaction commits.

    It travels as the number below zero: no session has it, and pages that follow all sessions ask again.
    """
    announce(connection, -link_id)


@event.listens_for(VerificationSession, "after_insert")
@event.listens_for(VerificationSession, "after_update")
def _announce(_mapper: Any, connection: Connection, session: VerificationSession) -> None:
    if session.id is not None:
        announce(connection, session.id)


@event.listens_for(VerificationSession, "before_insert")
@event.listens_for(VerificationSession, "before_update")
def _due(_mapper: Any, _connection: Connection, session: VerificationSession) -> None:
    """The queue is ordered by `due_at`: a session that nobody gave one is due since its result."""
    if session.review == "pending" and session.due_at is None:
        session.due_at = session.finished_at or session.created_at
