"""Results without a link: posted to the installation's address about a reference that no link has, or does not have yet."""

from datetime import timedelta

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.intake import Received
from webapp.actions.jobs import enqueue
from webapp.db import Database
from webapp.models import Delivery, Link, VerificationSession
from webapp.models.changes import NOBODY, announce
from webapp.models.columns import utc_now

LOOK_AGAIN = timedelta(minutes=10)
"""When an unknown reference is looked up once more: a link may have been made while its result was stored."""
NEVER_ISSUED = "No link of this console has the reference in this result. It is applied if a link gets it."
FOUND = text("SELECT link_id FROM verification_session WHERE provider = :provider AND reference = :reference "
             "AND reference <> ''")  # fmt: skip
"""The last condition lets the index be used, which holds no empty references."""


def link_of(connection: Connection, provider: str, reference: str) -> int | None:
    """The link whose session has this reference; None when none has it."""
    found: int | None = connection.scalar(FOUND, {"provider": provider, "reference": reference})
    return found


def keep(database: Database, *, provider: str, received: Received, reference: str, reason: str) -> None:
    """Store a result without a link, in quarantine, durably; the same bytes again only raise the counter."""
    new = Delivery(
        provider=provider, reference=reference[:128], reason=reason or NEVER_ISSUED, state="quarantined",
        body=None if received.body_file else received.body, body_file=received.body_file, body_sha256=received.sha256,
        body_bytes=received.size, headers=received.headers, source_address=received.source_address,
    )  # fmt: skip
    try:
        _keep(database, new)
    except IntegrityError:  # twice at once: the other one was first
        _keep(database, new)


def _keep(database: Database, new: Delivery) -> None:
    with database.writing() as db:
        known = db.exec(
            select(Delivery)
            .where(
                Delivery.provider == new.provider, Delivery.reference == new.reference,
                Delivery.body_sha256 == new.body_sha256, col(Delivery.link_id).is_(None),
            )
            .with_for_update()
        ).first()  # fmt: skip
        if known is not None:
            known.copies, known.last_seen_at = known.copies + 1, utc_now()
            _received(db, known)
            return
        row = Delivery(**new.model_dump(exclude={"id"}))
        db.add(row)
        db.flush()
        if row.reference:
            enqueue(db, kind="take_in", subject_id=row.id or 0, due_at=row.received_at + LOOK_AGAIN)
        _received(db, row)
        announce(db.connection(), NOBODY)


def _received(db: Session, row: Delivery) -> None:
    record(
        db, by=Actor(kind="vendor", name=row.provider, ip=row.source_address), action="delivery.received",
        object_type="delivery", object_id=row.id,
        after={"sha256": row.body_sha256, "bytes": row.body_bytes, "copies": row.copies, "state": row.state},
    )  # fmt: skip


def claim_for(db: Session, link: Link) -> int:
    """Queue what came before the link had its reference; how many. The link's row must be held."""
    query = select(Delivery).where(
        Delivery.provider == link.provider, Delivery.reference == link.vendor_reference, col(Delivery.link_id).is_(None)
    )
    query = query.order_by(col(Delivery.id)).with_for_update()  # in the order in which they came
    found = db.exec(query).all() if link.vendor_reference else []
    given = [delivery for delivery in found if _give(db, delivery, link.id or 0)]
    for delivery in given:
        enqueue(db, kind="take_in", subject_id=delivery.id or 0)
    return len(given)


def claim(database: Database, delivery_id: int) -> Delivery:
    """Look once more whose a delivery without a link is; it is to be taken in if its state says so afterwards."""
    with database.writing() as db:
        delivery = db.get_one(Delivery, delivery_id, with_for_update=True)
        session = _session(db, delivery) if delivery.link_id is None else None
        if session is not None:
            _give(db, delivery, session.link_id)
        elif delivery.link_id is None and delivery.state != "quarantined":  # an operator had it read again
            delivery.state, delivery.reason, delivery.settled_at = "quarantined", NEVER_ISSUED, utc_now()
    return delivery


def _session(db: Session, delivery: Delivery) -> VerificationSession | None:
    query = select(VerificationSession).where(
        VerificationSession.provider == delivery.provider, VerificationSession.reference == delivery.reference,
        VerificationSession.reference != "",
    )  # fmt: skip
    return db.exec(query).first()


def _give(db: Session, delivery: Delivery, link_id: int) -> bool:
    """The link's from now on; the same bytes may have come to the link's own address as well."""
    twin = select(Delivery.id).where(Delivery.link_id == link_id, Delivery.body_sha256 == delivery.body_sha256)
    if db.exec(twin).first() is not None:
        delivery.state, delivery.reason = "repeat", "Kept: the same bytes came to the link's own address."
        delivery.settled_at = delivery.settled_at or utc_now()
        return False
    delivery.link_id, delivery.state, delivery.reason, delivery.settled_at = link_id, "received", "", None
    return True
