"""Which session of a link a result is about; a reusable link gets a new one for each new reference."""

from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM
from webapp.actions.audit import record
from webapp.actions.link_states import is_full
from webapp.checks.normalise import search_text
from webapp.models import Link, VerificationSession
from webapp.providers.base import Outcome


def match(db: Session, link: Link, outcome: Outcome) -> VerificationSession | None:
    """The session of this link that the result is about, or None. The link's row must be held.

    By reference; else a single link whose creation is still in flight (or timed out at the vendor's side) takes it by our
    customid; else a reusable link makes a session of its own for the new reference (product rules 5.6).
    """
    found = db.exec(
        select(VerificationSession)
        .where(
            VerificationSession.provider == link.provider,
            VerificationSession.reference == outcome.reference,
            VerificationSession.reference != "",  # lets SQLite use the index, which holds no empty references
        )
        .with_for_update()
    ).first()
    if found is not None:
        return found if found.link_id == link.id else None
    if outcome.customid != link.customid:
        return None
    return _new_session(db, link, outcome) if link.reusable else _unanswered_session(db, link, outcome)


def _unanswered_session(db: Session, link: Link, outcome: Outcome) -> VerificationSession | None:
    newest = db.exec(
        select(VerificationSession)
        .where(VerificationSession.link_id == link.id)
        .order_by(col(VerificationSession.id).desc())
        .limit(1)
        .with_for_update()
    ).first()
    if newest is None or newest.reference:
        return None
    newest.reference = link.vendor_reference = outcome.reference
    if link.state in ("creating", "create_failed"):
        link.state = "active"
    return newest


def _new_session(db: Session, link: Link, outcome: Outcome) -> VerificationSession:
    """A session "to be identified". Flagged when the link was withdrawn, paused or full, and then not counted.

    On a link that is over it begins as the link is, so that its result counts as late. The one that fills the link
    closes it: the link's row is held, so that of many at once none is counted twice.
    """
    outside = link.state in ("paused", "used_up", "revoked") or is_full(db, link)
    session = VerificationSession(
        link_id=link.id or 0, provider=link.provider, kind=link.kind, reference=outcome.reference, outside_link=outside,
        capture=link.state if link.state in ("expired", "revoked") else "opened",
        search_text=search_text(link.label, outcome.reference),
    )  # fmt: skip
    db.add(session)
    db.flush()
    record(
        db, by=SYSTEM, action="session.create", object_type="session", object_id=session.id, session_id=session.id,
        after={"link": link.id, "outside_link": outside},
    )  # fmt: skip
    if link.state == "active" and is_full(db, link):
        link.state = "used_up"
        record(
            db, by=SYSTEM, action="link.used_up", object_type="link", object_id=link.id, before={"state": "active"},
            after={"state": "used_up", "cap": link.session_cap},
        )  # fmt: skip
    return session
