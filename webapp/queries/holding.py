"""Who holds a session and who has its page open; what a person is told when it is not as his page showed it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, select, tuple_
from sqlmodel import Session

from webapp.models import Presence, User, VerificationSession
from webapp.models.columns import table_of
from webapp.models.words import STATUS_WORDS
from webapp.queries.counts import Waiting, capped, waiting

SESSIONS, PRESENCE, USERS = table_of(VerificationSession), table_of(Presence), table_of(User)
S, P, U = SESSIONS.c, PRESENCE.c, USERS.c
GONE_AFTER = timedelta(minutes=2)
MOST_NAMED = 20
FAR = 1001
"""Who is at a place so far back in the queue, or so late with it, need not know it to the one."""


@dataclass(frozen=True, kw_only=True)
class Here:
    """How a session is held, and who looks at it, as one person is told. `others` never names the holder again."""

    session_id: int
    version: int
    status: str
    free: bool
    mine: bool
    holder: str
    since: datetime | None
    until: datetime | None
    others: tuple[str, ...]
    my_seen_at: datetime | None
    due_at: datetime | None
    place: str
    """Which of those to review it is, 1 for the one due first; empty when it is none of them."""
    total: str
    late: str
    """Of all to review, how many are late; empty for none."""

    @property
    def held(self) -> bool:
        """Whether somebody else holds it: the page is then to read only."""
        return bool(self.holder) and not self.mine

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to say and nothing to do."""
        return not (self.free or self.holder or self.others)

    @property
    def token(self) -> str:
        """Differs when the panel would. The end of a lease is told to who holds it, to the minute."""
        until = f"{self.until:%H:%M}" if self.mine and self.until else ""
        queue = (self.place, self.total, self.late)
        shown = (self.version, self.free, self.mine, self.holder, self.since, until, self.others, queue)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


TO_REVIEW = ("pending", "in_review")


def here(db: Session, session_id: int, *, user_id: int, now: datetime) -> Here | None:
    """How it stands with a session for this person; None for an unknown id. One query, beside those of the sidebar.

    A lease that is over holds nothing, whether its end is on record or not.
    """
    rows = db.execute(_HERE, {"session_id": session_id, **moments(now)}).all()
    return made_of(rows[0], rows, queue=waiting(db), user_id=user_id, now=now) if rows else None


def moments(now: datetime) -> dict[str, datetime]:
    """What a statement with COLUMNS and PRESENT is asked with, beside the session's number."""
    return {"now": now, "gone": now - GONE_AFTER}


def made_of(session: Any, rows: Sequence[Any], *, queue: Waiting, user_id: int, now: datetime) -> Here:
    """The same from rows read with COLUMNS, one for each who is here, by who has read the session anyway."""
    figures = rows[0]
    held = session.review == "in_review" and session.held_until is not None and session.held_until > now
    holder_id, waits = (session.holder_id if held else None), session.review in TO_REVIEW and not session.erased
    late = min(figures.late_pending + figures.late_held, FAR)
    return Here(
        session_id=session.id, version=session.version, status=session.status, free=waits and not held,
        mine=held and holder_id == user_id, holder=(session.holder_name or "Somebody") if held else "",
        since=session.held_since if held else None, until=session.held_until if held else None,
        others=tuple(row.here_name for row in rows if row.here_name and row.here_id not in (user_id, holder_id)),
        my_seen_at=next((row.here_seen_at for row in rows if row.here_id == user_id), None), due_at=session.due_at,
        place=capped(min(figures.first_pending + figures.first_held + 1, FAR), FAR) if waits else "",
        total=capped(queue.to_review) if waits else "", late=capped(late, FAR) if waits and late else "",
    )  # fmt: skip


_Q = SESSIONS.alias("queued")


def _counted(*which: Any) -> Any:
    return select(func.count()).select_from(select(_Q.c.id).where(*which).limit(FAR).subquery()).scalar_subquery()


_ID: BindParameter[int] = bindparam("session_id")
_MY_DUE = select(S.due_at).where(S.id == _ID).scalar_subquery()
_BEFORE = tuple_(_Q.c.due_at, _Q.c.id) < tuple_(_MY_DUE, _ID)
_LATE = _Q.c.due_at < bindparam("now", type_=S.due_at.type)
_WORDS = {"pending": "pending", "held": "in_review"}
_FIGURES = [
    _counted(_Q.c.review == word, which).label(f"{prefix}{name}")
    for prefix, which in (("first_", _BEFORE), ("late_", _LATE))
    for name, word in _WORDS.items()
]
COLUMNS = (P.user_id.label("here_id"), U.name.label("here_name"), P.seen_at.label("here_seen_at"), *_FIGURES)
"""Who is here and how long the queue is: they come along with the session that is joined with PRESENT."""
PRESENT = (PRESENCE, and_(P.session_id == S.id, P.seen_at > bindparam("gone", type_=P.seen_at.type)))
NAMED = (USERS, U.id == P.user_id)
IN_ORDER = (U.name, U.id)
_HERE = (
    select(
        S.id, S.version, S.status, S.review, S.erased, S.holder_id, S.holder_name, S.held_since, S.held_until, S.due_at,
        *COLUMNS,
    )
    .select_from(SESSIONS)
    .outerjoin(*PRESENT)
    .outerjoin(*NAMED)
    .where(S.id == _ID)
    .order_by(*IN_ORDER)
    .limit(MOST_NAMED)
)  # fmt: skip
"""Built once: an open page asks every minute."""


def what_changed(session: VerificationSession, *, user_id: int | None) -> str:
    """In a sentence or two, how the session stands now, for somebody whose page is older."""
    if session.review == "in_review" and session.holder_id != user_id:
        since = f" since {session.held_since.astimezone(UTC):%H:%M} UTC" if session.held_since else ""
        return f"{session.holder_name or 'Somebody'} has held this session{since}."
    if session.review == "in_review":
        return "You hold this session now, and it changed after your page was loaded."
    if session.review == "done" and session.decided_by_name:
        return f"{session.decided_by_name} decided this session: {STATUS_WORDS[session.status].lower()}."
    return f"The session changed after your page was loaded. Its status now: {STATUS_WORDS[session.status].lower()}."
