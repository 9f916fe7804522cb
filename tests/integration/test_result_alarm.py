"""A code nobody has a category for: the session goes to a person, and whoever runs the console is told."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from structlog.testing import CapturingLogger

from tests.integration.test_deliveries import Desk, failed, passed
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.worker import TestWorker
from webapp.actions import sessions


@pytest.fixture
def desk(client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider) -> Desk:
    return Desk(client, make, worker)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> CapturingLogger:
    """What is logged about results."""
    logger = CapturingLogger()
    monkeypatch.setattr(sessions, "log", logger)
    return logger


@pytest.mark.parametrize(
    ("body", "code"), [(failed(99), "99"), (failed(57), "57"), (failed() | {"failcode": None}, "")]
)
def test_an_unknown_code_raises_an_alarm_and_goes_to_review(
    desk: Desk, said: CapturingLogger, body: dict[str, Any], code: str
) -> None:
    desk.post(body)
    desk.post(body | {"hash": "f" * 32})
    alarms = [(call.method_name, *call.args, call.kwargs["session"], call.kwargs["code"]) for call in said.calls]
    assert alarms == [("error", "result.code_unknown", desk.session_id, code)]
    assert (desk.session.review, desk.session.outcome) == ("pending", "failed")


@pytest.mark.parametrize("body", [failed(3), passed()])
def test_a_known_code_and_a_pass_raise_none(desk: Desk, said: CapturingLogger, body: dict[str, Any]) -> None:
    desk.post(body)
    assert said.calls == []
    assert desk.session.outcome != "none"


def test_fourteen_where_both_sides_were_to_agree_goes_to_review_with_both_readings(
    client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider
) -> None:
    for both, review in ((False, "not_needed"), (True, "pending")):
        desk = Desk(client, make, worker, options={"both_sides": both, "biometric": "none"})
        desk.post({"success": False, "hash": "a" * 32, "failcode": 14, "failreason": "Document type", "aml": []})
        assert desk.session.review == review
