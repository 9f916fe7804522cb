"""Liveness: what a vendor's own id of a person says, presets of the kind, results without a link, rules of the house."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp.migrations.rewriting import is_sqlite, say_otherwise
from webapp.models.words import MATTER_KIND

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
OLD_MATTERS = MATTER_KIND[: MATTER_KIND.index("subject")]
MATTERS = (*OLD_MATTERS, "subject")
SUBJECT_IS_THERE = sa.text("subject <> ''")
NO_LINK = sa.text("link_id IS NULL")
OLD_PRESETS = "kind IN ('identity', 'signature')"
PRESETS = "kind IN ('identity', 'signature', 'liveness')"


def json_kind() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    for name, length in (("subject", 64), ("liveness", 10), ("mode", 10)):
        op.add_column("session_result", sa.Column(name, TEXT(length=length), nullable=False, server_default=""))
    for name in ("attributes", "location"):
        op.add_column("session_result", sa.Column(name, json_kind(), nullable=False, server_default="{}"))
    op.create_index(
        "ix_session_result_subject", "session_result", ["subject", "session_id"], sqlite_where=SUBJECT_IS_THERE,
        postgresql_where=SUBJECT_IS_THERE,
    )  # fmt: skip
    _preset_kinds(OLD_PRESETS, PRESETS)
    _delivery_may_lack_its_link(True)
    op.create_index(
        "uq_delivery_unclaimed", "delivery", ["provider", "reference", "body_sha256"], unique=True, sqlite_where=NO_LINK,
        postgresql_where=NO_LINK,
    )  # fmt: skip
    _matters(MATTERS)
    op.create_table(
        "policy",
        sa.Column("key", TEXT(length=64), nullable=False),
        sa.Column("value", json_kind(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_name", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["user_account.id"], name=op.f("fk_policy_changed_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_policy")),
    )


def downgrade() -> None:
    op.drop_table("policy")
    op.execute("DELETE FROM matter WHERE kind = 'subject'")
    _matters(OLD_MATTERS)
    op.drop_index("uq_delivery_unclaimed", "delivery")
    op.execute("DELETE FROM delivery WHERE link_id IS NULL")
    _delivery_may_lack_its_link(False)
    gone = "(SELECT id FROM preset WHERE kind = 'liveness')"
    versions = f"(SELECT id FROM preset_version WHERE preset_id IN {gone})"
    op.execute(f"UPDATE link SET preset_version_id = NULL WHERE preset_version_id IN {versions}")
    op.execute(f"DELETE FROM preset_version WHERE preset_id IN {gone}")
    op.execute("DELETE FROM preset WHERE kind = 'liveness'")
    _preset_kinds(PRESETS, OLD_PRESETS)
    op.drop_index("ix_session_result_subject", "session_result")
    for name in ("location", "attributes", "mode", "liveness", "subject"):
        op.drop_column("session_result", name)


def _matters(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("matter") as table:
        table.drop_constraint(op.f("ck_matter_kind"), type_="check")
        table.create_check_constraint(op.f("ck_matter_kind"), f"kind IN ({', '.join(repr(kind) for kind in kinds)})")


def _preset_kinds(old: str, new: str) -> None:
    if is_sqlite():
        say_otherwise("preset", f"({old})", f"({new})")
    else:
        op.drop_constraint(op.f("ck_preset_kind"), "preset", type_="check")
        op.create_check_constraint(op.f("ck_preset_kind"), "preset", new)


def _delivery_may_lack_its_link(may: bool) -> None:
    if is_sqlite():
        words = ("link_id INTEGER NOT NULL", "link_id INTEGER")
        say_otherwise("delivery", f"{words[not may]},", f"{words[may]},")
    else:
        op.alter_column("delivery", "link_id", nullable=may)
