"""Whether deliveries are coming faster than they can be worked off: then taking them in goes before reading them."""

import time

WINDOW = 0.1  # seconds over which the rate is taken
FAST = 100.0  # deliveries a second; a worker carries about that many to their end
LONGEST = 30.0  # seconds; a stream that lasts is no burst, and its results must not wait for its end


class Burst:
    """Counts deliveries. Not exact and without a lock: a few more or less change nothing."""

    def __init__(self) -> None:
        self._window = self._began = 0.0
        self._count = 0
        self._rate = 0.0

    def note(self) -> None:
        """One delivery was taken in."""
        now = time.monotonic()
        passed = now - self._window
        if passed > WINDOW:
            was_fast = self._rate > FAST and passed < 10 * WINDOW
            self._rate, self._count, self._window = self._count / passed, 0, now
            if not was_fast:
                self._began = now
        self._count += 1

    def on(self) -> bool:
        """Whether a burst is going on now."""
        now = time.monotonic()
        fast = self._rate > FAST or self._count > FAST * WINDOW
        return fast and now - self._window < 3 * WINDOW and now - self._began < LONGEST


BURST = Burst()
"""This process's own."""
