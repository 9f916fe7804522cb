"""Search by words, and the indexes of the list's filters and the overview's figures."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PADDED = "' ' || {row}search_text || ' '"

TRIGGERS = {
    "session_search_insert": f"""CREATE TRIGGER session_search_insert AFTER INSERT ON verification_session BEGIN
      INSERT INTO session_search (rowid, text) VALUES (new.id, {PADDED.format(row="new.")}); END""",
    "session_search_delete": f"""CREATE TRIGGER session_search_delete AFTER DELETE ON verification_session BEGIN
      INSERT INTO session_search (session_search, rowid, text)
      VALUES ('delete', old.id, {PADDED.format(row="old.")}); END""",
    "session_search_update": f"""CREATE TRIGGER session_search_update AFTER UPDATE OF search_text
      ON verification_session WHEN old.search_text <> new.search_text BEGIN
      INSERT INTO session_search (session_search, rowid, text)
      VALUES ('delete', old.id, {PADDED.format(row="old.")});
      INSERT INTO session_search (rowid, text) VALUES (new.id, {PADDED.format(row="new.")}); END""",
}
"""They keep the full-text index true. A batch rebuild of `verification_session` drops them: call `add_triggers` after it."""


def upgrade() -> None:
    op.create_index(
        "ix_session_status_outcome_created", "verification_session", ["status", "outcome", "created_at", "id"]
    )
    op.create_index("ix_session_finished", "verification_session", ["finished_at", "review"])
    op.create_index("ix_evidence_file_state", "evidence_file", ["state", "vendor_deletes_at"])
    if op.get_bind().dialect.name == "sqlite":
        _add_full_text()
    else:
        _add_trigrams()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute("DROP TABLE session_search_terms")
        op.execute("DROP TABLE session_search")
    else:
        op.execute("DROP INDEX ix_session_search")
    op.drop_index("ix_evidence_file_state", "evidence_file")
    op.drop_index("ix_session_finished", "verification_session")
    op.drop_index("ix_session_status_outcome_created", "verification_session")


def add_triggers() -> None:
    """Make the triggers that keep the full-text index true (SQLite)."""
    for statement in TRIGGERS.values():
        op.execute(statement)


def _add_full_text() -> None:
    # Without its own copy of the text ("content=''"): half the size; the triggers hand over the old text to forget.
    op.execute("CREATE VIRTUAL TABLE session_search USING fts5(text, content='', tokenize='trigram')")
    op.execute("CREATE VIRTUAL TABLE session_search_terms USING fts5vocab(session_search, 'row')")
    op.execute(f"INSERT INTO session_search (rowid, text) SELECT id, {PADDED.format(row='')} FROM verification_session")
    add_triggers()


def _add_trigrams() -> None:
    bind = op.get_bind()
    if not bind.scalar(sa.text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")):
        try:
            with bind.begin_nested():
                bind.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        except sa.exc.DBAPIError as error:
            raise RuntimeError(
                "The database needs the extension pg_trgm and this user may not create it. As a database administrator "
                "run, in this database, once: CREATE EXTENSION pg_trgm; then migrate again."
            ) from error
    op.execute(
        f"CREATE INDEX ix_session_search ON verification_session USING gin (({PADDED.format(row='')}) gin_trgm_ops)"
    )
