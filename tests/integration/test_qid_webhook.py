"""Where QiD's results come in: the link's address and the installation's, unknown keys, networks, mode; both databases."""

import threading
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import BOTH
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import PageClient
from tests.support.qid_desk import TOKEN, QidDesk
from tests.support.worker import TestWorker
from webapp.actions.actor import SYSTEM
from webapp.actions.deliveries import comes_from, replay
from webapp.actions.link_making import Asking, ask_vendor
from webapp.models import VerificationSession
from webapp.providers.base import VendorLink
from webapp.settings_qid import QidSettings

pytestmark = [
    pytest.mark.database(*BOTH),
    pytest.mark.settings(qid_subscriber_id="SPECIMEN", qid_webhook_token=TOKEN, qid_base_url="http://127.0.0.1:1/"),
]
STRANGER = "66af-0000-0000-0000-0000-0000"


@pytest.fixture
def desk(app: Flask, make: Make, worker: TestWorker) -> QidDesk:
    return QidDesk(app, make, worker)


def create(desk: QidDesk, app: Flask, reference: str) -> VerificationSession:
    """Make a link whose vendor answers with this reference."""
    vendor = FakeProvider()
    vendor.create_answer = VendorLink(reference=reference, url="https://vendor.example/q", expires_at=None)
    link = desk.make.link(provider="qid", kind="liveness", state="creating", vendor_reference="", expires_at=None)
    session = desk.make.session(link=link, capture="creating", reference="")
    folder: Path = app.extensions["vouchdesk.settings"].data_dir
    ask_vendor(desk.database, Asking(by=SYSTEM, provider=vendor, link=link, session_id=session.id,  # type: ignore[arg-type]
                                     public_url="https://console.example", company="Specimen", data_dir=folder))  # fmt: skip
    return session


# ---- the two addresses


def test_the_installations_address_finds_the_link_by_the_key(desk: QidDesk) -> None:
    one, other = desk.link(), desk.link()

    assert desk.post(other, "101", subject="S", token=TOKEN) == 200
    assert (desk.session(other).outcome, desk.session(one).outcome) == ("captured", "none")
    [delivery] = desk.deliveries
    assert (delivery.link_id, delivery.state) == (other.id, "applied")


def test_the_links_own_address_takes_only_its_own_key(desk: QidDesk) -> None:
    one, other = desk.link(), desk.link()

    assert desk.post(one, "101", subject="S", reference=other.vendor_reference) == 200
    assert (desk.session(other).outcome, desk.session(one).outcome) == ("none", "none")
    assert [delivery.state for delivery in desk.deliveries] == ["quarantined"]


@pytest.mark.parametrize("wrong", ["", TOKEN[:-1], TOKEN.upper(), TOKEN + " ", "None"])
def test_nearly_the_installations_token_is_404(desk: QidDesk, wrong: str) -> None:
    answer = desk.client.post(f"/webhooks/qid/{wrong}", data=b"{}")

    assert answer.status_code == 404
    assert desk.deliveries == []


def test_the_installations_token_is_of_no_other_vendor(desk: QidDesk) -> None:
    assert desk.client.post(f"/webhooks/docupass/{TOKEN}", data=b"{}").status_code == 404


@pytest.mark.settings(qid_webhook_token="")
def test_without_a_token_the_installation_has_no_address(desk: QidDesk) -> None:
    assert desk.client.post("/webhooks/qid/", data=b"{}").status_code == 404


# ---- keys that nobody knows


def test_a_key_that_was_never_issued_is_422_and_quarantined(desk: QidDesk) -> None:
    link = desk.link()

    assert [desk.post(link, "101", subject="S", token=TOKEN, reference=STRANGER) for _ in range(3)] == [422] * 3
    [delivery] = desk.deliveries
    assert (delivery.link_id, delivery.state, delivery.copies) == (None, "quarantined", 3)
    assert "No link of this console" in delivery.reason
    assert desk.session(link).outcome == "none"


def test_it_is_422_at_a_links_own_address_too(desk: QidDesk) -> None:
    link = desk.link()

    assert desk.post(link, "101", subject="S", reference=STRANGER) == 422
    [delivery] = desk.deliveries
    assert (delivery.link_id, delivery.state) == (link.id, "quarantined")


def test_what_cannot_be_read_is_400_at_the_installations_address_and_kept(desk: QidDesk) -> None:
    assert desk.client.post(f"/webhooks/qid/{TOKEN}", data=b"{,}").status_code == 400

    [delivery] = desk.deliveries
    assert (delivery.link_id, delivery.state, delivery.body) == (None, "quarantined", b"{,}")
    assert not desk.jobs


@pytest.mark.parametrize("number", [1, 3])
def test_a_result_that_came_before_its_link_is_applied_once_the_key_is_known(
    desk: QidDesk, app: Flask, number: int
) -> None:
    for copy in range(number):
        assert desk.post(desk.link(), "101", subject="S", token=TOKEN, reference=STRANGER, note=copy) == 422
    session = create(desk, app, STRANGER)
    desk.worker.run()

    with desk.database.reading() as db:
        assert db.get_one(VerificationSession, session.id).outcome == "captured"
    assert [delivery.state for delivery in desk.deliveries] == ["applied"] + ["repeat"] * (number - 1)


