"""The copy at the vendor: asked away after our own erasure, kept on record, tried again until it is gone; both databases."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlmodel import SQLModel, col, delete, select

from tests.integration.test_erasure import ANN, LAW, ended, erased, planted
from tests.support.applied import apply, hosted, payload
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.worker import TestWorker
from webapp import jobs
from webapp.actions import due_list, erasures, retention, vendor_copies
from webapp.actions.audit_checks import look
from webapp.actions.jobs import enqueue
from webapp.db import Database
from webapp.models import AuditEvent, Erasure, Job, LegalHold, SessionResult, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import ProviderError

ENTRY = "I3MS6XjOqsB7Zbye54ohG9F7rtvW02Zv"
REFUSED = ProviderError(f"No entry {ENTRY} here.", code="1002", permanent=True)
AWAY = ProviderError("The vendor could not be reached.", code="unreachable", permanent=False)


@pytest.fixture(autouse=True)
def people(make: Make) -> None:
    make.user("compliance_lead", name="Ann")
    make.user("compliance_lead", name="Bob")


@pytest.fixture
def session(app: Flask, make: Make) -> VerificationSession:
    """A session that may be erased, of which the vendor keeps a copy."""
    made = planted(make, app.extensions["vouchdesk.settings"].data_dir)
    ended(make, made, days=LAW + 1)
    with make.database.writing() as db:
        db.get_one(SessionResult, made.id).vault_id = ENTRY
    return made


@pytest.fixture
def left(
    database: Database, worker: TestWorker, session: VerificationSession, provider: FakeProvider
) -> Iterator[Erasure]:
    """An erasure whose copy the vendor has refused to delete once."""
    provider.erase_answer = REFUSED
    yield erased(database, worker, session)
    provider.erase_answer = None


def row(database: Database) -> Erasure:
    with database.reading() as db:
        return db.exec(select(Erasure).order_by(col(Erasure.id))).one()


def calls(database: Database) -> list[tuple[str, str, Any]]:
    """What is on record of questions to the vendor: object, outcome, what was asked."""
    with database.reading() as db:
        query = select(AuditEvent).where(AuditEvent.action == "vendor.call").order_by(col(AuditEvent.seq))
        return [(each.object_type, each.outcome, each.after) for each in db.exec(query)]


def waiting(database: Database) -> list[Job]:
    with database.reading() as db:
        return list(db.exec(select(Job).where(Job.kind == "erase_copy").order_by(col(Job.id))))


def where_it_is(database: Database, folder: Path) -> list[str]:
    """Tables and files in which the entry's id is left."""
    folders = [folder, *([Path(database.url.removeprefix("sqlite:///")).parent] if database.is_sqlite else [])]
    files = [path for each in folders for path in each.rglob("*") if path.is_file() and "sandbox" not in path.name]
    found = [path.name for path in files if ENTRY.encode() in path.read_bytes()]
    with database.reading() as db:
        for table in SQLModel.metadata.sorted_tables:
            found += [table.name for each in db.execute(table.select()) if ENTRY in str(tuple(each))]
    return found


def test_the_vendor_deletes_its_copy_and_its_id_is_found_nowhere_afterwards(
    app: Flask, database: Database, worker: TestWorker, session: VerificationSession, provider: FakeProvider
) -> None:
    settings = app.extensions["vouchdesk.settings"]
    assert where_it_is(database, settings.data_dir)
    done = erased(database, worker, session)

    assert provider.erased == [ENTRY]
    assert (done.state, done.vendor_state, done.error, done.tombstone["vault_id"]) == ("done", "confirmed", "", "")
    assert abs(datetime.fromisoformat(done.tombstone["vendor_erased"]) - utc_now()) < timedelta(minutes=5)
    assert calls(database) == [("erasure", "ok", {"provider": "docupass", "call": "vault/delete"})]
    assert worker.waiting == []
    assert where_it_is(database, settings.data_dir) == []
    with database.reading() as db:
        last = db.exec(select(AuditEvent).where(AuditEvent.action == "retention.vendor_erased")).one()
        assert last.after is not None and last.after["certificate"] == done.certificate_sha256
        assert (last.object_id, last.session_id, last.actor_type) == (done.id, session.id, "system")
    assert look(database, settings).ok


