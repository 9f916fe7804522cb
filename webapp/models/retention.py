"""How long things are kept, what may not be deleted, and what was: holds and erasures."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from webapp.db import json_type
from webapp.models.columns import one_of, utc_now
from webapp.models.words import ERASURE_STATE


class LegalHold(SQLModel, table=True):
    """Nothing of this person, or of this one session, is deleted while it is not released."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (session_id IS NULL)", name="one_subject"),
        Index("ix_legal_hold_released", "released_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    session_id: int | None = Field(default=None, foreign_key="verification_session.id", index=True)
    reason: str = Field(max_length=500)
    owner_name: str = Field(max_length=200)
    placed_at: datetime = Field(default_factory=utc_now)
    placed_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    placed_by_name: str = ""
    released_at: datetime | None = None
    released_by_name: str = ""
    release_reason: str = Field(default="", max_length=500)


class Erasure(SQLModel, table=True):
    """Erasing classes of data of one session: asked for or due, refused with its basis, waiting for a second person, done.

    `classes` are keys of `RETENTION_CLASS`; `tombstone` is what stays of the session: ids, days, outcome, reason codes and
    hashes. `vendor_state` is what became of the vendor's copy: "" (there was none), pending, asked (without an answer yet),
    away, refused, confirmed (by the vendor), done (a person noted it). `error` holds the vendor's words while it is left.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        one_of("cause", ("retention", "request")),
        one_of("state", ERASURE_STATE),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> requested_by_id", name="second_person"),
        Index("ix_erasure_state_due", "state", "due_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="verification_session.id", index=True)
    cause: str
    state: str = "due"
    classes: list[str] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    basis: str = ""
    reason: str = Field(default="", max_length=500)
    due_at: datetime | None = None
    vendor_state: str = ""
    error: str = ""
    tombstone: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    certificate_sha256: str = ""
    created_at: datetime = Field(default_factory=utc_now)
    requested_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    requested_by_name: str = ""
    confirmed_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    confirmed_by_name: str = ""
    done_at: datetime | None = None


class RetentionRun(SQLModel, table=True):
    """The list of what is due was begun on this day; the row lets several workers begin it once."""

    __tablename__ = "retention_run"

    day: str = Field(primary_key=True, max_length=10)
    begun_at: datetime = Field(default_factory=utc_now)
