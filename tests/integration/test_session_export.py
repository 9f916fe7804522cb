"""A file of sessions says of each what its rows say, read one by one, whatever stands beside it."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.support.counting import counted
from tests.support.factory import Make
from webapp.db import Database
from webapp.exports.columns import REGULATOR, SESSIONS
from webapp.models import AmlMatch, Decision, Delivery, Link, Matter, Person, SessionResult, User, VerificationSession
from webapp.queries import session_export
from webapp.queries.session_filter import SessionFilter

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
NAMES = tuple(dict.fromkeys(column.name for column in (*SESSIONS, *REGULATOR) if column.name != "retention_due"))
"""Every column of both profiles but the one whose rules have tests of their own."""


def varied(make: Make, number: int, seed: int) -> None:
    """Sessions with nothing, something and much beside them; numbers with gaps, and not in the order of their times."""
    chance = random.Random(seed)
    users = make.user("reviewer"), make.user("approver", name="Bob Approver")
    for _ in range(number):
        person = make.person(
            chance.choice(("", "Anna Specimen", "Łukasz Próba")), own_reference=chance.choice(("", "007", "CASE-1")),
            relationship_ended_at=chance.choice((None, START)),
        )  # fmt: skip
        at = START + timedelta(seconds=chance.randrange(10))
        moments = {name: chance.choice((None, at)) for name in ("opened_at", "finished_at", "decided_at")}
        facts = chance.choice((
            {"capture": "opened"}, {"capture": "finished", "outcome": "failed", "outcome_code": "3"},
            {"capture": "finished", "outcome": "passed", "review": "pending"},
            {"capture": "finished", "outcome": "passed", "review": "done", "decision": "approved", "decided_by_name": "Ada"},
            {"capture": "finished", "outcome": "failed", "review": "done", "decision": "rejected", "decided_by_name": "Bob"},
        ))  # fmt: skip
        link = make.link(person=person) if chance.random() < 0.8 else make.link(options={})
        session = make.session(link=link, person=chance.choice((person, None)), created_at=at, **moments, **facts)
        beside(make, session, users, chance)
        if chance.random() < 0.3:
            make.delivery()  # of a session of its own


def beside(make: Make, session: VerificationSession, users: tuple[User, User], chance: random.Random) -> None:
    """What hangs on one session."""
    if chance.random() < 0.6:
        make.result(
            session, face=chance.choice((None, {}, {"score": 0.5})), authenticity=chance.choice((None, {"score": 1})),
            person=chance.choice(({}, {"document_type": "passport"}, {"document_type": "id", "issuer": "NL"})),
        )  # fmt: skip
    for position, kind in enumerate(chance.sample(("aml", "face", "data", "document"), chance.randrange(4))):
        make.matter(session, kind=kind, position=9 - position)
    for position in range(chance.randrange(4)):
        make.match(session, position=position, verdict=chance.choice(("open", "same", "not_same")))
    for number in range(chance.randrange(3)):
        make.delivery(session=session, body=b"%d" % number)
    for _ in range(chance.randrange(4)):
        decide(make, session, users, chance)


def decide(make: Make, session: VerificationSession, users: tuple[User, User], chance: random.Random) -> None:
    """A step, or a proposal and its answer."""
    codes = chance.sample(("explained", "low_risk", "other"), chance.randrange(3))
    kind = chance.choice(("approve", "reject", "ask_again", "reopen", "confirm", "confirm", "send_back"))
    if kind not in ("confirm", "send_back"):
        make.decision(session, kind=kind, reason_codes=codes, actor_name=users[0].name)
        return
    first = make.decision(session, kind="approve", stage="proposed", actor_id=users[0].id, reason_codes=codes)
    make.decision(
        session,
        kind=kind,
        proposal_id=first.id,
        proposer_id=users[0].id,
        actor_id=users[1].id,
        actor_name=users[1].name,
    )


def told(db: Session, session: VerificationSession) -> dict[str, Any]:
    """One session as its own rows tell it."""

    def of(model: Any, *order: Any) -> list[Any]:
        return list(db.exec(select(model).where(model.session_id == session.id).order_by(*order)))

    link, result = db.get_one(Link, session.link_id), db.get(SessionResult, session.id)
    person = db.get(Person, session.person_id) if session.person_id else None
    matches = [match.verdict for match in of(AmlMatch)]
    steps: list[Decision] = of(Decision, col(Decision.id)) if session.decision != "none" else []
    reasons = [step.reason_codes for step in steps if step.kind in ("approve", "reject")]
    final = [step for step in steps if step.stage == "final" and step.kind in ("approve", "reject", "confirm")]
    document = (result.person if result else {}) or {}
    own = ("id", "reference", "provider", "kind", "status", "capture", "outcome", "review", "decision")
    return {
        **{name: getattr(session, name) for name in own},
        **{name: iso(getattr(session, name)) for name in ("created_at", "opened_at", "finished_at", "decided_at")},
        "own_reference": person.own_reference if person else "", "person": person.name if person else "",
        "relationship_end": iso(person.relationship_ended_at) if person else None,
        "code": session.outcome_code, "code_text": session.outcome_text, "decided_by": session.decided_by_name,
        "reasons": " ".join(reasons[-1]) if reasons else "",
        "second_approver": final[-1].actor_name if final and final[-1].kind == "confirm" else "",
        "open_matters": " ".join(matter.kind for matter in of(Matter, col(Matter.position))),
        "face_score": ((result and result.face) or {}).get("score"),
        "authenticity_score": ((result and result.authenticity) or {}).get("score"),
        **{name: link.options.get(name) for name in ("face_threshold", "authenticity_threshold")},
        "aml_matches": len(matches), "aml_open": matches.count("open"), "aml_same": matches.count("same"),
        "document_type": document.get("document_type", ""), "issuer": document.get("issuer", ""),
        "deliveries": len(of(Delivery)),
    }  # fmt: skip


def iso(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None


def written(database: Database, wanted: SessionFilter) -> list[dict[str, Any]]:
    parts = session_export.chunks(database, wanted, NAMES)
    return [dict(zip(NAMES, row, strict=True)) for part in parts for row in part]


def listed(db: Session) -> Iterator[VerificationSession]:
    order = (col(VerificationSession.created_at).desc(), col(VerificationSession.id).desc())
    yield from db.exec(select(VerificationSession).order_by(*order)).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_file_says_of_each_session_what_its_rows_say(
    seed: int, make: Make, database: Database, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_export, "CHUNK", 7)
    monkeypatch.setattr(session_export, "PART", 3)
    varied(make, 30, seed)
    everything = [told(db, session) for session in listed(db)]
    assert written(database, SessionFilter()) == everything
    assert any(row["second_approver"] for row in everything)
    assert any(" " in row["open_matters"] for row in everything)
    failed = [row for row in everything if row["outcome"] == "failed"]
    assert 0 < len(failed) < len(everything)
    assert written(database, SessionFilter(outcomes=("failed",))) == failed


def test_how_much_is_asked_does_not_grow_with_what_stands_beside(make: Make, database: Database) -> None:
    make.session()
    with counted(database) as few:
        assert len(written(database, SessionFilter())) == 1
    varied(make, 20, 3)
    with counted(database) as many:
        assert len(written(database, SessionFilter())) > 20
    assert len(many) == len(few)
