"""Group commit: what is acknowledged is stored, once, and one item at fault does not cost the others theirs."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError

from webapp.db import Database

THREADS = 16


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """A database with one table whose numbers are unique and below a thousand."""
    database = Database(f"sqlite:///{tmp_path / 'group.sqlite'}")
    with database.writing() as db:
        db.execute(text("CREATE TABLE item (number INTEGER PRIMARY KEY CHECK (number < 1000))"))
    yield database
    database.dispose()


def insert(connection: Connection, numbers: list[int]) -> None:
    """Write the numbers."""
    for number in numbers:
        connection.exec_driver_sql("INSERT INTO item VALUES (?)", (number,))


def stored(database: Database) -> list[int]:
    """What is there."""
    with database.reading() as db:
        return [row[0] for row in db.execute(text("SELECT number FROM item ORDER BY number"))]


def together(database: Database, numbers: list[int], write: Callable[[Connection, list[Any]], None]) -> list[object]:
    """Bring all numbers at once, each from a thread of its own; what each was told (None: stored)."""
    ready = threading.Barrier(len(numbers))

    def bring(number: int) -> object:
        ready.wait()
        try:
            database.write_together(number, write)
        except Exception as error:
            return error
        return None

    with ThreadPoolExecutor(len(numbers)) as pool:
        return list(pool.map(bring, numbers))


def test_everything_that_was_acknowledged_is_stored_once(store: Database) -> None:
    for start in range(0, 20 * THREADS, THREADS):
        assert together(store, list(range(start, start + THREADS)), insert) == [None] * THREADS
    assert stored(store) == list(range(20 * THREADS))


def in_one_group(database: Database, numbers: list[int]) -> tuple[list[object], list[int]]:
    """Hold the first number back in its transaction until all others wait; their answers, and the size of each group."""
    sizes: list[int] = []
    first_is_in, go_on = threading.Event(), threading.Event()

    def write(connection: Connection, group: list[int]) -> None:
        sizes.append(len(group))
        first_is_in.set()
        go_on.wait(10)
        insert(connection, group)

    with ThreadPoolExecutor(len(numbers)) as pool:
        first = pool.submit(database.write_together, numbers[0], write)
        first_is_in.wait(10)
        others = [pool.submit(database.write_together, number, write) for number in numbers[1:]]
        waiting = database._groups[write]._waiting
        until = time.monotonic() + 10
        while len(waiting) < len(others) and time.monotonic() < until:
            time.sleep(0.001)
        go_on.set()
        return [done.exception(10) for done in (first, *others)], sizes


def test_items_that_come_while_one_is_written_share_a_transaction(store: Database) -> None:
    answers, sizes = in_one_group(store, list(range(THREADS)))
    assert answers == [None] * THREADS
    assert sizes == [1, THREADS - 1]
    assert stored(store) == list(range(THREADS))


def test_an_item_at_fault_is_refused_alone(store: Database) -> None:
    answers, sizes = in_one_group(store, [*range(THREADS - 1), 5000])
    assert answers[:-1] == [None] * (THREADS - 1)
    assert isinstance(answers[-1], IntegrityError)
    assert sizes == [1, THREADS - 1, *[1] * (THREADS - 1)]
    assert stored(store) == list(range(THREADS - 1))


def test_when_the_store_is_away_nobody_is_told_that_it_was_stored(store: Database) -> None:
    def away(_connection: Connection, _numbers: list[int]) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    answers = together(store, list(range(THREADS)), away)
    assert all(isinstance(answer, OperationalError) for answer in answers)
    assert stored(store) == []
    store.write_together(1, insert)
    assert stored(store) == [1]
