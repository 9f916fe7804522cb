"""What the list of matches is narrowed by: its columns and indexes, read once from the stored entries; used by the versions."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from webapp.migrations.rewriting import is_sqlite

KINDS = ("sanction", "crime", "pep")
INDEXES: dict[str, list[str]] = {
    "found": [],
    "verdict": ["verdict"],
    "list_kind": ["list_kind"],
    "database": ["database"],
}
STRENGTHS = (60, 80)
EPOCH = {True: "1970-01-01 00:00:00.000000", False: "1970-01-01 00:00:00+00"}
"""Before any match, by whether it is SQLite; each row gets its own time at once."""


def add_lists(json_kind: sa.types.TypeEngine[object]) -> None:
    """Kind and code of the list, and when the match was found; an index for each filter, in the order of the list."""
    op.execute(
        "ALTER TABLE aml_match ADD COLUMN list_kind VARCHAR DEFAULT 'other' NOT NULL "
        "CONSTRAINT ck_aml_match_list_kind CHECK (list_kind IN ('sanction', 'crime', 'pep', 'other'))"
    )
    op.add_column("aml_match", sa.Column("database", AutoString(), nullable=False, server_default=""))
    op.add_column("aml_match", sa.Column("found_at", UTCDateTime(), nullable=False, server_default=EPOCH[is_sqlite()]))
    op.execute(
        "UPDATE aml_match SET found_at = (SELECT COALESCE(finished_at, created_at) FROM verification_session"
        " WHERE verification_session.id = aml_match.session_id)"
    )
    _note_lists(json_kind)
    for name, columns in INDEXES.items():
        op.create_index(f"ix_aml_match_{name}", "aml_match", [*columns, "found_at", "id"])
    for least in STRENGTHS:
        strong = sa.text(f"strength >= {least}")
        op.create_index(
            f"ix_aml_match_from_{least}", "aml_match", ["found_at", "id"], sqlite_where=strong, postgresql_where=strong
        )


def drop_lists() -> None:
    """The same backwards."""
    for name in (*INDEXES, *(f"from_{least}" for least in STRENGTHS)):
        op.drop_index(f"ix_aml_match_{name}", "aml_match")
    if not is_sqlite():
        op.drop_constraint(op.f("ck_aml_match_list_kind"), "aml_match", type_="check")
    for column in ("found_at", "database", "list_kind"):
        op.drop_column("aml_match", column)


def _note_lists(json_kind: sa.types.TypeEngine[object]) -> None:
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
