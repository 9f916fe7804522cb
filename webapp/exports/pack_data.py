"""What a pack holds beside the report, in forms for machines: the record as canonical JSON, timeline and list entries as CSV."""

import json
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from webapp.actions import snapshots
from webapp.audit_chain import canonical_time
from webapp.exports.base import Column
from webapp.exports.csv_file import write_csv
from webapp.exports.pack_asked import Found, PackAsked
from webapp.exports.record import SessionRecord
from webapp.models import Delivery
from webapp.queries.session_page import SessionPage

SESSION_SCHEMA = "vouchdesk.session/1"
APART = ("files", "proof", "exported_at", "purpose", "exporter", "software")
"""Parts of the record that are no part of the session, or stand in the manifest."""
TIMELINE = (Column("utc"), Column("what", foreign=True))
AML = (
    Column("entry", "whole"), Column("name", foreign=True), Column("kind", foreign=True), Column("list", foreign=True),
    Column("strength", foreign=True), Column("verdict", foreign=True), Column("because", foreign=True),
    Column("note", foreign=True), Column("by", foreign=True), Column("utc"),
)  # fmt: skip


def as_json(value: Any) -> bytes:
    """JSON with sorted keys in UTF-8, indented so that people can read it too."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1, default=_plain)
    return text.encode("utf-8", "replace") + b"\n"


def session_json(db: Session, page: SessionPage, record: SessionRecord, asked: PackAsked, found: Found) -> bytes:
    """What the report tells, and the stored rows themselves for who may see all of them; of what is erased, the tombstone."""
    told = {name: value for name, value in asdict(record).items() if name not in APART}
    for picture in told["pictures"]:
        picture.pop("content")
    told["id"] = told.pop("session_id")
    whole = asked.sight.whole and not page.session.erased
    rows = snapshots.read(db, page.session) if whole else None
    stone = found.erasure.tombstone if found.erasure else None
    return as_json({"schema": SESSION_SCHEMA, "session": told, "rows": rows, "tombstone": stone})


def timeline_csv(record: SessionRecord) -> bytes:
    """What happened, the earliest first."""
    rows = [[canonical_time(event.at), event.words] for event in record.timeline]
    return b"".join(write_csv(TIMELINE, [rows]))


def aml_csv(record: SessionRecord) -> bytes:
    """Each list entry with its verdict."""
    rows = [
        [number, hit.name, hit.kind, hit.list_name, hit.strength, hit.verdict, "; ".join(hit.because), hit.note, hit.by,
         canonical_time(hit.at) if hit.at else ""]
        for number, hit in enumerate(record.hits, 1)
    ]  # fmt: skip
    return b"".join(write_csv(AML, [rows]))


def delivery_json(delivery: Delivery, asked: PackAsked, *, body: str) -> bytes:
    """When, from where and how a delivery came, and what the vendor said of it; `body` is its name or why it is not there."""
    shown = asked.raw and asked.sight.whole
    return as_json({
        "delivery": delivery.id, "received_utc": _time(delivery.received_at), "copies": delivery.copies,
        "last_seen_utc": _time(delivery.last_seen_at), "state": delivery.state, "reason": asked.personal(delivery.reason),
        "sha256": delivery.body_sha256, "bytes": delivery.body_bytes, "body": body,
        "headers": delivery.headers if shown else None, "source_address": delivery.source_address if shown else None,
        "validation": {
            "confirmed_utc": _time(delivery.confirmed_at),
            "means": "The vendor answered that a session with this reference and proof ended with it. It does not vouch for"
            " the bytes of the body." if delivery.confirmed_at else "The vendor has not confirmed this delivery.",
        },
    })  # fmt: skip


def _time(at: datetime | None) -> str | None:
    return canonical_time(at) if at else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return canonical_time(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)
