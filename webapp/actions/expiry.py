"""Links past their time: ended by our own clock where the vendor has not said so, and given back if the clock was wrong."""

from datetime import datetime, timedelta

from sqlalchemy import exists, or_
from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM
from webapp.actions.audit import record
from webapp.actions.follow_ups import answered
from webapp.actions.link_making import locked
from webapp.actions.link_states import WAITING
from webapp.db import Database
from webapp.models import AuditEvent, Link, VerificationSession
from webapp.models.columns import utc_now

GRACE = timedelta(minutes=15)
"""How long after a link's end the vendor may still say so itself, or the last photo be on its way."""
AT_ONCE = 100
"""Links in one transaction, which holds up all other writes on SQLite."""
EXPIRE = "link.expire"


def expire_due(database: Database, now: datetime | None = None) -> int:
    """End every link whose time is over by more than 15 minutes, and its session if it waits; how many.

    The end is the one that the vendor gave. One indexed read when there is nothing to do. Several workers may do this at
    once: each link is ended by one of them. Results that come later are applied and flagged (product rules 5.6).
    """
    now = now or utc_now()
    ended = 0
    while due := _due(database, now):
        with database.writing() as db:
            count = sum(_expire(db, link_id, now) for link_id in due)
        ended += count
        if not count:
            break  # others were quicker
    return ended


def restore_early(database: Database, now: datetime | None = None) -> int:
    """Give back the links that a clock far ahead ended before their time; how many.

    Expiry is the vendor's word: what it confirmed stays, and so does whatever has a result.
    """
    now = now or utc_now()
    early = _ended_early(database, now)
    if not early:
        return 0
    with database.writing() as db:
        return sum(_restore(db, link_id, now) for link_id in early)


def _due(database: Database, now: datetime) -> list[int]:
    query = (
        select(Link.id)
        .where(col(Link.state).in_(("active", "paused")), col(Link.expires_at) <= now - GRACE)
        .order_by(col(Link.id))  # every worker holds the rows in the same order
        .limit(AT_ONCE)
    )
    with database.reading() as db:
        return [link_id for link_id in db.exec(query) if link_id is not None]


def _ended_early(database: Database, now: datetime) -> list[int]:
    """Links that our clock ended, whose time is not over now, and of which nobody has said more since."""
    ours = (
        col(AuditEvent.object_type) == "link",
        col(AuditEvent.object_id) == col(Link.id),
        col(AuditEvent.action) == EXPIRE,
    )
    settled = (
        col(VerificationSession.link_id) == col(Link.id), col(Link.reusable).is_(False),
        or_(col(VerificationSession.expiry_confirmed), col(VerificationSession.outcome) != "none"),
    )  # fmt: skip
    query = (
        select(Link.id)
        .where(Link.state == "expired", col(Link.expires_at) > now, exists().where(*ours), ~exists().where(*settled))
        .order_by(col(Link.id))
        .limit(AT_ONCE)
    )
    with database.reading() as db:
        return [link_id for link_id in db.exec(query) if link_id is not None]


def _expire(db: Session, link_id: int, now: datetime) -> bool:
    link = locked(db, link_id)
    if (
        link is None
        or link.state not in ("active", "paused")
        or link.expires_at is None
        or link.expires_at > now - GRACE
    ):
        return False  # another worker was quicker, or its state changed meanwhile
    before, link.state = link.state, "expired"
    record(
        db, by=SYSTEM, action=EXPIRE, object_type="link", object_id=link.id, before={"state": before},
        after={"state": "expired"},
    )  # fmt: skip
    for session in () if link.reusable else _sessions(db, link_id, WAITING):
        capture, session.capture = session.capture, "expired"
        session.finished_at = session.changed_at = now
        record(
            db, by=SYSTEM, action="session.expire", object_type="session", object_id=session.id, session_id=session.id,
            before={"capture": capture}, after={"capture": "expired", "confirmed": False},
        )  # fmt: skip
        answered(db, child=session, why="expired")
    return True


def _restore(db: Session, link_id: int, now: datetime) -> bool:
    link = locked(db, link_id)
    if link is None or link.state != "expired" or link.expires_at is None or link.expires_at <= now:
        return False
    sessions = [] if link.reusable else _sessions(db, link_id, ("expired", "finished"))
    if any(session.expiry_confirmed or session.outcome != "none" for session in sessions):
        return False
    before = _before(db, "link", link_id, EXPIRE).get("state")
    if before is None:
        return False  # not by our clock
    link.state = before
    record(
        db, by=SYSTEM, action="link.unexpire", object_type="link", object_id=link.id, before={"state": "expired"},
        after={"state": before},
    )  # fmt: skip
    for session in sessions:
        capture = _before(db, "session", session.id or 0, "session.expire").get("capture", "opened")
        session.capture, session.finished_at, session.changed_at = capture, None, now
        record(
            db, by=SYSTEM, action="session.unexpire", object_type="session", object_id=session.id, session_id=session.id,
            before={"capture": "expired"}, after={"capture": capture},
        )  # fmt: skip
    return True


def _sessions(db: Session, link_id: int, captures: tuple[str, ...]) -> list[VerificationSession]:
    query = (
        select(VerificationSession)
        .where(VerificationSession.link_id == link_id, col(VerificationSession.capture).in_(captures))
        .order_by(col(VerificationSession.id))
        .with_for_update()
    )
    return list(db.exec(query))


def _before(db: Session, kind: str, object_id: int, action: str) -> dict[str, str]:
    """What was before the last time this was done, as it went on record."""
    query = (
        select(AuditEvent.before)
        .where(AuditEvent.object_type == kind, AuditEvent.object_id == object_id, AuditEvent.action == action)
        .order_by(col(AuditEvent.seq).desc())
        .limit(1)
    )
    return dict(db.exec(query).first() or {})
