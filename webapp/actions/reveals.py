"""Uncovering the masked data of one session for one user for ten minutes, and covering it again; both on the record."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.models import Reveal, VerificationSession
from webapp.models.columns import utc_now

LASTS = timedelta(minutes=10)
LONGEST = 400


def reveal(db: Session, *, by: Actor, session_id: int, reason: str, words: str) -> datetime | None:
    """Uncover it from now on; until when, or None for an unknown session. `reason` is a key of `REVEAL_WORDS`.

    The words may name somebody: they stay in the `Reveal`, and the audit row has the reason's key only.
    """
    if by.id is None or db.get(VerificationSession, session_id) is None:
        return None
    now = utc_now()
    row = Reveal(
        user_id=by.id, session_id=session_id, reason=f"{reason}: {words[:LONGEST]}", created_at=now,
        expires_at=now + LASTS,
    )  # fmt: skip
    db.add(row)
    record(
        db, by=by, action="data.reveal", object_type="session", object_id=session_id, session_id=session_id,
        after={"reason": reason, "minutes": int(LASTS.total_seconds() // 60)},
    )  # fmt: skip
    return row.expires_at


def hide(db: Session, *, by: Actor, session_id: int) -> bool:
    """Cover it again before its time; False when nothing was uncovered."""
    now = utc_now()
    mine = col(Reveal.user_id) == by.id, col(Reveal.session_id) == session_id, col(Reveal.expires_at) > now
    ended = db.execute(update(Reveal).where(*mine).values(expires_at=now)).rowcount  # type: ignore[attr-defined]
    if ended:
        record(db, by=by, action="data.hide", object_type="session", object_id=session_id, session_id=session_id)
    return bool(ended)
