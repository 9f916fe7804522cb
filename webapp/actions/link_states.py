"""Taking a link out of use and back: revoking any link; pausing, resuming and capping a reusable one."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.follow_ups import answered
from webapp.actions.link_making import last_session, locked
from webapp.models import Link, VerificationSession
from webapp.models.changes import announce_link
from webapp.models.columns import utc_now

REVOKE_REASONS = ("no_longer_needed", "wrong_person", "wrong_details", "other")
WAITING = ("ready", "opened", "returned")
"""Captures of a session that waits for its applicant or for the vendor."""


class NotPossible(Exception):
    """The link is past the state in which this can be done; the message is for the person."""


def can_revoke(link: Link, last: VerificationSession | None) -> bool:
    """Whether the link can still be withdrawn: it works and no result has arrived, or it is reusable and not over."""
    if link.reusable:
        return link.state in ("active", "paused", "used_up")
    return link.state in ("active", "paused") and (last is None or last.capture in WAITING)


def revoke(db: Session, *, by: Actor, link_id: int, reason: str) -> Link | None:
    """Withdraw a link: its address answers "gone" from now on. `reason` is one of REVOKE_REASONS.

    None when there is no such link; one revoked already stays so. Raises NotPossible when it does not work any more
    for another cause. The vendor has no call to cancel a session (F1): an applicant already there may still finish.
    """
    link = locked(db, link_id)
    if link is None or link.state == "revoked":
        return link
    session = None if link.reusable else last_session(db, link_id)
    if not can_revoke(link, session):
        raise NotPossible("This link does not work any more, so there is nothing to revoke.")
    before, link.state = link.state, "revoked"
    if session is not None:
        session.capture, session.changed_at = "revoked", utc_now()
    session_id = session.id if session else None
    record(
        db, by=by, action="link.revoke", object_type="link", object_id=link.id, session_id=session_id,
        before={"state": before}, after={"state": "revoked"}, reason_codes=[reason],
    )  # fmt: skip
    if session is None:
        announce_link(db.connection(), link_id)
    else:
        answered(db, child=session, why="revoked")
    return link


def pause(db: Session, *, by: Actor, link_id: int) -> Link | None:
    """Let nobody through a reusable link for now. None when there is no such link; one paused already stays so.

    Raises NotPossible for a link that is not reusable or does not work any more. Who is at the vendor already may
    finish: his result is kept, flagged and sent to review.
    """
    link = locked(db, link_id)
    if link is None or (link.reusable and link.state == "paused"):
        return link
    if not link.reusable or link.state != "active":
        raise NotPossible("Only a reusable link that works can be paused. This one does not work now.")
    _change(db, by=by, link=link, action="link.pause", state="paused")
    return link


def resume(db: Session, *, by: Actor, link_id: int) -> Link | None:
    """Let people through a paused link again. None when there is no such link; one that works already stays so.

    Raises NotPossible when it is over, by our own clock as well. It is used up at once if it is full.
    """
    link = locked(db, link_id)
    if link is None or (link.reusable and link.state == "active"):
        return link
    if not link.reusable or link.state != "paused":
        raise NotPossible("This link is not paused, so it cannot be resumed.")
    if _past(link, utc_now()):
        raise NotPossible("This link has run out while it was paused. Make a new one.")
    _change(db, by=by, link=link, action="link.resume", state="used_up" if is_full(db, link) else "active")
    return link


def set_cap(db: Session, *, by: Actor, link_id: int, cap: int | None) -> Link | None:
    """Let a reusable link bring this many sessions, 1 or more; None: any number. None when there is no such link.

    A higher cap opens a full link again, a lower one may close it. What came before is not flagged anew. Raises
    NotPossible for a link that is not reusable or is over.
    """
    link = locked(db, link_id)
    if link is None or (link.reusable and link.session_cap == cap):
        return link
    if not link.reusable:
        raise NotPossible("This link is for one person, so it has no number of sessions to change.")
    if link.state not in ("active", "paused", "used_up") or (link.state == "used_up" and _past(link, utc_now())):
        raise NotPossible("This link does not work any more, so its number of sessions cannot be changed.")
    before, link.session_cap = link.session_cap, cap
    state = link.state if link.state == "paused" else "used_up" if is_full(db, link) else "active"
    _change(db, by=by, link=link, action="link.cap", state=state, before={"cap": before}, after={"cap": cap})
    return link


def is_full(db: Session, link: Link) -> bool:
    """Whether a reusable link has brought as many sessions as it may; those that came outside it do not count."""
    if link.session_cap is None:
        return False
    query = select(func.count(col(VerificationSession.id))).where(
        VerificationSession.link_id == link.id, col(VerificationSession.outside_link).is_(False)
    )
    return db.exec(query).one() >= link.session_cap


def _past(link: Link, now: datetime) -> bool:
    return link.expires_at is not None and link.expires_at <= now


def _change(
    db: Session, *, by: Actor, link: Link, action: str, state: str, before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    was, link.state = link.state, state
    record(
        db, by=by, action=action, object_type="link", object_id=link.id, before={"state": was, **(before or {})},
        after={"state": state, **(after or {})},
    )  # fmt: skip
    announce_link(db.connection(), link.id or 0)
