"""Many sessions straight into a migrated database, varied as in life: people, links, results, matters, AML matches."""

import hashlib
import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from tests.support.factory import PERSON
from webapp.checks.normalise import search_text
from webapp.db import Database
from webapp.models import AmlMatch, Decision, Delivery, Link, Matter, Person, SessionResult, VerificationSession
from webapp.providers.base import Options

CHUNK = 5000
FIRST = "Ada Björn Chloé Dmitri Eszter Fatima Giulia Håkon Ines João Keiko Łukasz Maren Ngozi Óscar Priya Rosa".split()
LAST = "Specimen Muster Sample Exemple Voorbeeld Próba Ejemplo Esempio Exempel Näyte Primer Testsson".split()
ENDINGS = [a + b for a in "ba de ki lo mu na re si to vu".split() for b in "ren lin sen mar dov".split()]
COMMON, RARE = "Specimen", "Quillfeather"
RARE_EVERY = 33_000
DAYS = 720
MIX = (
    # weight, facts: what share of sessions stands where
    (55, {"capture": "finished", "outcome": "passed", "review": "done", "decision": "approved"}),
    (12, {"capture": "finished", "outcome": "failed", "review": "not_needed"}),
    (6, {"capture": "finished", "outcome": "failed", "review": "done", "decision": "rejected"}),
    (9, {"capture": "finished", "outcome": "passed", "review": "pending"}),
    (8, {"capture": "expired"}),
    (6, {"capture": "ready"}),
    (4, {"capture": "opened"}),
)
REASONS = {"approve": ["explained"], "reject": ["document_fake", "face_mismatch"]}
OPTIONS = asdict(Options())
MATTERS = ("aml", "face", "authenticity", "data", "document")


def fill(database: Database, *, sessions: int, seed: int = 1) -> None:
    """Write this many sessions, the newest now and the oldest two years ago, with everything that hangs on them."""
    rng, now = random.Random(seed), datetime.now(UTC)
    for start in range(0, sessions, CHUNK):
        numbers = range(start + 1, min(start + CHUNK, sessions) + 1)
        rows: dict[type[SQLModel], list[dict[str, Any]]] = {
            model: []
            for model in (Person, Link, VerificationSession, Delivery, SessionResult, Matter, AmlMatch, Decision)
        }
        for number in numbers:
            made = now - timedelta(days=DAYS) * (1 - number / sessions)
            _one(rows, number, made, rng)
        _write(database, rows)


def _write(database: Database, rows: dict[type[SQLModel], list[dict[str, Any]]]) -> None:
    with database.writing() as db:
        for model, values in rows.items():
            if values:
                db.connection().execute(insert(model.__table__), values)  # type: ignore[attr-defined]


def _one(rows: dict[type[SQLModel], list[dict[str, Any]]], number: int, made: datetime, rng: random.Random) -> None:
    facts = rng.choices([each for _, each in MIX], [weight for weight, _ in MIX])[0]
    finished = made + timedelta(minutes=rng.randint(3, 600)) if facts["capture"] == "finished" else None
    decided = finished + timedelta(hours=2) if finished and "decision" in facts else None
    name, own, reference = _name(number, rng), f"CASE-{number:07d}", f"FILL{number:08d}"
    email = f"specimen.{number}@example.test"
    token = f"fill-{number}"
    rows[Person].append(_row(Person, id=number, name=name, own_reference=own, email=email, created_at=made))
    rows[Link].append(
        _row(
            Link, id=number, token=token, webhook_token=token, webhook_key=hashlib.sha256(token.encode()).hexdigest(),
            form_key=token, provider="docupass", kind="identity", state="active", person_id=number,
            customid=f"vd-{number}", vendor_reference=reference, created_at=made, options=OPTIONS, expected={},
            created_by_name="Alice Admin",
        )
    )  # fmt: skip
    session = _row(
        VerificationSession, id=number, link_id=number, person_id=number, provider="docupass", kind="identity",
        reference=reference, search_text=search_text(name, own, email, reference), created_at=made, changed_at=made,
        opened_at=finished, finished_at=finished, received_at=finished, version=1, decided_at=decided,
        decided_by_name="Rachel Reviewer" if decided else "", **facts,
    )  # fmt: skip
    session.pop("status", None)
    rows[VerificationSession].append(session)
    if decided:
        verb = "approve" if facts["decision"] == "approved" else "reject"
        rows[Decision].append(
            _row(
                Decision, session_id=number, kind=verb, actor_name="Rachel Reviewer", role_at_time="reviewer",
                reason_codes=REASONS[verb], created_at=decided,
            )
        )  # fmt: skip
    if finished:
        _result(rows, number, made, finished, name, reference, open_matters=facts["review"] == "pending", rng=rng)


