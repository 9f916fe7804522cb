"""A worker without threads: runs what is due when the test says so, and lets no fault of ours go unseen."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlmodel import col, select

from webapp import jobs
from webapp.actions.jobs import TryAgain
from webapp.actions.stopped import Died
from webapp.models import Job
from webapp.worker import Context, run_due


class TestWorker:
    """`run()` runs due jobs until none is left; `waiting` are the jobs not done; `faults` what handlers raised."""

    __test__ = False

    def __init__(self, app: Flask, patch: pytest.MonkeyPatch) -> None:
        self.context = Context.of(app)
        self.faults: list[Exception] = []
        for kind, handler in jobs.HANDLERS.items():
            patch.setitem(jobs.HANDLERS, kind, self._watched(handler))

    def run(self, *, faults_expected: bool = False) -> int:
        """Run due jobs until none is left, and return how many ran; an unexpected error of a handler is raised here."""
        before = len(self.faults)
        count = run_due(self.context)
        if len(self.faults) > before and not faults_expected:
            raise self.faults[before]
        return count

    def run_later(self, **options: Any) -> int:
        """As `run`, with every delay of a postponed job over."""
        with self.context.database.writing() as db:
            db.execute(
                update(Job).where(col(Job.failed_at).is_(None)).values(due_at=datetime.now(UTC), leased_until=None)
            )
        return self.run(**options)

    @property
    def waiting(self) -> list[Job]:
        """The jobs in the table, oldest first."""
        with self.context.database.reading() as db:
            return list(db.exec(select(Job).order_by(col(Job.id))))

    def _watched(self, handler: Callable[..., None]) -> Callable[..., None]:
        def watched(context: Context, subject_id: int) -> None:
            try:
                handler(context, subject_id)
            except (TryAgain, Died):
                raise
            except Exception as error:
                self.faults.append(error)
                raise

        return watched
