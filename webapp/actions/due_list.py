"""Every night: what the policy says is over becomes due, and what is due and past its grace is handed to the worker."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM
from webapp.actions.audit import record
from webapp.actions.erasures import JOB
from webapp.actions.jobs import enqueue
from webapp.actions.stopped import STOPPED
from webapp.checks.retention import bound, due
from webapp.db import Database
from webapp.models import Erasure, Job, RetentionRun, VerificationSession
from webapp.models.columns import table_of, utc_now
from webapp.models.words import FINAL_STATUSES
from webapp.queries import policies
from webapp.queries.retention import ERASE_COPY, OPEN_STATES, facts_of, holds_on, minimums

AT_ONCE = 10
"""Sessions noted in one transaction: while it lasts nobody else writes, and a page that goes on record waits for it."""
LIST = "due_list"


def by_clock(database: Database, now: datetime | None = None) -> None:
    """Queue this day's list, once whatever the number of workers; one indexed read when that is done."""
    day = (now or utc_now()).date().isoformat()
    with database.reading() as db:
        if db.get(RetentionRun, day) is not None:
            return
    insert = sqlite.insert if database.is_sqlite else postgresql.insert
    with database.writing() as db:
        begun = db.execute(insert(table_of(RetentionRun)).values(day=day, begun_at=utc_now()).on_conflict_do_nothing())
        if getattr(begun, "rowcount", 0):
            enqueue(db, kind=LIST, subject_id=0)


def make_list(database: Database, *, minimum_days: int, now: datetime | None = None) -> int:
    """Note what is due, and have carried out what was due long enough; how many were noted. Safe to run again."""
    now, last, noted = now or utc_now(), 0, 0
    with database.reading() as db:
        before = now - timedelta(days=policies.retention(db).shortest)
    while ids := _candidates(database, last, before):
        with database.writing() as db:
            noted += sum(_note(db, each, minimum_days, now) for each in ids)
        last = ids[-1]
    with database.writing() as db:
        _hand_over(db, now)
        _ask_vendors(db)
    return noted


def _candidates(database: Database, last: int, before: datetime) -> Sequence[int]:
    query = (
        select(VerificationSession.id)
        .where(
            col(VerificationSession.id) > last, col(VerificationSession.status).in_(FINAL_STATUSES),
            col(VerificationSession.erased).is_(False), VerificationSession.created_at <= before,
        )
        .order_by(col(VerificationSession.id))
        .limit(AT_ONCE)
    )  # fmt: skip
    with database.reading() as db:
        return [each for each in db.exec(query) if each is not None]


def _note(db: Session, session_id: int, minimum_days: int, now: datetime) -> bool:
    """One erasure for all classes of the session that are over and in no other; a hold stands against noting any."""
    session = db.get_one(VerificationSession, session_id)
    facts, policy = facts_of(db, session), policies.retention(db)
    law = {} if facts.held else bound(facts, minimums(minimum_days), now)
    over = [
        each for key, each in due(facts, policy).items()
        if each.at is not None and each.at <= now and key not in session.erased_classes and key not in law
    ]  # fmt: skip
    if not over or facts.held:
        return False
    query = select(Erasure).where(Erasure.session_id == session_id, col(Erasure.state).in_(OPEN_STATES))
    taken = {key for row in db.exec(query) for key in row.classes}
    classes = [each.key for each in over if each.key not in taken]
    if not classes:
        return False
    words = dict.fromkeys(each.words for each in over if each.key in classes)
    erasure = Erasure(
        session_id=session_id, cause="retention", classes=classes, basis=" ".join(words),
        due_at=now + timedelta(days=policy.grace_days), requested_by_name=SYSTEM.name,
    )  # fmt: skip
    db.add(erasure)
    db.flush()
    record(db, by=SYSTEM, action="retention.due", object_type="erasure", object_id=erasure.id, session_id=session_id,
           after={"classes": classes})  # fmt: skip
    return True


def _hand_over(db: Session, now: datetime) -> None:
    """Queue what is past its grace, unless it is queued; what is on hold waits for another night.

    What was set aside for a fault is tried again every night; that of which workers stopped waits for a person.
    """
    ready = select(Erasure).where(Erasure.state == "due", col(Erasure.due_at) <= now)
    begun = select(Erasure).where(Erasure.state == "running")
    not_again = or_(col(Job.failed_at).is_(None), col(Job.last_error) == STOPPED)
    queued = set(db.exec(select(Job.subject_id).where(Job.kind == JOB, not_again)))
    for erasure in (*db.exec(ready), *db.exec(begun)):
        if erasure.id not in queued and not holds_on(db, db.get_one(VerificationSession, erasure.session_id)):
            enqueue(db, kind=JOB, subject_id=erasure.id or 0)


def _ask_vendors(db: Session) -> None:
    """Queue the question for every copy that is left at a vendor and has none: it was left before there was one.

    A question that was set aside waits for a person.
    """
    queued = set(db.exec(select(Job.subject_id).where(Job.kind == ERASE_COPY)))
    for erasure in db.exec(select(Erasure).where(Erasure.state == "partly")):
        if erasure.id not in queued and erasure.tombstone.get("vault_id"):
            enqueue(db, kind=ERASE_COPY, subject_id=erasure.id or 0)
