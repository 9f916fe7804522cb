"""What the applicant does with a link: opening it, and coming back from the vendor."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.models import Link, VerificationSession
from webapp.models.changes import announce
from webapp.models.columns import utc_now

AUDIT_EVERY = timedelta(minutes=10)
"""Each opening is counted; an audit row is written for the first and then at most once in this time, because whoever
has the address can open it as often as he likes."""


def opened(db: Session, *, by: Actor, link_id: int, first_only: bool = False) -> None:
    """Count one opening of a working link and make its session `opened` (5.2); `first_only`: only the very first.

    Nothing happens for a link that does not work (any more).
    """
    link = db.get(Link, link_id, with_for_update=True)
    if link is None or link.state != "active" or (first_only and link.opened_count):
        return
    now = utc_now()
    session = _session(db, link_id)
    _audit(db, by=by, link=link, session=session, now=now)
    link.opened_count += 1
    link.first_opened_at = link.first_opened_at or now
    link.last_opened_at = now
    if session is None:
        return
    if session.capture == "ready":
        session.capture, session.opened_at, session.changed_at = "opened", now, now
    else:
        announce(db.connection(), session.id or 0)  # the count is on the open pages too


def returned(db: Session, *, by: Actor, link_id: int, reference: str) -> None:
    """The browser came back from the vendor with this reference: a hint that a result is coming, no outcome."""
    session = _session(db, link_id)
    if session is None or not reference or session.reference != reference or session.capture not in ("ready", "opened"):
        return
    before, session.capture, session.changed_at = session.capture, "returned", utc_now()
    record(
        db, by=by, action="link.return", object_type="link", object_id=link_id, session_id=session.id,
        before={"capture": before}, after={"capture": "returned"},
    )  # fmt: skip


def _session(db: Session, link_id: int) -> VerificationSession | None:
    return db.exec(
        select(VerificationSession)
        .where(VerificationSession.link_id == link_id)
        .order_by(col(VerificationSession.id).desc())
        .limit(1)
        .with_for_update()
    ).first()  # fmt: skip


def _audit(db: Session, *, by: Actor, link: Link, session: VerificationSession | None, now: datetime) -> None:
    if link.last_opened_at is not None and now - link.last_opened_at < AUDIT_EVERY:
        return
    session_id = session.id if session else None
    record(
        db, by=by, action="link.open", object_type="link", object_id=link.id, session_id=session_id,
        after={"opened": link.opened_count + 1, "first": link.opened_count == 0},
    )  # fmt: skip
