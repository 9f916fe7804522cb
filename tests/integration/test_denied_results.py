"""A result that the provider itself denies, without asking anybody: set aside with its reason, and nothing is changed."""

import pytest
from flask.testing import FlaskClient

from tests.support.desk import Desk, passed
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.worker import TestWorker
from webapp.models import Delivery, SessionResult
from webapp.providers.base import Denied

REASON = "This is a sandbox result; this console takes production results."


@pytest.fixture
def desk(client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider) -> Desk:
    made = Desk(client, make, worker)
    make.session(link=made.made, capture="opened")
    return made


def test_a_denied_result_is_set_aside_with_the_providers_reason(desk: Desk, provider: FakeProvider) -> None:
    provider.confirm_answer = Denied(REASON)
    assert desk.post(passed()) == 200
    assert [(row.state, row.reason) for row in desk.rows(Delivery)] == [("quarantined", REASON)]
    assert (desk.session().outcome, desk.session().unverified, desk.rows(SessionResult)) == ("none", False, [])
