"""Group commit: what several threads bring while one is syncing to disk is stored together, with one sync for all."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

Store = Callable[[Connection, list[Any]], None]
"""Writes several items, as few statements as it can: each gives other threads a chance to run first."""


class NotStored(Exception):
    """The thread that wrote for all was ended before it had stored this."""


@dataclass(eq=False)
class _Entry:
    item: Any
    turn: threading.Lock = field(default_factory=threading.Lock)
    done: bool = False
    error: Exception | None = field(default_factory=NotStored)


class GroupCommit:
    """Stores items, each in a transaction that it may share with others; returns when the item is durable.

    No thread of its own: the first to come writes for all who wait, then wakes the first who came meanwhile.
    """

    def __init__(self, begin: Callable[[], AbstractContextManager[Connection]], store: Store) -> None:
        self._begin = begin
        self._store = store
        self._mutex = threading.Lock()
        self._waiting: list[_Entry] = []
        self._busy = False

    def add(self, item: Any) -> None:
        """Store the item and commit; raises what storing or the commit raised for it."""
        mine = _Entry(item)
        mine.turn.acquire()
        with self._mutex:
            self._waiting.append(mine)
            first, self._busy = not self._busy, True
        if not first:
            mine.turn.acquire()  # woken when it is stored, or when it is its turn to store
        if not mine.done:
            self._write_all()
        if mine.error:
            raise mine.error

    def _write_all(self) -> None:
        with self._mutex:
            entries, self._waiting = self._waiting, []
        try:
            self._write(entries)
        finally:
            with self._mutex:
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
            for entry in entries:
                entry.done = True
                entry.turn.release()
            if following:
                following.turn.release()

    def _write(self, entries: list[_Entry]) -> None:
        error: Exception | None = None
        try:
            with self._begin() as connection:
                self._store(connection, [entry.item for entry in entries])
        except OperationalError as away:  # the store is away or full: so it is for everyone
            error = away
        except Exception as fault:
            if len(entries) > 1:  # one of them is at fault: it must not cost the others their answer
                for entry in entries:
                    self._write([entry])
                return
            error = fault
        for entry in entries:
            entry.error = error
