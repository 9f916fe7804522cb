"""Deliveries as rows, for lists and exports; bodies are not read here."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, select

from webapp.models import Delivery

COLUMNS = (
    Delivery.id, Delivery.provider, Delivery.link_id, Delivery.session_id, Delivery.reference, Delivery.state,
    Delivery.reason, Delivery.body_sha256, Delivery.body_bytes, Delivery.copies, Delivery.received_at,
    Delivery.last_seen_at, Delivery.confirmed_at, Delivery.settled_at,
)  # fmt: skip


def delivery_rows(db: Session) -> Iterator[dict[str, Any]]:
    """Every delivery, newest first."""
    query = select(*COLUMNS).order_by(col(Delivery.id).desc()).execution_options(yield_per=1000)  # type: ignore[call-overload]
    for row in db.execute(query):
        yield dict(row._mapping)
