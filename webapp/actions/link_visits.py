"""What the applicant does with a link: opening it, and coming back from the vendor."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.link_life import used
from webapp.models import Link, VerificationSession
from webapp.models.changes import announce, announce_link
from webapp.models.columns import utc_now

AUDIT_EVERY = timedelta(minutes=10)
"""Each opening is counted; an audit row is written for the first and then at most once in this time, because whoever
has the address can open it as often as he likes."""


def opened(db: Session, *, by: Actor, link_id: int, first_only: bool = False) -> None:
    """Count one opening of a working link and make its session `opened` (5.2); `first_only`: only the very first.

    Nothing happens for a link that does not work (now). A reusable link counts for itself: who opens it is nobody yet.
    """
    link = db.get(Link, link_id, with_for_update=True)
    if link is None or link.state != "active" or (first_only and link.opened_count):
        return
    now = utc_now()
    session = None if link.reusable else _session(db, link_id)
    _audit(db, by=by, link=link, session=session, now=now)
    link.opened_count += 1
    link.first_opened_at = link.first_opened_at or now
    link.last_opened_at = now
    used(link, now)
    if session is None:
        announce_link(db.connection(), link_id)
        return
    if session.capture == "ready":
        session.capture, session.opened_at, session.changed_at = "opened", now, now
    else:
        announce(db.connection(), session.id or 0)  # the count is on the open pages too


def returned(db: Session, *, by: Actor, link_id: int, reference: str, failed: bool = False) -> None:
    """The browser came back from the vendor with this reference: a hint that a result is coming, no outcome.

    `failed` says which of the two addresses it came to, which anybody can open: it goes on record and nowhere else.
    """
    if not reference or not reference.isascii() or not reference.isprintable():
        return  # not a reference; nor would every database look for it
    session = _session(db, link_id, reference)
    if session is None or session.capture not in ("ready", "opened"):
        return
    before, session.capture, session.changed_at = session.capture, "returned", utc_now()
    record(
        db, by=by, action="link.return", object_type="link", object_id=link_id, session_id=session.id,
        before={"capture": before}, after={"capture": "returned", "failed": failed},
    )  # fmt: skip


def _session(db: Session, link_id: int, reference: str = "") -> VerificationSession | None:
    """The link's newest session, or the one with this reference; held until the transaction ends."""
    query = select(VerificationSession).where(VerificationSession.link_id == link_id)
    if reference:
        query = query.where(VerificationSession.reference == reference)
    return db.exec(query.order_by(col(VerificationSession.id).desc()).limit(1).with_for_update()).first()


def _audit(db: Session, *, by: Actor, link: Link, session: VerificationSession | None, now: datetime) -> None:
    if link.last_opened_at is not None and now - link.last_opened_at < AUDIT_EVERY:
        return
    session_id = session.id if session else None
    record(
        db, by=by, action="link.open", object_type="link", object_id=link.id, session_id=session_id,
        after={"opened": link.opened_count + 1, "first": link.opened_count == 0},
    )  # fmt: skip
