"""All of DocuPass: presets, pictures given with a link, SMS counted, reusable links, persons found again."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp.checks.normalise import fold
from webapp.models.words import MATTER_KIND

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
OLD_MATTERS = MATTER_KIND[: MATTER_KIND.index("link")]
MATTERS = (*OLD_MATTERS, "link")


def json_column(name: str) -> sa.Column:
    """A JSON column that new rows fill; the rows there are get an empty object."""
    kind = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    return sa.Column(name, kind, nullable=False, server_default="{}")


def upgrade() -> None:
    _presets()
    _links()
    _people()
    # No rebuild of this table: it would lose its computed column and its triggers.
    op.add_column("verification_session", sa.Column("outside_link", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_session_capture_created", "verification_session", ["capture", "created_at", "id"])
    _matters(MATTERS)


def downgrade() -> None:
    op.execute("DELETE FROM matter WHERE kind = 'link'")
    _matters(OLD_MATTERS)
    op.drop_index("ix_session_capture_created", "verification_session")
    op.drop_column("verification_session", "outside_link")
    op.drop_index("ix_person_name_key_birth", "person")
    for name in ("birth", "name_key", "phone"):
        op.drop_column("person", name)
    op.drop_table("sms_send")
    op.drop_table("link_picture")
    op.drop_index("ix_link_state_expires", "link")
    op.drop_index("ix_link_preset_version_id", "link")
    for name in ("sms_to", "vendor_answer", "preset_changed", "preset_version_id", "session_cap", "label"):
        op.drop_column("link", name)
    op.drop_table("preset_version")
    op.drop_table("preset")


def _matters(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("matter") as table:
        table.drop_constraint(op.f("ck_matter_kind"), type_="check")
        table.create_check_constraint(op.f("ck_matter_kind"), f"kind IN ({', '.join(repr(kind) for kind in kinds)})")


def _presets() -> None:
    op.create_table(
        "preset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT(length=80), nullable=False),
        sa.Column("name_key", TEXT(length=80), nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("archived_at", MOMENT(), nullable=True),
        sa.CheckConstraint("kind IN ('identity', 'signature')", name=op.f("ck_preset_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preset")),
        sa.UniqueConstraint("name_key", name=op.f("uq_preset_name_key")),
    )
    op.create_index("ix_preset_archived", "preset", ["archived_at", "name_key"])
    op.create_table(
        "preset_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("preset_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", TEXT(length=80), nullable=False),
        json_column("options"),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by_name", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["preset_id"], ["preset.id"], name=op.f("fk_preset_version_preset_id_preset")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_preset_version_created_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preset_version")),
        sa.UniqueConstraint("preset_id", "number", name=op.f("uq_preset_version_preset_id_number")),
    )


def _links() -> None:
    op.add_column("link", sa.Column("label", TEXT(length=200), nullable=False, server_default=""))
    op.add_column("link", sa.Column("session_cap", sa.Integer(), nullable=True))
    # In SQL of our own: SQLite takes a foreign key with a new column only here, and rebuilding a table that others
    # point to would break their keys.
    op.execute(
        "ALTER TABLE link ADD COLUMN preset_version_id INTEGER "
        "CONSTRAINT fk_link_preset_version_id_preset_version REFERENCES preset_version (id)"
    )
    op.add_column("link", sa.Column("preset_changed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("link", json_column("vendor_answer"))
    op.add_column("link", sa.Column("sms_to", TEXT(length=20), nullable=False, server_default=""))
    op.create_index("ix_link_preset_version_id", "link", ["preset_version_id"])
    op.create_index("ix_link_state_expires", "link", ["state", "expires_at"])
    op.create_table(
        "link_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        *(sa.Column(name, TEXT(), nullable=False) for name in ("part", "url", "path", "sha256")),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", TEXT(), nullable=False),
        sa.CheckConstraint("part IN ('document', 'document_back', 'face')", name=op.f("ck_link_picture_part")),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_link_picture_link_id_link")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_picture")),
        sa.UniqueConstraint("link_id", "part", name=op.f("uq_link_picture_link_id_part")),
    )
    op.create_table(
        "sms_send",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("number_key", TEXT(), nullable=False),
        sa.Column("outcome", TEXT(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", MOMENT(), nullable=False),
        sa.CheckConstraint("outcome IN ('asked', 'sent', 'refused', 'unknown')", name=op.f("ck_sms_send_outcome")),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_sms_send_link_id_link")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_sms_send_asked_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_send")),
    )
    op.create_index("ix_sms_send_number", "sms_send", ["number_key", "asked_at"])
    op.create_index("ix_sms_send_asked", "sms_send", ["asked_at"])
    op.create_index("ix_sms_send_link_id", "sms_send", ["link_id"])


def _people() -> None:
    op.add_column("person", sa.Column("phone", TEXT(length=20), nullable=False, server_default=""))
    op.add_column("person", sa.Column("name_key", TEXT(length=200), nullable=False, server_default=""))
    op.add_column("person", sa.Column("birth", TEXT(length=10), nullable=False, server_default=""))
    bind = op.get_bind()
    names = bind.execute(sa.text("SELECT id, name FROM person WHERE name <> ''")).all()
    if names:  # folding is ours, no database knows it
        keys = [{"id": number, "key": fold(name)[:200]} for number, name in names]
        bind.execute(sa.text("UPDATE person SET name_key = :key WHERE id = :id"), keys)
    op.create_index("ix_person_name_key_birth", "person", ["name_key", "birth"])
