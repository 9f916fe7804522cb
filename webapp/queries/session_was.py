"""A session as it was when a step was taken, rebuilt from what was stored with the step, and whether that is unaltered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import DateTime
from sqlmodel import Session, SQLModel

from webapp.actions.erasing_snapshots import REDUCED
from webapp.actions.snapshots import evidence_hash
from webapp.models import (
    AmlMatch,
    Decision,
    DecisionSnapshot,
    Delivery,
    EvidenceFile,
    Link,
    Matter,
    Person,
    SessionResult,
    VerificationSession,
)  # fmt: skip
from webapp.models.columns import table_of
from webapp.models.words import RETENTION_CLASS_WORDS
from webapp.providers.base import Provider
from webapp.queries import policies, session_page, session_record, subjects
from webapp.queries.policies import SecondApproval
from webapp.queries.presets import LARGEST_ID, PresetShown
from webapp.queries.session_page import SessionPage
from webapp.queries.session_parts import Parts
from webapp.queries.session_record import Step
from webapp.queries.subjects import History

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, kw_only=True)
class Was:
    """The step, the page then (None: what it showed was erased), and whether the evidence still has the step's hash.

    `erased`: in words, the classes of data that were taken out since; then `verified` tells of the moment before that.
    """

    step: Step
    preset: str
    page: SessionPage | None
    verified: bool
    erased: tuple[str, ...] = ()


def at(db: Session, session_id: int, decision_id: int, *, user_id: int, providers: dict[str, Provider]) -> Was | None:
    """The page of a session at one of its steps; None when there is no such step of this session.

    A proposal that waits is nobody's to see but its proposer's while the policy is blind.
    """
    decision = db.get(Decision, decision_id) if decision_id <= LARGEST_ID else None
    if decision is None or decision.session_id != session_id:
        return None
    now = db.get_one(VerificationSession, session_id)
    waiting = now.review == "awaiting_second" and now.proposal_id == decision_id and decision.actor_id != user_id
    if waiting and policies.second_approval(db).blind:
        return None
    steps, notes = session_record.of_session(db, session_id)
    step = next(each for each in steps if each.id == decision_id)
    stored = db.get(DecisionSnapshot, decision_id)
    if stored is None:
        return Was(step=step, preset="", page=None, verified=False)
    content = stored.content
    parts = _parts(
        content, steps=tuple(each for each in steps if each.id <= decision_id),
        notes=tuple(note for note in notes if note.at <= decision.created_at), second=SecondApproval(),
        history=_history(db, content),
    )  # fmt: skip
    page = session_page.assemble(db, parts, providers[parts.session.provider], until=decision.created_at)
    preset, since = content.get("preset"), content.get(REDUCED)
    return Was(
        step=step, preset=f"{preset['name']}, version {preset['number']}" if preset else "", page=page,
        verified=since["agreed"] if since else evidence_hash(content) == decision.evidence_hash,
        erased=tuple(RETENTION_CLASS_WORDS[key].lower() for key in since["classes"]) if since else (),
    )  # fmt: skip


def _parts(content: dict[str, Any], **more: Any) -> Parts:
    """The stored rows as rows again; they belong to no database session and are never written."""
    preset = content.get("preset")
    link = _row(Link, content["link"])
    link.token = link.token or ""
    return Parts(
        session=_row(VerificationSession, content["session"]), link=link,
        person=_row(Person, content["person"]) if content["person"] else None,
        result=_row(SessionResult, content["result"]) if content["result"] else None,
        preset=PresetShown(**preset) if preset else None, given=frozenset(content["given"]),
        deliveries=[_row(Delivery, each) for each in reversed(content["deliveries"])],
        files=[_row(EvidenceFile, each) for each in content["files"]],
        entries=[_row(AmlMatch, each) for each in content["matches"]],
        matters=tuple(_row(Matter, each) for each in content["matters"]), was=True, **more,
    )  # fmt: skip


def _history(db: Session, content: dict[str, Any]) -> History | None:
    """What was known beside the session; pages kept before that was stored show what is known now."""
    if "subject" not in content or not content["result"]:
        return None
    return subjects.was(db, content["subject"], content["result"]["subject"])


def _row(model: type[Row], values: dict[str, Any]) -> Row:
    columns = table_of(model).columns
    return model(**{name: _value(columns[name].type, value) for name, value in values.items() if name in columns})


def _value(kind: Any, value: Any) -> Any:
    moment = isinstance(getattr(kind, "impl", kind), DateTime)  # ours is a decorator around the database's own
    return datetime.fromisoformat(value) if moment and isinstance(value, str) else value
