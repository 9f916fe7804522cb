"""The one place that writes audit rows, in the same transaction as what they record."""

import hashlib
import hmac
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from webapp.actions.actor import Actor
from webapp.audit_chain import append
from webapp.models.columns import utc_now

PENDING = "audit rows"


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
    note_ref: int | None = None,
    policy_version: str = "",
) -> None:
    """Append one audit row. `before` and `after` hold field names and states; a personal value only as `keyed` makes it.

    Written just before the commit, or not at all: the chain is locked from there to the end of the transaction.
    """
    row = {
        "utc": utc_now(), "action": action, "object_type": object_type, "object_id": object_id, "session_id": session_id,
        "before": storable(before), "after": storable(after), "reason_codes": storable(reason_codes), "outcome": outcome,
        "note_ref": note_ref, "policy_version": policy_version, **actor_fields(by),
    }  # fmt: skip
    if db.in_nested_transaction():  # goes when the savepoint does
        append(db.connection(), [row])
    else:
        db.info.setdefault(PENDING, []).append(row)


def record_call(
    db: Session, *, by: Actor, provider: str, call: str, object_type: str, object_id: int | None,
    session_id: int | None = None, code: str = "", outcome: str = "ok",
) -> None:  # fmt: skip
    """Put on the record that a vendor was asked, in the transaction that keeps what came of it; `code`: of a refusal."""
    record(
        db, by=by, action="vendor.call", object_type=object_type, object_id=object_id, session_id=session_id,
        after={"provider": provider, "call": call, **({"code": code} if code else {})}, outcome=outcome,
    )  # fmt: skip


def actor_fields(by: Actor) -> dict[str, Any]:
    """Who acts, as an audit row keeps it."""
    return {
        "actor_type": by.kind, "actor_id": by.id, "actor_name_at_time": storable(by.name), "role_at_time": by.role,
        "ip": by.ip, "user_agent_hash": by.user_agent_hash, "request_id": storable(by.request_id),
    }  # fmt: skip


def keyed(db: Session, value: str) -> str:
    """A personal value as the record may hold it: equal values are equal there, and only this installation can tell whose."""
    words = " ".join(value.casefold().split())
    return "hmac:" + hmac.new(db.info["installation_key"], words.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def storable(value: Any) -> Any:
    """The value as both databases give it back: what either would refuse or reword cannot be hashed."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(str(name)): storable(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [storable(each) for each in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, float):  # in a notation that is the same everywhere, or as text
        return value + 0.0 if "e" not in repr(value) and value - value == 0 else repr(value)
    return value


@event.listens_for(Session, "before_commit")
def _write(db: Session) -> None:
    if db.info.get(PENDING) and not db.in_nested_transaction():
        db.flush()
        append(db.connection(), db.info.pop(PENDING))


@event.listens_for(Session, "after_rollback")
def _forget(db: Session) -> None:
    if not db.in_nested_transaction():
        db.info.pop(PENDING, None)
