"""What an open session page shows, in one token, and whether its opening is on the record; the page is in session_page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, and_, bindparam, case, func, select
from sqlmodel import Session

from webapp.models import AuditEvent, Delivery, EvidenceFile, Link, Person, VerificationSession
from webapp.models.columns import table_of, utc_now
from webapp.queries.reveals import OPEN_UNTIL
from webapp.queries.timeline import VIEWS

LINKS, FILES, PERSONS = table_of(Link), table_of(EvidenceFile), table_of(Person)
P = PERSONS.c
S, L, D, E, A = table_of(VerificationSession).c, LINKS.c, table_of(Delivery).c, FILES.c, table_of(AuditEvent).c
_ID: BindParameter[int] = bindparam("session_id")
_TOLD = (
    select(A.seq)
    .where(A.session_id == _ID, A.action.not_in(VIEWS))
    .order_by(A.seq.desc())
    .limit(1)  # the newest is met at once, where max() would read all rows of the session
    .scalar_subquery()
)
_FETCHED = select(func.count()).select_from(FILES).where(E.session_id == _ID, E.state != "pending").scalar_subquery()
_COPIES = select(func.sum(D.copies)).correlate(LINKS)
_OF_LINK = _COPIES.where(D.link_id == L.id).scalar_subquery()
_OF_SESSION = _COPIES.where(D.session_id == _ID).scalar_subquery()
_ARRIVED = case((L.reusable, _OF_SESSION), else_=_OF_LINK)
"""A reusable link may have brought thousands, and none of them is shown here but the session's own."""
_OPENED = case((L.reusable, 0), else_=L.opened_count)
_SEEN = (
    select(
        S.status,
        S.version,
        _OPENED,
        _TOLD,
        _FETCHED,
        _ARRIVED,
        and_(S.person_id.is_not(None), P.restricted_at.is_not(None)),
    )
    .join(LINKS, L.id == S.link_id)
    .outerjoin(PERSONS, P.id == S.person_id)
    .where(S.id == _ID)
)  # fmt: skip
_SEEN_AND_UNCOVERED = _SEEN.add_columns(OPEN_UNTIL.scalar_subquery())
_VIEWED = (
    select(A.seq).where(A.session_id == _ID, A.action == "session.view", A.actor_id == bindparam("user_id")).limit(1)
)
"""Built once: an open page may ask every few seconds."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a live region shows: `token` changes when the page would; `status` tells whether to keep asking.

    `uncovered_until` is the end of an open reveal, `version` the session's, `told` the number of its newest record that
    is no view.
    """

    token: str
    status: str
    uncovered_until: datetime | None = None
    version: int
    told: int
    restricted: bool = False
    """Whether the person's data may only be kept: masked for who does not manage that."""


def seen(db: Session, session_id: int, *, uncovered_for: int | None = None) -> Seen | None:
    """What the page of this session shows now, for a conditional answer; None for an unknown id. One query.

    `uncovered_for`: the user whose reveal of it is asked along.
    """
    who = {"user_id": uncovered_for, "now": utc_now()} if uncovered_for else {}
    row = db.execute(_SEEN_AND_UNCOVERED if who else _SEEN, {"session_id": session_id, **who}).first()
    if row is None:
        return None
    status, *parts = row
    until = parts.pop() if who else None
    token = ".".join(str(part or 0) for part in parts)
    return Seen(
        token=token,
        status=status,
        uncovered_until=until,
        version=parts[0],
        told=parts[2] or 0,
        restricted=bool(parts[-1]),
    )


def viewed_by(db: Session, session_id: int, user_id: int) -> bool:
    """Whether this person's opening of the page is on the record already, so that a refetch of it need not be."""
    return db.execute(_VIEWED, {"session_id": session_id, "user_id": user_id}).first() is not None
