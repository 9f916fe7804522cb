"""The first tables: people, links, sessions, deliveries, evidence, matches, jobs, audit, live events."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("utc", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name_at_time", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role_at_time", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ip", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_agent_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("request_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("object_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column(
            "before", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=True
        ),
        sa.Column(
            "after", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=True
        ),
        sa.Column(
            "reason_codes", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=True
        ),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "actor_type IN ('person', 'system', 'applicant', 'vendor')", name=op.f("ck_audit_event_actor_type")
        ),
        sa.CheckConstraint("outcome IN ('ok', 'denied', 'error')", name=op.f("ck_audit_event_outcome")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index("ix_audit_event_object", ["object_type", "object_id", "seq"], unique=False)
        batch_op.create_index("ix_audit_event_session", ["session_id", "seq"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("role IN ('admin', 'reviewer', 'viewer')", name=op.f("ck_invitation_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invitation_secret_hash")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("leased_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("failed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("last_error", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_due", ["failed_at", "due_at"], unique=False)

    op.create_table(
        "live_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("live_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_event_created_at"), ["created_at"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("own_reference", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_own_reference"), ["own_reference"], unique=False)

    op.create_table(
        "sign_in_failure",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("locked_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("password_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("disabled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("role IN ('admin', 'reviewer', 'viewer')", name=op.f("ck_user_account_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "worker_beat",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_beat")),
    )
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("webhook_token", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("webhook_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("form_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("provider", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reusable", sa.Boolean(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("customid", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column(
            "options", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "expected", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("vendor_reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("vendor_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("error_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("error_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("error_final", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("opened_count", sa.Integer(), nullable=False),
        sa.Column("first_opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("last_opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('identity', 'signature', 'liveness')", name=op.f("ck_link_kind")),
        sa.CheckConstraint(
            "state IN ('creating', 'create_failed', 'active', 'paused', 'used_up', 'expired', 'revoked')",
            name=op.f("ck_link_state"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_link_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("form_key", name=op.f("uq_link_form_key")),
        sa.UniqueConstraint("token", name=op.f("uq_link_token")),
        sa.UniqueConstraint("webhook_key", name=op.f("uq_link_webhook_key")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index("ix_link_created", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_customid"), ["customid"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_link_state_created", ["state", "created_at", "id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_sign_in_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_sign_in_secret_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_user_id"), ["user_id"], unique=False)

    op.create_table(
        "verification_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("provider", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("capture", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("outcome_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("outcome_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("review", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("priority", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("route_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("aml_open", sa.Boolean(), nullable=False),
        sa.Column("evidence_missing", sa.Boolean(), nullable=False),
        sa.Column("late_result", sa.Boolean(), nullable=False),
        sa.Column("conflicting_results", sa.Boolean(), nullable=False),
        sa.Column("unverified", sa.Boolean(), nullable=False),
        sa.Column("inconsistent_data", sa.Boolean(), nullable=False),
        sa.Column("duplicate_suspected", sa.Boolean(), nullable=False),
        sa.Column("new_facts_after_decision", sa.Boolean(), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Text(),
            sa.Computed(
                "CASE\n WHEN erased THEN 'erased'\n WHEN capture = 'create_failed' THEN 'creation_failed'\n WHEN decision <> 'none' AND review = 'done' THEN decision\n WHEN review IN ('awaiting_second', 'escalated', 'awaiting_applicant', 'in_review') THEN review\n WHEN review = 'pending' THEN 'needs_review'\n WHEN outcome IN ('signed', 'captured') THEN outcome\n WHEN outcome IN ('failed', 'abandoned', 'timed_out', 'liveness_failed', 'inconclusive', 'error') THEN 'failed'\n WHEN capture = 'revoked' THEN 'revoked'\n WHEN capture = 'expired' THEN 'expired'\n WHEN capture = 'returned' OR unverified THEN 'waiting_for_result'\n WHEN capture IN ('opened', 'ready') THEN capture\n WHEN capture = 'finished' THEN 'needs_review'\n ELSE 'draft'\nEND",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("search_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expiry_confirmed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "capture IN ('draft', 'creating', 'create_failed', 'ready', 'opened', 'returned', 'finished', 'expired', 'revoked')",
            name=op.f("ck_verification_session_capture"),
        ),
        sa.CheckConstraint(
            "decision IN ('none', 'approved', 'rejected')", name=op.f("ck_verification_session_decision")
        ),
        sa.CheckConstraint(
            "outcome IN ('none', 'passed', 'failed', 'signed', 'captured', 'abandoned', 'timed_out', 'liveness_failed', 'inconclusive', 'error')",
            name=op.f("ck_verification_session_outcome"),
        ),
        sa.CheckConstraint(
            "review IN ('not_needed', 'pending', 'in_review', 'awaiting_second', 'awaiting_applicant', 'escalated', 'done')",
            name=op.f("ck_verification_session_review"),
        ),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_verification_session_link_id_link")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_verification_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_session")),
    )
    with op.batch_alter_table("verification_session", schema=None) as batch_op:
        batch_op.create_index("ix_session_created", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_session_outcome_created", ["outcome", "created_at", "id"], unique=False)
        batch_op.create_index("ix_session_status_created", ["status", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_verification_session_link_id"), ["link_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_verification_session_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_verification_session_reference",
            ["provider", "reference"],
            unique=True,
            sqlite_where=sa.text("reference <> ''"),
            postgresql_where=sa.text("reference <> ''"),
        )

    op.create_table(
        "aml_match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "entry", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("verdict", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("verdict IN ('open', 'same', 'not_same', 'unclear')", name=op.f("ck_aml_match_verdict")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["verification_session.id"], name=op.f("fk_aml_match_session_id_verification_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aml_match")),
        sa.UniqueConstraint("session_id", "position", name=op.f("uq_aml_match_session_id_position")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=128), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("body_file", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body_sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body_bytes", sa.Integer(), nullable=False),
        sa.Column(
            "headers", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("source_address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('received', 'applied', 'repeat', 'unmatched', 'quarantined')", name=op.f("ck_delivery_state")
        ),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_delivery_link_id_link")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["verification_session.id"], name=op.f("fk_delivery_session_id_verification_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("link_id", "body_sha256", name=op.f("uq_delivery_link_id_body_sha256")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_received", ["received_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_session_id"), ["session_id"], unique=False)
        batch_op.create_index("ix_delivery_state_received", ["state", "received_at", "id"], unique=False)

    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("session_created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("severity", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("headline", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("block", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('aml', 'face', 'authenticity', 'document', 'data', 'inconsistent', 'conflicting', 'late', 'near_threshold', 'evidence', 'code')",
            name=op.f("ck_matter_kind"),
        ),
        sa.CheckConstraint("severity IN ('bad', 'warn')", name=op.f("ck_matter_severity")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["verification_session.id"], name=op.f("fk_matter_session_id_verification_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("session_id", "kind", name=op.f("uq_matter_session_id_kind")),
    )
    with op.batch_alter_table("matter", schema=None) as batch_op:
        batch_op.create_index("ix_matter_kind_created", ["kind", "session_created_at", "session_id"], unique=False)

    op.create_table(
        "evidence_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("side", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "pointer", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("vendor_deletes_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("path", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("display_path", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("saved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('document', 'face', 'contract')", name=op.f("ck_evidence_file_kind")),
        sa.CheckConstraint("state IN ('pending', 'saved', 'failed', 'refused')", name=op.f("ck_evidence_file_state")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_evidence_file_delivery_id_delivery")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["verification_session.id"], name=op.f("fk_evidence_file_session_id_verification_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_file")),
        sa.UniqueConstraint(
            "session_id", "delivery_id", "position", name=op.f("uq_evidence_file_session_id_delivery_id_position")
        ),
    )
    with op.batch_alter_table("evidence_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_file_session_id"), ["session_id"], unique=False)

    op.create_table(
        "session_result",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("captured_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "person", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "fields", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("face", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=True),
        sa.Column(
            "authenticity", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=True
        ),
        sa.Column(
            "vendor_checks",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "phone", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "contract", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "contradictions",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "other", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("content_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("vault_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "outcome_log", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_session_result_delivery_id_delivery")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["verification_session.id"], name=op.f("fk_session_result_session_id_verification_session")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_result")),
    )


def downgrade() -> None:
    op.drop_table("session_result")
    with op.batch_alter_table("evidence_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_file_session_id"))

    op.drop_table("evidence_file")
    with op.batch_alter_table("matter", schema=None) as batch_op:
        batch_op.drop_index("ix_matter_kind_created")

    op.drop_table("matter")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_state_received")
        batch_op.drop_index(batch_op.f("ix_delivery_session_id"))
        batch_op.drop_index("ix_delivery_received")

    op.drop_table("delivery")
    op.drop_table("aml_match")
    with op.batch_alter_table("verification_session", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_verification_session_reference",
            sqlite_where=sa.text("reference <> ''"),
            postgresql_where=sa.text("reference <> ''"),
        )
        batch_op.drop_index(batch_op.f("ix_verification_session_person_id"))
        batch_op.drop_index(batch_op.f("ix_verification_session_link_id"))
        batch_op.drop_index("ix_session_status_created")
        batch_op.drop_index("ix_session_outcome_created")
        batch_op.drop_index("ix_session_created")

    op.drop_table("verification_session")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_user_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index("ix_link_state_created")
        batch_op.drop_index(batch_op.f("ix_link_person_id"))
        batch_op.drop_index(batch_op.f("ix_link_customid"))
        batch_op.drop_index("ix_link_created")

    op.drop_table("link")
    op.drop_table("worker_beat")
    op.drop_table("user_account")
    op.drop_table("sign_in_failure")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_own_reference"))

    op.drop_table("person")
    with op.batch_alter_table("live_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_event_created_at"))

    op.drop_table("live_event")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_due")

    op.drop_table("job")
    op.drop_table("invitation")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_event_session")
        batch_op.drop_index("ix_audit_event_object")

    op.drop_table("audit_event")
