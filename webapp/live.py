"""The live hub: one thread a process that sees committed changes and hands them to the open pages' streams."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import text

from webapp.db import Database
from webapp.models.changes import CHANNEL

LOOK_EVERY = 0.05  # seconds between looks at SQLite's data_version
HEARTBEAT = 10.0  # seconds of silence after which a stream says that it is alive
KEPT_FOR = "-1 hour"
RESYNC = 0
"""Stands for "some session": sent when changes may have been missed, so that every page asks again."""
log = structlog.get_logger()


class StreamsUsedUp(Exception):
    """Every stream is taken; the page polls instead."""


class Hub:
    """Sees each committed change of a session once and puts its id on every open stream's queue."""

    def __init__(self, database: Database, *, max_streams: int) -> None:
        self._database = database
        self._max = max_streams
        self._streams: set[queue.Queue[int | None]] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin looking for changes."""
        self._stopping.clear()
        watch = self._watch_sqlite if self._database.is_sqlite else self._watch_postgresql
        self._thread = threading.Thread(target=self._keep, args=(watch,), name="live-hub", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking, and end every stream."""
        self._stopping.set()
        with self._lock:
            for stream in self._streams:
                stream.put(None)
        if self._thread:
            self._thread.join(timeout=2)

    @contextmanager
    def subscribe(self) -> Iterator[Iterator[int | bool | None]]:
        """A stream of session ids; False is a heartbeat due, the end is the hub's. Raises StreamsUsedUp."""
        mine: queue.Queue[int | None] = queue.Queue(maxsize=1000)
        with self._lock:
            if len(self._streams) >= self._max:
                raise StreamsUsedUp
            self._streams.add(mine)
        try:
            yield self._read(mine)
        finally:
            with self._lock:
                self._streams.discard(mine)

    def _read(self, mine: queue.Queue[int | None]) -> Iterator[int | bool]:
        while not self._stopping.is_set():
            try:
                item = mine.get(timeout=HEARTBEAT)
            except queue.Empty:
                yield False
                continue
            if item is None:
                return
            yield item

    def _tell(self, session_id: int) -> None:
        with self._lock:
            for stream in self._streams:
                try:
                    stream.put_nowait(session_id)
                except queue.Full:
                    continue  # a reader this slow gets its next event and then reads the newest state anyway

    def _keep(self, watch: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                watch()
            except Exception as error:  # the store may be away; pages resync when it is back
                log.warning("live.interrupted", error=error)
                self._stopping.wait(1)
            self._tell(RESYNC)

    def _watch_sqlite(self) -> None:
        with self._database.reader.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            last = raw.execute("SELECT COALESCE(MAX(id), 0) FROM live_event").fetchone()[0]
            seen = raw.execute("PRAGMA data_version").fetchone()[0]
            while not self._stopping.wait(LOOK_EVERY):
                version = raw.execute("PRAGMA data_version").fetchone()[0]
                if version == seen:
                    continue
                seen = version
                rows = raw.execute("SELECT id, session_id FROM live_event WHERE id > ? ORDER BY id", (last,)).fetchall()
                for session_id in dict.fromkeys(row[1] for row in rows):
                    self._tell(session_id)
                last = rows[-1][0] if rows else last

    def _watch_postgresql(self) -> None:
        import psycopg  # noqa: PLC0415 - an extra: an installation on SQLite does not have it

        address = self._database.reader.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            while not self._stopping.is_set():
                for notice in connection.notifies(timeout=0.5):
                    self._tell(int(notice.payload))


def forget_old(database: Database) -> None:
    """Drop announcements older than an hour (SQLite); streams never look that far back."""
    if database.is_sqlite:
        with database.writing() as db:
            db.connection().execute(
                text("DELETE FROM live_event WHERE created_at < datetime('now', :age)"), {"age": KEPT_FOR}
            )
