"""Ending what runs beside the requests as soon as the server is asked to stop, whoever handles the signal."""

import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.util import Finalize

ASKED = bytes((signal.SIGTERM, signal.SIGINT))


def when_asked_to_stop(stop: Callable[[], None]) -> None:
    """Call it once: at SIGTERM or SIGINT, or else at the end of this process. Only from the main thread.

    At the signal already, because an open stream keeps the server's process until it is killed, three seconds later. Its
    handlers stay the server's: the interpreter writes each signal into a pipe besides. Not by `atexit`: a process forked by
    multiprocessing runs that one's finalizers at its end and nothing else.
    """
    once = _Once(stop)
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    threading.Thread(target=_wait, args=(read, once), name="ending", daemon=True).start()
    Finalize(None, once, exitpriority=0)


class _Once:
    """Whoever calls second waits for the end of the first call."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop, self._lock, self._done = stop, threading.Lock(), False

    def __call__(self) -> None:
        with self._lock:
            if not self._done:
                self._done = True
                self._stop()


def _wait(read: int, stop: Callable[[], None]) -> None:
    while signals := os.read(read, 64):
        if set(signals) & set(ASKED):
            stop()
            return
