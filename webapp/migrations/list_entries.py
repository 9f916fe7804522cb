"""Reading from stored list entries what a new column is to hold; used by the versions."""

import sqlalchemy as sa
from alembic import op

KINDS = ("sanction", "crime", "pep")


def note_lists(json_kind: sa.types.TypeEngine[object]) -> None:
    """Write the kind and the code of each match's list into its columns, from its entry as it was received."""
    match = sa.table(
        "aml_match", sa.column("id"), sa.column("entry", json_kind), sa.column("list_kind"), sa.column("database")
    )
    bind = op.get_bind()
    for number, entry in bind.execute(sa.select(match.c.id, match.c.entry)).all():
        kind, database = _first(entry, "schema").lower(), _first(entry, "database")
        found = {"list_kind": kind if kind in KINDS else "other", "database": database}
        bind.execute(sa.update(match).where(match.c.id == number).values(found))


def _first(entry: object, key: str) -> str:
    value = entry.get(key) if isinstance(entry, dict) else None
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, str) else ""
