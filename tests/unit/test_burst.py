"""When the worker lets deliveries go first: in a burst, not in ordinary traffic, and never for longer than half a minute."""

from collections.abc import Iterator

import pytest

from webapp.actions.burst import LONGEST, Burst


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    made = Clock()
    monkeypatch.setattr("webapp.actions.burst.time", made)
    return made


def deliver(burst: Burst, clock: Clock, *, rate: float, seconds: float) -> None:
    for _ in range(int(rate * seconds)):
        burst.note()
        clock.now += 1 / rate


def test_one_delivery_or_a_few_a_second_is_no_burst(clock: Clock) -> None:
    burst = Burst()
    burst.note()
    assert not burst.on()
    deliver(burst, clock, rate=40, seconds=5)
    assert not burst.on()


def test_a_thousand_a_second_is_a_burst_and_ends_with_it(clock: Clock) -> None:
    burst = Burst()
    deliver(burst, clock, rate=1000, seconds=2)
    assert burst.on()
    clock.now += 0.5
    assert not burst.on()


def test_a_stream_that_lasts_is_worked_off_while_it_comes(clock: Clock) -> None:
    burst = Burst()
    deliver(burst, clock, rate=500, seconds=LONGEST + 1)
    assert not burst.on()


def test_after_a_pause_the_next_burst_counts_anew(clock: Clock) -> None:
    burst = Burst()
    deliver(burst, clock, rate=500, seconds=LONGEST + 1)
    clock.now += 60
    deliver(burst, clock, rate=500, seconds=1)
    assert burst.on()
