"""The worker's way with a delivery: read it, ask the vendor whether it is its own, match it, apply it once."""

from datetime import timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.intake import read_body
from webapp.actions.jobs import TryAgain, enqueue
from webapp.actions.sessions import apply_outcome
from webapp.db import Database
from webapp.models import Delivery, Link, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import Outcome, Provider, ProviderError, Unreadable

ASK_FOR = timedelta(hours=48)
"""How long the vendor is asked whether a result is its own, before the result goes to quarantine unconfirmed."""


def take_in(database: Database, *, delivery_id: int, provider: Provider, data_dir: Path) -> None:
    """Carry one stored delivery to its end. Safe to run again at any point; raises TryAgain while the vendor is away."""
    with database.reading() as db:
        delivery = db.get(Delivery, delivery_id)
        if delivery is None or delivery.state not in ("received", "unmatched"):
            return
        body = read_body(delivery.body, delivery.body_file, data_dir)
    try:
        outcome = provider.read(body, today=delivery.received_at.date())
    except Unreadable as error:
        _quarantine(database, delivery_id, error.reason)
        return
    try:
        confirmed = provider.confirm(outcome)
    except ProviderError as error:
        _wait(database, delivery, outcome, error)
        return
    if not confirmed:
        _quarantine(database, delivery_id, "The vendor says that this result is not its own.", outcome)
        return
    _apply(database, delivery_id, outcome, provider)


def replay(db: Session, *, by: Actor, delivery_id: int) -> str | None:
    """Queue a quarantined delivery again; says what happens, or None when there is no such delivery."""
    delivery = db.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        return None
    if delivery.state != "quarantined":
        return f"No change: the delivery is {delivery.state}."
    delivery.state, delivery.reason, delivery.settled_at = "received", "", None
    enqueue(db, kind="take_in", subject_id=delivery_id)
    record(db, by=by, action="delivery.replayed", object_type="delivery", object_id=delivery_id)
    return "Queued: the worker takes it in again."


def _apply(database: Database, delivery_id: int, outcome: Outcome, provider: Provider) -> None:
    with database.writing() as db:
        delivery = db.get_one(Delivery, delivery_id, with_for_update=True)
        if delivery.state not in ("received", "unmatched"):
            return  # another worker was quicker
        delivery.confirmed_at = utc_now()
        link = db.get_one(Link, delivery.link_id)
        session = _match(db, link, outcome)
        if session is None:
            _settle(db, delivery, "quarantined", "The reference in this result does not belong to this link.")
            return
        delivery.session_id = session.id
        effect = apply_outcome(db, session=session, link=link, delivery=delivery, outcome=outcome, provider=provider)
        _settle(db, delivery, "repeat" if effect.startswith("Kept") else "applied", effect)


def _match(db: Session, link: Link, outcome: Outcome) -> VerificationSession | None:
    """The session of this link that the result is about.

    By reference; else a single link whose creation is still in flight (or timed out at the vendor's side) takes it by our
    customid; else a reusable link makes a new session for the new reference.
    """
    found = db.exec(
        select(VerificationSession)
        .where(VerificationSession.provider == link.provider, VerificationSession.reference == outcome.reference)
        .with_for_update()
    ).first()
    if found is not None:
        return found if found.link_id == link.id else None
    if outcome.customid != link.customid:
        return None
    if link.reusable:
        return _new_session(db, link, outcome)
    newest = db.exec(
        select(VerificationSession)
        .where(VerificationSession.link_id == link.id)
        .order_by(col(VerificationSession.id).desc())
    ).first()
    if newest is None or newest.reference:
        return None
    newest.reference = link.vendor_reference = outcome.reference
    if link.state in ("creating", "create_failed"):
        link.state = "active"
    return newest


def _new_session(db: Session, link: Link, outcome: Outcome) -> VerificationSession:
    session = VerificationSession(
        link_id=link.id or 0, provider=link.provider, kind=link.kind, reference=outcome.reference, capture="opened",
        search_text=outcome.reference.casefold(),
    )  # fmt: skip
    db.add(session)
    db.flush()
    return session


def _wait(database: Database, delivery: Delivery, outcome: Outcome, error: ProviderError) -> None:
    """The vendor could not be asked: say so on the session and try again, for 48 hours."""
    if utc_now() - delivery.received_at > ASK_FOR:
        reason = "For 48 hours the vendor could not be asked whether this result is its own."
        _quarantine(database, delivery.id or 0, reason, outcome)
        return
    with database.writing() as db:
        session = _waiting_session(db, delivery, outcome)
        if session is not None and not session.unverified and session.outcome == "none":
            session.unverified = True
            session.received_at = session.received_at or delivery.received_at
            record(db, by=_vendor(delivery), action="delivery.waiting", object_type="delivery", object_id=delivery.id,
                   session_id=session.id, after={"code": error.code}, outcome="error")  # fmt: skip
    raise TryAgain(f"the vendor could not be asked ({error.code})")


def _waiting_session(db: Session, delivery: Delivery, outcome: Outcome) -> VerificationSession | None:
    query = select(VerificationSession).where(
        VerificationSession.link_id == delivery.link_id, VerificationSession.reference == outcome.reference
    )
    return db.exec(query).first()


def _quarantine(database: Database, delivery_id: int, reason: str, outcome: Outcome | None = None) -> None:
    with database.writing() as db:
        delivery = db.get_one(Delivery, delivery_id)
        if delivery.state in ("received", "unmatched"):
            _settle(db, delivery, "quarantined", reason)
            session = _waiting_session(db, delivery, outcome) if outcome else None
            if session is not None and session.unverified:
                session.unverified = False


def _settle(db: Session, delivery: Delivery, state: str, reason: str) -> None:
    delivery.state, delivery.reason, delivery.settled_at = state, reason, utc_now()
    record(db, by=_vendor(delivery), action=f"delivery.{state}", object_type="delivery", object_id=delivery.id,
           session_id=delivery.session_id, after={"copies": delivery.copies})  # fmt: skip


def _vendor(delivery: Delivery) -> Actor:
    return Actor(kind="vendor", name=delivery.provider, ip=delivery.source_address)
