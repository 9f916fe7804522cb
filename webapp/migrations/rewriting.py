"""Changing how SQLite keeps a table described, for steps that its ALTER TABLE cannot take; used by the versions."""

import sqlalchemy as sa
from alembic import op


def is_sqlite() -> bool:
    """Whether the step runs on SQLite."""
    return bool(op.get_bind().dialect.name == "sqlite")


def say_otherwise(table: str, old: str, new: str) -> None:
    """Replace `old` by `new` in the words that SQLite keeps of a table; its rows stay as they are.

    The way its own manual gives for a CHECK or a NOT NULL alone (ALTER TABLE, 8): rebuilding a table that others point
    to would break their keys.
    """
    bind = op.get_bind()
    said = bind.scalar(
        sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table"), {"table": table}
    )
    if said.count(old) != 1:
        raise RuntimeError(f"the table {table} is not described as it was left: {said}")
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table"),
        {"sql": said.replace(old, new), "table": table},
    )
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = RESET"))
