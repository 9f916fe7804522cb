"""What people do with a result: notes, decisions, verdicts on list entries, who looks at what, the rules in force then."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from webapp.db import json_type
from webapp.models.columns import one_of, utc_now
from webapp.models.words import DECISION_KIND, MATCH_KIND, VERDICT


class Note(SQLModel, table=True):
    """A person's words about a session, kept apart and referred to by number, so that they can be erased alone."""

    __tablename__ = "note"

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="verification_session.id", index=True)
    text: str
    created_at: datetime = Field(default_factory=utc_now)
    created_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    created_by_name: str = ""


class Decision(SQLModel, table=True):
    """One step of deciding, never changed and never deleted (triggers refuse it); the newest final one counts.

    `stage` proposed: it waits for a second person. A `confirm`, `send_back` or `lapse` names the proposal it answers and
    who made that; the database refuses a confirmation by the proposer. `reason_codes` are keys of `REASON_WORDS`.
    `evidence_hash` is the SHA-256 of what was decided on (`DecisionSnapshot`). Versions are those in force then.
    """

    __tablename__ = "decision"
    __table_args__ = (
        one_of("kind", DECISION_KIND),
        one_of("stage", ("final", "proposed")),
        one_of("actor_type", ("person", "rule", "system")),
        CheckConstraint(
            "kind <> 'confirm' OR (proposal_id IS NOT NULL AND proposer_id IS NOT NULL AND actor_id IS NOT NULL"
            " AND proposer_id <> actor_id)",
            name="second_person",
        ),
        UniqueConstraint("id", "actor_id"),
        ForeignKeyConstraint(["proposal_id", "proposer_id"], ["decision.id", "decision.actor_id"]),
        Index("ix_decision_session", "session_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="verification_session.id")
    kind: str
    stage: str = "final"
    proposal_id: int | None = None
    proposer_id: int | None = None
    actor_type: str = "person"
    actor_id: int | None = Field(default=None, foreign_key="user_account.id")
    actor_name: str = ""
    role_at_time: str = ""
    reason_codes: list[str] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    note_id: int | None = Field(default=None, foreign_key="note.id")
    preset_version_id: int | None = Field(default=None, foreign_key="preset_version.id")
    rule_version: int = 0
    policy_version: int = 0
    evidence_hash: str = ""
    created_at: datetime = Field(default_factory=utc_now)


class DecisionSnapshot(SQLModel, table=True):
    """What the session was when a step was taken, so that its page can be shown as it was; erasable, unlike the step."""

    __tablename__ = "decision_snapshot"

    decision_id: int = Field(primary_key=True, foreign_key="decision.id")
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))


class AmlVerdict(SQLModel, table=True):
    """One verdict on a list entry, or its undoing (`open`), never changed; `AmlMatch` holds the one in force.

    `discriminators` are what differs: `{"key", "applicant", "entry", "note"}` each, values as they were compared.
    """

    __tablename__ = "aml_verdict"
    __table_args__ = (
        one_of("verdict", VERDICT),
        one_of("kind", MATCH_KIND),
        Index("ix_aml_verdict_match", "match_id", "id"),
        Index("ix_aml_verdict_session", "session_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    match_id: int = Field(foreign_key="aml_match.id")
    session_id: int = Field(foreign_key="verification_session.id")
    verdict: str
    kind: str = ""
    discriminators: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    note_id: int | None = Field(default=None, foreign_key="note.id")
    dismissal_id: int | None = Field(default=None, foreign_key="aml_dismissal.id")
    """The remembered dismissal that settled it, where no person did."""
    actor_id: int | None = Field(default=None, foreign_key="user_account.id")
    actor_name: str = ""
    created_at: datetime = Field(default_factory=utc_now)


class AmlDismissal(SQLModel, table=True):
    """ "Not the same person", remembered for one person and one entry until `expires_at`; an entry that changed is another.

    `entry_key` tells the entry, `entry_hash` its content then. `ended_at` and `ended_why` say that it no longer holds.
    """

    __tablename__ = "aml_dismissal"
    __table_args__ = (Index("ix_aml_dismissal_person", "person_id", "entry_key"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    entry_key: str
    entry_hash: str
    entry_name: str = ""
    discriminators: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    created_at: datetime = Field(default_factory=utc_now)
    created_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    created_by_name: str = ""
    expires_at: datetime
    ended_at: datetime | None = None
    ended_why: str = ""


class RuleSet(SQLModel, table=True):
    """One version of the routing rules, never changed. Without a row the default set is in force, as version 0."""

    __tablename__ = "rule_set"

    version: int = Field(primary_key=True)
    rules: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    note: str = Field(default="", max_length=500)
    created_at: datetime = Field(default_factory=utc_now)
    created_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    created_by_name: str = ""


class ReviewSkip(SQLModel, table=True):
    """A reviewer passed a session over, with a reason; "Take next" leaves it to others until the day after."""

    __tablename__ = "review_skip"
    __table_args__ = (Index("ix_review_skip_user", "user_id", "created_at"),)

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="verification_session.id", index=True)
    user_id: int = Field(foreign_key="user_account.id")
    reason: str = Field(max_length=500)
    created_at: datetime = Field(default_factory=utc_now)


class Presence(SQLModel, table=True):
    """Who has a session's page open; older than two minutes means gone."""

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_session", "session_id", "seen_at"),)

    session_id: int = Field(primary_key=True, foreign_key="verification_session.id")
    user_id: int = Field(primary_key=True, foreign_key="user_account.id")
    seen_at: datetime = Field(default_factory=utc_now)


class Reveal(SQLModel, table=True):
    """Masked data of one session uncovered for one user, with a reason, for ten minutes."""

    __tablename__ = "reveal"
    __table_args__ = (Index("ix_reveal_user", "user_id", "session_id", "expires_at"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id")
    session_id: int = Field(foreign_key="verification_session.id")
    reason: str = Field(max_length=500)
    created_at: datetime = Field(default_factory=utc_now)
    expires_at: datetime
