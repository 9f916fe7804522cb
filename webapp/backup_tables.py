"""One moment of the database as files, and back: SQLite page by page, PostgreSQL table by table. Readers and writers go on."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

PAGES = 4000
SEARCH = "session_search"
"""SQLite's search index: its tables follow from the others."""
FILES = {
    ("delivery", "body_file"): "",
    ("evidence_file", "path"): "evidence/",
    ("evidence_file", "display_path"): "evidence/",
    ("link_picture", "path"): "evidence/",
}
"""The columns that name a file in the data folder, and the folder that the name is below."""


@contextmanager
def moment(url: str, folder: Path) -> Iterator[tuple[Connection, list[Path]]]:
    """A connection that sees one moment of the database, and that moment as files, which are written into `folder`."""
    if url.startswith("sqlite"):
        copy = folder / "app.sqlite"
        _copy_sqlite(sqlite_file(url), copy)
        with connected(f"sqlite:///file:{copy}?immutable=1&mode=ro&uri=true") as connection:
            yield connection, [copy]
        return
    with connected(url, isolation_level="REPEATABLE READ") as connection:
        yield connection, [_copy_out(connection, table, folder) for table in tables(connection)]


def connected(url: str, **options: Any) -> Connection:
    """A connection of its own, closed for good at the end."""
    return create_engine(url, poolclass=NullPool, **options).connect()


def sqlite_file(url: str) -> Path:
    """Where a SQLite database is."""
    return Path(make_url(url).database or "")


def tables(connection: Connection) -> list[str]:
    """Every table with rows of its own."""
    return sorted(name for name in inspect(connection).get_table_names() if not name.startswith(SEARCH))


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        name: connection.scalar(text(f'SELECT COUNT(*) FROM "{name}"')) or 0  # noqa: S608 - the database's own names
        for name in tables(connection)
    }


def revision(connection: Connection) -> str:
    """The revision that the database is at; empty when it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def files_named(connection: Connection) -> list[str]:
    """Every file that a row names, as a path below the data folder."""
    found: set[str] = set()
    for (table, column), folder in FILES.items():
        names = connection.scalars(text(f"SELECT DISTINCT {column} FROM {table} WHERE {column} <> ''"))  # noqa: S608
        found |= {folder + name for name in names}
    return sorted(found)


def counters(connection: Connection) -> dict[str, int]:
    """Where PostgreSQL's counters of row numbers stand, so that the number of a deleted row is not given again."""
    if connection.dialect.name == "sqlite":
        return {}
    rows = connection.execute(
        text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()")
    )
    return {name: last for name, last in rows if last is not None}


def load(connection: Connection, folder: dict[str, Iterable[bytes]], counters: dict[str, int]) -> None:
    """Fill migrated, otherwise empty PostgreSQL tables in this transaction; `folder` are the tables' files by table name.

    Rules between tables are taken away and made anew, which checks them: no order of tables would suit all.
    """
    rules = connection.execute(
        text("""SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE contype = 'f' AND connamespace = current_schema()::regnamespace""")
    ).all()
    for table, name, _ in rules:
        connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
    for table, pieces in folder.items():
        connection.execute(text(f'DELETE FROM "{table}"'))  # noqa: S608 - what the migrations put there
        with _cursor(connection).copy(f'COPY "{table}" ({_columns(connection, table)}) FROM STDIN') as copy:
            for piece in pieces:
                copy.write(piece)
    for table, name, rule in rules:
        connection.execute(text(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {rule}'))
    for name, last in counters.items():
        connection.execute(text("SELECT setval(CAST(:name AS regclass), :last)"), {"name": name, "last": last})


def _copy_sqlite(source: Path, copy: Path) -> None:
    """A transaction held open over all steps: else each write of another process would begin the copy anew."""
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    reading, writing = sqlite3.connect(source, timeout=30, isolation_level=None), sqlite3.connect(copy)
    try:
        reading.execute("BEGIN")
        reading.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
        reading.backup(writing, pages=PAGES, sleep=0)
        writing.execute("PRAGMA journal_mode=DELETE")  # all of it in one file
    finally:
        writing.close()
        reading.close()


def _copy_out(connection: Connection, table: str, folder: Path) -> Path:
    path = folder / f"{table}.copy"
    with path.open("wb") as file, _cursor(connection).copy(
        f'COPY "{table}" ({_columns(connection, table)}) TO STDOUT'
    ) as copy:  # fmt: skip
        for piece in copy:
            file.write(piece)
    return path


def _columns(connection: Connection, table: str) -> str:
    """By name: the order of columns depends on how the database came to its revision."""
    rows = connection.scalars(text("""SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()
        AND table_name = :table AND is_generated = 'NEVER' ORDER BY column_name"""), {"table": table})  # fmt: skip
    return ", ".join(f'"{name}"' for name in rows)


def _cursor(connection: Connection) -> Any:
    """The driver's own cursor, in the connection's transaction."""
    driver: Any = connection.connection.driver_connection
    return driver.cursor()
