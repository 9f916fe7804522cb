"""Named sets of options, and each version of them as it was."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from webapp.db import json_type
from webapp.models.columns import one_of, utc_now


class Preset(SQLModel, table=True):
    """A named set of options for new links. `name_key` is the folded name: two presets never look the same."""

    __tablename__ = "preset"
    __table_args__ = (
        one_of("kind", ("identity", "signature", "liveness")),
        Index("ix_preset_archived", "archived_at", "name_key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    name_key: str = Field(unique=True, max_length=80)
    kind: str = "identity"
    version: int = 1
    """The number of its newest version."""
    created_at: datetime = Field(default_factory=utc_now)
    archived_at: datetime | None = None


class PresetVersion(SQLModel, table=True):
    """One version of a preset; never changed. `options` are those of `providers.base.Options`."""

    __tablename__ = "preset_version"
    __table_args__ = (UniqueConstraint("preset_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    preset_id: int = Field(foreign_key="preset.id")
    number: int
    name: str = Field(max_length=80)
    """The preset's name when this version was made."""
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(json_type(), nullable=False))
    created_at: datetime = Field(default_factory=utc_now)
    created_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    created_by_name: str = ""
