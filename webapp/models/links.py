"""What the team creates and sends, and what goes to the vendor with it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
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
        Index("ix_link_state_expires", "state", "expires_at"),
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
    label: str = Field(default="", max_length=200)
    """What a reusable link is called: it is nobody's."""
    session_cap: int | None = None
    """How many sessions a reusable link may bring; None: any number."""
    preset_version_id: int | None = Field(default=None, foreign_key="preset_version.id", index=True)
    preset_changed: bool = False
    """Whether the options differ from those of the preset version that the form began with."""
    customid: str = Field(max_length=64, index=True)
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    expected: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    vendor_reference: str = ""
    vendor_url: str = ""
    vendor_answer: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    """What else the vendor answered: module, qr_url, base_url, snippets, sms_sent_to (`providers.base.VendorLink`)."""
    sms_to: str = Field(default="", max_length=20)
    why_again: str = ""
    """Where it was made because somebody is asked again: what that person is told about why."""
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


class LinkPicture(SQLModel, table=True):
    """A picture the team had already and gave with the link. `path` is a name under the data folder's `evidence/`."""

    __tablename__ = "link_picture"
    __table_args__ = (
        one_of("part", ("document", "document_back", "face")),
        UniqueConstraint("link_id", "part"),
    )

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="link.id")
    part: str
    url: str = ""
    path: str = ""
    sha256: str = ""
    bytes: int = 0
    media_type: str = ""


class SmsSend(SQLModel, table=True):
    """One time the vendor was asked to send a link by SMS, counted against the caps before it is asked.

    `number_key` is a keyed hash of the number. A refused one (`outcome` refused) costs nothing and is not counted.
    """

    __tablename__ = "sms_send"
    __table_args__ = (
        one_of("outcome", ("asked", "sent", "refused", "unknown")),
        Index("ix_sms_send_number", "number_key", "asked_at"),
        Index("ix_sms_send_asked", "asked_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="link.id", index=True)
    number_key: str
    outcome: str = "asked"
    asked_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    asked_at: datetime = Field(default_factory=utc_now)
