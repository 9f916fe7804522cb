"""Counting the statements that reach the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from webapp.db import Database

NOT_COUNTED = (
    "BEGIN", "PRAGMA", "COMMIT", "ROLLBACK",
    "SELECT h.seq, h.hash,", "SELECT seq, hash FROM audit_head FOR UPDATE", "SELECT COALESCE(MAX(seq), 0) FROM audit_event",
    "UPDATE audit_head SET seq",
)  # fmt: skip
"""What comes with every transaction that writes: its own ends, and the end of the audit chain (two or three statements)."""


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements run inside the block, without NOT_COUNTED."""
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
