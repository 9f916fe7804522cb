"""The job table: one claiming statement for many workers, and which action does which kind of work."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, func, or_, select, update
from sqlmodel import col

from webapp.actions import (
    deliveries,
    due_list,
    erasures,
    evidence,
    export_making,
    purging,
    sessions,
    subjects,
    vendor_copies,
)
from webapp.actions.jobs import TryAgain
from webapp.actions.stopped import HANDED_BACK, STOPPED, note
from webapp.db import Database
from webapp.exports.makers import MAKERS
from webapp.models import Delivery, Erasure, EvidenceFile, Job, Link, VerificationSession
from webapp.models.columns import table_of, utc_now
from webapp.providers.base import Provider
from webapp.queries.retention import ERASE_COPY
from webapp.settings import Settings

LEASE = timedelta(seconds=60)
"""A worker that is silent this long has died; its job is run again."""
ALONE_FOR = timedelta(seconds=10)
"""Jobs of which a worker died are begun one after the other, this far apart, so that one does not take the others along again."""
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=10)
LONGER_DELAYS = {"fetch_evidence": timedelta(hours=1)}
"""For six days a file is asked for again: in the end once an hour, not nine hundred times."""
PAUSES = {ERASE_COPY: (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=12), timedelta(days=1))}
"""What is asked for without end, after each try in turn; the last one from then on."""
J = table_of(Job).c
NOW = bindparam("now", type_=J.due_at.type)
MAX_FAULTS = 8
"""A job that fails for a reason of our own this often is set aside, for an operator to see."""


@dataclass(frozen=True)
class Context:
    """What handlers need."""

    database: Database
    providers: dict[str, Provider]
    settings: Settings

    @classmethod
    def of(cls, app: Any) -> "Context":
        """The parts of an application."""
        parts = app.extensions
        return cls(parts["vouchdesk.database"], parts["vouchdesk.providers"], parts["vouchdesk.settings"])

    @property
    def data_dir(self) -> Path:
        """The data folder."""
        return self.settings.data_dir


def take_in(context: Context, delivery_id: int) -> None:
    """Carry a delivery to its end."""
    with context.database.reading() as db:
        delivery = db.get(Delivery, delivery_id)
    if delivery is not None:
        deliveries.take_in(
            context.database,
            delivery_id=delivery_id,
            provider=context.providers[delivery.provider],
            data_dir=context.data_dir,
        )


def fetch_evidence(context: Context, file_id: int, *, unopened: bool = False) -> None:
    """Fetch a file, then settle what its coming (or not coming) means for the session. `unopened`: only to keep it."""
    with context.database.reading() as db:
        row = db.get(EvidenceFile, file_id)
        session = db.get(VerificationSession, row.session_id) if row else None
    if row is None or session is None:
        return
    provider = context.providers[session.provider]
    try:
        evidence.fetch(
            context.database, file_id=file_id, provider=provider, data_dir=context.data_dir,
            origins=context.settings.evidence_origins or provider.file_origins, inside=context.settings.sandbox_origins,
            unopened=unopened,
        )  # fmt: skip
    finally:
        with context.database.writing() as db:
            session = db.get_one(VerificationSession, row.session_id)
            sessions.settle(db, session=session, link=db.get_one(Link, session.link_id), provider=provider)


def compare_subjects(context: Context, session_id: int) -> None:
    """Look again at the sessions that a new result concerns."""
    with context.database.reading() as db:
        session = db.get(VerificationSession, session_id)
    if session is not None:
        subjects.compare(context.database, session_id=session_id, provider=context.providers[session.provider])


def make_export(context: Context, export_id: int) -> None:
    """Make a file that somebody asked for."""
    export_making.make(
        context.database, export_id=export_id, makers=MAKERS, settings=context.settings, providers=context.providers
    )


def make_due_list(context: Context, _day: int) -> None:
    """Note what is due to be erased, and have erased what was due long enough."""
    due_list.make_list(context.database, minimum_days=context.settings.retention_minimum_days)


def erase(context: Context, erasure_id: int) -> None:
    """Carry out an erasure."""
    erasures.erase(
        context.database, erasure_id=erasure_id, data_dir=context.data_dir,
        minimum_days=context.settings.retention_minimum_days,
    )  # fmt: skip


def erase_copy(context: Context, erasure_id: int) -> None:
    """Have the vendor delete its copy of what was erased."""
    with context.database.reading() as db:
        erasure = db.get(Erasure, erasure_id)
        session = db.get(VerificationSession, erasure.session_id) if erasure else None
    if session is not None:
        vendor_copies.ask(context.database, erasure_id=erasure_id, provider=context.providers[session.provider])


def purge(context: Context, _erasure_id: int) -> None:
    """Write the database anew without what was erased."""
    purging.purge(context.database)


HANDLERS: dict[str, Callable[[Context, int], None]] = {
    "take_in": take_in, "fetch_evidence": fetch_evidence, "compare_subjects": compare_subjects,
    export_making.JOB: make_export, due_list.LIST: make_due_list, erasures.JOB: erase, erasures.PURGE: purge,
    ERASE_COPY: erase_copy,
}  # fmt: skip
GIVE_UP_AFTER = {"fetch_evidence": evidence.STOP_TRYING}


def claim(database: Database, worker: str, now: datetime | None = None, *, without: Collection[str] = ()) -> Job | None:
    """Lease the next due job to this worker, or None; one statement, so that two workers never get the same.

    `without` names kinds of work to leave alone for now. A lease that ran out is the death of a worker, and goes on record
    (`actions/stopped.py`), unless the worker handed the job back.
    """
    now = now or utc_now()
    values = {**_moments(now), "until": now + LEASE, "worker": worker}
    with database.writing() as db:
        job = db.scalars(_claiming(tuple(sorted(without))), values).first()
        if job is not None and job.last_error == STOPPED:
            note(db, job)
        return job


def has_due(database: Database, *, without: Collection[str] = ()) -> bool:
    """Whether any job is due; a read, so that an idle worker takes no write lock. `without` as in `claim`."""
    with database.reading() as db:
        return db.scalars(_any_due(tuple(sorted(without))), _moments(utc_now())).first() is not None


def _moments(now: datetime) -> dict[str, datetime]:
    return {"now": now, "recently": now - ALONE_FOR}


@lru_cache(64)
def _claiming(without: tuple[str, ...]) -> Any:
    """The statement of `claim`, put together once: that takes longer than running it."""
    due = _due(without).order_by(J.due_at, J.id).limit(1).with_for_update(skip_locked=True).scalar_subquery()
    left = J.leased_until.is_not(None)
    before = case(
        (and_(left, J.last_error != HANDED_BACK), STOPPED), (J.last_error.in_((STOPPED, HANDED_BACK)), ""),
        else_=J.last_error,
    )  # fmt: skip
    return (
        update(Job)
        .where(J.id == due)
        .values(
            leased_until=bindparam("until"), leased_by=bindparam("worker"), attempts=J.attempts + 1, last_error=before,
            due_at=case((left, NOW), else_=J.due_at),
        )
        .returning(Job)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


@lru_cache(64)
def _any_due(without: tuple[str, ...]) -> Any:
    return _due(without).limit(1)


def _due(without: tuple[str, ...]) -> Any:
    """The numbers of jobs that may be claimed. One of which a worker died waits while another such has just been begun."""
    other = table_of(Job).alias("other").c
    tried = select(other.id).where(
        other.failed_at.is_(None), other.due_at.between(bindparam("recently", type_=J.due_at.type), NOW),
        other.leased_until >= NOW, other.last_error == STOPPED,
    )  # fmt: skip
    free = or_(J.leased_until.is_(None), and_(J.leased_until < NOW, ~tried.exists()))
    left_out = [J.kind.not_in(without)] if without else []
    return select(J.id).where(J.failed_at.is_(None), J.due_at <= NOW, free, *left_out)


def finish(database: Database, job: Job) -> None:
    """The job is done: its row goes."""
    with database.writing() as db:
        db.execute(delete(Job).where(col(Job.id) == job.id, col(Job.leased_by) == job.leased_by))


def renew(database: Database, jobs: Collection[Job]) -> None:
    """Their worker lives and is at them still: nobody else is given them."""
    with database.writing() as db:
        db.execute(update(Job).where(*_held(jobs)).values(leased_until=utc_now() + LEASE))


def hand_back(database: Database, jobs: Collection[Job]) -> None:
    """Their worker lives, and will not be able to say how they end: they are run again after their lease, and nobody died."""
    with database.writing() as db:
        db.execute(update(Job).where(*_held(jobs)).values(last_error=HANDED_BACK))


def _held(jobs: Collection[Job]) -> tuple[ColumnElement[bool], ...]:
    ids, names = [job.id for job in jobs], {job.leased_by for job in jobs}
    return col(Job.id).in_(ids), col(Job.leased_by).in_(names), col(Job.leased_until).is_not(None)


def postpone(database: Database, job: Job, error: Exception) -> None:
    """Run it again later, with a doubling delay; set it aside when its time is over or the fault is ours for good."""
    now = utc_now()
    outside = isinstance(error, TryAgain)
    limit = GIVE_UP_AFTER.get(job.kind)
    if outside and limit is not None and now - job.created_at > limit:
        finish(database, job)
        return
    aside = not outside and job.attempts >= MAX_FAULTS
    delay = _pause(job)
    with database.writing() as db:
        db.execute(
            update(Job)
            .where(col(Job.id) == job.id)
            .values(
                leased_until=None, due_at=now + delay, failed_at=now if aside else None,
                last_error=str(error)[:200] if outside else type(error).__name__,
            )
        )  # fmt: skip


def _pause(job: Job) -> timedelta:
    if pauses := PAUSES.get(job.kind):
        return pauses[min(job.attempts, len(pauses)) - 1]
    doubled: timedelta = FIRST_DELAY * 2 ** min(job.attempts - 1, 12)
    return min(doubled, LONGER_DELAYS.get(job.kind, LONGEST_DELAY))


def waiting(database: Database) -> int:
    """How many jobs are not done, due or not (those set aside are not counted)."""
    with database.reading() as db:
        return db.scalars(select(func.count(col(Job.id))).where(col(Job.failed_at).is_(None))).one()
