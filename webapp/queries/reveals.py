"""Whether somebody has uncovered a session's masked data for a while."""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from webapp.models import Reveal
from webapp.models.columns import table_of

R = table_of(Reveal).c
OPEN_UNTIL = select(func.max(R.expires_at, type_=R.expires_at.type)).where(
    R.user_id == bindparam("user_id"), R.session_id == bindparam("session_id"), R.expires_at > bindparam("now")
)
"""Of one user and one session; other queries ask it along."""


def open_until(db: Session, *, user_id: int, session_id: int, now: datetime) -> datetime | None:
    """Until when this user sees everything of this session; None when nothing is uncovered. One query."""
    until: datetime | None = db.execute(OPEN_UNTIL, {"user_id": user_id, "session_id": session_id, "now": now}).scalar()
    return until
