"""The job table and the worker: each job at least once, by one worker at a time, and again after a kill."""

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
from sqlmodel import col, select

from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from webapp import jobs
from webapp.actions.jobs import TryAgain, enqueue
from webapp.db import Database
from webapp.jobs import Context, claim, finish
from webapp.models import Delivery, Job, Link, VerificationSession
from webapp.worker import Breaker, Worker, run_due

ROOT = Path(__file__).resolve().parents[2]


def queue(database: Database, count: int = 1, kind: str = "take_in") -> None:
    with database.writing() as db:
        for number in range(count):
            enqueue(db, kind=kind, subject_id=number + 1)


def rows(database: Database) -> list[Job]:
    with database.reading() as db:
        return list(db.exec(select(Job).order_by(col(Job.id))))


def test_many_workers_at_once_never_claim_the_same_job(database: Database) -> None:
    queue(database, 40)
    claimed: list[int] = []

    def work(name: str) -> None:
        while job := claim(database, name):
            claimed.append(job.id or 0)
            finish(database, job)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claimed) == list(range(1, 41))
    assert rows(database) == []


def test_a_job_whose_worker_fell_silent_is_given_to_another_after_its_lease(database: Database) -> None:
    queue(database)
    first = claim(database, "killed")
    assert first
    assert claim(database, "other") is None

    with time_machine.travel(datetime.now(UTC) + jobs.LEASE + timedelta(seconds=1), tick=True):
        again = claim(database, "other")
    assert again
    assert (again.id, again.attempts) == (first.id, 2)


def test_a_worker_that_comes_back_late_does_not_remove_the_job_another_has_taken(database: Database) -> None:
    queue(database)
    slow = claim(database, "slow")
    assert slow
    with time_machine.travel(datetime.now(UTC) + jobs.LEASE + timedelta(seconds=1), tick=True):
        assert claim(database, "quick")
        finish(database, slow)
    assert len(rows(database)) == 1


def test_a_job_that_must_wait_is_tried_again_later_and_later(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context.of(app)

    def away(_context: Context, _subject: int) -> None:
        raise TryAgain("away")

    monkeypatch.setitem(jobs.HANDLERS, "take_in", away)
    queue(context.database)
    now, waits = datetime.now(UTC), []
    for _ in range(8):
        with time_machine.travel(now, tick=True):
            run_due(context)
            [job] = rows(context.database)
        waits.append((job.due_at - now).total_seconds())
        now = job.due_at + timedelta(seconds=1)

    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(600, abs=5)
    assert job.failed_at is None


def test_a_fault_of_our_own_is_set_aside_after_eight_tries_and_stays_visible(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Context.of(app)
    monkeypatch.setitem(jobs.HANDLERS, "take_in", lambda _context, _subject: 1 / 0)
    queue(context.database)
    for hour in range(9):
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=hour), tick=True):
            run_due(context)

    [job] = rows(context.database)
    assert job.failed_at is not None
    assert (job.attempts, job.last_error) == (8, "ZeroDivisionError")


def test_a_dead_vendor_is_left_alone_after_five_failures_in_a_row() -> None:
    breaker = Breaker()
    for _ in range(4):
        breaker.note(ok=False, now=100)
    assert breaker.open_at(100)
    breaker.note(ok=False, now=100)
    assert not breaker.open_at(101)
    assert breaker.open_at(131)


def test_one_answer_from_the_vendor_ends_the_count_of_failures() -> None:
    breaker = Breaker()
    for ok in (False, False, False, False, True, False):
        breaker.note(ok=ok, now=100)
    assert breaker.open_at(100)