def test_the_question_is_queued_with_the_erasure_or_not_at_all(
    database: Database, worker: TestWorker, session: VerificationSession, provider: FakeProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def killed(*_: Any) -> None:
        raise KeyError("killed")

    with database.writing() as db:
        made = erasures.request(db, by=ANN, session_id=session.id or 0, reason="", minimum_days=LAW)
        assert made is not None
        made[0].state = "due"
        enqueue(db, kind=erasures.JOB, subject_id=made[0].id or 0)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(erasures, "purge_later", killed)  # the last thing in the transaction of the erasure
        worker.run(faults_expected=True)
    assert (row(database).state, waiting(database)) == ("running", [])
    worker.run_later()
    assert row(database).state == "done"


def test_no_transaction_is_open_while_the_vendor_is_asked(
    database: Database, worker: TestWorker, session: VerificationSession, provider: FakeProvider
) -> None:
    seen: list[str] = []

    def write_meanwhile(_: str) -> None:
        """From another connection: it would wait for ever on a transaction that is open."""
        thread = threading.Thread(target=touch, daemon=True)
        thread.start()
        thread.join(timeout=20)

    def touch() -> None:
        with database.writing() as db:
            each = db.exec(select(Erasure).with_for_update()).one()
            each.basis = "Touched."
            seen.append(each.vendor_state)

    provider.erase_answer = write_meanwhile
    assert erased(database, worker, session).state == "done"
    assert seen == ["asked"]


def test_a_refusal_leaves_it_partly_erased_with_the_vendors_code_and_words(
    app: Flask, database: Database, worker: TestWorker, left: Erasure, provider: FakeProvider
) -> None:
    assert (left.state, left.vendor_state) == ("partly", "refused")
    assert left.error == f"No entry {ENTRY} here (error 1002)."
    after = {"provider": "docupass", "call": "vault/delete", "code": "1002"}
    assert calls(database) == [("erasure", "error", after)]
    [job] = waiting(database)
    assert job.last_error == "the vendor refused (1002)" and ENTRY not in str(job)
    with database.reading() as db:
        assert ENTRY not in str([each.after for each in db.exec(select(AuditEvent))])

    provider.erase_answer = None
    worker.run_later()
    assert (row(database).state, row(database).error) == ("done", "")
    assert where_it_is(database, app.extensions["vouchdesk.settings"].data_dir) == []


@pytest.mark.parametrize("answer", [REFUSED, AWAY], ids=["refused", "away"])
def test_the_pauses_grow_to_a_day_and_it_is_never_given_up(
    database: Database, worker: TestWorker, session: VerificationSession, provider: FakeProvider, answer: ProviderError
) -> None:
    provider.erase_answer = answer
    pauses = []
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        erased(database, worker, session)
        for _ in range(12):
            [job] = waiting(database)
            pauses.append(job.due_at - utc_now())
            clock.shift(job.due_at - utc_now() - timedelta(seconds=1))
            worker.run()
            clock.shift(timedelta(seconds=1))
            worker.run()
    assert len(provider.erased) == 13
    growing = [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=12)]
    assert pauses == [*growing, *[timedelta(days=1)] * 9]
    assert row(database).state == "partly" and waiting(database)[0].failed_at is None


def test_a_vendor_that_was_away_deletes_when_it_is_back(
    database: Database, worker: TestWorker, session: VerificationSession, provider: FakeProvider
) -> None:
    provider.erase_answer = AWAY
    gone = erased(database, worker, session)
    assert (gone.state, gone.vendor_state, gone.error) == ("partly", "away", "The vendor could not be reached.")
    provider.erase_answer = None
    worker.run_later()
    assert (row(database).state, row(database).vendor_state, row(database).error) == ("done", "confirmed", "")
    assert [(outcome, after.get("code")) for _, outcome, after in calls(database)] == [
        ("error", "unreachable"), ("ok", None),
    ]  # fmt: skip


