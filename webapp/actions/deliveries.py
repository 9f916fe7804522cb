"""The worker's way with a delivery: read it, ask the vendor whether it is its own, match it, apply it once."""

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from sqlmodel import Session, select

from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import record, record_call
from webapp.actions.erasures import note_copy
from webapp.actions.intake import read_body
from webapp.actions.jobs import TryAgain, enqueue
from webapp.actions.link_making import locked
from webapp.actions.matching import match
from webapp.actions.sessions import apply_outcome
from webapp.actions.unclaimed import claim
from webapp.db import Database
from webapp.models import Delivery, Link, VerificationSession
from webapp.models.changes import NOBODY, announce_link
from webapp.models.columns import utc_now
from webapp.providers.base import Denied, Networks, Outcome, Provider, ProviderError, Unreadable

ASK_FOR = timedelta(hours=48)
"""How long the vendor is asked whether a result is its own, before the result goes to quarantine unconfirmed."""
HOLD_FOR = timedelta(minutes=10)
"""How long a result waits for its session while the link is still being made."""
GIVEN_UP = "Five attempts to read it ended with the worker stopped."
WRONG_ADDRESS = "It came from {}, an address that this vendor's results are not taken from."


def take_in(database: Database, *, delivery_id: int, provider: Provider, data_dir: Path) -> None:
    """Carry one stored delivery to its end. Safe to run again at any point; raises TryAgain while the vendor is away."""
    with database.reading() as db:
        delivery = db.get(Delivery, delivery_id)
    if delivery is not None and delivery.link_id is None:
        delivery = claim(database, delivery_id)
    if delivery is None or delivery.state not in ("received", "unmatched"):
        return
    if not comes_from(provider.networks, delivery.source_address):
        _quarantine(database, delivery_id, WRONG_ADDRESS.format(delivery.source_address or "nowhere known"))
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
    except Denied as error:
        _quarantine(database, delivery_id, error.reason, outcome, asked=provider.asked_to_confirm)
        return
    if not confirmed:
        reason = "The vendor says that this result is not its own."
        _quarantine(database, delivery_id, reason, outcome, asked=provider.asked_to_confirm)
        return
    _apply(database, delivery_id, outcome, provider, data_dir)


def comes_from(networks: Networks, address: str) -> bool:
    """Whether the address is in one of the networks; where none are named, any is."""
    if not networks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found  # how a socket for both kinds shows the older one
    return any(found in network for network in networks)


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


def give_up(db: Session, *, delivery_id: int) -> None:
    """Set a delivery aside of which workers die; its raw bytes stay, and it can be replayed. Nothing where it is settled."""
    delivery = db.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.state not in ("received", "unmatched"):
        return
    _settle(db, delivery, "quarantined", GIVEN_UP, by=SYSTEM)
    session = _waiting_session(db, delivery, delivery.reference)
    if session is not None and session.unverified:
        session.unverified = False


def _apply(database: Database, delivery_id: int, outcome: Outcome, provider: Provider, data_dir: Path) -> None:
    file = ""
    with database.writing() as db:
        delivery = db.get_one(Delivery, delivery_id, with_for_update=True)
        if delivery.state not in ("received", "unmatched"):
            return  # another worker was quicker
        delivery.confirmed_at = utc_now() if provider.asked_to_confirm else None
        # The link before its session, as everywhere: two that lock in different orders would wait for each other.
        link = locked(db, delivery.link_id or 0)
        assert link is not None  # links are never deleted
        session = match(db, link, outcome)
        delivery.session_id = session.id if session else None
        if provider.asked_to_confirm:
            _asked(db, delivery)
            record(db, by=_vendor(delivery), action="delivery.verified", object_type="delivery", object_id=delivery.id,
                   session_id=delivery.session_id)  # fmt: skip
        if session is None:
            _hold_or_quarantine(db, delivery, link)
            return
        if session.erased or session.erased_classes:
            file = _drop(db, delivery)
            if outcome.vault_id:
                note_copy(
                    db, session_id=session.id or 0, copy_id=outcome.vault_id, basis="A result came after the erasure."
                )
        else:
            effect = apply_outcome(
                db, session=session, link=link, delivery=delivery, outcome=outcome, provider=provider
            )
            _settle(db, delivery, "repeat" if effect.startswith("Kept") else "applied", effect)
    if file:
        (data_dir / file).unlink(missing_ok=True)


