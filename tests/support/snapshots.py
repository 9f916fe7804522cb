"""Everything in the database at one moment, to prove that a refused request changed nothing."""

from sqlmodel import SQLModel, select

from webapp.db import Database

MOVES_BY_ITSELF = frozenset({"worker_beat"})


def snapshot(database: Database) -> dict[str, list[str]]:
    """All rows of all tables, as text in a fixed order."""
    with database.reading() as db:
        connection = db.connection()
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(*table.columns)))
            for table in SQLModel.metadata.sorted_tables
            if table.name not in MOVES_BY_ITSELF
        }
