"""Counting links sent by SMS, which the vendor charges for: a place is taken before it is asked; it alone sends."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, text
from sqlmodel import Session, col, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.models import SmsSend
from webapp.models.columns import utc_now
from webapp.providers.base import ProviderError

DAY = timedelta(hours=24)
"""What "a day" is here: the last 24 hours, so that midnight does not double what may be sent."""
_TURN = 0x5645_534D
"""PostgreSQL's lock under which places are taken; any number that nothing else uses."""
_MAYBE_SENT = ("expiry_past",)
"""Refusals that are ours: the vendor had made the link, so that its SMS may be on the way."""


@dataclass(frozen=True)
class SmsCaps:
    """How many SMS a day may be asked for, for one number and altogether; `key` is the installation's secret key."""

    per_number: int
    per_day: int
    key: str

    def number_key(self, number: str) -> str:
        """A keyed hash of the number, by which it is counted without being kept."""
        return hmac.new(self.key.encode(), b"sms:" + number.encode(), hashlib.sha256).hexdigest()


class SmsCapReached(Exception):
    """No SMS may be sent now; the message is for the person."""


def left_today(db: Session, caps: SmsCaps, now: datetime) -> int:
    """How many SMS may still be asked for: those of the last 24 hours count, except refused ones."""
    return max(0, caps.per_day - _count(db, now))


def reserve(db: Session, *, by: Actor, link_id: int, number: str, caps: SmsCaps) -> int:
    """Take a place for one SMS in the transaction that makes the link; its id. Raises SmsCapReached.

    One at a time, so that two at the last free place cannot both have it: SQLite lets one write anyway.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.connection().execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
    now, key = utc_now(), caps.number_key(number)
    if _count(db, now, col(SmsSend.number_key) == key) >= caps.per_number:
        raise SmsCapReached(_number_full(caps.per_number))
    if _count(db, now) >= caps.per_day:
        raise SmsCapReached(_day_full(caps.per_day))
    row = SmsSend(link_id=link_id, number_key=key, asked_by_id=by.id, asked_at=now)
    db.add(row)
    db.flush()
    record(db, by=by, action="link.sms_asked", object_type="link", object_id=link_id)
    return row.id or 0


def settle(
    db: Session, *, by: Actor, send_id: int | None, sent: bool = False, error: ProviderError | None = None
) -> None:
    """Note what became of an SMS that was asked for; only a refused one gives its place back.

    Silence may mean that it was sent, and so may an answer that does not say so: these stay counted as `unknown`.
    """
    row = db.get(SmsSend, send_id, with_for_update=True) if send_id else None
    if row is None or row.outcome != "asked":
        return
    refused = error is not None and error.permanent and error.code not in _MAYBE_SENT
    row.outcome = "refused" if refused else "sent" if sent and error is None else "unknown"
    record(
        db, by=by, action=f"link.sms_{row.outcome}", object_type="link", object_id=row.link_id,
        outcome="ok" if row.outcome == "sent" else "error",
    )  # fmt: skip


def _count(db: Session, now: datetime, *only: ColumnElement[bool]) -> int:
    query = select(func.count(col(SmsSend.id))).where(
        col(SmsSend.asked_at) > now - DAY, col(SmsSend.outcome) != "refused", *only
    )
    return db.exec(query).one()


def _number_full(cap: int) -> str:
    if not cap:
        return "Links are not sent by SMS here. Hand the link out another way."
    times = "once" if cap == 1 else f"{cap} times"
    return (
        f"An SMS was sent to this number {times} in the last 24 hours, and more is not allowed. Hand the link out another "
        "way, or try again tomorrow."
    )


def _day_full(cap: int) -> str:
    if not cap:
        return "Links are not sent by SMS here. Hand the link out another way."
    return (
        f"{cap} SMS were sent in the last 24 hours, which is all that may be sent in a day. Hand the link out another way, "
        "or try again tomorrow."
    )
