"""Files that people asked for: lists, evidence packs, samples; their state, and who has had them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from webapp.db import json_type
from webapp.models.columns import one_of, utc_now
from webapp.models.words import EXPORT_KIND, EXPORT_STATE

SECOND_PERSON = "answered_by_id IS NULL OR (requested_by_id IS NOT NULL AND answered_by_id <> requested_by_id)"
ANSWERED = "NOT needs_second OR answered_by_id IS NOT NULL OR state IN ('waiting', 'cancelled', 'lapsed')"


class Export(SQLModel, table=True):
    """One file to be made by the worker, or made. It is whole or not there at all: `path` is set when it is.

    `filter` are the URL's name and value pairs, `options` what else the maker needs (a seed, "pictures": false), `sight` what
    its asker may see (`masking.Sight`), fixed when it was asked for. `same_key` is equal for the same file asked for twice
    while it is made. `rows_done` of `rows_total` tell how far it is; `path` is a name under the data folder's `exports/`.
    `rows_asked` is how many rows the filter showed when it was asked for, counted no further than 10,001.

    `needs_second`: it is made only after another person said yes, who is in `answered_by_id`; the database refuses the one
    who asked, and every state of being made without an answer.
    """

    __tablename__ = "export"
    __table_args__ = (
        one_of("kind", EXPORT_KIND),
        one_of("state", EXPORT_STATE),
        CheckConstraint(SECOND_PERSON, name="second_person"),
        CheckConstraint(ANSWERED, name="answered"),
        Index("ix_export_asker", "requested_by_id", "id"),
        Index("ix_export_state", "state", "expires_at"),
        Index("ix_export_same", "same_key", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    format: str
    profile: str = ""
    filter: list[list[str]] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    sight: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    purpose: str = ""
    purpose_text: str = Field(default="", max_length=500)
    session_id: int | None = Field(default=None, foreign_key="verification_session.id", index=True)
    state: str = "queued"
    rows_done: int = 0
    rows_total: int | None = None
    rows_asked: int | None = None
    cancel_asked: bool = False
    error: str = ""
    path: str = ""
    bytes: int = 0
    sha256: str = ""
    same_key: str = ""
    requested_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    requested_by_name: str = ""
    requested_by_role: str = ""
    created_at: datetime = Field(default_factory=utc_now)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    needs_second: bool = False
    answered_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    answered_by_name: str = ""
    answered_at: datetime | None = None
    answer_note: str = Field(default="", max_length=500)


class ExportDownload(SQLModel, table=True):
    """A user has had this file; each user gets it once."""

    __tablename__ = "export_download"

    export_id: int = Field(primary_key=True, foreign_key="export.id")
    user_id: int = Field(primary_key=True, foreign_key="user_account.id")
    at: datetime = Field(default_factory=utc_now)
