"""A thousand hostile names in a thousand sessions, with all that lists show of them; the same ones every time."""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import SQLModel

from webapp.db import Database
from webapp.models import AmlMatch, Decision, Delivery, Link, Note, Person, SessionResult, VerificationSession

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


def fill(database: Database, names: list[str]) -> None:
    """For each name a session, whose every text from outside it is, with result, match, decision, note, link and delivery."""
    with database.writing() as db:

        def save(rows: list[Any]) -> list[Any]:
            db.add_all(rows)
            db.flush()
            return rows

        each = list(enumerate(names))
        people = save([Person(name=name[:200], own_reference=name[:100], email=name[:254]) for _, name in each])
        links = save([_link(number, name, people[number]) for number, name in each])
        sessions = save([_session(number, name, links[number], people[number]) for number, name in each])
        notes = save([Note(session_id=sessions[number].id, text=name, created_by_name=name) for number, name in each])
        for rows in zip(
            *(_around(number, name, sessions[number], notes[number]) for number, name in each), strict=True
        ):
            save(list(rows))


def _link(number: int, name: str, person: Person) -> Link:
    return Link(
        token=f"HOST-{number:04d}", webhook_token=f"hostile-{number}", webhook_key=f"key-{number}", form_key=f"form-{number}",
        provider="docupass", kind="identity", state="active", person_id=person.id, customid=f"vd-{number}",
        label=name[:200], error_code=name, created_by_name=name, created_at=START + timedelta(seconds=number),
        options={"face_threshold": 0.4, "authenticity_threshold": 0.3},
    )  # fmt: skip


def _session(number: int, name: str, link: Link, person: Person) -> VerificationSession:
    at = START + timedelta(seconds=number)
    return VerificationSession(
        link_id=link.id or 0, person_id=person.id, provider="docupass", kind="identity", reference=f"{number}{name[:50]}",
        capture="finished", outcome="failed", review="done", decision="approved", outcome_code=name[:64], outcome_text=name,
        decided_by_name=name, decided_at=at, created_at=at, finished_at=at,
    )  # fmt: skip


def _around(number: int, name: str, session: VerificationSession, note: Note) -> tuple[SQLModel, ...]:
    at, of = START + timedelta(seconds=number), session.id or 0
    return (
        SessionResult(session_id=of, person={"document_type": name, "issuer": name}),
        AmlMatch(session_id=of, position=0, entry={"fullname": [name]}, database=name, decided_by_name=name, found_at=at),
        Decision(
            session_id=of, kind="approve", actor_type="person", actor_name=name, note_id=note.id, created_at=at,
            evidence_hash="0" * 64,
        ),
        Delivery(
            provider="docupass", link_id=session.link_id, session_id=of, reference=f"{number}{name[:100]}", state="applied",
            reason=name, body=b"{}", body_bytes=2, body_sha256=f"{number:064x}", received_at=at,
        ),
    )  # fmt: skip


def is_run(cell: str) -> bool:
    """Whether a spreadsheet may take this cell for a formula; what it may skip at the beginning is skipped."""
    return next((sign for sign in cell if not _skipped(sign)), "") in tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def _skipped(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf", "Zs")
