"""What the team creates and sends."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from webapp.db import json_type
from webapp.models.columns import one_of, utc_now
from webapp.models.words import LINK_STATE


class Link(SQLModel, table=True):
    """One link: provider, kind, and options frozen when it was made.

    `token` is in the applicant's address; `webhook_token` in the vendor's callback address, looked up by its SHA-256
    `webhook_key` so that the time a lookup takes says nothing about the token.
    """

    __tablename__ = "link"
    __table_args__ = (
        one_of("state", LINK_STATE),
        one_of("kind", ("identity", "signature", "liveness")),
        Index("ix_link_created", "created_at", "id"),
        Index("ix_link_state_created", "state", "created_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True, max_length=32)
    webhook_token: str
    webhook_key: str = Field(unique=True)
    form_key: str = Field(unique=True, max_length=64)
    """The key in the form that made it: a second submit finds this link instead of making another."""
    provider: str
    kind: str
    reusable: bool = False
    state: str = "creating"
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    customid: str = Field(max_length=64, index=True)
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    expected: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    vendor_reference: str = ""
    vendor_url: str = ""
    error_code: str = ""
    error_text: str = ""
    error_final: bool = False
    created_at: datetime = Field(default_factory=utc_now)
    created_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    created_by_name: str = ""
    expires_at: datetime | None = None
    opened_count: int = 0
    first_opened_at: datetime | None = None
    last_opened_at: datetime | None = None
