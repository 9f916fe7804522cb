"""What the vendors post to us, raw, and the files their results name."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from webapp.db import json_type
from webapp.models.columns import one_of, utc_now
from webapp.models.words import DELIVERY_STATE, EVIDENCE_STATE


class Delivery(SQLModel, table=True):
    """One distinct body posted to a webhook address. The same bytes again only raise `copies`.

    The raw bytes are in `body`, or in the file `body_file` under the data folder when they are large.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        one_of("state", DELIVERY_STATE),
        UniqueConstraint("link_id", "body_sha256"),
        Index("ix_delivery_received", "received_at", "id"),
        Index("ix_delivery_state_received", "state", "received_at", "id"),
        Index("uq_delivery_unclaimed", "provider", "reference", "body_sha256", unique=True,
              sqlite_where=text("link_id IS NULL"), postgresql_where=text("link_id IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    provider: str
    link_id: int | None = Field(default=None, foreign_key="link.id")
    """None where it came to the installation's own address and names a reference that no link has (yet)."""
    session_id: int | None = Field(default=None, foreign_key="verification_session.id", index=True)
    reference: str = Field(default="", max_length=128)
    state: str = "received"
    reason: str = ""
    body: bytes | None = None
    body_file: str = ""
    body_sha256: str
    body_bytes: int
    headers: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    source_address: str = ""
    received_at: datetime = Field(default_factory=utc_now)
    last_seen_at: datetime = Field(default_factory=utc_now)
    copies: int = 1
    confirmed_at: datetime | None = None
    settled_at: datetime | None = None


class EvidenceFile(SQLModel, table=True):
    """A picture or contract of a session: where it comes from, and where the saved original and display copy are.

    `path` and `display_path` are names under the data folder's `evidence/`; sizes in bytes, width and height in pixels.
    """

    __tablename__ = "evidence_file"
    __table_args__ = (
        one_of("state", EVIDENCE_STATE),
        one_of("kind", ("document", "face", "contract")),
        UniqueConstraint("session_id", "delivery_id", "position"),
        Index("ix_evidence_file_state", "state", "vendor_deletes_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="verification_session.id", index=True)
    delivery_id: int = Field(foreign_key="delivery.id")
    position: int
    kind: str
    side: str = ""
    source_url: str = ""
    pointer: list[Any] = Field(default_factory=list, sa_column=Column(json_type(), nullable=False))
    state: str = "pending"
    reason: str = ""
    attempts: int = 0
    vendor_deletes_at: datetime | None = None
    sha256: str = ""
    bytes: int = 0
    media_type: str = ""
    width: int = 0
    height: int = 0
    path: str = ""
    display_path: str = ""
    saved_at: datetime | None = None
