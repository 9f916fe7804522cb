"""The console's own records: jobs to do, what happened (audit), and what changed (live pages)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from webapp.db import json_type
from webapp.models.columns import one_of, utc_now

_NOT_OK = text("outcome <> 'ok'")


class Job(SQLModel, table=True):
    """Work to do at least once; a row is deleted when done. `leased_until` in the future: someone is at it."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "failed_at", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    subject_id: int
    due_at: datetime = Field(default_factory=utc_now)
    created_at: datetime = Field(default_factory=utc_now)
    attempts: int = 0
    leased_until: datetime | None = None
    leased_by: str = ""
    failed_at: datetime | None = None
    last_error: str = ""


class AuditEvent(SQLModel, table=True):
    """One thing that happened: who, what, to what. Append-only, chained by `webapp.audit_chain`; the database refuses changes.

    Personal values enter `before` and `after` only as keyed hashes (`actions.audit.keyed`).
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        one_of("outcome", ("ok", "denied", "error")),
        one_of("actor_type", ("person", "system", "applicant", "vendor")),
        Index("ix_audit_event_session", "session_id", "seq"),
        Index("ix_audit_event_object", "object_type", "object_id", "seq"),
        Index("ix_audit_event_actor", "actor_type", "actor_id", "seq"),
        Index("ix_audit_event_action", "action", "seq"),
        Index("ix_audit_event_utc", "utc", "seq"),
        Index("ix_audit_event_not_ok", "outcome", "seq", sqlite_where=_NOT_OK, postgresql_where=_NOT_OK),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    utc: datetime = Field(default_factory=utc_now)
    actor_type: str
    actor_id: int | None = None
    actor_name_at_time: str = ""
    role_at_time: str = ""
    ip: str = ""
    user_agent_hash: str = ""
    request_id: str = ""
    action: str
    object_type: str = ""
    object_id: int | None = None
    session_id: int | None = None
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(json_type(), nullable=True))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(json_type(), nullable=True))
    reason_codes: list[str] | None = Field(default=None, sa_column=Column(json_type(), nullable=True))
    outcome: str = "ok"
    note_ref: int | None = None
    policy_version: str = ""
    prev_hash: str = ""
    hash: str = ""


class AuditHead(SQLModel, table=True):
    """The end of the audit chain, one row, whose lock is the chain's; and what came of verifying the chain last."""

    __tablename__ = "audit_head"

    id: int = Field(default=1, primary_key=True)
    seq: int = 0
    hash: str
    verified_at: datetime | None = None
    verified_rows: int = 0
    broken_seq: int | None = None
    broken_why: str = ""


class AuditCheckpoint(SQLModel, table=True):
    """A row of the audit chain that was signed with the installation's key. Append-only."""

    __tablename__ = "audit_checkpoint"

    id: int | None = Field(default=None, primary_key=True)
    seq: int = Field(index=True)
    hash: str
    utc: datetime
    key_id: str
    public_key: str
    signature: str


class LiveEvent(SQLModel, table=True):
    """A changed session, for the open pages of any process; rows are dropped after an hour."""

    __tablename__ = "live_event"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    session_id: int
    created_at: datetime = Field(default_factory=utc_now, index=True)


class WorkerBeat(SQLModel, table=True):
    """When each worker was last seen alive."""

    __tablename__ = "worker_beat"

    name: str = Field(primary_key=True)
    seen_at: datetime = Field(default_factory=utc_now)


class Policy(SQLModel, table=True):
    """One rule of the house that an administrator set; a missing row stands for the default. `version` rises with each change."""

    __tablename__ = "policy"

    key: str = Field(primary_key=True, max_length=64)
    value: Any = Field(default=None, sa_column=Column(json_type(), nullable=False))
    version: int = 1
    changed_at: datetime = Field(default_factory=utc_now)
    changed_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    changed_by_name: str = ""
