"""Links past their time: ended once by the clock, confirmed by the vendor, and given back after a clock that was wrong."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.support.desk import Desk, expired, passed, unreadable
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.making import actions
from tests.support.worker import TestWorker
from webapp.actions.expiry import expire_due, restore_early
from webapp.db import Database
from webapp.jobs import Context
from webapp.models import Link, VerificationSession
from webapp.worker import Worker, look_at_clock

NOW = datetime.now(UTC)
pytestmark = pytest.mark.usefixtures("module_now")
OVER = NOW - timedelta(minutes=16)


@pytest.fixture
def desk(client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider) -> Desk:
    """A link that ran out 16 minutes ago, and its opened session."""
    desk = Desk(client, make, worker, expires_at=OVER)
    make.session(link=desk.made, capture="opened", opened_at=OVER)
    return desk


@pytest.mark.parametrize("capture", ["ready", "opened", "returned"])
@pytest.mark.parametrize("state", ["active", "paused"])
def test_a_link_past_its_time_ends_with_its_waiting_session(make: Make, state: str, capture: str) -> None:
    link = make.link(expires_at=OVER, state=state)
    session = make.session(link=link, capture=capture)

    assert expire_due(make.database) == 1
    assert expire_due(make.database) == 0
    with make.database.reading() as db:
        assert actions(db, "") == ["link.expire", "session.expire"]
        kept, ended = db.get_one(Link, link.id), db.get_one(VerificationSession, session.id)
    assert kept.state == "expired"
    assert (ended.capture, ended.status, ended.expiry_confirmed, ended.outcome) == ("expired", "expired", False, "none")
    assert ended.version == session.version + 1


@pytest.mark.parametrize(
    "fields",
    [
        {"expires_at": NOW - timedelta(minutes=14)},
        {"expires_at": NOW + timedelta(days=1)},
        {"expires_at": None},
        *({"expires_at": OVER, "state": state} for state in ("creating", "create_failed", "used_up", "revoked")),
    ],
    ids=["not long enough", "not yet", "never", "creating", "create_failed", "used_up", "revoked"],
)
def test_no_other_link_is_ended(make: Make, fields: dict[str, Any]) -> None:
    link = make.link(**fields)
    session = make.session(link=link)

    assert expire_due(make.database) == 0
    with make.database.reading() as db:
        assert db.get_one(VerificationSession, session.id).version == session.version


def test_a_session_with_a_result_is_left_alone(make: Make) -> None:
    session = make.finished(link=make.link(expires_at=OVER))
    expire_due(make.database)
    with make.database.reading() as db:
        assert db.get_one(VerificationSession, session.id).status == "needs_review"


def test_a_reusable_link_ends_alone(make: Make) -> None:
    link = make.link(reusable=True, expires_at=OVER)
    session = make.session(link=link, capture="opened")
    expire_due(make.database)
    with make.database.reading() as db:
        assert db.get_one(Link, link.id).state == "expired"
        assert db.get_one(VerificationSession, session.id).capture == "opened"


def test_the_vendors_word_confirms_what_the_clock_said(desk: Desk) -> None:
    expire_due(desk.database)
    finished = desk.session().finished_at
    desk.post(expired())

    session = desk.session()
    assert (session.status, session.expiry_confirmed, session.finished_at) == ("expired", True, finished)
    assert desk.link.state == "expired"


def test_the_vendors_word_alone_ends_the_link_too(client: FlaskClient, make: Make, worker: TestWorker,
                                                  provider: FakeProvider) -> None:  # fmt: skip
    desk = Desk(client, make, worker)
    make.session(link=desk.made, capture="opened")
    desk.post(expired())
    assert (desk.link.state, desk.session().expiry_confirmed) == ("expired", True)
    assert restore_early(make.database) == 0


@pytest.mark.parametrize("body", [passed(), unreadable()], ids=["passed", "failed"])
def test_a_result_after_the_clock_ended_it_is_applied_and_flagged(desk: Desk, body: dict[str, Any]) -> None:
    expire_due(desk.database)
    desk.post(body)

    session = desk.session()
    assert (session.capture, session.late_result, session.status) == ("finished", True, "needs_review")
    assert session.outcome == ("passed" if body["success"] else "failed")
    assert desk.link.state == "expired"


def test_many_workers_at_once_end_each_link_once(make: Make) -> None:
    for _ in range(30):
        make.session(link=make.link(expires_at=OVER))
    counts: list[int] = []
    together = threading.Barrier(4)

    def work() -> None:
        together.wait()
        counts.append(expire_due(make.database))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sum(counts) == 30
    with make.database.reading() as db:
        assert actions(db, "link.expire") == ["link.expire"] * 30


@pytest.mark.parametrize("state", ["active", "paused"])
@pytest.mark.parametrize("capture", ["ready", "opened", "returned"])
def test_a_clock_three_days_ahead_takes_nothing_that_it_does_not_give_back(
    make: Make, state: str, capture: str
) -> None:
    link = make.link(state=state, expires_at=datetime.now(UTC) + timedelta(days=1))
    session = make.session(link=link, capture=capture)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3), tick=True):
        look_at_clock(make.database)
        with make.database.reading() as db:
            assert db.get_one(VerificationSession, session.id).status == "expired"
    look_at_clock(make.database)

    with make.database.reading() as db:
        assert actions(db, "") == ["link.expire", "session.expire", "link.unexpire", "session.unexpire"]
        kept, given_back = db.get_one(Link, link.id), db.get_one(VerificationSession, session.id)
    assert (kept.state, given_back.capture, given_back.finished_at) == (state, capture, None)


def test_a_clock_three_days_behind_ends_nothing_and_a_result_then_is_no_late_one(desk: Desk) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(days=3), tick=True):
        look_at_clock(desk.database)
        desk.post(passed())
    assert (desk.session().outcome, desk.session().late_result) == ("passed", False)


@pytest.mark.parametrize("body", [expired(), passed()], ids=["confirmed", "passed"])
def test_what_the_vendor_said_meanwhile_is_not_undone(desk: Desk, make: Make, body: dict[str, Any]) -> None:
    with desk.database.writing() as db:
        db.get_one(Link, desk.made.id).expires_at = datetime.now(UTC) + timedelta(days=1)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3), tick=True):
        look_at_clock(desk.database)
        desk.post(body)
        before = desk.session()
    assert restore_early(desk.database) == 0
    assert (desk.session().version, desk.link.state) == (before.version, "expired")


def test_nothing_to_do_costs_seven_reads_and_no_write(make: Make) -> None:
    make.session()
    look_at_clock(make.database)  # the first look of a day makes the list of what is to be erased
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement.split(maxsplit=1)[0])

    for engine in {make.database.reader, make.database.writer}:
        event.listen(engine, "before_cursor_execute", note)
    look_at_clock(make.database)
    assert [word for word in said if word != "BEGIN"] == ["SELECT"] * 7


def test_the_worker_looks_at_the_clock_by_itself(app: Flask, make: Make, database: Database) -> None:
    link = make.link(expires_at=OVER)
    worker = Worker(Context.of(app), threads=1)
    worker.start()
    try:
        until = time.monotonic() + 10
        while not ended(database, link) and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        worker.stop()
    assert ended(database, link)


def ended(database: Database, link: Link) -> bool:
    with database.reading() as db:
        return db.get_one(Link, link.id).state == "expired"