def test_a_result_stored_while_its_link_was_stored_is_found_by_looking_again(desk: QidDesk, app: Flask) -> None:
    """The two transactions may not see one another: then it is the job's turn."""
    desk.post(desk.link(), "101", subject="S", token=TOKEN, reference=STRANGER)
    link = desk.link(vendor_reference=STRANGER)
    desk.worker.run()
    assert desk.session(link).outcome == "none"

    desk.worker.run_later()
    assert desk.session(link).outcome == "captured"
    assert not desk.jobs


def test_looking_again_in_vain_leaves_it_in_quarantine(desk: QidDesk) -> None:
    desk.post(desk.link(), "101", subject="S", token=TOKEN, reference=STRANGER)
    desk.worker.run_later()

    [delivery] = desk.deliveries
    assert (delivery.state, delivery.link_id) == ("quarantined", None)
    assert not desk.jobs


def test_the_same_bytes_at_both_addresses_are_one_result(desk: QidDesk, app: Flask) -> None:
    link = desk.link(vendor_reference="")
    desk.post(link, "101", subject="S", token=TOKEN, reference=STRANGER)
    with desk.database.writing() as db:
        session = db.get_one(VerificationSession, desk.session(link).id)
        session.reference = STRANGER
    desk.post(link, "101", subject="S", reference=STRANGER)
    desk.worker.run_later()

    assert sorted(delivery.state for delivery in desk.deliveries) == ["applied", "repeat"]
    assert desk.session(link).outcome == "captured"


def test_replaying_what_belongs_to_nobody_says_so_and_changes_nothing(desk: QidDesk) -> None:
    desk.post(desk.link(), "101", subject="S", token=TOKEN, reference=STRANGER)
    [delivery] = desk.deliveries
    with desk.database.writing() as db:
        assert replay(db, by=SYSTEM, delivery_id=delivery.id or 0)
    desk.worker.run()

    [delivery] = desk.deliveries
    assert (delivery.state, delivery.link_id) == ("quarantined", None)


def test_ten_at_once_about_an_unknown_key_are_one_row(desk: QidDesk, app: Flask) -> None:
    link, answers, gate = desk.link(), [], threading.Barrier(5)

    def send() -> None:
        gate.wait()
        answers.extend(QidDesk.post(desk, link, "101", token=TOKEN, reference=STRANGER, run=False) for _ in range(2))

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [delivery] = desk.deliveries
    assert answers == [422] * 10
    assert delivery.copies == 10


# ---- what else must fit


@pytest.mark.settings(qid_webhook_addresses="192.0.2.0/24 2001:db8::7")
def test_a_result_from_a_network_that_is_not_named_is_kept_and_verifies_nothing(desk: QidDesk) -> None:
    link = desk.link()

    assert desk.post(link, "101", subject="S", address="198.51.100.1") == 200
    [delivery] = desk.deliveries
    assert delivery.state == "quarantined"
    assert "198.51.100.1" in delivery.reason
    assert desk.session(link).outcome == "none"

    assert desk.post(link, "101", subject="S", address="192.0.2.9", note="other bytes") == 200
    assert desk.session(link).outcome == "captured"


@pytest.mark.settings(qid_webhook_addresses="192.0.2.0/24")
def test_replaying_it_does_not_help_while_the_network_is_not_named(desk: QidDesk) -> None:
    link = desk.link()
    desk.post(link, "101", subject="S", address="198.51.100.1")
    with desk.database.writing() as db:
        replay(db, by=SYSTEM, delivery_id=desk.deliveries[0].id or 0)
    desk.worker.run()

    assert desk.deliveries[0].state == "quarantined"


@pytest.mark.parametrize(("address", "comes"), [
    ("192.0.2.1", True), ("::ffff:192.0.2.1", True), ("2001:db8::7", True), ("2001:db8::8", False), ("192.0.3.1", False),
    ("", False), ("unix:", False), ("192.0.2.1, 192.0.2.2", False),
])  # fmt: skip
def test_networks_hold_addresses_of_both_kinds(address: str, comes: bool) -> None:
    networks = QidSettings(qid_webhook_addresses="192.0.2.0/24, 2001:db8::7").qid_networks  # type: ignore[arg-type]
    assert comes_from(networks, address) is comes
    assert comes_from((), address)


def test_a_result_of_the_vendors_sandbox_is_none_in_production(desk: QidDesk) -> None:
    link = desk.link()
    desk.post(link, "101", subject="S", mode=0)

    [delivery] = desk.deliveries
    assert delivery.state == "quarantined"
    assert "sandbox" in delivery.reason
    assert desk.session(link).outcome == "none"


def test_nothing_claims_that_the_vendor_was_asked(desk: QidDesk) -> None:
    link = desk.link()
    desk.post(link, "101", subject="S")

    assert desk.deliveries[0].confirmed_at is None
    assert desk.result(link).mode == "production"


def test_the_list_of_deliveries_shows_what_belongs_to_nobody(desk: QidDesk, alice: PageClient) -> None:
    desk.post(desk.link(), "101", subject="S", token=TOKEN, reference=STRANGER)

    page = alice.get("/deliveries").text
    assert "Nobody known" in page and STRANGER in page
    raw = alice.get(f"/deliveries/{desk.deliveries[0].id}/raw").text
    assert "for no link that is known" in raw
