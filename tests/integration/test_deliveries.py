"""What becomes of a delivery: confirmed or not, first or again, in every order; through the endpoint and the worker."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

from tests.support.applied import payload
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.worker import TestWorker
from webapp.db import Database
from webapp.models import AmlMatch, AuditEvent, Delivery, Link, Matter, SessionResult, VerificationSession
from webapp.providers.base import ProviderError

AWAY = ProviderError("The vendor did not answer.", code="timeout", permanent=False)


class Desk:
    """One opened session, the vendor that posts to it, and the worker."""

    def __init__(self, client: FlaskClient, make: Make, worker: TestWorker, **link: Any) -> None:
        self.client, self.make, self.worker, self.database = client, make, worker, make.database
        self.link = make.link(**link)
        self.session_id = make.session(link=self.link, capture="opened").id

    def post(self, body: dict[str, Any] | bytes, *, run: bool = True) -> int:
        raw = (
            body if isinstance(body, bytes) else json.dumps({"reference": self.link.vendor_reference, **body}).encode()
        )
        status = self.client.post(f"/webhooks/docupass/{self.link.webhook_token}", data=raw).status_code
        if run:
            self.worker.run()
        return status

    @property
    def session(self) -> VerificationSession:
        with self.database.reading() as db:
            return db.get_one(VerificationSession, self.session_id)

    def rows(self, model: Any) -> list[Any]:
        with self.database.reading() as db:
            return list(db.exec(select(model).order_by(*model.__table__.primary_key)))

    @property
    def states(self) -> list[str]:
        return [row.state for row in self.rows(Delivery)]


@pytest.fixture
def desk(client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider) -> Desk:
    return Desk(client, make, worker)


def passed(**more: Any) -> dict[str, Any]:
    body = payload("callback_identity_passed")
    body["data"]["dob_day"] = 18  # the vendor's sample contradicts itself here, and is six years old
    for key in ("age", "daysToExpiry"):
        body["data"].pop(key)
    for key in ("reference", "contract"):
        body.pop(key)
    return {**body, "documentimage": [], "faceimage": [], **more}


def failed(code: int = 3, **more: Any) -> dict[str, Any]:
    body = payload("callback_identity_failed")
    body.pop("reference")
    return {**body, "failcode": code, "documentimage": [], "faceimage": [], "aml": [], **more}


def expired() -> dict[str, Any]:
    return {"success": False, "hash": "e" * 32, "failreason": "Session expired", "failcode": 0}


def test_a_confirmed_pass_is_applied_once_and_needs_a_person(desk: Desk) -> None:
    desk.post(passed())

    session = desk.session
    assert (session.capture, session.outcome, session.review, session.status) == (
        "finished",
        "passed",
        "pending",
        "needs_review",
    )
    assert session.decision == "none"
    assert desk.states == ["applied"]


def test_a_pass_with_a_list_match_is_never_shown_as_approved(desk: Desk) -> None:
    desk.post(passed(aml=payload("callback_identity_failed")["aml"]))

    assert desk.session.aml_open
    assert desk.session.status == "needs_review"
    assert [matter.kind for matter in desk.rows(Matter)][:1] == ["aml"]
    [match] = desk.rows(AmlMatch)
    assert match.entry["fullname"] == ["IMA CARDHOLDER"]


def test_a_forged_callback_changes_nothing(desk: Desk, provider: FakeProvider) -> None:
    provider.confirm_answer = False
    before = desk.session

    assert desk.post(passed()) == 200

    after = desk.session
    assert (after.capture, after.outcome, after.review, after.status) == (
        before.capture,
        "none",
        "not_needed",
        "opened",
    )
    assert desk.states == ["quarantined"]
    assert "not its own" in desk.rows(Delivery)[0].reason
    assert desk.rows(SessionResult) == []


def test_while_the_vendor_cannot_be_asked_the_session_says_so_and_then_takes_the_result(
    desk: Desk, provider: FakeProvider
) -> None:
    provider.confirm_answer = AWAY
    assert desk.post(passed()) == 200
    assert (desk.session.outcome, desk.session.unverified, desk.session.status) == ("none", True, "waiting_for_result")

    provider.confirm_answer = True
    desk.worker.run_later()
    assert (desk.session.outcome, desk.session.unverified, desk.session.status) == ("passed", False, "needs_review")
    assert desk.states == ["applied"]
    assert desk.worker.waiting == []


def test_after_48_hours_without_an_answer_the_result_goes_to_quarantine_and_not_to_the_session(
    desk: Desk, provider: FakeProvider
) -> None:
    provider.confirm_answer = AWAY
    desk.post(passed())
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=49), tick=True):
        desk.worker.run_later()

    assert desk.states == ["quarantined"]
    assert (desk.session.outcome, desk.session.unverified) == ("none", False)


def test_the_vendor_away_for_37_hours_loses_nothing(desk: Desk, provider: FakeProvider) -> None:
    start = datetime.now(UTC)
    provider.confirm_answer = AWAY
    desk.post(passed())
    for hour in range(1, 38, 6):
        with time_machine.travel(start + timedelta(hours=hour), tick=True):
            desk.worker.run()
    provider.confirm_answer = True
    with time_machine.travel(start + timedelta(hours=37, minutes=11), tick=True):
        desk.worker.run()

    assert desk.session.outcome == "passed"


@pytest.mark.parametrize("order", list(itertools.permutations(("passed", "failed", "expired"))))
def test_in_every_order_a_conclusive_result_beats_the_expiry_and_two_results_go_to_a_person(
    desk: Desk, order: tuple[str, ...]
) -> None:
    bodies = {"passed": passed(), "failed": failed(hash="f" * 32), "expired": expired()}
    assert [desk.post(bodies[name]) for name in order] == [200, 200, 200]

    first = next(name for name in order if name != "expired")
    session = desk.session
    assert session.outcome == first
    assert session.conflicting_results
    assert session.late_result == (order[0] == "expired")
    assert session.status == "needs_review"
    assert len(desk.rows(SessionResult)) == 1
    assert len(desk.rows(Delivery)) == 3


def test_an_expiry_is_confirmed_by_the_vendors_word(desk: Desk) -> None:
    desk.post(expired())

    assert (desk.session.status, desk.session.expiry_confirmed, desk.session.outcome) == ("expired", True, "none")


def test_a_retry_a_day_later_is_the_same_event(desk: Desk) -> None:
    desk.post(passed())
    version = desk.session.version
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25), tick=True):
        assert desk.post(passed()) == 200

    [delivery] = desk.rows(Delivery)
    assert delivery.copies == 2
    assert desk.session.version == version


def test_the_same_result_in_another_key_order_is_a_repeat_and_not_a_second_result(desk: Desk) -> None:
    body = {"reference": desk.link.vendor_reference, **passed()}
    desk.post(body)
    desk.post(dict(reversed(body.items())))

    assert desk.states == ["applied", "repeat"]
    assert not desk.session.inconsistent_data
    assert not desk.session.conflicting_results


def test_the_same_verdict_with_other_data_is_kept_beside_the_first_and_goes_to_a_person(desk: Desk) -> None:
    desk.post(passed())
    altered = passed()
    altered["data"]["lastName"] = "SOMEONE ELSE"
    desk.post(altered)

    [result] = desk.rows(SessionResult)
    assert result.person["last_name"] == "LASTNAME"
    assert desk.session.inconsistent_data
    assert "inconsistent" in [matter.kind for matter in desk.rows(Matter)]
    assert len(result.outcome_log) == 1


def test_another_fail_code_later_is_listed_and_the_first_stays(desk: Desk) -> None:
    desk.post(failed(3))
    desk.post(failed(2, hash="9" * 32))

    assert desk.session.outcome_code == "3"
    assert desk.rows(SessionResult)[0].outcome_log[0]["code"] == "2"


@pytest.mark.parametrize("claim", ["true", 1, [True], {}, "false", None])
def test_only_the_literal_true_may_become_passed(desk: Desk, claim: Any) -> None:
    desk.post(passed(success=claim))

    assert desk.session.outcome != "passed"
    assert desk.session.status == "needs_review"


@pytest.mark.parametrize(
    "doubt",
    [
        {"verification": {"passed": False, "result": {}}},
        {"failcode": 3},
        {"face": {"isIdentical": False, "confidence": "0.01"}},
    ],
)
def test_a_success_that_contradicts_itself_is_not_passed(desk: Desk, doubt: dict[str, Any]) -> None:
    desk.post(passed(**doubt))

    assert desk.session.outcome == "error"
    assert desk.session.status == "needs_review"


def test_repeated_keys_are_never_a_pass(desk: Desk) -> None:
    text = json.dumps({"reference": desk.link.vendor_reference, **passed()})
    desk.post(text.replace('"success": true', '"success": false, "success": true').encode())

    assert desk.session.outcome != "passed"


def test_a_reference_of_another_link_is_quarantined_and_changes_neither(desk: Desk, make: Make) -> None:
    other = make.session(capture="opened")
    desk.post(passed(reference=other.reference))

    assert desk.states == ["quarantined"]
    assert desk.session.outcome == "none"
    with desk.database.reading() as db:
        assert db.get_one(VerificationSession, other.id).outcome == "none"


def test_a_result_that_comes_before_the_answer_to_create_finds_its_session_by_token_and_customid(
    client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider
) -> None:
    desk = Desk(client, make, worker, state="creating", vendor_reference="")
    with desk.database.writing() as db:
        session = db.get_one(VerificationSession, desk.session_id)
        session.reference, session.capture = "", "creating"
    desk.post(passed(reference="EARLYREF", customid=desk.link.customid))

    assert (desk.session.reference, desk.session.outcome) == ("EARLYREF", "passed")
    assert len(desk.rows(VerificationSession)) == 1


def test_each_user_of_a_reusable_link_gets_a_session_of_his_own(
    client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider
) -> None:
    desk = Desk(client, make, worker, reusable=True)
    for number in range(3):
        desk.post(passed(reference=f"USER{number}", customid=desk.link.customid, hash=f"{number}" * 32))

    sessions = [row for row in desk.rows(VerificationSession) if row.reference.startswith("USER")]
    assert [row.outcome for row in sessions] == ["passed"] * 3


def test_a_result_after_the_link_was_withdrawn_is_kept_and_goes_to_a_person(desk: Desk) -> None:
    with desk.database.writing() as db:
        db.get_one(VerificationSession, desk.session_id).capture = "revoked"
        db.get_one(Link, desk.link.id).state = "revoked"
    desk.post(passed())

    assert (desk.session.capture, desk.session.outcome, desk.session.late_result) == ("revoked", "passed", True)
    assert desk.session.status == "needs_review"


def test_nul_and_lone_surrogates_are_stored_as_replacement_characters_and_the_raw_bytes_stay(desk: Desk) -> None:
    body = passed()
    body["data"]["lastName"] = "NUL\u0000LONE\ud800"
    desk.post(body)

    assert desk.rows(SessionResult)[0].person["last_name"] == "NUL\ufffdLONE\ufffd"
    assert b"\\ud800" in desk.rows(Delivery)[0].body


def test_a_handler_killed_after_its_work_but_before_its_job_was_removed_changes_nothing_when_run_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.worker.finish", lambda _database, _job: None)  # the kill
    desk.post(passed())
    monkeypatch.undo()
    version = desk.session.version

    desk.worker.run_later()

    assert desk.session.version == version
    assert desk.worker.waiting == []
    assert len(desk.rows(SessionResult)) == 1


def test_a_replay_of_an_applied_delivery_says_no_change_and_of_a_quarantined_one_takes_it_in(
    desk: Desk, provider: FakeProvider, app: Flask
) -> None:
    provider.confirm_answer = False
    desk.post(passed())
    provider.confirm_answer = True
    runner = app.test_cli_runner()

    assert runner.invoke(args=["deliveries", "replay", "1"]).output.startswith("Queued")
    desk.worker.run()
    assert desk.session.outcome == "passed"
    assert runner.invoke(args=["deliveries", "replay", "1"]).output.startswith("No change")
    assert runner.invoke(args=["deliveries", "replay", "99"]).exit_code == 1


def test_every_step_leaves_an_audit_row_without_personal_values(desk: Desk, database: Database) -> None:
    desk.post(passed())

    with database.reading() as db:
        rows = db.exec(select(AuditEvent).order_by(col(AuditEvent.seq))).all()
    assert {"session.result", "delivery.applied"} <= {row.action for row in rows}
    text = " ".join(str((row.before, row.after)) for row in rows)
    assert "LASTNAME" not in text
    assert "1234561" not in text