def _hold_or_quarantine(db: Session, delivery: Delivery, link: Link) -> None:
    """A result may be quicker than the answer that names its reference: while that is awaited, so is its session."""
    until = delivery.received_at + HOLD_FOR
    if link.state != "creating" or utc_now() >= until:
        _settle(db, delivery, "quarantined", "The reference in this result does not belong to this link.")
    elif delivery.state != "unmatched":
        _settle(
            db, delivery, "unmatched", "The link is still being made: waiting for the vendor to name its reference."
        )
        enqueue(db, kind="take_in", subject_id=delivery.id or 0, due_at=until)


def _drop(db: Session, delivery: Delivery) -> str:
    """Keep nothing of a result for an erased session but its hash and time; the file to remove after the commit."""
    file, delivery.body, delivery.body_file, delivery.headers = delivery.body_file, None, "", {}
    _settle(db, delivery, "repeat", "Kept only as hash and time: the session was erased before.")
    shared = file and db.exec(select(Delivery.id).where(Delivery.body_file == file).limit(1)).first()
    return "" if shared else file


def _wait(database: Database, delivery: Delivery, outcome: Outcome, error: ProviderError) -> None:
    """The vendor could not be asked: say so on the session and try again, for 48 hours."""
    if utc_now() - delivery.received_at > ASK_FOR:
        reason = "For 48 hours the vendor could not be asked whether this result is its own."
        _quarantine(database, delivery.id or 0, reason, outcome)
        return
    with database.writing() as db:
        session = _waiting_session(db, delivery, outcome.reference)
        _asked(db, delivery, code=error.code, outcome="error")
        if session is not None and not session.unverified and session.outcome == "none":
            session.unverified = True
            session.received_at = session.received_at or delivery.received_at
            record(db, by=_vendor(delivery), action="delivery.waiting", object_type="delivery", object_id=delivery.id,
                   session_id=session.id, after={"code": error.code}, outcome="error")  # fmt: skip
    raise TryAgain(f"the vendor could not be asked ({error.code})")


def _waiting_session(db: Session, delivery: Delivery, reference: str) -> VerificationSession | None:
    query = select(VerificationSession).where(
        VerificationSession.link_id == delivery.link_id, VerificationSession.reference == reference
    )
    return db.exec(query).first()


def _quarantine(
    database: Database, delivery_id: int, reason: str, outcome: Outcome | None = None, *, asked: bool = False
) -> None:
    with database.writing() as db:
        delivery = db.get_one(Delivery, delivery_id)
        if delivery.state in ("received", "unmatched"):
            if asked:
                _asked(db, delivery, code="no", outcome="denied")
            _settle(db, delivery, "quarantined", reason)
            session = _waiting_session(db, delivery, outcome.reference) if outcome else None
            if session is not None and session.unverified:
                session.unverified = False


def _settle(db: Session, delivery: Delivery, state: str, reason: str, *, by: Actor | None = None) -> None:
    delivery.state, delivery.reason = state, reason
    delivery.settled_at = None if state == "unmatched" else utc_now()
    record(db, by=by or _vendor(delivery), action=f"delivery.{state}", object_type="delivery", object_id=delivery.id,
           session_id=delivery.session_id, after={"copies": delivery.copies})  # fmt: skip
    if delivery.session_id is None:  # no session changes, yet the list of deliveries does
        announce_link(db.connection(), delivery.link_id or NOBODY)


def _asked(db: Session, delivery: Delivery, *, code: str = "", outcome: str = "ok") -> None:
    """The vendor was asked whether this delivery is its own."""
    record_call(
        db, by=SYSTEM, provider=delivery.provider, call="validate", object_type="delivery", object_id=delivery.id,
        session_id=delivery.session_id, code=code, outcome=outcome,
    )  # fmt: skip


def _vendor(delivery: Delivery) -> Actor:
    return Actor(kind="vendor", name=delivery.provider, ip=delivery.source_address)
