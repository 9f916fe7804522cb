"""How SQLite goes about the questions put to it, for tests of what they cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from webapp.db import Database

Asked = list[tuple[str, Any]]


@contextmanager
def asked_of(database: Database) -> Iterator[Asked]:
    """The questions put to the database inside the block, each with its values."""
    found: Asked = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    for engine in (database.reader, database.writer):
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        for engine in (database.reader, database.writer):
            event.remove(engine, "before_cursor_execute", note)


def plan_of(database: Database, statement: str, parameters: Any) -> list[str]:
    """The steps of one."""
    with database.reader.connect() as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
