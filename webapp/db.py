"""The database: reading and writing sessions, SQLite's pragmas and write lock, the JSON column type."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import JSON, Engine, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from webapp.group_commit import GroupCommit, Store

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraint names, so that migrations can address them on both databases."""


def json_type() -> JSON:
    """A fresh JSON column type (JSONB on PostgreSQL). In-place edits are not seen: reassign the value."""
    return JSON().with_variant(JSONB(), "postgresql")


class Database:
    """Two engines on one database: readers that cannot write, and a writer.

    On SQLite writers take a process-wide lock and BEGIN IMMEDIATE: a deferred transaction that reads and then writes fails
    "locked" at once under load, whatever the busy timeout. `synchronous=FULL` because what was answered 200 must survive
    a power cut. `installation_key` makes personal values unreadable on the record (`actions.audit.keyed`).
    `cache_mb`: what each connection to SQLite keeps of the file.
    """

    def __init__(self, url: str, *, installation_key: bytes = b"", cache_mb: int = 16) -> None:
        self.url = url
        self._info = {"installation_key": installation_key or secrets.token_bytes(32)}
        self.is_sqlite = url.startswith("sqlite")
        self._write_lock = threading.Lock()
        self._groups: dict[Store, GroupCommit] = {}
        if self.is_sqlite:
            self.reader = _sqlite_engine(url, read_only=True, cache_mb=cache_mb)
            self.writer = _sqlite_engine(url, read_only=False, cache_mb=cache_mb)
        else:
            self.reader = self.writer = create_engine(
                url, pool_size=20, max_overflow=40, pool_pre_ping=True, json_serializer=_dumps
            )

    def reading(self) -> Session:
        """A session for reads; on SQLite a write through it is refused by the database."""
        return Session(self.reader, expire_on_commit=False)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One write transaction: committed at the end, rolled back on any error. Never hold it during an outbound call."""
        with self.write_lock(), Session(self.writer, expire_on_commit=False, info=self._info) as db, db.begin():
            yield db

    def write_lock(self) -> AbstractContextManager[Any]:
        """The process-wide lock around SQLite writes; nothing on PostgreSQL."""
        return self._write_lock if self.is_sqlite else nullcontext()

    def write_together(self, item: Any, store: Store) -> None:
        """Store one item durably; it shares its transaction and its sync with what other threads of this process bring then.

        On PostgreSQL too: each writes to the audit chain, whose lock lets one transaction end at a time.
        """
        self._groups.setdefault(store, GroupCommit(self._begin_writing, store)).add(item)

    @contextmanager
    def _begin_writing(self) -> Iterator[Connection]:
        with self.write_lock(), self.writer.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close every connection."""
        self.reader.dispose()
        self.writer.dispose()


@contextmanager
def on_driver(connection: Connection) -> Iterator[sqlite3.Connection]:
    """The driver's own connection, in the transaction of this one: what SQLAlchemy adds to a statement takes as long as the
    statement. For SQLite, on the way in; errors are raised as SQLAlchemy's."""
    driver: Any = connection.connection.dbapi_connection
    try:
        yield driver
    except sqlite3.Error as error:
        raise DBAPIError.instance(None, None, error, sqlite3.Error) from error


def _sqlite_engine(url: str, *, read_only: bool, cache_mb: int) -> Engine:
    options: dict[str, Any] = {"poolclass": NullPool} if ":memory:" in url else {"pool_size": 16, "max_overflow": 256}
    engine = create_engine(
        url, connect_args={"check_same_thread": False, "timeout": 30}, json_serializer=_dumps, **options
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000",
            f"query_only={'ON' if read_only else 'OFF'}", f"cache_size=-{cache_mb}000",
            f"temp_store={'DEFAULT' if read_only else 'MEMORY'}",  # what undoes one statement, or else each page is written twice
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        with on_driver(connection) as driver:
            driver.execute("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
