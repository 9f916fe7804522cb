"""Counting the statements that reach the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from webapp.db import Database

NOT_COUNTED = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements run inside the block, without the transaction's own BEGIN and COMMIT."""
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(NOT_COUNTED):
            statements.append(statement)

    engines = {id(engine): engine for engine in (database.reader, database.writer)}.values()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
