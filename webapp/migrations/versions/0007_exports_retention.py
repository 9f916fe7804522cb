"""Files made by the worker and who has had them; holds, erasures, and since when a relationship is over."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
KINDS = "kind IN ('sessions', 'links', 'deliveries', 'matches', 'decisions', 'audit', 'pack', 'sample')"
EXPORT_STATES = "state IN ('queued', 'running', 'ready', 'failed', 'cancelled', 'expired')"
ERASURE_STATES = "state IN ('due', 'proposed', 'refused', 'running', 'partly', 'done', 'withdrawn')"


def json_kind() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def number(name: str, *, null: bool = True) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=null)


def words(*names: str, length: int | None = None) -> list[sa.Column]:
    return [sa.Column(name, TEXT(length=length) if length else TEXT(), nullable=False) for name in names]


def moments(*names: str, null: bool = True) -> list[sa.Column]:
    return [sa.Column(name, MOMENT(), nullable=null) for name in names]


def data(*names: str) -> list[sa.Column]:
    return [sa.Column(name, json_kind(), nullable=False) for name in names]


def foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    _exports()
    _retention()
    for name in ("relationship_ended_at", "restricted_at"):
        op.add_column("person", sa.Column(name, MOMENT(), nullable=True))
    op.add_column("verification_session", sa.Column("erased_classes", json_kind(), nullable=False, server_default="[]"))
    _let_values_go()


def downgrade() -> None:
    _keep_values()
    op.drop_column("verification_session", "erased_classes")
    for name in ("restricted_at", "relationship_ended_at"):
        op.drop_column("person", name)
    for table in ("retention_run", "erasure", "legal_hold", "export_download", "export"):
        op.drop_table(table)


def _exports() -> None:
    op.create_table(
        "export",
        number("id", null=False), *words("kind", "format", "profile"), *data("filter", "options", "sight"), *words("purpose"),
        *words("purpose_text", length=500), number("session_id"), *words("state"), number("rows_done", null=False),
        number("rows_total"), sa.Column("cancel_asked", sa.Boolean(), nullable=False), *words("error", "path"),
        number("bytes", null=False), *words("sha256", "same_key"), number("requested_by_id"),
        *words("requested_by_name", "requested_by_role"), *moments("created_at", null=False),
        *moments("started_at", "finished_at", "expires_at"),
        sa.CheckConstraint(KINDS, name=op.f("ck_export_kind")),
        sa.CheckConstraint(EXPORT_STATES, name=op.f("ck_export_state")),
        foreign("export", "session_id", "verification_session"), foreign("export", "requested_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )  # fmt: skip
    op.create_index("ix_export_session_id", "export", ["session_id"])
    op.create_index("ix_export_asker", "export", ["requested_by_id", "id"])
    op.create_index("ix_export_state", "export", ["state", "expires_at"])
    op.create_index("ix_export_same", "export", ["same_key", "state"])
    op.create_table(
        "export_download",
        number("export_id", null=False), number("user_id", null=False), *moments("at", null=False),
        foreign("export_download", "export_id", "export"), foreign("export_download", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("export_id", "user_id", name=op.f("pk_export_download")),
    )  # fmt: skip


def _retention() -> None:
    op.create_table(
        "legal_hold",
        number("id", null=False), number("person_id"), number("session_id"), *words("reason", length=500),
        *words("owner_name", length=200), *moments("placed_at", null=False), number("placed_by_id"),
        *words("placed_by_name"), *moments("released_at"), *words("released_by_name"),
        *words("release_reason", length=500),
        sa.CheckConstraint("(person_id IS NULL) <> (session_id IS NULL)", name=op.f("ck_legal_hold_one_subject")),
        foreign("legal_hold", "person_id", "person"), foreign("legal_hold", "session_id", "verification_session"),
        foreign("legal_hold", "placed_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )  # fmt: skip
    for name in ("person_id", "session_id"):
        op.create_index(f"ix_legal_hold_{name}", "legal_hold", [name])
    op.create_index("ix_legal_hold_released", "legal_hold", ["released_at", "id"])
    op.create_table(
        "erasure",
        number("id", null=False), number("session_id", null=False), *words("cause", "state"), *data("classes"),
        *words("basis"), *words("reason", length=500), *moments("due_at"), *words("vendor_state", "error"),
        *data("tombstone"), *words("certificate_sha256"), *moments("created_at", null=False), number("requested_by_id"),
        *words("requested_by_name"), number("confirmed_by_id"), *words("confirmed_by_name"), *moments("done_at"),
        sa.CheckConstraint("cause IN ('retention', 'request')", name=op.f("ck_erasure_cause")),
        sa.CheckConstraint(ERASURE_STATES, name=op.f("ck_erasure_state")),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> requested_by_id", name=op.f("ck_erasure_second_person")
        ),
        foreign("erasure", "session_id", "verification_session"), foreign("erasure", "requested_by_id", "user_account"),
        foreign("erasure", "confirmed_by_id", "user_account"), sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )  # fmt: skip
    op.create_index("ix_erasure_session_id", "erasure", ["session_id"])
    op.create_index("ix_erasure_state_due", "erasure", ["state", "due_at", "id"])
    op.create_table(
        "retention_run",
        *words("day", length=10), *moments("begun_at", null=False), sa.PrimaryKeyConstraint("day", name=op.f("pk_retention_run")),
    )  # fmt: skip


VERDICT_COLUMNS = (
    "id", "match_id", "session_id", "verdict", "kind", "note_id", "dismissal_id", "actor_id", "actor_name", "created_at",
)  # fmt: skip


def _let_values_go() -> None:
    """A verdict stays as it was given; only the personal values that it was given on may go, all at once."""
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f"new.{name} IS old.{name}" for name in VERDICT_COLUMNS)
        op.execute("DROP TRIGGER aml_verdict_no_update")
        op.execute(f"""CREATE TRIGGER aml_verdict_no_update BEFORE UPDATE ON aml_verdict
            WHEN NOT (new.discriminators = '[]' AND {same})
            BEGIN SELECT RAISE(ABORT, 'aml_verdict keeps every row as it was written'); END""")
    else:
        same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in VERDICT_COLUMNS)
        op.execute("DROP TRIGGER aml_verdict_no_update ON aml_verdict")
        op.execute(f"""CREATE TRIGGER aml_verdict_no_update BEFORE UPDATE ON aml_verdict
            FOR EACH ROW WHEN (NOT (NEW.discriminators = '[]'::jsonb AND {same})) EXECUTE FUNCTION refuse_change()""")


def _keep_values() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER aml_verdict_no_update")
        op.execute("""CREATE TRIGGER aml_verdict_no_update BEFORE UPDATE ON aml_verdict
            BEGIN SELECT RAISE(ABORT, 'aml_verdict keeps every row as it was written'); END""")
    else:
        op.execute("DROP TRIGGER aml_verdict_no_update ON aml_verdict")
        op.execute("""CREATE TRIGGER aml_verdict_no_update BEFORE UPDATE ON aml_verdict
            FOR EACH ROW EXECUTE FUNCTION refuse_change()""")
