"""Queueing work in the same transaction as the fact it serves, and waking this process's worker when it is committed."""

import threading
from datetime import datetime

from sqlmodel import Session

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.models import Job
from webapp.models.columns import utc_now

WAKE = threading.Event()
"""Set after a commit that queued work; a worker in this process need not wait for its next look."""


def enqueue(db: Session, *, kind: str, subject_id: int, due_at: datetime | None = None) -> None:
    """Queue one job; it exists if and only if the transaction commits."""
    db.add(Job(kind=kind, subject_id=subject_id, due_at=due_at or utc_now()))


def retry(db: Session, *, by: Actor, job_id: int) -> bool:
    """Have a job that was set aside done again, its tries counted anew; False when no such job is set aside."""
    job = db.get(Job, job_id, with_for_update=True)
    if job is None or job.failed_at is None:
        return False
    job.failed_at, job.last_error, job.attempts = None, "", 0
    job.created_at = job.due_at = utc_now()
    record(
        db,
        by=by,
        action="job.retry",
        object_type="job",
        object_id=job_id,
        after={"kind": job.kind, "subject": job.subject_id},
    )
    return True


class TryAgain(Exception):
    """A job that could not be done now for a reason outside: run it again later, with a growing delay."""