def test_a_worker_killed_after_the_vendor_deleted_asks_again_and_says_what_a_refusal_may_mean(
    database: Database, worker: TestWorker, session: VerificationSession, provider: FakeProvider
) -> None:
    class Killed(BaseException):
        """No handler of ours sees it."""

    provider.erase_answer = Killed()
    with pytest.raises(Killed):
        erased(database, worker, session)
    assert (row(database).state, row(database).vendor_state, calls(database)) == ("partly", "asked", [])

    provider.erase_answer = REFUSED  # the vendor has deleted it, and does not know it any more
    worker.run_later()
    assert row(database).error == f"No entry {ENTRY} here (error 1002). {vendor_copies.DOUBT}"
    worker.run_later()
    assert row(database).error.count(vendor_copies.DOUBT) == 1, "it is said once, and as long as it may be so"
    provider.erase_answer = None
    worker.run_later()
    assert (row(database).state, provider.erased) == ("done", [ENTRY] * 4)


@pytest.mark.parametrize("second", [REFUSED, None], ids=["refused", "deleted"])
def test_two_workers_at_once_end_it_once(
    database: Database, worker: TestWorker, left: Erasure, provider: FakeProvider, second: ProviderError | None
) -> None:
    """The other one is quicker; the vendor may know nothing more by then, or say yes again, and that changes nothing."""

    def first_of_two(_: str) -> None:
        provider.erase_answer = None
        vendor_copies.ask(database, erasure_id=left.id or 0, provider=provider)
        if second:
            raise second

    provider.erase_answer = first_of_two
    worker.run_later()
    done = row(database)
    assert (done.state, done.vendor_state, done.error) == ("done", "confirmed", "")
    last = "error" if second else "ok"
    assert [outcome for _, outcome, _ in calls(database)] == ["error", "ok", last], "each question is on record"
    with database.reading() as db:
        assert len(db.exec(select(AuditEvent).where(AuditEvent.action == "retention.vendor_erased")).all()) == 1
    assert waiting(database) == []


def test_one_job_is_claimed_by_one_worker(database: Database, left: Erasure, worker: TestWorker) -> None:
    with database.writing() as db:
        vendor_copies.try_now(db, by=ANN, erasure_id=left.id or 0)
    claimed = [jobs.claim(database, name) for name in ("one", "two")]
    assert [job and job.kind for job in claimed] == ["erase_copy", None]


def test_a_person_who_notes_the_deletion_ends_the_questions(
    app: Flask, database: Database, worker: TestWorker, left: Erasure, provider: FakeProvider
) -> None:
    with database.writing() as db:
        vendor_copies.noted(db, by=ANN, erasure_id=left.id or 0)
    worker.run_later()
    done = row(database)
    assert (done.state, done.vendor_state, done.error, done.tombstone["vault_id"]) == ("done", "done", "", "")
    assert provider.erased == [ENTRY] and worker.waiting == []
    assert where_it_is(database, app.extensions["vouchdesk.settings"].data_dir) == []
    for act in (vendor_copies.noted, vendor_copies.try_now):
        with pytest.raises(retention.NotPossible, match="Nothing of this erasure is left"), database.writing() as db:
            act(db, by=ANN, erasure_id=left.id or 0)


def test_while_a_hold_stands_the_vendor_is_not_asked(
    make: Make,
    database: Database,
    worker: TestWorker,
    session: VerificationSession,
    left: Erasure,
    provider: FakeProvider,
) -> None:
    provider.erase_answer = None
    hold = make.save(LegalHold(person_id=session.person_id, reason="Court", owner_name="Eve"))
    worker.run_later()
    with pytest.raises(erasures.OnHold), database.writing() as db:
        vendor_copies.try_now(db, by=ANN, erasure_id=left.id or 0)
    assert (provider.erased, row(database).state) == ([ENTRY], "partly")
    with database.writing() as db:
        retention.release_hold(db, by=ANN, hold_id=hold.id or 0, reason="Over")
    worker.run_later()
    assert row(database).state == "done"


