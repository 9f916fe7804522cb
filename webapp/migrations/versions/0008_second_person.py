"""A second person for large exports, and for changes of the policy and the rules."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp.migrations.rewriting import is_sqlite, say_otherwise

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
OLD_STATES = "state IN ('queued', 'running', 'ready', 'failed', 'cancelled', 'expired')"
STATES = "state IN ('waiting', 'queued', 'running', 'ready', 'failed', 'cancelled', 'expired', 'refused', 'lapsed')"
CHECKS = {
    "second_person": "answered_by_id IS NULL OR (requested_by_id IS NOT NULL AND answered_by_id <> requested_by_id)",
    "answered": "NOT needs_second OR answered_by_id IS NOT NULL OR state IN ('waiting', 'cancelled', 'lapsed')",
}
USER = "CONSTRAINT fk_export_answered_by_id_user_account REFERENCES user_account (id)"


def upgrade() -> None:
    op.add_column("export", sa.Column("needs_second", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("export", sa.Column("rows_asked", sa.Integer(), nullable=True))
    _answered_by()
    op.add_column("export", sa.Column("answered_by_name", TEXT(), nullable=False, server_default=""))
    op.add_column("export", sa.Column("answered_at", MOMENT(), nullable=True))
    op.add_column("export", sa.Column("answer_note", TEXT(length=500), nullable=False, server_default=""))
    _states(OLD_STATES, STATES)
    _proposals()


def downgrade() -> None:
    """What waited for a second person, was refused or lapsed is cancelled: the states before know no better word."""
    op.drop_table("policy_proposal")
    op.execute("UPDATE export SET state = 'cancelled' WHERE state IN ('waiting', 'refused', 'lapsed')")
    _states(STATES, OLD_STATES)
    for name in ("answer_note", "answered_at", "answered_by_name", "answered_by_id", "rows_asked", "needs_second"):
        op.drop_column("export", name)


def _answered_by() -> None:
    """SQLite takes the keys and checks of a table that is there only with a new column, in SQL of our own."""
    checks = " ".join(f"CONSTRAINT ck_export_{name} CHECK ({words})" for name, words in CHECKS.items())
    if is_sqlite():
        op.execute(f"ALTER TABLE export ADD COLUMN answered_by_id INTEGER {USER} {checks}")
        return
    op.execute(f"ALTER TABLE export ADD COLUMN answered_by_id INTEGER {USER}")
    for name, words in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_export_{name}"), "export", words)


def _states(old: str, new: str) -> None:
    if is_sqlite():
        say_otherwise("export", f"CHECK ({old})", f"CHECK ({new})")
    else:
        op.drop_constraint(op.f("ck_export_state"), "export", type_="check")
        op.create_check_constraint(op.f("ck_export_state"), "export", new)


def _proposals() -> None:
    json_kind = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.create_table(
        "policy_proposal",
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("key", TEXT(length=64), nullable=False),
        sa.Column("value", json_kind, nullable=False), sa.Column("began_with", sa.Integer(), nullable=False),
        sa.Column("state", TEXT(), nullable=False), sa.Column("why", TEXT(length=500), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False), sa.Column("proposed_by_name", TEXT(), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False), sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_by_name", TEXT(), nullable=False), sa.Column("answered_at", MOMENT(), nullable=True),
        sa.Column("note", TEXT(length=500), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'sent_back', 'withdrawn', 'lapsed')", name=op.f("ck_policy_proposal_state")
        ),
        sa.CheckConstraint(
            "answered_by_id IS NULL OR answered_by_id <> proposed_by_id", name=op.f("ck_policy_proposal_second_person")
        ),
        sa.CheckConstraint(
            "answered_by_id IS NOT NULL OR state NOT IN ('confirmed', 'sent_back')", name=op.f("ck_policy_proposal_answered")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_policy_proposal_proposed_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_policy_proposal_answered_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_proposal")),
    )  # fmt: skip
    waits = sa.text("state = 'waiting'")
    op.create_index(
        "ux_policy_proposal_waiting",
        "policy_proposal",
        ["key"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index("ix_policy_proposal_state", "policy_proposal", ["state", "id"])
