"""Moving a database up and down the revisions, and comparing it with the models."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, func, select, table
from sqlalchemy.schema import SchemaItem
from sqlmodel import SQLModel

from webapp.db import Database
from webapp.migrate import alembic_config

SEARCH = ("session_search", "trgm")
"""The full-text index is written by hand in its migration; the models do not know it."""


def revisions() -> list[str]:
    """Every revision, oldest first."""
    return [
        script.revision for script in reversed(list(ScriptDirectory.from_config(alembic_config()).walk_revisions()))
    ]


def downgrade(url: str, revision: str) -> None:
    """Bring the database down to the revision (`base`: to nothing)."""
    _run(url, lambda config: command.downgrade(config, revision))


def differences(url: str) -> list[Any]:
    """What would have to change in the database to be as the models say."""
    with connected(url) as connection:
        options = {
            "compare_type": True,
            "compare_server_default": False,
            "include_object": _is_ours,
            "render_as_batch": True,
        }
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata))


def counts(url: str) -> dict[str, int]:
    """How many rows each table has."""
    with connected(url) as connection:
        names = connection.dialect.get_table_names(connection)
        ours = [name for name in names if not name.startswith(("session_search", "alembic"))]
        return {name: connection.execute(select(func.count()).select_from(table(name))).scalar_one() for name in ours}


def schema(url: str) -> dict[str, list[str]]:
    """Tables with their columns, indexes and constraints, as text."""
    with connected(url) as connection:
        found = MetaData()
        found.reflect(connection)
        return {each.name: _described(each) for each in found.sorted_tables}


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A reading connection of its own."""
    database = Database(url)
    try:
        with database.reader.connect() as connection:
            yield connection
    finally:
        database.dispose()


def _described(each: Table) -> list[str]:
    columns = [f"{column.name} {column.type} {column.nullable}" for column in each.columns]
    indexes = [f"index {index.name}" for index in each.indexes]
    return sorted(columns + indexes + [f"constraint {named.name}" for named in each.constraints if named.name])


def _run(url: str, step: Callable[[Config], None]) -> None:
    database = Database(url)
    config = alembic_config()
    try:
        with database.writer.connect() as connection:
            config.attributes["connection"] = connection
            step(config)
            connection.commit()
    finally:
        database.dispose()


def _is_ours(_item: SchemaItem, name: str | None, _kind: str, _reflected: bool, _against: Any) -> bool:
    return not any(word in (name or "") for word in SEARCH)
