"""The worker: claims due jobs and runs their handlers, at least once each, embedded in the server or on its own."""

import os
import socket
import threading
import time
from collections.abc import Callable, Collection

import structlog

from webapp.actions import audit_checks, due_list, export_approvals, policy_answers
from webapp.actions.burst import BURST
from webapp.actions.expiry import expire_due, restore_early
from webapp.actions.exports import expire_due as expire_exports
from webapp.actions.jobs import WAKE, TryAgain
from webapp.actions.reviews import end_leases
from webapp.actions.second_approvals import lapse_due
from webapp.actions.stopped import Died
from webapp.db import Database
from webapp.giving_up import give_up, is_due
from webapp.jobs import HANDLERS, Context, claim, finish, hand_back, has_due, postpone, renew
from webapp.live import forget_old
from webapp.models import Job, WorkerBeat
from webapp.models.columns import utc_now

IDLE_LOOK = 0.25  # seconds between looks when nobody wakes us (another process may have queued work)
BEAT_EVERY = 10.0  # seconds
BURST_PAUSE = 0.25  # seconds between jobs while deliveries come in faster than they can be worked off
RENEW_EVERY = 20.0  # seconds between renewals of the leases of what is at hand
CLOCK_EVERY = 60.0  # seconds between looks for links and leases that are past their time
SLOW = ("fetch_evidence", "make_export", "due_list", "erase", "erase_copy", "purge")
BREAKER_FAILURES = 5
BREAKER_PAUSE = 30.0  # seconds
log = structlog.get_logger()

__all__ = ["Context", "Worker", "run_due"]


class Breaker:
    """After five answers in a row that never came, leave the vendor alone for a while instead of waiting out each job."""

    def __init__(self) -> None:
        self.failures = 0
        self.closed_until = 0.0

    def note(self, *, ok: bool, now: float) -> None:
        """Count an answer."""
        self.failures = 0 if ok else self.failures + 1
        if self.failures >= BREAKER_FAILURES:
            self.closed_until = now + BREAKER_PAUSE
            self.failures = 0

    def open_at(self, now: float) -> bool:
        """Whether the vendor may be asked."""
        return now >= self.closed_until


def run_job(context: Context, job: Job) -> bool:
    """Run one claimed job to its end, or give it up when workers die of it; False when it has to be tried again."""
    try:
        if is_due(context, job):
            give_up(context, job)
            return True
        HANDLERS[job.kind](context, job.subject_id)
    except TryAgain as error:
        postpone(context.database, job, error)
        return False
    except Died:
        log.error("job.died", kind=job.kind, job=job.id, attempt=job.attempts)
        return True  # it stays leased, as the job of a dead worker does
    except Exception as error:
        log.error("job.failed", kind=job.kind, job=job.id, attempt=job.attempts, error=error)
        postpone(context.database, job, error)
        return True  # a fault of ours says nothing about the vendor
    finish(context.database, job)
    return True


def run_due(context: Context, *, limit: int = 10_000) -> int:
    """Run jobs that are due now until none is left; how many were run."""
    for done in range(limit):
        job = claim(context.database, _name())
        if job is None:
            return done
        run_job(context, job)
    return limit


class Worker:
    """Threads that claim and run jobs. The first fetches and makes no files: a slow picture must not hold up the next result."""

    def __init__(self, context: Context, *, threads: int = 3) -> None:
        self._context = context
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._at_hand: dict[int, Job] = {}
        self._left: list[Job] = []
        self._breakers = {kind: Breaker() for kind in HANDLERS}
        self._threads = [
            threading.Thread(target=self._loop, args=(n,), name=f"worker-{n}", daemon=True) for n in range(threads)
        ]
        self._keeper = threading.Thread(target=self._keep, name="worker-leases", daemon=True)

    def start(self) -> None:
        """Begin."""
        for thread in (*self._threads, self._keeper):
            thread.start()

    def stop(self) -> None:
        """Finish the jobs at hand and end; what takes longer is run again by the next worker, and counts as nobody's death."""
        self._stopping.set()
        WAKE.set()
        self._tell(hand_back, [*self._at_hand.values()])  # first, for the process may be ended before they are
        for thread in self._threads:
            thread.join(timeout=3)
        self._ended.set()

    def ask_to_stop(self) -> None:
        """Let `run_forever` come to its end; safe in a signal handler."""
        self._stopping.set()

    def run_forever(self) -> None:
        """Start, and stay until asked to stop (the stand-alone command)."""
        self.start()
        try:
            while not self._stopping.wait(1):
                pass
        finally:
            self.stop()

    def _loop(self, number: int) -> None:
        last_beat = last_clock = -CLOCK_EVERY
        while not self._stopping.is_set():
            try:
                if number == 0 and time.monotonic() - last_beat > BEAT_EVERY:
                    last_beat = time.monotonic()
                    _beat(self._context.database)
                if number == 0 and time.monotonic() - last_clock > CLOCK_EVERY:
                    last_clock = time.monotonic()
                    look_at_clock(self._context.database)
                    audit_checks.by_clock(self._context.database, self._context.settings)
                    expire_exports(self._context.database, self._context.data_dir)
                if BURST.on():
                    self._stopping.wait(BURST_PAUSE)
                if not self._one(without=SLOW if number == 0 else ()):
                    WAKE.clear()
                    WAKE.wait(IDLE_LOOK)
            except Exception as error:  # the store may be away; go on when it is back
                log.error("worker.interrupted", error=error)
                self._stopping.wait(1)

    def _one(self, *, without: Collection[str]) -> bool:
        """Run one job of a kind whose vendor answers; False when there is none."""
        now = time.monotonic()
        away = [kind for kind, breaker in self._breakers.items() if not breaker.open_at(now)]
        leave = {*without, *away}
        if not has_due(self._context.database, without=leave):
            return False
        job = claim(self._context.database, _name(), without=leave)
        if job is None:
            return False
        self._at_hand[job.id or 0] = job
        try:
            self._breakers[job.kind].note(ok=run_job(self._context, job), now=time.monotonic())
        except Exception:  # how it ended could not be written
            self._left.append(job)
            raise
        finally:
            del self._at_hand[job.id or 0]
        return True

    def _keep(self) -> None:
        """Beside the loops: what takes longer than a lease stays with its worker, and what a fault cut off is handed back."""
        while not self._ended.wait(RENEW_EVERY):
            if not self._stopping.is_set():
                self._tell(renew, [*self._at_hand.values()])
            left = [*self._left]
            if self._tell(hand_back, left):
                del self._left[: len(left)]

    def _tell(self, what: Callable[[Database, Collection[Job]], None], jobs: Collection[Job]) -> bool:
        try:
            if jobs:
                what(self._context.database, jobs)
        except Exception as error:  # the store may be away; a lease that is not renewed runs out
            log.error("worker.leases", error=error)
            return False
        return True


def look_at_clock(database: Database) -> None:
    """End the links, leases and proposals that are past their time; several workers may do this at once."""
    expire_due(database)
    restore_early(database)
    end_leases(database)
    lapse_due(database)
    export_approvals.lapse_due(database)
    policy_answers.lapse_due(database)
    due_list.by_clock(database)


def _beat(database: Database) -> None:
    with database.writing() as db:
        db.merge(WorkerBeat(name=_name(), seen_at=utc_now()))
    forget_old(database)


def _name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"
