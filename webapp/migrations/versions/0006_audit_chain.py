"""The audit log as a chain: rows already there are numbered without gaps and hashed; changes are refused from then on."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from webapp.audit_chain import READ, canonical_row
from webapp.audit_verifier import ZERO, row_hash
from webapp.migrations.rewriting import is_sqlite

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
KEPT = ("audit_event", "audit_checkpoint")
NEW_INDEXES = {
    "ix_audit_event_actor": ["actor_type", "actor_id", "seq"],
    "ix_audit_event_action": ["action", "seq"],
    "ix_audit_event_utc": ["utc", "seq"],
}
AT_ONCE = 2000


def upgrade() -> None:
    op.add_column("audit_event", sa.Column("note_ref", sa.Integer(), nullable=True))
    for name in ("policy_version", "prev_hash", "hash"):
        op.add_column("audit_event", sa.Column(name, TEXT(), nullable=False, server_default=""))
    for name, columns in NEW_INDEXES.items():
        op.create_index(name, "audit_event", columns)
    not_ok = sa.text("outcome <> 'ok'")
    op.create_index(
        "ix_audit_event_not_ok", "audit_event", ["outcome", "seq"], sqlite_where=not_ok, postgresql_where=not_ok
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", TEXT(), nullable=False),
        sa.Column("verified_at", MOMENT(), nullable=True),
        sa.Column("verified_rows", sa.Integer(), nullable=False),
        sa.Column("broken_seq", sa.Integer(), nullable=True),
        sa.Column("broken_why", TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", TEXT(), nullable=False),
        sa.Column("utc", MOMENT(), nullable=False),
        sa.Column("key_id", TEXT(), nullable=False),
        sa.Column("public_key", TEXT(), nullable=False),
        sa.Column("signature", TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
    )
    op.create_index("ix_audit_checkpoint_seq", "audit_checkpoint", ["seq"])
    _chain()
    _keep_as_written()


def downgrade() -> None:
    for table in KEPT:
        for verb in ("update", "delete") + (() if is_sqlite() else ("truncate",)):
            op.execute(f"DROP TRIGGER {table}_no_{verb}{'' if is_sqlite() else f' ON {table}'}")
    op.drop_table("audit_checkpoint")
    op.drop_table("audit_head")
    for name in ("ix_audit_event_not_ok", *NEW_INDEXES):
        op.drop_index(name, "audit_event")
    for name in ("hash", "prev_hash", "policy_version", "note_ref"):
        op.drop_column("audit_event", name)


def _chain() -> None:
    """Numbers only go down, so that none is taken: where an action had failed on PostgreSQL, one was left out."""
    bind = op.get_bind()
    seq, before, after = 0, ZERO, 0
    read = sa.text(f"{READ[bind.dialect.name]} WHERE seq > :after ORDER BY seq LIMIT {AT_ONCE}")
    change = sa.text("UPDATE audit_event SET seq = :seq, prev_hash = :prev_hash, hash = :hash WHERE seq = :old")
    while found := bind.execute(read, {"after": after}).all():
        changes = []
        for values in found:
            seq += 1
            row = {**canonical_row(values), "seq": seq, "prev_hash": before}
            before = row_hash(row)
            changes.append({"seq": seq, "prev_hash": row["prev_hash"], "hash": before, "old": values[0]})
        after = found[-1][0]
        bind.execute(change, changes)
    bind.execute(
        sa.text("INSERT INTO audit_head (id, seq, hash, verified_rows, broken_why) VALUES (1, :seq, :hash, 0, '')"),
        {"seq": seq, "hash": before},
    )


def _keep_as_written() -> None:
    """Triggers that refuse to change or delete a row, whoever asks (`refuse_change` is of revision 0005)."""
    for table in KEPT:
        for verb in ("update", "delete"):
            if is_sqlite():
                op.execute(f"""CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}
                    BEGIN SELECT RAISE(ABORT, '{table} keeps every row as it was written'); END""")
            else:
                op.execute(f"""CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}
                    FOR EACH ROW EXECUTE FUNCTION refuse_change()""")
        if not is_sqlite():
            op.execute(f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""")
