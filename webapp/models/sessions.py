"""One person's pass through a link at the vendor, its result, and what is open to settle."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Computed, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.db import json_type
from webapp.models.columns import one_of, utc_now
from webapp.models.words import (
    CAPTURE,
    DECISION,
    LIST_KIND,
    MATCH_KIND,
    MATTER_KIND,
    OUTCOME,
    REVIEW,
    STATUS_SQL,
    STRENGTHS,
    VERDICT,
)

_version = Column("version", Integer, nullable=False, default=1)


class VerificationSession(SQLModel, table=True):
    """Four facts kept apart (capture, outcome, review, decision), flags beside them, and the one word they add up to.

    `status` is computed by the database (product rules 5.1). `version` rises with each change; a writer that read an older one
    is refused (compare and swap). `search_text` is the folded name, own reference, e-mail and vendor reference.
    """

    __tablename__ = "verification_session"
    __table_args__ = (
        one_of("capture", CAPTURE),
        one_of("outcome", OUTCOME),
        one_of("review", REVIEW),
        one_of("decision", DECISION),
        Index("uq_verification_session_reference", "provider", "reference", unique=True,
              sqlite_where=text("reference <> ''"), postgresql_where=text("reference <> ''")),
        Index("ix_session_created", "created_at", "id"),
        Index("ix_session_status_created", "status", "created_at", "id"),
        Index("ix_session_outcome_created", "outcome", "created_at", "id"),
        Index("ix_session_status_outcome_created", "status", "outcome", "created_at", "id"),
        Index("ix_session_finished", "finished_at", "review"),
        Index("ix_session_capture_created", "capture", "created_at", "id"),
        Index("ix_session_review_due", "review", "due_at", "id"),
        Index("ix_session_holder", "holder_id", "held_until"),
        Index("ix_session_follows", "follows_session_id"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="link.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    provider: str
    kind: str
    reference: str = Field(default="", max_length=64)
    capture: str = "creating"
    outcome: str = "none"
    outcome_code: str = Field(default="", max_length=64)
    outcome_text: str = ""
    review: str = "not_needed"
    priority: str = "normal"
    route_reason: str = ""
    decision: str = "none"
    aml_open: bool = False
    evidence_missing: bool = False
    late_result: bool = False
    conflicting_results: bool = False
    unverified: bool = False
    inconsistent_data: bool = False
    duplicate_suspected: bool = False
    new_facts_after_decision: bool = False
    outside_link: bool = False
    """It came although its reusable link was paused or had brought all that it may."""
    erased: bool = False
    status: str = Field(
        default=None, sa_column=Column("status", Text, Computed(STATUS_SQL, persisted=True), nullable=False)
    )
    search_text: str = ""
    created_at: datetime = Field(default_factory=utc_now)
    opened_at: datetime | None = None
    received_at: datetime | None = None
    finished_at: datetime | None = None
    changed_at: datetime = Field(default_factory=utc_now)
    expiry_confirmed: bool = False
    due_at: datetime | None = None
    """By when a person should have decided; set when review begins."""
    holder_id: int | None = Field(default=None, foreign_key="user_account.id")
    """Who has it in review, until `held_until`."""
    holder_name: str = ""
    held_since: datetime | None = None
    held_until: datetime | None = None
    proposal_id: int | None = None
    """The decision that waits for a second person (`Decision.id`)."""
    decided_at: datetime | None = None
    decided_by_name: str = ""
    follows_session_id: int | None = Field(default=None, foreign_key="verification_session.id")
    """The session that this one was asked for again after."""
    attempt: int = 1
    rule_version: int = 0
    """The routing rules that sent it where it is."""
    erased_classes: list[str] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    """What of it is gone (`RETENTION_CLASS`), where not all is."""
    route_reasons: list[str] = Field(
        default_factory=list, sa_column=Column(json_type(), nullable=False, server_default=text("'[]'"))
    )
    """What every rule that fitted says, the one that it went by first."""
    version: int = Field(default=None, sa_column=_version)

    __mapper_args__: ClassVar[dict[str, Any]] = {"version_id_col": _version}


class SessionResult(SQLModel, table=True):
    """What the vendor found, as applied once; kept apart so that lists stay lean. Shapes are those of `providers.base`."""

    __tablename__ = "session_result"
    __table_args__ = (
        Index("ix_session_result_subject", "subject", "session_id",
              sqlite_where=text("subject <> ''"), postgresql_where=text("subject <> ''")),
    )  # fmt: skip

    session_id: int = Field(primary_key=True, foreign_key="verification_session.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    captured_at: datetime = Field(default_factory=utc_now)
    person: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    fields: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    face: dict[str, Any] | None = Field(default=None, sa_column=Column(json_type(), nullable=True))
    authenticity: dict[str, Any] | None = Field(default=None, sa_column=Column(json_type(), nullable=True))
    vendor_checks: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    phone: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    contract: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    contradictions: list[str] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    other: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    content_key: str = ""
    vault_id: str = ""
    subject: str = Field(default="", max_length=64)
    """The vendor's id of the person; the same one again is the same face."""
    liveness: str = Field(default="", max_length=10)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    location: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    mode: str = Field(default="", max_length=10)
    """production | sandbox, as the vendor said then, whatever the settings say now."""
    outcome_log: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    """Later results for the same reference, in order of arrival: kept, not applied."""


class Matter(SQLModel, table=True):
    """One thing open to settle before a decision; at most one of a kind for each session."""

    __tablename__ = "matter"
    __table_args__ = (
        one_of("kind", MATTER_KIND),
        one_of("severity", ("bad", "warn")),
        UniqueConstraint("session_id", "kind"),
        Index("ix_matter_kind_created", "kind", "session_created_at", "session_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="verification_session.id")
    session_created_at: datetime
    """Copied from the session, so that "sessions with this matter, newest first" is one index."""
    kind: str
    severity: str
    position: int
    count: int = 1
    headline: str
    detail: str = ""
    block: str


class AmlMatch(SQLModel, table=True):
    """One entry of a sanctions, crime or politician list that the vendor returned, as received."""

    __tablename__ = "aml_match"
    __table_args__ = (
        UniqueConstraint("session_id", "position"),
        one_of("verdict", VERDICT),
        one_of("kind", MATCH_KIND),
        one_of("list_kind", LIST_KIND),
        Index("ix_aml_match_found", "found_at", "id"),
        Index("ix_aml_match_verdict", "verdict", "found_at", "id"),
        Index("ix_aml_match_list_kind", "list_kind", "found_at", "id"),
        Index("ix_aml_match_database", "database", "found_at", "id"),
        *(
            Index(f"ix_aml_match_from_{least}", "found_at", "id", sqlite_where=text(f"strength >= {least}"),
                  postgresql_where=text(f"strength >= {least}"))
            for least in STRENGTHS
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="verification_session.id")
    position: int
    entry: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    strength: int = 0
    list_kind: str = "other"
    """What the list is: sanction, crime, pep or other; `database` is the vendor's code for it."""
    database: str = ""
    found_at: datetime = Field(default_factory=utc_now)
    verdict: str = "open"
    """The one in force; how it came about is in `AmlVerdict`."""
    kind: str = ""
    """What the entry is, where it is the same person: sanction, pep or other."""
    discriminators: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    decided_at: datetime | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    decided_by_name: str = ""
    entry_key: str = ""
    """Tells the list entry again in another session; `entry_hash` changes when its content does."""
    entry_hash: str = ""
