"""Posting callbacks from a thread, retrying at the vendor's intervals, expiring; no bodies are made here."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests

from .store import Store
from .stored_callbacks import DueCallback

RETRY_AFTER = (600, 3_600, 43_200, 86_400)
_log = logging.getLogger(__name__)
_TIMEOUT = 10.0
_LEASE = 30.0
_LONGEST_NAP = 5.0
_SENDERS = 4


class Clock:
    """Time with a compression: durations pass `speed` times faster, moments stay true."""

    def __init__(self, speed: float) -> None:
        self.speed = speed

    def now(self) -> float:
        return time.time()

    def after(self, seconds: float) -> float:
        return self.now() + seconds / self.speed


class Sender:
    """The thread that posts what is due; due times live in the store, so a restart forgets nothing."""

    def __init__(self, store: Store, clock: Clock, expire: Callable[[], None]) -> None:
        self._store, self._clock, self._expire = store, clock, expire
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._free = threading.Semaphore(_SENDERS)

    def start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._stopped.clear()
            self._thread = threading.Thread(target=self._run, name="sandbox-callbacks", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=_TIMEOUT + 2)
            self._thread = None

    def wake(self) -> None:
        """Something became due just now."""
        self._wake.set()

    def _run(self) -> None:
        with ThreadPoolExecutor(_SENDERS, thread_name_prefix="sandbox-callback") as pool:
            while not self._stopped.is_set():
                self._wake.clear()
                try:
                    self._tick(pool)
                    nap = self._nap()
                except sqlite3.Error:
                    # A busy or briefly unreachable store must not end the thread; what is due stays due.
                    _log.exception("sandbox store")
                    nap = _LONGEST_NAP
                self._wake.wait(nap)

    def _tick(self, pool: ThreadPoolExecutor) -> None:
        self._expire()
        self._store.drop_files(self._clock.now())
        self._send_all(pool)

    def _send_all(self, pool: ThreadPoolExecutor) -> None:
        while not self._stopped.is_set():
            self._free.acquire()
            due = None
            try:
                due = self._store.claim(self._clock.now(), _LEASE)
            finally:
                if due is None:
                    self._free.release()
            if due is None:
                return
            pool.submit(self._send_one, due)

    def _send_one(self, due: DueCallback) -> None:
        try:
            self.send(due)
        finally:
            self._free.release()
            self._wake.set()

    def _nap(self) -> float:
        due = self._store.next_due()
        return _LONGEST_NAP if due is None else min(max(due - self._clock.now(), 0.01), _LONGEST_NAP)

    def send(self, due: DueCallback) -> None:
        """One try. Only 200 counts as received; four retries at the most (seed, Failed Callbacks), none of an extra."""
        status, answer = post(due)
        retry = not due.once and due.attempt < len(RETRY_AFTER) and status != 200
        due_at = self._clock.after(RETRY_AFTER[due.attempt]) if retry else None
        self._store.answered(due, now=self._clock.now(), status=status, answer=answer, due_at=due_at)


def post(due: DueCallback) -> tuple[int | None, str]:
    """POST one body; the status (None when there was no answer) and the answer's beginning."""
    with requests.Session() as session:
        # A proxy of the environment must not see these, nor a netrc add a password.
        session.trust_env = False
        try:
            answer = session.post(
                due.url,
                data=due.body.encode(),
                headers={"Content-Type": "application/json", "User-Agent": "Vouchdesk-Sandbox"},
                timeout=_TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
            with answer:
                return answer.status_code, next(answer.iter_content(300), b"").decode("utf-8", "replace")
        except requests.RequestException as error:
            return None, type(error).__name__
