"""What becomes of a job of which workers die: what each kind says in its own state, or else the job is set aside."""

from collections.abc import Callable

import structlog
from sqlalchemy import delete, update
from sqlmodel import Session, col

from webapp.actions import deliveries, evidence, export_making, sessions, stopped
from webapp.actions.actor import SYSTEM
from webapp.actions.audit import record
from webapp.actions.jobs import TryAgain
from webapp.jobs import Context, fetch_evidence
from webapp.models import EvidenceFile, Job, Link, VerificationSession
from webapp.models.columns import utc_now

log = structlog.get_logger()


def is_due(context: Context, job: Job) -> bool:
    """Whether so many workers died of this claimed job that it is not begun again; a question only after a death."""
    if job.last_error != stopped.STOPPED:
        return False
    with context.database.reading() as db:
        return stopped.times(db, job) >= stopped.MOST


def give_up(context: Context, job: Job) -> None:
    """End a claimed job without doing it. State, record and job change in one transaction, so that it is safe to run again."""
    log.error("job.given_up", kind=job.kind, job=job.id, subject=job.subject_id)
    if job.kind == "fetch_evidence":
        _keep_unopened(context, job)
    with context.database.writing() as db:
        say = IN_WORDS.get(job.kind)
        mine = col(Job.id) == job.id, col(Job.leased_by) == job.leased_by
        if say is not None:
            say(context, db, job.subject_id)
            db.execute(delete(Job).where(*mine))
        else:
            _set_aside(db, job)
            db.execute(update(Job).where(*mine).values(leased_until=None, failed_at=utc_now()))


def _keep_unopened(context: Context, job: Job) -> None:
    """What the vendor deletes in a few days is had as it comes, once: opening it may be what kills, and fetching it too."""
    with context.database.reading() as db:
        row = db.get(EvidenceFile, job.subject_id)
        if row is None or not row.source_url or stopped.times(db, job) > stopped.MOST:
            return
    try:
        fetch_evidence(context, job.subject_id, unopened=True)
    except TryAgain:
        log.warning("evidence.not_kept", file=job.subject_id)


def _evidence(context: Context, db: Session, file_id: int) -> None:
    """The file is failed, and its session is settled with what that means for it."""
    row = db.get(EvidenceFile, file_id)
    if row is None or not evidence.give_up(db, row):
        return
    session = db.get_one(VerificationSession, row.session_id)
    db.flush()
    sessions.settle(
        db, session=session, link=db.get_one(Link, session.link_id), provider=context.providers[session.provider]
    )


def _set_aside(db: Session, job: Job) -> None:
    """No state of the console says it: the row in the table does, which `doctor`, /readyz and the overview count."""
    about, number = stopped.subject(job)
    record(
        db, by=SYSTEM, action="job.given_up", object_type=about, object_id=number,
        after={"kind": job.kind, "times": stopped.MOST}, outcome="error",
    )  # fmt: skip


IN_WORDS: dict[str, Callable[[Context, Session, int], None]] = {
    "take_in": lambda _context, db, number: deliveries.give_up(db, delivery_id=number),
    "fetch_evidence": _evidence,
    export_making.JOB: lambda context, db, number: export_making.give_up(
        db, export_id=number, data_dir=context.data_dir
    ),
}
"""The kinds whose subject has a state for it. Every other kind's job stays in the table, set aside."""
