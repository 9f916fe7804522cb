"""Queueing work in the same transaction as the fact it serves, and waking this process's worker when it is committed."""

import threading
from datetime import datetime

from sqlmodel import Session

from webapp.models import Job
from webapp.models.columns import utc_now

WAKE = threading.Event()
"""Set after a commit that queued work; a worker in this process need not wait for its next look."""


def enqueue(db: Session, *, kind: str, subject_id: int, due_at: datetime | None = None) -> None:
    """Queue one job; it exists if and only if the transaction commits."""
    db.add(Job(kind=kind, subject_id=subject_id, due_at=due_at or utc_now()))


class TryAgain(Exception):
    """A job that could not be done now for a reason outside: run it again later, with a growing delay."""
