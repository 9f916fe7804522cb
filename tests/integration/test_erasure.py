"""Erasing: by the policy at night and on request by two people; what is erased is found nowhere in the data folder."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col, select, text

from tests.support.applied import apply, change, hosted, payload
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from webapp.actions import due_list, erasing, erasures, retention, vendor_copies
from webapp.actions.actor import Actor
from webapp.actions.audit_checks import look
from webapp.checks.retention import CLASSES
from webapp.db import Database
from webapp.models import (
    AmlMatch,
    AmlVerdict,
    AuditEvent,
    DecisionSnapshot,
    Delivery,
    Erasure,
    EvidenceFile,
    Job,
    Note,
    Person,
    SessionResult,
    VerificationSession,
)  # fmt: skip
from webapp.models.columns import utc_now

MARK = "Quixwumple"
ANN, BOB = Actor(kind="person", id=1, name="Ann"), Actor(kind="person", id=2, name="Bob")
LAW = 1825


@pytest.fixture
def people(make: Make) -> None:
    make.user("compliance_lead", name="Ann")
    make.user("compliance_lead", name="Bob")


def planted(make: Make, data_dir: Path, **fields: Any) -> VerificationSession:
    """An approved session with the mark in every place that can hold something personal."""
    person = make.person(f"Anna {MARK}", email=f"{MARK}@example.com", phone="+3161234567", own_reference=f"{MARK}-7")
    link = make.link(person=person, expected={"name": f"Anna {MARK}"}, options={"contract_prefill": {"name": MARK}},
                     vendor_answer={"sms_sent_to": MARK}, sms_to="+3161234567")  # fmt: skip
    usual = {"decision": "approved", "review": "done", "decided_at": utc_now(), "search_text": f"anna {MARK.lower()}"}
    session = make.finished(link=link, **{**usual, **fields})
    folder = data_dir / "evidence" / "aa"
    folder.mkdir(parents=True, exist_ok=True)
    delivery = make.delivery(session=session, body=b'{"name": "%s"}' % MARK.encode() * 400, headers={"X": MARK})
    for position, kind in enumerate(("document", "face")):
        (folder / f"{kind}{session.id}.jpg").write_bytes(MARK.encode())
        make.evidence(
            delivery,
            position=position,
            kind=kind,
            state="saved",
            saved_at=utc_now(),
            path=f"aa/{kind}{session.id}.jpg",
            sha256="ab" * 32,
        )
    make.result(session, delivery_id=delivery.id, person={"full_name": f"ANNA {MARK}"}, face={"score": 0.9, "error": MARK},
                phone={"number": MARK}, other={"x": MARK}, outcome_log=[{"name": MARK}])  # fmt: skip
    match = make.match(session, entry={"name": MARK}, discriminators=[{"key": "name", "entry": MARK}])
    make.save(
        AmlVerdict(match_id=match.id, session_id=session.id, verdict="not_same", discriminators=[{"entry": MARK}])
    )
    make.dismissal(match, entry_name=MARK)
    make.matter(session, headline=MARK, detail=MARK)
    note = make.save(Note(session_id=session.id, text=f"Called {MARK}."))
    make.decision(session, note_id=note.id)
    return session


def erased(database: Database, worker: Any, session: VerificationSession, *, law: int = LAW) -> Erasure:
    with database.writing() as db:
        made = erasures.request(db, by=ANN, session_id=session.id, reason=f"{MARK} asked", minimum_days=law)
        assert made is not None
    with database.writing() as db:
        erasures.confirm(db, by=BOB, erasure_id=made[0].id or 0)
    worker.run()
    with database.reading() as db:
        return db.get_one(Erasure, made[0].id)


def ended(make: Make, session: VerificationSession, *, days: int) -> None:
    with make.database.writing() as db:
        row = db.get_one(VerificationSession, session.id)
        row.decided_at = row.finished_at = row.created_at = utc_now() - timedelta(days=days + 1)
        db.get_one(Person, session.person_id).relationship_ended_at = utc_now() - timedelta(days=days)


def left(data_dir: Path) -> list[str]:
    """Files under the data folder in which the mark is left, in any writing of it."""
    signs = [MARK.encode(), MARK.lower().encode(), base64.b64encode(MARK.encode()), MARK.encode("utf-16-le")]
    found = [path for path in data_dir.rglob("*") if path.is_file() and "sandbox" not in path.name]
    return [path.name for path in found if any(sign in path.read_bytes() for sign in signs)]


@pytest.mark.usefixtures("people")
def test_what_is_erased_is_found_nowhere_and_the_audit_chain_still_verifies(
    app: Flask, make: Make, database: Database, worker: Any
) -> None:
    settings = app.extensions["vouchdesk.settings"]
    session = planted(make, settings.data_dir)
    other = make.finished()
    ended(make, session, days=LAW + 1)
    folders = [
        settings.data_dir,
        *([Path(database.url.removeprefix("sqlite:///")).parent] if database.is_sqlite else []),
    ]
    assert all(left(folder) for folder in folders), "nothing was planted where it is looked for"
    assert erased(database, worker, session).state == "done"
    with database.reading() as db:
        gone = db.get_one(VerificationSession, session.id)
        assert (gone.status, gone.erased, sorted(gone.erased_classes)) == ("erased", True, sorted(CLASSES))
        assert db.get_one(VerificationSession, other.id).erased is False
        person = db.get_one(Person, session.person_id)
        assert (person.name, person.email, person.phone, person.birth, person.own_reference) == ("", "", "", "", "")
        assert db.exec(select(AmlVerdict.discriminators)).all() == [[]] and not db.exec(select(DecisionSnapshot)).all()
        stone = db.exec(select(Erasure)).one().tombstone
        assert stone["session"] == session.id and stone["decision"] == "approved" and len(stone["files_sha256"]) == 2
        assert MARK not in str(stone) and MARK not in str([row.after for row in db.exec(select(AuditEvent))])
    verified = look(database, settings)
    assert verified.ok, verified
    assert left_in_database(database) == []
    for folder in folders:  # the write-ahead log as it stands, with every connection open
        assert left(folder) == []


def left_in_database(database: Database) -> list[str]:
    """Tables in whose rows the mark is left."""
    with database.reading() as db:
        return [
            table.name for table in SQLModel.metadata.sorted_tables
            if any(MARK.lower() in str(tuple(row)).lower() for row in db.execute(table.select()))
        ]  # fmt: skip


@pytest.mark.usefixtures("people")
def test_the_law_keeps_what_it_keeps_and_says_until_when(
    app: Flask, make: Make, database: Database, worker: Any
) -> None:
    session = planted(make, app.extensions["vouchdesk.settings"].data_dir)
    ended(make, session, days=10)
    row = erased(database, worker, session)
    assert sorted(row.classes) == ["biometrics", "contact", "pictures"] and row.state == "done"
    with database.reading() as db:
        refused = db.exec(select(Erasure).where(Erasure.state == "refused")).one()
        assert sorted(refused.classes) == ["aml", "decision", "extracted"]
        day = (utc_now() - timedelta(days=10) + timedelta(days=LAW + 1)).date().isoformat()
        assert refused.basis == f"May not be erased before {day} (AML record keeping, 5 years)."
        kept, person = db.get_one(SessionResult, session.id), db.get_one(Person, session.person_id)
        assert kept.person and kept.face is None and kept.phone == {} and person.name and not person.email
        assert db.get_one(VerificationSession, session.id).status == "approved"
        assert db.exec(select(Note.text)).one() and db.exec(select(AmlMatch.entry)).one()


@pytest.mark.usefixtures("people")
def test_nobody_confirms_his_own_request(make: Make, database: Database) -> None:
    session = make.finished(outcome="failed", review="done", decision="rejected")
    with database.writing() as db:
        made = erasures.request(db, by=ANN, session_id=session.id or 0, reason="", minimum_days=LAW)
    with database.writing() as db, pytest.raises(retention.NotPossible, match="yourself"):
        erasures.confirm(db, by=ANN, erasure_id=made[0].id or 0)  # type: ignore[index]
    with pytest.raises(DBAPIError), database.writing() as db:
        db.execute(text("UPDATE erasure SET confirmed_by_id = requested_by_id"))


@pytest.mark.usefixtures("people")
def test_a_hold_stops_an_erasure_at_every_step(app: Flask, make: Make, database: Database, worker: Any) -> None:
    session = planted(
        make, app.extensions["vouchdesk.settings"].data_dir, review="done", decision="rejected", outcome="failed"
    )
    with database.writing() as db:
        made = erasures.request(db, by=ANN, session_id=session.id or 0, reason="", minimum_days=LAW)
        assert made is not None
    with database.writing() as db:
        erasures.confirm(db, by=BOB, erasure_id=made[0].id or 0)
    with database.writing() as db:
        hold = retention.place_hold(
            db, by=ANN, session_id=session.id or 0, whole_person=True, reason="Court", owner="Eve"
        )
        assert hold is not None
    worker.run()
    with database.reading() as db:
        assert db.get_one(Erasure, made[0].id).state == "due" and db.get_one(SessionResult, session.id).person
    with database.writing() as db, pytest.raises(erasures.OnHold):
        erasures.request(db, by=ANN, session_id=session.id or 0, reason="", minimum_days=LAW)
    with database.writing() as db:
        retention.release_hold(db, by=ANN, hold_id=hold.id or 0, reason="Over")
    due_list.make_list(database, minimum_days=LAW)
    worker.run()
    with database.reading() as db:
        assert db.get_one(Erasure, made[0].id).state == "done"


def test_the_night_notes_what_is_over_and_erases_after_the_grace(make: Make, database: Database, worker: Any) -> None:
    session = make.session(capture="expired", created_at=utc_now() - timedelta(days=60))
    change(make, session, changed_at=utc_now() - timedelta(days=40))
    fresh = make.session(capture="expired")
    waits = make.finished(created_at=utc_now() - timedelta(days=900), review="pending")
    assert due_list.make_list(database, minimum_days=LAW) == 1
    assert due_list.make_list(database, minimum_days=LAW) == 0  # a second run notes nothing twice
    worker.run()
    with database.reading() as db:
        row = db.exec(select(Erasure)).one()
        assert (row.session_id, row.state, sorted(row.classes)) == (session.id, "due", sorted(CLASSES))
    assert due_list.make_list(database, minimum_days=LAW, now=utc_now() + timedelta(days=8)) == 0
    change(make, row, due_at=utc_now())
    due_list.make_list(database, minimum_days=LAW)
    worker.run()
    with database.reading() as db:
        assert db.get_one(VerificationSession, session.id).status == "erased"
        assert (
            not db.get_one(VerificationSession, fresh.id).erased
            and not db.get_one(VerificationSession, waits.id).erased
        )


def test_the_list_is_begun_once_a_day(make: Make, database: Database) -> None:
    for _ in range(3):
        due_list.by_clock(database)
    due_list.by_clock(database, utc_now() + timedelta(days=1))
    with database.reading() as db:
        assert len(db.exec(select(Job).where(Job.kind == "due_list")).all()) == 2


@pytest.mark.usefixtures("people")
def test_an_erasure_that_was_killed_midway_comes_to_its_end(
    app: Flask, make: Make, database: Database, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = planted(make, app.extensions["vouchdesk.settings"].data_dir)
    ended(make, session, days=LAW + 1)
    blank = erasing.blank
    monkeypatch.setattr(erasing, "blank", lambda *_: (_ for _ in ()).throw(KeyError("killed")))
    with database.writing() as db:
        made = erasures.request(db, by=ANN, session_id=session.id or 0, reason="", minimum_days=LAW)
        assert made is not None
    with database.writing() as db:
        erasures.confirm(db, by=BOB, erasure_id=made[0].id or 0)
    worker.run(faults_expected=True)
    with database.reading() as db:
        assert db.get_one(Erasure, made[0].id).state == "running"
    monkeypatch.setattr(erasing, "blank", blank)
    worker.run_later()
    with database.reading() as db:
        assert db.get_one(Erasure, made[0].id).state == "done"
        assert "document" not in db.exec(select(EvidenceFile.kind)).all()


@pytest.mark.usefixtures("people")
def test_a_copy_at_the_vendor_leaves_it_partly_erased_until_somebody_says_so(
    app: Flask, make: Make, database: Database, worker: Any
) -> None:
    session = planted(make, app.extensions["vouchdesk.settings"].data_dir)
    ended(make, session, days=LAW + 1)
    with database.writing() as db:
        db.get_one(SessionResult, session.id).vault_id = "I3MS6XjOqsB7Zbye54ohG9F7rtvW02Zv"
    row = erased(database, worker, session)
    assert (row.state, row.tombstone["vault_id"]) == ("partly", "I3MS6XjOqsB7Zbye54ohG9F7rtvW02Zv")
    with database.writing() as db:
        vendor_copies.noted(db, by=ANN, erasure_id=row.id or 0)
    with database.reading() as db:
        assert db.get_one(Erasure, row.id).state == "done"


@pytest.mark.usefixtures("people")
def test_two_sessions_share_a_picture_and_a_person_until_the_last(
    app: Flask, make: Make, database: Database, worker: Any
) -> None:
    data_dir = app.extensions["vouchdesk.settings"].data_dir
    first = planted(make, data_dir)
    second = make.finished(link=make.link(person=None), person_id=first.person_id, review="done", decision="approved")
    delivery = make.delivery(session=second)
    make.evidence(delivery, state="saved", saved_at=utc_now(), path=f"aa/document{first.id}.jpg")
    ended(make, first, days=LAW + 1)
    erased(database, worker, first)
    with database.reading() as db:
        assert MARK in db.get_one(Person, first.person_id).name
    assert (data_dir / "evidence" / "aa" / f"document{first.id}.jpg").exists()
    change(make, second, decided_at=utc_now() - timedelta(days=LAW + 2))
    erased(database, worker, second)
    with database.reading() as db:
        assert db.get_one(Person, first.person_id).name == ""
    assert not (data_dir / "evidence" / "aa" / f"document{first.id}.jpg").exists()


@pytest.mark.usefixtures("people")
def test_a_result_that_comes_after_the_erasure_is_not_kept(
    app: Flask, make: Make, database: Database, provider: FakeProvider, worker: Any
) -> None:
    session = planted(make, app.extensions["vouchdesk.settings"].data_dir)
    ended(make, session, days=LAW + 1)
    erased(database, worker, session)
    apply(app, make, provider, hosted({**payload("callback_identity_passed"), "vaultid": "V" * 32}), session=session)
    with database.reading() as db:
        last = db.exec(select(Delivery).order_by(col(Delivery.id).desc())).first()
        assert last is not None and last.body is None and last.headers == {} and last.body_sha256
        assert [row.tombstone["vault_id"] for row in db.exec(select(Erasure).where(Erasure.state == "partly"))] == [
            "V" * 32
        ]


def test_a_verdict_can_lose_its_values_and_nothing_else(make: Make, database: Database) -> None:
    match = make.match(make.finished())
    make.save(
        AmlVerdict(match_id=match.id, session_id=match.session_id, verdict="not_same", discriminators=[{"key": "x"}])
    )

    def change_to(words: str) -> None:
        with database.writing() as db:
            db.execute(text(f"UPDATE aml_verdict SET {words}"))

    for refused in ("verdict = 'same', discriminators = '[]'", "discriminators = '[1]'", "actor_name = 'Eve'"):
        with pytest.raises(DBAPIError, match="keeps every row"):
            change_to(refused)
    change_to("discriminators = '[]'")
    with pytest.raises(DBAPIError, match="keeps every row"), database.writing() as db:
        db.execute(text("DELETE FROM aml_verdict"))
