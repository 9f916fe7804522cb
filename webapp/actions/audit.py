"""The one place that writes audit rows, in the same transaction as what they record."""

from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from webapp.actions.actor import Actor
from webapp.models import AuditEvent
from webapp.models.columns import table_of, utc_now

_INSERT = insert(table_of(AuditEvent))
"""Of the table, not of the class: every view of a session writes a row."""


def record(
    db: Session,
    *,
    by: Actor,
    action: str,
    object_type: str = "",
    object_id: int | None = None,
    session_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason_codes: list[str] | None = None,
    outcome: str = "ok",
) -> None:
    """Append one audit row. `before` and `after` hold field names and states, never a personal value."""
    db.execute(
        _INSERT,
        {
            "utc": utc_now(), "actor_type": by.kind, "actor_id": by.id, "actor_name_at_time": by.name,
            "role_at_time": by.role, "ip": by.ip, "user_agent_hash": by.user_agent_hash, "request_id": by.request_id,
            "action": action, "object_type": object_type, "object_id": object_id, "session_id": session_id,
            "before": before, "after": after, "reason_codes": reason_codes, "outcome": outcome,
        },
    )  # fmt: skip
