"""The table of duplicates, order and lateness (product rules 5.6), row by row and in both orders; both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.support.desk import Desk, expired, failed, passed, unreadable
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.worker import TestWorker
from webapp.actions import links
from webapp.actions.actor import SYSTEM
from webapp.actions.expiry import expire_due
from webapp.actions.intake import IN_ROW
from webapp.actions.link_making import Asking, ask_vendor
from webapp.models import Delivery, Job, Link, SessionResult, VerificationSession
from webapp.providers.base import VendorLink


@pytest.fixture
def desk(client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider) -> Desk:
    """A link and its opened session."""
    desk = Desk(client, make, worker)
    make.session(link=desk.made, capture="opened", opened_at=datetime.now(UTC))
    return desk


def states(desk: Desk) -> list[str]:
    return [row.state for row in desk.rows(Delivery)]


def change(desk: Desk, **fields: Any) -> None:
    with desk.database.writing() as db:
        session = db.get_one(VerificationSession, desk.session().id)
        for name, value in fields.items():
            setattr(session, name, value)


def by_clock(desk: Desk) -> None:
    with desk.database.writing() as db:
        db.get_one(Link, desk.made.id).expires_at = datetime.now(UTC) - timedelta(hours=1)
    assert expire_due(desk.database) == 1


def by_vendor(desk: Desk) -> None:
    desk.post(expired())


def test_the_same_bytes_only_raise_the_counter(desk: Desk) -> None:
    desk.post(passed())
    version = desk.session().version
    desk.post(passed())
    [delivery] = desk.rows(Delivery)
    assert (delivery.copies, desk.session().version) == (2, version)


def test_the_same_result_with_fresh_addresses_is_a_repeat(desk: Desk) -> None:
    pictures = [{"side": "front", "url": "https://objects.idanalyzer.com/1.jpg"}]
    fresh = [{"side": "front", "url": "https://objects.idanalyzer.com/2.jpg"}]
    desk.post(passed(documentimage=pictures), run=False)
    desk.post(passed(documentimage=fresh), run=False)
    desk.worker.run(faults_expected=True)
    assert states(desk) == ["applied", "repeat"]
    assert not desk.session().inconsistent_data


@pytest.mark.parametrize("end", [by_clock, by_vendor])
@pytest.mark.parametrize("body", [passed(), unreadable()], ids=["passed", "failed"])
def test_expired_then_a_result_is_applied_flagged_and_reviewed(desk: Desk, end: Any, body: dict[str, Any]) -> None:
    end(desk)
    desk.post(body)
    session = desk.session()
    assert (session.capture, session.late_result, session.status) == ("finished", True, "needs_review")
    assert (session.outcome != "none", desk.link.state) == (True, "expired")


@pytest.mark.parametrize("body", [passed(), unreadable()], ids=["passed", "failed"])
def test_a_result_then_expired_is_kept_and_not_applied(desk: Desk, body: dict[str, Any]) -> None:
    desk.post(body)
    before = desk.session()
    desk.post(expired())
    after = desk.session()
    assert (after.capture, after.outcome, after.status) == (before.capture, before.outcome, before.status)
    assert (after.late_result, after.expiry_confirmed, desk.link.state) == (False, False, "used_up")
    assert [entry["result"] for entry in desk.rows(SessionResult)[0].outcome_log] == ["expired"]
    assert expire_due(desk.database, datetime.now(UTC) + timedelta(days=30)) == 0


@pytest.mark.parametrize("first", [True, False], ids=["passed first", "failed first"])
def test_two_verdicts_for_one_reference_keep_the_first_and_go_to_a_person(desk: Desk, first: bool) -> None:
    bodies = [passed(), unreadable()]
    for body in bodies if first else reversed(bodies):
        desk.post(body)
    session = desk.session()
    assert (session.outcome, session.conflicting_results) == ("passed" if first else "failed", True)
    assert session.status == "needs_review"


@pytest.mark.parametrize("codes", [(1, 4), (4, 1)])
def test_a_second_fail_code_is_listed_and_the_first_stays(desk: Desk, codes: tuple[int, int]) -> None:
    for code in codes:
        desk.post({**unreadable(str(code)), "failcode": code})
    assert desk.session().outcome_code == str(codes[0])
    assert [entry["code"] for entry in desk.rows(SessionResult)[0].outcome_log] == [str(codes[1])]


@pytest.mark.parametrize("decision", ["approved", "rejected"])
def test_a_result_after_a_decision_leaves_it_and_says_that_there_are_new_facts(desk: Desk, decision: str) -> None:
    desk.post(passed())
    change(desk, review="done", decision=decision)
    desk.post(dict(reversed(passed().items())))
    desk.post(expired())
    assert not desk.session().new_facts_after_decision  # the same again, and an expiry, are none

    desk.post(failed(2))
    session = desk.session()
    assert (session.decision, session.status, session.new_facts_after_decision) == (decision, decision, True)


def test_a_decision_before_any_result_stays_too(desk: Desk) -> None:
    change(desk, review="done", decision="rejected")
    desk.post(passed())
    session = desk.session()
    assert (session.decision, session.status, session.new_facts_after_decision) == ("rejected", "rejected", True)


@pytest.mark.parametrize("body", [passed(), unreadable()], ids=["passed", "failed"])
def test_a_result_after_revocation_is_kept_and_reviewed(desk: Desk, body: dict[str, Any]) -> None:
    with desk.database.writing() as db:
        links.revoke(db, by=SYSTEM, link_id=desk.made.id or 0, reason="other")
    desk.post(body)
    session = desk.session()
    assert (session.capture, session.late_result, session.status) == ("revoked", True, "needs_review")
    assert desk.link.state == "revoked"


def test_a_revocation_after_a_result_is_refused(desk: Desk) -> None:
    desk.post(passed())
    with desk.database.writing() as db, pytest.raises(links.NotPossible):
        links.revoke(db, by=SYSTEM, link_id=desk.made.id or 0, reason="other")


def test_an_expiry_after_revocation_leaves_it_revoked(desk: Desk) -> None:
    with desk.database.writing() as db:
        links.revoke(db, by=SYSTEM, link_id=desk.made.id or 0, reason="other")
    desk.post(expired())
    assert (desk.session().status, desk.link.state) == ("revoked", "revoked")


@pytest.mark.parametrize("size", [0, IN_ROW + 1], ids=["small", "in a file"])
def test_a_result_after_erasure_leaves_nothing_but_hash_and_time(desk: Desk, app: Flask, size: int) -> None:
    change(desk, erased=True)
    before = desk.session()
    desk.post(passed(filling="x" * size))

    [delivery] = desk.rows(Delivery)
    assert (delivery.state, delivery.body, delivery.body_file, delivery.headers) == ("repeat", None, "", {})
    assert len(delivery.body_sha256) == 64
    assert delivery.received_at is not None
    assert desk.rows(SessionResult) == []
    assert desk.session().version == before.version
    folder = app.extensions["vouchdesk.settings"].data_dir / "deliveries"
    assert [path for path in folder.iterdir() if path.is_file()] == []


def test_a_result_before_the_answer_to_create_waits_for_its_reference(
    client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider, app: Flask
) -> None:
    desk = Desk(client, make, worker, state="creating", vendor_reference="")
    session = make.session(link=desk.made, capture="creating", reference="")
    desk.post(passed(customid=""), reference="EARLY")
    assert states(desk) == ["unmatched"]
    assert [job.kind for job in desk.rows(Job)] == ["take_in"]

    provider.create_answer = VendorLink(reference="EARLY", url="https://vendor.example/s/EARLY", expires_at=None)
    settings = app.extensions["vouchdesk.settings"]
    ask_vendor(make.database, Asking(by=SYSTEM, provider=provider, link=desk.made, session_id=session.id, company="x",
                                     public_url="https://console.example", data_dir=settings.data_dir))  # fmt: skip
    worker.run()
    assert states(desk) == ["applied"]
    assert (desk.session("EARLY").outcome, desk.session("EARLY").id) == ("passed", session.id)
    worker.run_later()
    assert states(desk) == ["applied"]


def test_after_ten_minutes_a_result_that_found_no_session_is_set_aside(
    client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider
) -> None:
    desk = Desk(client, make, worker, state="creating", vendor_reference="")
    make.session(link=desk.made, capture="creating", reference="")
    desk.post(passed(customid=""), reference="EARLY")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=True):
        worker.run()
    assert states(desk) == ["quarantined"]
    assert worker.waiting == []


def test_a_retry_a_day_later_is_no_fault(desk: Desk) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=24), tick=True):
        desk.post(passed())
    assert (desk.session().outcome, desk.session().late_result) == ("passed", False)
