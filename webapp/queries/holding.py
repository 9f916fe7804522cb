"""Who holds a session and who has its page open; what a person is told when it is not as his page showed it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from webapp.models import Presence, User, VerificationSession
from webapp.models.columns import table_of
from webapp.models.words import STATUS_WORDS

SESSIONS, PRESENCE, USERS = table_of(VerificationSession), table_of(Presence), table_of(User)
S, P, U = SESSIONS.c, PRESENCE.c, USERS.c
GONE_AFTER = timedelta(minutes=2)
MOST_NAMED = 20


class Present(NamedTuple):
    """Somebody who has the page open, and when it last said so."""

    user_id: int
    name: str
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class Here:
    """How a session is held, and who looks at it, as one person (`me`) is told. `others` never names the holder again."""

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
        shown = (self.version, self.free, self.mine, self.holder, self.since, until, self.others)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


_FIELDS = (S.id, S.version, S.status, S.review, S.erased, S.holder_id, S.holder_name, S.held_since, S.held_until)


def here(db: Session, session_id: int, *, user_id: int, now: datetime) -> Here | None:
    """How it stands with a session for this person; None for an unknown id. Two queries."""
    row = db.execute(select(*_FIELDS).where(S.id == session_id)).first()
    return here_of(row, present(db, session_id, now), user_id=user_id, now=now) if row else None


def present(db: Session, session_id: int, now: datetime) -> tuple[Present, ...]:
    """Who has the page open, by name."""
    rows = db.execute(
        select(P.user_id, U.name, P.seen_at)
        .join_from(PRESENCE, USERS, U.id == P.user_id)
        .where(P.session_id == session_id, P.seen_at > now - GONE_AFTER)
        .order_by(U.name, U.id)
        .limit(MOST_NAMED)
    )
    return tuple(Present._make(row) for row in rows)


def here_of(session: Any, people: Sequence[Present], *, user_id: int, now: datetime) -> Here:
    """The same from a session that was read already. A lease that is over holds nothing, ended on record or not."""
    held = session.review == "in_review" and session.held_until is not None and session.held_until > now
    holder_id = session.holder_id if held else None
    waits = session.review == "pending" or (session.review == "in_review" and not held)
    return Here(
        session_id=session.id, version=session.version, status=session.status, free=waits and not session.erased,
        mine=held and holder_id == user_id, holder=(session.holder_name or "Somebody") if held else "",
        since=session.held_since if held else None, until=session.held_until if held else None,
        others=tuple(each.name for each in people if each.user_id not in (user_id, holder_id)),
        my_seen_at=next((each.seen_at for each in people if each.user_id == user_id), None),
    )  # fmt: skip


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