def test_trying_now_begins_anew_what_was_set_aside_and_makes_no_second_question(
    database: Database, worker: TestWorker, left: Erasure, provider: FakeProvider
) -> None:
    for _ in range(2):
        with database.writing() as db:
            vendor_copies.try_now(db, by=ANN, erasure_id=left.id or 0)
    [job] = waiting(database)
    assert job.due_at <= utc_now()
    worker.run()
    assert timedelta(minutes=9) < waiting(database)[0].due_at - utc_now() <= timedelta(minutes=10), "pauses grow anew"
    with database.writing() as db:
        db.get_one(Job, job.id).failed_at = utc_now()
    due_list.make_list(database, minimum_days=LAW)
    assert [each.failed_at is None for each in waiting(database)] == [False], "what was set aside waits for a person"
    with database.writing() as db:
        vendor_copies.try_now(db, by=ANN, erasure_id=left.id or 0)
    assert [each.failed_at for each in waiting(database)] == [None]
    provider.erase_answer = None
    worker.run()
    assert row(database).state == "done"


def test_the_night_queues_what_was_left_before_there_were_questions(
    make: Make, database: Database, worker: TestWorker, provider: FakeProvider
) -> None:
    old = make.finished()
    for vault in (ENTRY, ""):
        make.save(Erasure(session_id=old.id, cause="request", state="partly", vendor_state="pending", done_at=utc_now(),
                          classes=["pictures"], tombstone={"vault_id": vault}))  # fmt: skip
    for _ in range(2):
        due_list.make_list(database, minimum_days=LAW)
    assert len(waiting(database)) == 1
    worker.run()
    with database.reading() as db:
        assert db.exec(select(Erasure.state).order_by(col(Erasure.id))).all() == ["done", "partly"]
    assert provider.erased == [ENTRY]


def test_a_late_result_brings_its_copy_to_an_end_once(
    app: Flask, make: Make, database: Database, worker: TestWorker, session: VerificationSession, provider: FakeProvider
) -> None:
    erased(database, worker, session)
    late = hosted({**payload("callback_identity_passed"), "vaultid": "V" * 32})
    for number in range(2):  # the vendor posts it again, in other bytes
        apply(app, make, provider, {**late, "n": number}, session=session)
    worker.run()
    assert provider.erased == [ENTRY, "V" * 32]
    with database.reading() as db:
        rows = db.exec(select(Erasure).order_by(col(Erasure.id))).all()
        assert [(each.state, each.tombstone["vault_id"]) for each in rows] == [("done", ""), ("done", "")]


def test_a_further_result_of_a_session_has_its_copy_deleted_too(
    app: Flask, make: Make, database: Database, worker: TestWorker, provider: FakeProvider
) -> None:
    first = {**payload("callback_identity_passed"), "vaultid": ENTRY}
    session = apply(app, make, provider, hosted(first), person=make.person("Anna Specimen"))
    for code, copy in (("3", "W" * 32), ("4", ENTRY), ("4", "W" * 32)):
        failed = {**payload("callback_identity_failed"), "failcode": code, "vaultid": copy}
        apply(app, make, provider, hosted(failed), session=session)
    with database.writing() as db:
        db.execute(delete(Job))  # nothing of the vendor's is fetched here
        db.get_one(VerificationSession, session.id).review = "done"
        db.get_one(VerificationSession, session.id).decision = "approved"
    ended(make, session, days=LAW + 1)
    erased(database, worker, session)
    assert provider.erased == [ENTRY, "W" * 32]
    with database.reading() as db:
        assert db.exec(select(Erasure.state)).all() == ["done", "done"]


def test_the_sessions_page_changes_when_the_copy_is_gone(
    database: Database, worker: TestWorker, session: VerificationSession, left: Erasure, provider: FakeProvider
) -> None:
    def version() -> int:
        with database.reading() as db:
            return db.get_one(VerificationSession, session.id).version

    before, provider.erase_answer = version(), None
    worker.run_later()
    assert version() == before + 1
