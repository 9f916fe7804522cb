"""Jobs of which a worker died: each death is on record, and the record is what counts them."""

from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM
from webapp.actions.audit import record
from webapp.models import AuditEvent, Job

MOST = 5
"""A job of which this many workers died is given up. Orderly tries do not count, however many there are."""
STOPPED = "its worker stopped"
"""In `Job.last_error` of a job that was claimed after its lease had run out: whoever had it came to no end."""
HANDED_BACK = "handed back by its worker"
"""The same of one whose worker lives, or was asked to stop, and said that it would come to no end."""
ABOUT = {
    "take_in": "delivery", "fetch_evidence": "evidence", "compare_subjects": "session", "make_export": "export",
    "due_list": "job", "erase": "erasure", "erase_copy": "erasure", "purge": "erasure",
}  # fmt: skip
"""What the number `Job.subject_id` is of, by the kind of job, as the record names it; "job": nothing but the job itself."""


class Died(Exception):
    """A process that did the job for its worker was killed. It counts as the worker's own death, when the lease runs out."""


def note(db: Session, job: Job) -> None:
    """Put the death of the worker that had this job on record, in the transaction that gives the job to another."""
    about, number = subject(job)
    after = {"kind": job.kind, "times": times(db, job) + 1}
    record(db, by=SYSTEM, action="job.stopped", object_type=about, object_id=number, after=after, outcome="error")


def times(db: Session, job: Job) -> int:
    """How many workers died of this job since it was queued, or was asked for anew by a person."""
    about, number = subject(job)
    rows = select(AuditEvent.after).where(
        AuditEvent.object_type == about, AuditEvent.object_id == number, AuditEvent.action == "job.stopped",
        col(AuditEvent.utc) >= job.created_at,
    )  # fmt: skip
    return sum(1 for after in db.exec(rows) if (after or {}).get("kind") == job.kind)


def subject(job: Job) -> tuple[str, int | None]:
    """What the job is about, as `object_type` and `object_id` of the record."""
    about = ABOUT.get(job.kind, "job")
    return about, job.id if about == "job" else job.subject_id
