"""The queue: who works on which session. Taking one holds it for 15 minutes; what is decided about it is in decisions."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import record
from webapp.db import Database
from webapp.models import Note, ReviewSkip, VerificationSession
from webapp.models.columns import table_of, utc_now
from webapp.queries.holding import what_changed

LEASE = timedelta(minutes=15)
RENEW_AFTER = timedelta(seconds=30)
"""An open page asks every minute, and more often without a stream; the lease is not written anew each time."""
SKIPPED_FOR = timedelta(days=1)
AT_ONCE = 100
"""Leases ended in one transaction, which holds up all other writes on SQLite."""
S = table_of(VerificationSession)


class Changed(Exception):
    """The session is not as the page showed it; the message says what it is now. Nothing was written."""


def take_next(db: Session, *, by: Actor, priority: str = "") -> VerificationSession | None:
    """Hold the session that is due first among those that are free and not skipped by this person within a day.

    `priority` narrows it to one word. None when there is none. Two people at once never get the same: on PostgreSQL the row
    is locked as it is found and locked rows are passed over; on SQLite there is one writer at a time.
    """
    now = utc_now()
    skipped = select(ReviewSkip.session_id).where(
        ReviewSkip.user_id == by.id, col(ReviewSkip.created_at) > now - SKIPPED_FOR
    )
    query = (
        select(VerificationSession)
        .where(
            VerificationSession.review == "pending", col(VerificationSession.erased).is_(False),
            col(VerificationSession.id).not_in(skipped),
            *([VerificationSession.priority == priority] if priority else []),
        )
        .order_by(col(VerificationSession.due_at), col(VerificationSession.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    session = db.exec(query).first()
    return _hold(db, session, by=by, now=now) if session else None


def next_for(db: Session, *, by: Actor) -> int | None:
    """Hold the next session for a person who has just decided one and keeps going; its id, or None."""
    session = take_next(db, by=by)
    return session.id if session else None


def take(db: Session, *, by: Actor, session_id: int, version: int) -> VerificationSession | None:
    """Hold this session if it waits for review and is free; who holds it already keeps it.

    None when there is no such session. Raises Changed when it is not as the page with `version` showed it.
    """
    now, session = utc_now(), _locked(db, session_id)
    if session is None or _is_mine(session, by, now):
        return session
    _same(session, version, by=by, possible=_is_free(session, now))
    return _hold(db, session, by=by, now=now)


def release(db: Session, *, by: Actor, session_id: int, version: int) -> VerificationSession | None:
    """Give a held session back to the queue. None when there is no such session. Raises Changed."""
    now, session = utc_now(), _locked(db, session_id)
    if session is None:
        return None
    _same(session, version, by=by, possible=_is_mine(session, by, now))
    _give_back(db, session, by=by, action="session.release", now=now)
    return session


def skip(db: Session, *, by: Actor, session_id: int, version: int, reason: str) -> VerificationSession | None:
    """Leave a session to others, with a reason: "take next" does not offer it to this person for a day.

    It may be held by him or free. None when there is no such session. Raises Changed.
    """
    now, session = utc_now(), _locked(db, session_id)
    if session is None:
        return None
    mine = _is_mine(session, by, now)
    _same(session, version, by=by, possible=mine or _is_free(session, now))
    passed = ReviewSkip(session_id=session_id, user_id=by.id or 0, reason=reason, created_at=now)
    db.add(passed)
    db.flush()
    if mine:
        _give_back(db, session, by=by, action="session.skip", now=now, after={"skip": passed.id})
    else:
        _record(db, session, by=by, action="session.skip", before={}, after={"skip": passed.id})
    return session


def take_over(db: Session, *, by: Actor, session_id: int, version: int, reason: str) -> VerificationSession | None:
    """Hold a session that somebody else holds; the reason is kept as a note. None when there is none. Raises Changed."""
    now, session = utc_now(), _locked(db, session_id)
    if session is None or _is_mine(session, by, now):
        return session
    _same(session, version, by=by, possible=session.review == "in_review")
    note = Note(session_id=session_id, text=reason, created_by_id=by.id, created_by_name=by.name, created_at=now)
    db.add(note)
    db.flush()
    before, after = {"holder": session.holder_id}, {"note": note.id}
    return _hold(db, session, by=by, now=now, action="session.takeover", before=before, after=after)


def renew(db: Session, *, by: Actor, session_id: int) -> None:
    """Prolong the lease of who holds the session and has its page open.

    Nothing that a page shows to others changes, and no form may grow stale by it: the row keeps its version.
    """
    now = utc_now()
    mine = (S.c.id == session_id, S.c.holder_id == by.id, S.c.review == "in_review")
    db.execute(update(S).where(*mine, S.c.held_until < now + LEASE - RENEW_AFTER).values(held_until=now + LEASE))


def end_leases(database: Database, now: datetime | None = None) -> int:
    """Give back what is held longer than its lease; how many.

    One indexed read when there is nothing to do. Several workers may do this at once: each lease is ended by one of them.
    """
    now = now or utc_now()
    ended = 0
    while _over(database, now):
        with database.writing() as db:
            over = list(db.exec(_LAPSED.where(S.c.held_until <= now).limit(AT_ONCE).with_for_update(skip_locked=True)))
            for session in over:
                _give_back(db, session, by=SYSTEM, action="session.lease_ended", now=now)
        ended += len(over)
        if not over:
            break  # others were quicker
    return ended


_LAPSED = select(VerificationSession).where(VerificationSession.review == "in_review").order_by(S.c.due_at, S.c.id)


def _over(database: Database, now: datetime) -> bool:
    with database.reading() as db:
        query = select(S.c.id).where(S.c.review == "in_review", S.c.held_until <= now).limit(1)
        return db.execute(query).first() is not None


def _locked(db: Session, session_id: int) -> VerificationSession | None:
    """The session, its row held until the transaction ends, so that two people pressing at once take turns."""
    return db.get(VerificationSession, session_id, with_for_update=True)


def _is_mine(session: VerificationSession, by: Actor, now: datetime) -> bool:
    return session.review == "in_review" and session.holder_id == by.id and not _lapsed(session, now)


def _is_free(session: VerificationSession, now: datetime) -> bool:
    return not session.erased and (
        session.review == "pending" or (session.review == "in_review" and _lapsed(session, now))
    )


def _lapsed(session: VerificationSession, now: datetime) -> bool:
    return session.held_until is None or session.held_until <= now


def _same(session: VerificationSession, version: int, *, by: Actor, possible: bool) -> None:
    if session.version != version or not possible:
        raise Changed(what_changed(session, user_id=by.id))


def _hold(
    db: Session, session: VerificationSession, *, by: Actor, now: datetime, action: str = "session.take",
    before: dict[str, Any] | None = None, after: dict[str, Any] | None = None,
) -> VerificationSession:  # fmt: skip
    was, session.review = session.review, "in_review"
    session.holder_id, session.holder_name = by.id, by.name
    session.held_since, session.held_until, session.changed_at = now, now + LEASE, now
    _record(
        db, session, by=by, action=action, before={"review": was, **(before or {})},
        after={"review": "in_review", "holder": by.id, **(after or {})},
    )  # fmt: skip
    db.flush()
    return session


def _give_back(
    db: Session, session: VerificationSession, *, by: Actor, action: str, now: datetime,
    after: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    before = {"review": session.review, "holder": session.holder_id}
    session.review, session.holder_id, session.holder_name = "pending", None, ""
    session.held_since = session.held_until = None
    session.changed_at = now
    _record(db, session, by=by, action=action, before=before, after={"review": "pending", **(after or {})})
    db.flush()


def _record(
    db: Session, session: VerificationSession, *, by: Actor, action: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    record(
        db, by=by, action=action, object_type="session", object_id=session.id, session_id=session.id, before=before,
        after=after,
    )  # fmt: skip