def test_pictures_that_cannot_be_fetched_hold_up_no_result(
    app: Flask, make: Make, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five failed fetches leave the pictures alone for a while; results are still taken in meanwhile."""

    def away(_context: Context, _subject: int) -> None:
        raise TryAgain("the file could not be fetched")

    context = Context.of(app)
    monkeypatch.setitem(jobs.HANDLERS, "fetch_evidence", away)
    worker = Worker(context)
    with context.database.writing() as db:
        for number in range(6):
            enqueue(db, kind="fetch_evidence", subject_id=900 + number)
    for _ in range(6):
        worker._one(without=())
    session = make.session(capture="opened")
    delivery = make.delivery(session=session, state="received", session_id=None, settled_at=None)
    with context.database.writing() as db:
        enqueue(db, kind="take_in", subject_id=delivery.id or 0)
    assert worker._one(without=())
    assert provider.confirmed
    left = [job for job in rows(context.database) if job.kind == "fetch_evidence"]
    assert sorted(job.attempts for job in left) == [0, 1, 1, 1, 1, 1]


def test_the_embedded_worker_takes_a_job_at_once(app: Flask, make: Make, provider: FakeProvider) -> None:
    context = Context.of(app)
    session = make.session(capture="opened")
    delivery = make.delivery(session=session, state="received", session_id=None, settled_at=None)
    worker = Worker(context)
    worker.start()
    try:
        with context.database.writing() as db:
            enqueue(db, kind="take_in", subject_id=delivery.id or 0)
        until = time.monotonic() + 10
        while rows(context.database) and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        worker.stop()

    assert rows(context.database) == []
    assert provider.confirmed


KILLED = """
import os, signal, sys
from webapp import create_app
from webapp.settings import Settings
from webapp.worker import Context, run_due
import webapp.actions.deliveries as deliveries
app = create_app(Settings(_env_file=None, data_dir=sys.argv[1], database_url=sys.argv[2], secret_key="x" * 40, sandbox="off",
                          docupass_base_url="http://127.0.0.1:1/", docupass_api_key="k"))
class Vendor:
    def __getattr__(self, name): return getattr(real, name)
    def confirm(self, outcome):
        if sys.argv[3] == "before": os.kill(os.getpid(), signal.SIGKILL)
        return True
real = app.extensions["vouchdesk.providers"]["docupass"]
app.extensions["vouchdesk.providers"]["docupass"] = Vendor()
if sys.argv[3] == "inside":
    done = deliveries._settle
    def settle(*args, **kwargs):
        done(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
    deliveries._settle = settle
import webapp.worker as worker
if sys.argv[3] == "after":
    worker.finish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
run_due(Context.of(app))
"""


@pytest.mark.parametrize("moment", ["before", "inside", "after"])
def test_a_worker_killed_in_the_middle_of_a_result_loses_nothing_and_doubles_nothing(
    app: Flask, make: Make, provider: FakeProvider, database: Database, database_url: str, moment: str
) -> None:
    """Killed by signal 9 before the vendor's answer, inside the transaction, or after it and before the job is done."""
    session = make.session(capture="opened")
    body = f'{{"success":false,"reference":"{session.reference}","hash":"h","failcode":1,"failreason":"x"}}'.encode()
    delivery = make.delivery(session=session, body=body, state="received", session_id=None, settled_at=None)
    with database.writing() as db:
        enqueue(db, kind="take_in", subject_id=delivery.id or 0)

    folder = str(app.extensions["vouchdesk.settings"].data_dir)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, folder, database_url, moment],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-2000:]
    assert len(rows(database)) == 1

    with time_machine.travel(datetime.now(UTC) + jobs.LEASE + timedelta(seconds=1), tick=True):
        run_due(Context.of(app))

    with database.reading() as db:
        kept, taken = db.get_one(Delivery, delivery.id), db.get_one(VerificationSession, session.id)
    assert rows(database) == []
    assert kept.state == "applied"
    assert (taken.outcome, taken.outcome_code) == ("failed", "1")


@pytest.mark.parametrize("moment", ["before", "inside", "after"])
def test_a_worker_killed_in_the_middle_of_a_result_of_a_reusable_link_makes_one_session_and_counts_it_once(
    app: Flask, make: Make, provider: FakeProvider, database: Database, database_url: str, moment: str
) -> None:
    link = make.link(reusable=True, session_cap=1)
    body = f'{{"success":false,"reference":"USER1","customid":"{link.customid}","hash":"h","failcode":1}}'.encode()
    delivery = make.save(Delivery(provider="docupass", link_id=link.id or 0, reference="USER1", body=body,
                                  body_sha256="0" * 64, body_bytes=len(body)))  # fmt: skip
    with database.writing() as db:
        enqueue(db, kind="take_in", subject_id=delivery.id or 0)

    folder = str(app.extensions["vouchdesk.settings"].data_dir)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, folder, database_url, moment],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-2000:]
    with database.reading() as db:
        made = db.exec(select(VerificationSession)).all()
        assert (len(made), db.get_one(Link, link.id).state) == ((1, "used_up") if moment == "after" else (0, "active"))

    with time_machine.travel(datetime.now(UTC) + jobs.LEASE + timedelta(seconds=1), tick=True):
        run_due(Context.of(app))
    with database.reading() as db:
        session = db.exec(select(VerificationSession)).one()
        assert (session.reference, session.outcome, session.outside_link) == ("USER1", "failed", False)
        assert db.get_one(Link, link.id).state == "used_up"


def test_a_file_is_asked_for_again_once_an_hour_in_the_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context.of(app)

    def away(_context: Context, _subject: int) -> None:
        raise TryAgain("away")

    monkeypatch.setitem(jobs.HANDLERS, "fetch_evidence", away)
    queue(context.database, kind="fetch_evidence")
    now, tries = datetime.now(UTC), 0
    while rows(context.database) and tries < 1000:
        with time_machine.travel(now, tick=True):
            run_due(context)
        left = rows(context.database)
        wait = left[0].due_at - now if left else timedelta()
        assert wait <= timedelta(hours=1, seconds=5)
        now, tries = now + wait + timedelta(seconds=1), tries + 1
    assert 140 < tries < 170
