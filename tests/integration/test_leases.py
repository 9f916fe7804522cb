"""Who has a job: it stays with a worker that lives, comes back from one that ends in good order, and only a death counts."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from sqlmodel import Session, col, select

from webapp import jobs
from webapp import worker as workers
from webapp.actions.jobs import TryAgain, enqueue
from webapp.actions.stopped import HANDED_BACK, MOST, STOPPED
from webapp.db import Database
from webapp.jobs import Context, claim, finish, postpone
from webapp.models import AuditEvent, Job
from webapp.settings import Settings
from webapp.worker import Worker, run_due

ROOT = Path(__file__).resolve().parents[2]
OTHERS = tuple({*jobs.HANDLERS} - {"compare_subjects"})


def queue(database: Database, *, count: int = 1, kind: str = "compare_subjects") -> None:
    with database.writing() as db:
        for number in range(count):
            enqueue(db, kind=kind, subject_id=number + 1)


def row(database: Database) -> Job:
    """The one that was queued; a worker brings this day's list of what is due besides."""
    with database.reading() as db:
        return db.exec(select(Job).where(Job.kind == "compare_subjects")).one()


def deaths(db: Session) -> list[int | None]:
    """The subjects of the deaths on record."""
    db.rollback()
    died = AuditEvent.action == "job.stopped", AuditEvent.object_type == "session"
    return list(db.exec(select(AuditEvent.object_id).where(*died).order_by(col(AuditEvent.seq))))


def after_leases(times: int = 1) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + times * (jobs.LEASE + timedelta(seconds=1)), tick=True)


def test_orderly_tries_are_no_deaths_and_do_not_take_those_back(
    app: Flask, database: Database, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty tries while a vendor is away, a death before and after each of some: only these are counted."""
    begun: list[int] = []
    monkeypatch.setitem(jobs.HANDLERS, "compare_subjects", lambda _context, subject: begun.append(subject))
    queue(database)
    now = datetime.now(UTC)
    for lost in range(1, MOST):
        for _ in range(5):
            now += timedelta(hours=1)
            with time_machine.travel(now, tick=True):
                job = claim(database, "away")
                assert job
                postpone(database, job, TryAgain("away"))
        now += timedelta(hours=1)
        with time_machine.travel(now, tick=True):
            assert claim(database, "killed")
        now += timedelta(hours=1)
        with time_machine.travel(now, tick=True):
            job = claim(database, "next")
            assert job
            assert job.last_error == STOPPED
            postpone(database, job, TryAgain("away"))
        assert len(deaths(db)) == lost
    with time_machine.travel(now + timedelta(hours=1), tick=True):
        run_due(Context.of(app))
    assert begun == [1]


def test_a_death_is_counted_once(database: Database, db: Session) -> None:
    """Nor again when its job is free for another reason than that a lease ran out."""
    queue(database)
    assert claim(database, "killed")
    with after_leases():
        assert claim(database, "next")
        with database.writing() as change:
            change.execute(update(Job).values(leased_until=None))
        last = claim(database, "last")
    assert last
    assert (last.last_error, deaths(db)) == ("", [1])


SLOW = """
import signal, sys, time
from pathlib import Path
from webapp import jobs
from webapp.db import Database
from webapp.settings import Settings
from webapp.worker import Context, Worker

url, folder = sys.argv[1:]
def slow(context, subject):
    print("at it", flush=True)
    time.sleep(60)
jobs.HANDLERS["compare_subjects"] = slow
running = Worker(Context(Database(url), {}, Settings(_env_file=None, database_url=url, data_dir=Path(folder))))
signal.signal(signal.SIGTERM, lambda *_: running.ask_to_stop())
running.run_forever()
"""


@pytest.mark.parametrize(("how", "counted"), [(signal.SIGTERM, 0), (signal.SIGKILL, 1)])
def test_a_worker_that_is_asked_to_stop_in_the_middle_did_not_die_and_one_that_is_killed_did(
    how: signal.Signals, counted: int, database: Database, db: Session, settings: Settings
) -> None:
    queue(database)
    command = [sys.executable, "-c", SLOW, settings.database_url or "", str(settings.data_dir)]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    ) as slow:
        assert slow.stdout
        assert slow.stdout.readline() == "at it\n"
        slow.send_signal(how)
        assert slow.wait(timeout=30) == (0 if how == signal.SIGTERM else -signal.SIGKILL)
    assert (row(database).last_error == HANDED_BACK) is (not counted)

    with after_leases():
        again = claim(database, "next", without=OTHERS)
    assert again
    assert (again.attempts, again.last_error == STOPPED, len(deaths(db))) == (2, bool(counted), counted)
    with after_leases(2):
        assert claim(database, "third", without=OTHERS)
    assert len(deaths(db)) == counted + 1


def test_a_job_that_takes_longer_than_a_lease_stays_with_its_worker(
    app: Flask, database: Database, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(workers, "RENEW_EVERY", 0.2)
    begun, let_go = threading.Semaphore(0), threading.Event()

    def long(_context: Context, _subject: int) -> None:
        begun.release()
        let_go.wait(20)

    monkeypatch.setitem(jobs.HANDLERS, "compare_subjects", long)
    queue(database)
    worker = Worker(Context.of(app))
    worker.start()
    try:
        assert begun.acquire(timeout=10)
        assert not begun.acquire(timeout=3)
        assert claim(database, "other") is None
    finally:
        let_go.set()
        worker.stop()
    assert deaths(db) == []
    with database.reading() as read:
        assert read.exec(select(Job)).all() == []


def test_a_job_whose_end_could_not_be_written_is_handed_back(
    app: Flask, database: Database, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store goes away in the middle: the worker lives, and the job is run again without counting a death."""

    def away(*_: object) -> None:
        raise OSError("the store is away")

    monkeypatch.setattr(workers, "RENEW_EVERY", 0.2)
    monkeypatch.setattr(workers, "finish", away)
    monkeypatch.setitem(jobs.HANDLERS, "compare_subjects", lambda _context, _subject: None)
    queue(database)
    worker = Worker(Context.of(app))
    worker.start()
    try:
        until = time.monotonic() + 10
        while row(database).last_error != HANDED_BACK and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        worker.stop()
    with after_leases():
        assert claim(database, "next", without=OTHERS)
    assert deaths(db) == []


def test_jobs_of_which_workers_died_are_begun_one_after_the_other(database: Database, db: Session) -> None:
    """One that kills its worker takes those along that run beside it: once, and not each time that they are begun again."""
    queue(database, count=3)
    assert [claim(database, "killed") for _ in range(3)].count(None) == 0
    queue(database, kind="due_list")
    with after_leases() as clock:
        first = claim(database, "a")
        fresh = claim(database, "b")
        assert first
        assert fresh
        assert (first.subject_id, fresh.kind) == (1, "due_list")
        assert claim(database, "c") is None
        finish(database, first)
        second = claim(database, "c")
        assert second
        assert (second.subject_id, claim(database, "d")) == (2, None)
        clock.shift(jobs.ALONE_FOR + timedelta(seconds=1))
        third = claim(database, "d")
        assert third
        assert third.subject_id == 3
    assert deaths(db) == [1, 2, 3]
