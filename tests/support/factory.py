"""Straight rows for page tests: every field has a plain specimen value, a test names only what it is about."""

import hashlib
import itertools
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from argon2 import PasswordHasher
from sqlmodel import SQLModel, col, select

from webapp.actions.snapshots import take
from webapp.audit_chain import append
from webapp.checks.entry_identity import entry_hash, entry_key
from webapp.checks.normalise import fold, search_text
from webapp.db import Database
from webapp.models import (
    AmlDismissal,
    AmlMatch,
    AuditEvent,
    Decision,
    Delivery,
    EvidenceFile,
    Export,
    Link,
    Matter,
    Person,
    PolicyProposal,
    Preset,
    PresetVersion,
    SessionResult,
    User,
    VerificationSession,
)  # fmt: skip
from webapp.models.changes import NOBODY, announce
from webapp.providers.base import Expected, Options

Row = TypeVar("Row", bound=SQLModel)

PASSWORD = "correct horse battery staple"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""The smallest cost there is, so that a real sign-in in a test takes a millisecond."""

PERSON = {
    "full_name": "ANNA MARIA SPECIMEN", "first_name": "ANNA MARIA", "last_name": "SPECIMEN", "birth": "1974-08-12",
    "document_number": "L898902C3", "document_type": "passport", "issuer": "NL", "expiry": "2032-04-15", "sex": "F",
}  # fmt: skip


class Make:
    """Writes rows and returns them loaded and detached. Times may be given; numbers and tokens count up."""

    def __init__(self, database: Database, *, first: int = 1) -> None:
        self.database = database
        self._number = itertools.count(first)

    def save(self, row: Any) -> Any:
        """Write any row, announced as the console announces what pages count."""
        with self.database.writing() as db:
            db.add(row)
            db.flush()
            if isinstance(row, Export | PolicyProposal):
                announce(db.connection(), NOBODY)
            db.refresh(row)
            db.expunge(row)
        return row

    def user(self, role: str = "viewer", *, name: str = "", email: str = "", **fields: Any) -> User:
        """A member of the team; the password is `PASSWORD`."""
        name = name or f"Specimen {role.title()}"
        address = email or f"{name.lower().replace(' ', '.')}.{next(self._number)}@console.test"
        return self._row(User, fields, role=role, name=name, email=address, password_hash=PASSWORD_HASH)

    def person(self, name: str = "Anna Maria Specimen", **fields: Any) -> Person:
        """Someone to verify."""
        return self._row(
            Person, fields, name=name, name_key=fold(name)[:200], own_reference=f"CASE-{next(self._number):04d}"
        )

    def link(self, *, person: Person | None = None, options: Options | dict[str, Any] | None = None,
             expected: Expected | dict[str, Any] | None = None, **fields: Any) -> Link:  # fmt: skip
        """An active link with its vendor's answer; `person` is made when not given, except for a reusable link."""
        number = next(self._number)
        owner = person or (None if fields.get("reusable") else self.person())
        secret = f"webhook-token-{number}"
        return self._row(
            Link, fields, token=f"TEST-{number:04d}", webhook_token=secret,
            webhook_key=hashlib.sha256(secret.encode()).hexdigest(), form_key=f"form-{number}",
            provider="docupass", kind="identity", state="active", person_id=owner.id if owner else None,
            customid=f"vd-{number}", options=_plain(options or Options()), expected=_plain(expected or Expected()),
            vendor_reference=f"REF{number:07d}", vendor_url=f"https://vendor.example/s/REF{number:07d}",
            created_by_name="Alice Admin", expires_at=datetime.now(UTC) + timedelta(days=7),
        )  # fmt: skip

    def session(self, *, link: Link | None = None, person: Person | None = None, **fields: Any) -> VerificationSession:
        """A session that waits for its applicant (`capture="ready"`); give other facts as fields."""
        link = link or self.link(person=person)
        with self.database.reading() as db:
            owner = person or (db.get(Person, link.person_id) if link.person_id else None)
        reference = link.vendor_reference or f"REF{next(self._number):07d}"
        words = (owner.name, owner.own_reference, owner.email, reference) if owner else (reference,)
        return self._row(
            VerificationSession, fields, link_id=link.id, person_id=owner.id if owner else None, provider=link.provider,
            kind=link.kind, reference=reference, capture="ready", search_text=search_text(*words),
        )  # fmt: skip

    def finished(self, **fields: Any) -> VerificationSession:
        """A session with a passed result that waits for review."""
        now = datetime.now(UTC)
        usual = {
            "capture": "finished",
            "outcome": "passed",
            "review": "pending",
            "received_at": now,
            "finished_at": now,
        }
        return self.session(**{**usual, **fields})

    def preset(self, name: str = "", *, options: Options | None = None, **fields: Any) -> Preset:
        """A preset offered for identity checks, with its version 1."""
        name = name or f"Specimen preset {next(self._number)}"
        preset = self._row(Preset, fields, name=name, name_key=fold(name))
        self.version(preset, options=options)
        return preset

    def version(self, preset: Preset, *, options: Options | None = None, **fields: Any) -> PresetVersion:
        """A version of a preset, its first unless `number` says otherwise."""
        return self._row(
            PresetVersion, fields, preset_id=preset.id, number=1, name=preset.name, options=_plain(options or Options()),
            created_by_name="Alice Admin",
        )  # fmt: skip

    def delivery(self, *, session: VerificationSession | None = None, body: bytes = b"", **fields: Any) -> Delivery:
        """A recorded, applied delivery."""
        session = session or self.finished()
        raw = body or f'{{"reference":"{session.reference}","hash":"proof-{next(self._number)}"}}'.encode()
        return self._row(
            Delivery, fields, provider=session.provider, link_id=session.link_id, session_id=session.id,
            reference=session.reference, state="applied", body=raw, body_bytes=len(raw),
            body_sha256=hashlib.sha256(raw).hexdigest(),
            headers={"Content-Type": "application/json"}, source_address="127.0.0.1", confirmed_at=datetime.now(UTC),
            settled_at=datetime.now(UTC),
        )  # fmt: skip

    def result(self, session: VerificationSession | None = None, **fields: Any) -> SessionResult:
        """What the vendor found, with a specimen person and a matching face."""
        session = session or self.finished()
        return self._row(
            SessionResult, fields, session_id=session.id, person=dict(PERSON),
            fields={"firstName": "ANNA", "lastName": "SPECIMEN"}, face={"score": 0.81, "identical": True, "error": ""},
            vendor_checks={"face": True, "expiry": True},
        )  # fmt: skip

    def match(self, session: VerificationSession, *, position: int = 0, **fields: Any) -> AmlMatch:
        """An AML match as received."""
        entry = {"name": ["Anna Specimen"], "schema": "sanction", "database": "specimen", "dob": ["1974"]}
        return self._row(AmlMatch, fields, session_id=session.id, position=position, entry=entry, strength=60)

    def dismissal(self, match: AmlMatch, **fields: Any) -> AmlDismissal:
        """A remembered dismissal of this match's entry, for the person of its session or one made for it."""
        with self.database.reading() as db:
            person_id = db.get_one(VerificationSession, match.session_id).person_id or self.person().id
        return self._row(
            AmlDismissal, fields, person_id=person_id, entry_key=entry_key(match.entry), entry_hash=entry_hash(match.entry),
            entry_name="Anna Specimen", discriminators=[{"key": "birth", "applicant": "1974-08-12", "entry": "1951"}],
            created_by_name="Rachel Reviewer", expires_at=datetime.now(UTC) + timedelta(days=90),
        )  # fmt: skip

    def decision(self, session: VerificationSession, **fields: Any) -> Decision:
        """A decision by the system, with what it was taken on."""
        with self.database.writing() as db:
            made = Decision(
                **{"session_id": session.id, "kind": "approve", "actor_type": "rule", "actor_name": "Rule 1", **fields}
            )
            take(db, session=db.get_one(VerificationSession, session.id), decision=made)
            db.flush()
            db.refresh(made)
            db.expunge(made)
        return made

    def matter(self, session: VerificationSession, *, kind: str = "aml", **fields: Any) -> Matter:
        """Something open to settle."""
        return self._row(
            Matter, fields, session_id=session.id, session_created_at=session.created_at, kind=kind, severity="warn",
            position=1, headline="1 possible AML match", block="aml",
        )  # fmt: skip

    def evidence(self, delivery: Delivery, *, position: int = 0, **fields: Any) -> EvidenceFile:
        """A picture still to be fetched."""
        return self._row(
            EvidenceFile, fields, session_id=delivery.session_id, delivery_id=delivery.id, position=position,
            kind="document", side="front", source_url="https://files.example/front.jpg",
        )  # fmt: skip

    def export(self, user: User | None = None, **fields: Any) -> Export:
        """A file that somebody asked for, which waits for the worker."""
        return self._row(
            Export, fields, kind="sessions", format="csv", sight={"personal": True}, purpose="audit",
            purpose_text="Yearly audit", requested_by_id=user.id if user else None, requested_by_name="Rachel Reviewer",
        )  # fmt: skip

    def proposal(self, user: User | None = None, **fields: Any) -> PolicyProposal:
        """A change of the policy that somebody proposed: dismissals may be remembered for 3 months."""
        user = user or self.user("compliance_lead", name="Paul Proposer")
        return self._row(
            PolicyProposal, fields, key="remember_dismissals", value={"allowed": True, "months": 3}, why="Fewer repeats",
            proposed_by_id=user.id, proposed_by_name=user.name,
        )  # fmt: skip

    def audit(self, action: str, *, session: VerificationSession | None = None, **fields: Any) -> AuditEvent:
        """Something that happened, by the system; the next link of the chain."""
        usual = {"utc": datetime.now(UTC), "actor_type": "system", "session_id": session.id if session else None}
        with self.database.writing() as db:
            append(db.connection(), [{**usual, "action": action, **fields}])
            row: AuditEvent = db.exec(select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(1)).one()
            db.expunge(row)
        return row

    def _row(self, model: type[Row], given: dict[str, Any], **usual: Any) -> Row:
        row: Row = self.save(model(**{**usual, **given}))
        return row


def _plain(value: Any) -> dict[str, Any]:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else dict(value)
