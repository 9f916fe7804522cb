"""What an open session page shows, in one token, and whether its opening is on the record; the page is in session_page."""

from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, func, select
from sqlmodel import Session, col

from webapp.models import AuditEvent, Delivery, EvidenceFile, Link, VerificationSession
from webapp.queries.timeline import VIEWS

_ID: BindParameter[int] = bindparam("session_id")
_TOLD = (
    select(func.max(AuditEvent.seq))
    .where(col(AuditEvent.session_id) == _ID, col(AuditEvent.action).not_in(VIEWS))
    .scalar_subquery()
)
_FETCHED = (
    select(func.count())
    .select_from(EvidenceFile)
    .where(col(EvidenceFile.session_id) == _ID, col(EvidenceFile.state) != "pending")
    .scalar_subquery()
)
_ARRIVED = (
    select(func.sum(Delivery.copies)).where(col(Delivery.link_id) == col(Link.id)).correlate(Link).scalar_subquery()
)
_SEEN = (
    select(
        col(VerificationSession.status),
        col(VerificationSession.version),
        col(Link.opened_count),
        _TOLD,
        _FETCHED,
        _ARRIVED,
    )
    .join(Link, col(Link.id) == col(VerificationSession.link_id))
    .where(col(VerificationSession.id) == _ID)
)  # fmt: skip
"""Built once: an open page may ask every few seconds."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a live region shows: `token` changes when the page would; `status` tells whether to keep asking."""

    token: str
    status: str


def seen(db: Session, session_id: int) -> Seen | None:
    """What the page of this session shows now, for a conditional answer; None for an unknown id. One query."""
    row = db.execute(_SEEN, {"session_id": session_id}).first()
    if row is None:
        return None
    status, *parts = row
    return Seen(token=".".join(str(part or 0) for part in parts), status=status)


def viewed_by(db: Session, session_id: int, user_id: int) -> bool:
    """Whether this person's opening of the page is on the record already, so that a refetch of it need not be."""
    mine = select(col(AuditEvent.seq)).where(
        col(AuditEvent.session_id) == session_id,
        col(AuditEvent.action) == "session.view",
        col(AuditEvent.actor_id) == user_id,
    )
    return db.execute(mine.limit(1)).first() is not None
