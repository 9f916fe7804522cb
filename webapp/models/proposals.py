"""Changes of the policy and of the rules that wait for a second person, and what became of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from webapp.db import json_type
from webapp.models.columns import one_of, utc_now
from webapp.models.words import PROPOSAL_STATE

WAITS = text("state = 'waiting'")


class PolicyProposal(SQLModel, table=True):
    """A change that somebody proposed; nothing of it holds until another person confirms it.

    `key` is the policy's, or `rules`. `value` is what its row would hold, `began_with` the version that it changes: when that
    moves on, the proposal is over. One waits for each key at most. `answered_by_id` confirmed it or sent it back, and the
    database refuses the proposer there; who withdraws his own, and what lapses, leaves it empty.
    """

    __tablename__ = "policy_proposal"
    __table_args__ = (
        one_of("state", PROPOSAL_STATE),
        CheckConstraint("answered_by_id IS NULL OR answered_by_id <> proposed_by_id", name="second_person"),
        CheckConstraint("answered_by_id IS NOT NULL OR state NOT IN ('confirmed', 'sent_back')", name="answered"),
        Index("ux_policy_proposal_waiting", "key", unique=True, sqlite_where=WAITS, postgresql_where=WAITS),
        Index("ix_policy_proposal_state", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64)
    value: Any = Field(default=None, sa_column=Column(json_type(), nullable=False))
    began_with: int = 0
    state: str = "waiting"
    why: str = Field(default="", max_length=500)
    proposed_by_id: int = Field(foreign_key="user_account.id")
    proposed_by_name: str = ""
    created_at: datetime = Field(default_factory=utc_now)
    answered_by_id: int | None = Field(default=None, foreign_key="user_account.id")
    answered_by_name: str = ""
    answered_at: datetime | None = None
    note: str = Field(default="", max_length=500)
