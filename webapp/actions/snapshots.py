"""What a session was when a step was taken: all that its page needs, stored with the step, and the hash of its evidence."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from webapp.models import (
    AmlMatch,
    Decision,
    DecisionSnapshot,
    Delivery,
    EvidenceFile,
    Link,
    LinkPicture,
    Matter,
    Person,
    SessionResult,
    VerificationSession,
)  # fmt: skip
from webapp.models.columns import table_of
from webapp.queries import presets, subjects

SECRETS = frozenset({"token", "webhook_token", "webhook_key", "form_key", "body", "headers", "search_text"})
"""Columns that no snapshot keeps: addresses that open something, and bytes that are kept elsewhere."""
_VERDICT = ("position", "entry", "verdict", "kind", "discriminators")
_FILE = ("position", "kind", "side", "state", "sha256")
_FACTS = (
    "outcome",
    "outcome_code",
    "outcome_text",
    "conflicting_results",
    "inconsistent_data",
    "late_result",
    "unverified",
)
_SCHEMA = 1


def take(db: Session, *, session: VerificationSession, decision: Decision) -> Decision:
    """Store a step that is not stored yet, with what it is taken on; the step gets its `evidence_hash`.

    Steps cannot be changed once they are stored, so the hash comes first.
    """
    db.flush()
    content = read(db, session)
    decision.evidence_hash = evidence_hash(content)
    db.add(decision)
    db.flush()
    db.add(DecisionSnapshot(decision_id=decision.id or 0, content=content))
    return decision


def read(db: Session, session: VerificationSession) -> dict[str, Any]:
    """The session with all that belongs to it, as plain JSON. Nine queries at most."""
    link = db.get_one(Link, session.link_id)
    person = db.get(Person, session.person_id) if session.person_id else None
    result = db.get(SessionResult, session.id)
    preset = presets.shown(db, link)
    return {
        "schema": _SCHEMA, "session": plain(session), "link": plain(link), "person": plain(person) if person else None,
        "result": plain(result) if result else None,
        "preset": {"name": preset.name, "number": preset.number, "changed": preset.changed,
                   "preset_id": preset.preset_id} if preset else None,
        "matters": _rows(db, Matter, Matter.position, session), "matches": _rows(db, AmlMatch, AmlMatch.position, session),
        "files": _rows(db, EvidenceFile, EvidenceFile.id, session),
        "deliveries": _rows(db, Delivery, Delivery.id, session),
        "given": sorted(db.exec(select(LinkPicture.part).where(LinkPicture.link_id == link.id))),
        "subject": subjects.kept(subjects.history(db, session, result), result.subject) if result else [],
    }  # fmt: skip


def evidence_hash(content: dict[str, Any]) -> str:
    """SHA-256 over the parts that are evidence: the result, list entries with verdicts, files, what was asked and expected.

    Who holds the session, its version and when a page was looked at are none, nor is the same result delivered again.
    """
    session, link = content["session"], content["link"]
    parts = {
        "schema": content["schema"], "facts": {name: session[name] for name in _FACTS},
        "options": link["options"], "expected": link["expected"], "result": content["result"],
        "matches": [{name: match[name] for name in _VERDICT} for match in content["matches"]],
        "files": [{name: file[name] for name in _FILE} for file in content["files"]],
        "deliveries": [each["body_sha256"] for each in content["deliveries"] if each["state"] == "applied"],
    }  # fmt: skip
    return hashlib.sha256(canonical(parts)).hexdigest()


def evidence_now(db: Session, session: VerificationSession) -> str:
    """The hash of what would be decided on now."""
    return evidence_hash(read(db, session))


def canonical(value: Any) -> bytes:
    """JSON that is the same for the same value, whichever database it has been through."""
    return json.dumps(_even(value), sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def plain(row: SQLModel) -> dict[str, Any]:
    """A row as JSON, without what no snapshot keeps."""
    names = [column.name for column in table_of(type(row)).columns if column.name not in SECRETS]
    return {name: _json(getattr(row, name)) for name in names}


def _rows(db: Session, model: Any, order: Any, session: VerificationSession) -> list[dict[str, Any]]:
    query = select(model).where(model.session_id == session.id).order_by(col(order))
    return [plain(row) for row in db.exec(query)]


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _even(value: Any) -> Any:
    """PostgreSQL gives 1e16 back as a whole number; so is every whole float here."""
    if isinstance(value, dict):
        return {key: _even(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_even(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