def _result(
    rows: dict[type[SQLModel], list[dict[str, Any]]], number: int, made: datetime, finished: datetime, name: str,
    reference: str, *, open_matters: bool, rng: random.Random,
) -> None:  # fmt: skip
    body = f'{{"reference":"{reference}","hash":"{"0" * 32}","data":{{"fullName":"{name}"}}}}'.encode()
    rows[Delivery].append(
        _row(
            Delivery, id=number, provider="docupass", link_id=number, session_id=number, reference=reference,
            state="applied", body=body, body_sha256=hashlib.sha256(body).hexdigest(), body_bytes=len(body),
            headers={}, received_at=finished, last_seen_at=finished, settled_at=finished, confirmed_at=finished,
        )
    )  # fmt: skip
    rows[SessionResult].append(
        _row(
            SessionResult, session_id=number, delivery_id=number, captured_at=finished,
            person={**PERSON, "full_name": name.upper()}, fields={"fullName": name}, contract={}, phone={}, other={},
            face={"score": 0.8, "identical": True, "error": ""}, vendor_checks={"face": True}, contradictions=[],
            outcome_log=[],
        )
    )  # fmt: skip
    kinds = rng.sample(MATTERS, rng.randint(1, 3)) if open_matters else []
    for position, kind in enumerate(kinds):
        rows[Matter].append(
            _row(
                Matter, session_id=number, session_created_at=made, kind=kind, severity=rng.choice(("bad", "warn")),
                position=position, headline=f"Specimen matter of {kind}", block=kind,
            )
        )  # fmt: skip
    for position in range(rng.randint(1, 4) if "aml" in kinds else 0):
        entry = {"name": [name], "schema": "sanction", "database": "us_ofac", "dob": ["1974"]}
        rows[AmlMatch].append(_row(AmlMatch, session_id=number, position=position, entry=entry, strength=60))


def _name(number: int, rng: random.Random) -> str:
    """Two of a hundred are called as many others are, and one in 33,000 as nobody else."""
    if number % RARE_EVERY == 7:
        return f"{rng.choice(FIRST)} {RARE}"
    if rng.random() < 0.02:
        return f"{rng.choice(FIRST)} {COMMON}"
    return f"{rng.choice(FIRST)} {rng.choice(LAST[1:])[:4]}{rng.choice(ENDINGS)} {rng.choice(ENDINGS).title()}"


_templates: dict[type[SQLModel], dict[str, Any]] = {}


def _row(model: type[SQLModel], **values: Any) -> dict[str, Any]:
    """A row as plain values; what is not given has the model's default."""
    if model not in _templates:
        columns = set(model.__table__.columns.keys())  # type: ignore[attr-defined]
        _templates[model] = {
            name: field.get_default(call_default_factory=True)
            for name, field in model.model_fields.items()
            if name in columns and not field.is_required()
        }
        _templates[model].pop("id", None)
    return {**_templates[model], **values}


def plain_rows(sessions: int, *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """The same sessions as flat rows, for the peers' one table."""
    rng, now = random.Random(seed), datetime.now(UTC).replace(tzinfo=None)
    words = {"approved": "approved", "rejected": "rejected"}
    for number in range(1, sessions + 1):
        facts: dict[str, str] = rng.choices([each for _, each in MIX], [weight for weight, _ in MIX])[0]
        made = now - timedelta(days=DAYS) * (1 - number / sessions)
        status = words.get(facts.get("decision", ""), facts.get("outcome", facts["capture"]))
        yield {
            "id": number, "name": _name(number, rng), "own_reference": f"CASE-{number:07d}",
            "reference": f"FILL{number:08d}", "status": status, "outcome": facts.get("outcome", "none"),
            "created_at": made, "finished_at": made if facts["capture"] == "finished" else None,
        }  # fmt: skip


def in_chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Lists of at most `CHUNK` rows."""
    iterator = iter(rows)
    while chunk := list(itertools.islice(iterator, CHUNK)):
        yield chunk
