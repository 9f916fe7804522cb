"""Review: decisions and verdicts that stay as they were taken, rules, the queue, roles, second factor, revealed data."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp.migrations.list_entries import add_lists, drop_lists
from webapp.migrations.rewriting import is_sqlite, say_otherwise

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
OLD_ROLES = "role IN ('admin', 'reviewer', 'viewer')"
APPEND_ONLY = ("decision", "aml_verdict")
VERDICT = "verdict IN ('open', 'same', 'not_same', 'unclear')"
MATCH_KIND = "kind IN ('', 'sanction', 'pep', 'other')"


def json_kind() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def number(name: str, *, null: bool = True) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=null)


def words(name: str, length: int | None = None, *, default: str | None = None) -> sa.Column:
    return sa.Column(name, TEXT(length=length) if length else TEXT(), nullable=False, server_default=default)


def moment(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, MOMENT(), nullable=null)


def data(name: str, *, default: str | None = None) -> sa.Column:
    return sa.Column(name, json_kind(), nullable=False, server_default=default)


def foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def add_foreign(table: str, column: str, other: str) -> None:
    """SQLite takes a foreign key with a new column only in SQL of our own."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT fk_{table}_{column}_{other} REFERENCES {other} (id)"
    )


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    _people()
    _sessions()
    _reviews()
    _decisions()
    _matches()
    _keep_as_taken()


def downgrade() -> None:
    for table in APPEND_ONLY:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}{'' if is_sqlite() else f' ON {table}'}")
    if not is_sqlite():
        op.execute("DROP FUNCTION refuse_change()")
    for table in ("aml_verdict", "aml_dismissal", "decision_snapshot", "decision", "reveal", "presence", "review_skip",
                  "rule_set", "note"):  # fmt: skip
        op.drop_table(table)
    drop_lists()
    for name in ("entry_hash", "entry_key", "decided_by_name", "decided_by_id", "decided_at", "discriminators", "kind"):
        op.drop_column("aml_match", name)
    op.drop_column("link", "why_again")
    for name in ("follows", "holder", "review_due"):
        op.drop_index(f"ix_session_{name}", "verification_session")
    for name in ("route_reasons", "rule_version", "attempt", "follows_session_id", "decided_by_name", "decided_at", "proposal_id",
                 "held_until", "held_since", "holder_name", "holder_id", "due_at"):  # fmt: skip
        op.drop_column("verification_session", name)
    _people_before()


def _people() -> None:
    for table in ("user_account", "invitation"):
        _free_role(table)
    op.execute("UPDATE user_account SET role = 'admin compliance_lead' WHERE role = 'admin'")
    op.execute("UPDATE invitation SET role = 'admin compliance_lead' WHERE role = 'admin'")
    op.add_column("user_account", words("totp_secret", default=""))
    op.add_column("user_account", moment("totp_confirmed_at", null=True))
    op.add_column("user_account", sa.Column("totp_last_step", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sign_in", words("agent", 120, default=""))
    op.add_column("sign_in", moment("second_factor_at", null=True))
    op.create_index("ix_sign_in_user_id_seen_at", "sign_in", ["user_id", "seen_at"])
    for name, length in (("email", 254), ("name", 200), ("invited_by_name", None)):
        op.add_column("invitation", words(name, length, default=""))
    op.add_column("invitation", moment("withdrawn_at", null=True))
    op.create_table(
        "recovery_code",
        number("id", null=False), number("user_id", null=False), words("code_hash"), moment("used_at", null=True),
        foreign("recovery_code", "user_id", "user_account"), key("recovery_code", "id"),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )  # fmt: skip
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])


def _people_before() -> None:
    """Who had several roles, or one of the new ones, keeps the nearest of the three that there were."""
    op.drop_table("recovery_code")
    op.drop_index("ix_sign_in_user_id_seen_at", "sign_in")
    for name in ("withdrawn_at", "invited_by_name", "name", "email"):
        op.drop_column("invitation", name)
    for name in ("second_factor_at", "agent"):
        op.drop_column("sign_in", name)
    for name in ("totp_last_step", "totp_confirmed_at", "totp_secret"):
        op.drop_column("user_account", name)
    for table in ("user_account", "invitation"):
        op.execute(f"""UPDATE {table} SET role = CASE WHEN role LIKE '%admin%' THEN 'admin'
            WHEN role LIKE '%reviewer%' OR role LIKE '%approver%' OR role LIKE '%compliance_lead%' THEN 'reviewer'
            ELSE 'viewer' END""")  # noqa: S608 - two names of our own
        _bind_role(table)


def _free_role(table: str) -> None:
    if is_sqlite():
        say_otherwise(table, f"CONSTRAINT ck_{table}_role CHECK ({OLD_ROLES})", f"CONSTRAINT ck_{table}_role CHECK (role <> '')")
    else:
        op.drop_constraint(op.f(f"ck_{table}_role"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_role"), table, "role <> ''")


def _bind_role(table: str) -> None:
    if is_sqlite():
        say_otherwise(table, f"CONSTRAINT ck_{table}_role CHECK (role <> '')", f"CONSTRAINT ck_{table}_role CHECK ({OLD_ROLES})")
    else:
        op.drop_constraint(op.f(f"ck_{table}_role"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_role"), table, OLD_ROLES)


def _sessions() -> None:
    """No rebuild of this table: it would lose its computed column and its triggers."""
    table = "verification_session"
    op.add_column(table, moment("due_at", null=True))
    add_foreign(table, "holder_id", "user_account")
    op.add_column(table, words("holder_name", default=""))
    op.add_column(table, moment("held_since", null=True))
    op.add_column(table, moment("held_until", null=True))
    op.add_column(table, number("proposal_id"))
    op.add_column(table, moment("decided_at", null=True))
    op.add_column(table, words("decided_by_name", default=""))
    add_foreign(table, "follows_session_id", table)
    op.add_column(table, sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(table, sa.Column("rule_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(table, data("route_reasons", default="[]"))
    op.add_column("link", words("why_again", default=""))
    op.create_index("ix_session_review_due", table, ["review", "due_at", "id"])
    op.create_index("ix_session_holder", table, ["holder_id", "held_until"])
    op.create_index("ix_session_follows", table, ["follows_session_id"])
    op.execute("UPDATE verification_session SET due_at = COALESCE(finished_at, created_at) WHERE review = 'pending'")


def _reviews() -> None:
    op.create_table(
        "note",
        number("id", null=False), number("session_id", null=False), words("text"), moment("created_at"),
        number("created_by_id"), words("created_by_name"),
        foreign("note", "session_id", "verification_session"), foreign("note", "created_by_id", "user_account"),
        key("note", "id"),
    )  # fmt: skip
    op.create_index("ix_note_session_id", "note", ["session_id"])
    op.create_table(
        "rule_set",
        number("version", null=False), data("rules"), words("note", 500), moment("created_at"), number("created_by_id"),
        words("created_by_name"),
        foreign("rule_set", "created_by_id", "user_account"), key("rule_set", "version"),
    )  # fmt: skip
    op.create_table(
        "review_skip",
        number("id", null=False), number("session_id", null=False), number("user_id", null=False), words("reason", 500),
        moment("created_at"),
        foreign("review_skip", "session_id", "verification_session"), foreign("review_skip", "user_id", "user_account"),
        key("review_skip", "id"),
    )  # fmt: skip
    op.create_index("ix_review_skip_session_id", "review_skip", ["session_id"])
    op.create_index("ix_review_skip_user", "review_skip", ["user_id", "created_at"])
    op.create_table(
        "presence",
        number("session_id", null=False), number("user_id", null=False), moment("seen_at"),
        foreign("presence", "session_id", "verification_session"), foreign("presence", "user_id", "user_account"),
        key("presence", "session_id", "user_id"),
    )  # fmt: skip
    op.create_index("ix_presence_session", "presence", ["session_id", "seen_at"])
    op.create_table(
        "reveal",
        number("id", null=False), number("user_id", null=False), number("session_id", null=False), words("reason", 500),
        moment("created_at"), moment("expires_at"),
        foreign("reveal", "user_id", "user_account"), foreign("reveal", "session_id", "verification_session"),
        key("reveal", "id"),
    )  # fmt: skip
    op.create_index("ix_reveal_user", "reveal", ["user_id", "session_id", "expires_at"])


def _decisions() -> None:
    op.create_table(
        "decision",
        number("id", null=False), number("session_id", null=False), words("kind"), words("stage"), number("proposal_id"),
        number("proposer_id"), words("actor_type"), number("actor_id"), words("actor_name"), words("role_at_time"),
        data("reason_codes"), number("note_id"), number("preset_version_id"), number("rule_version", null=False),
        number("policy_version", null=False), words("evidence_hash"), moment("created_at"),
        sa.CheckConstraint(
            "kind IN ('approve', 'reject', 'ask_again', 'escalate', 'reopen', 'confirm', 'send_back', 'lapse')",
            name=op.f("ck_decision_kind"),
        ),
        sa.CheckConstraint("stage IN ('final', 'proposed')", name=op.f("ck_decision_stage")),
        sa.CheckConstraint("actor_type IN ('person', 'rule', 'system')", name=op.f("ck_decision_actor_type")),
        sa.CheckConstraint(
            "kind <> 'confirm' OR (proposal_id IS NOT NULL AND proposer_id IS NOT NULL AND actor_id IS NOT NULL"
            " AND proposer_id <> actor_id)",
            name=op.f("ck_decision_second_person"),
        ),
        foreign("decision", "session_id", "verification_session"), foreign("decision", "actor_id", "user_account"),
        foreign("decision", "note_id", "note"), foreign("decision", "preset_version_id", "preset_version"),
        sa.ForeignKeyConstraint(
            ["proposal_id", "proposer_id"], ["decision.id", "decision.actor_id"], name=op.f("fk_decision_proposal_id_decision")
        ),
        key("decision", "id"), sa.UniqueConstraint("id", "actor_id", name=op.f("uq_decision_id_actor_id")),
    )  # fmt: skip
    op.create_index("ix_decision_session", "decision", ["session_id", "id"])
    op.create_table(
        "decision_snapshot",
        number("decision_id", null=False), data("content"),
        foreign("decision_snapshot", "decision_id", "decision"), key("decision_snapshot", "decision_id"),
    )  # fmt: skip


def _matches() -> None:
    op.execute(
        "ALTER TABLE aml_match ADD COLUMN kind VARCHAR DEFAULT '' NOT NULL "
        f"CONSTRAINT ck_aml_match_kind CHECK ({MATCH_KIND})"
    )
    op.add_column("aml_match", data("discriminators", default="[]"))
    op.add_column("aml_match", moment("decided_at", null=True))
    add_foreign("aml_match", "decided_by_id", "user_account")
    for name in ("decided_by_name", "entry_key", "entry_hash"):
        op.add_column("aml_match", words(name, default=""))
    add_lists(json_kind())
    op.create_table(
        "aml_dismissal",
        number("id", null=False), number("person_id", null=False), words("entry_key"), words("entry_hash"),
        words("entry_name"), data("discriminators"), moment("created_at"), number("created_by_id"),
        words("created_by_name"), moment("expires_at"), moment("ended_at", null=True), words("ended_why"),
        foreign("aml_dismissal", "person_id", "person"), foreign("aml_dismissal", "created_by_id", "user_account"),
        key("aml_dismissal", "id"),
    )  # fmt: skip
    op.create_index("ix_aml_dismissal_person", "aml_dismissal", ["person_id", "entry_key"])
    op.create_table(
        "aml_verdict",
        number("id", null=False), number("match_id", null=False), number("session_id", null=False), words("verdict"),
        words("kind"), data("discriminators"), number("note_id"), number("dismissal_id"), number("actor_id"),
        words("actor_name"), moment("created_at"),
        sa.CheckConstraint(VERDICT, name=op.f("ck_aml_verdict_verdict")),
        sa.CheckConstraint(MATCH_KIND, name=op.f("ck_aml_verdict_kind")),
        foreign("aml_verdict", "match_id", "aml_match"), foreign("aml_verdict", "session_id", "verification_session"),
        foreign("aml_verdict", "note_id", "note"), foreign("aml_verdict", "dismissal_id", "aml_dismissal"),
        foreign("aml_verdict", "actor_id", "user_account"), key("aml_verdict", "id"),
    )  # fmt: skip
    op.create_index("ix_aml_verdict_match", "aml_verdict", ["match_id", "id"])
    op.create_index("ix_aml_verdict_session", "aml_verdict", ["session_id", "id"])


def _keep_as_taken() -> None:
    """Triggers that refuse to change or delete a decision or a verdict, whoever asks."""
    if not is_sqlite():
        op.execute("""CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '% keeps every row as it was written', TG_TABLE_NAME; END $$""")
    for table in APPEND_ONLY:
        for verb in ("update", "delete"):
            if is_sqlite():
                op.execute(f"""CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}
                    BEGIN SELECT RAISE(ABORT, '{table} keeps every row as it was written'); END""")
            else:
                op.execute(f"""CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}
                    FOR EACH ROW EXECUTE FUNCTION refuse_change()""")
