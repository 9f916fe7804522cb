"""What every provider must do, whatever its vendor is like: the same cases for each, on a real socket; both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

from tests.conftest import BOTH
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.kits import KITS, Kit, Vendors, raw, with_vendors
from tests.support.making import Maker
from tests.support.worker import TestWorker
from webapp.actions import links
from webapp.actions.actor import SYSTEM
from webapp.actions.expiry import expire_due
from webapp.actions.link_making import Asking, ask_vendor
from webapp.models import Delivery, Link, SessionResult, VerificationSession
from webapp.models.words import OUTCOME
from webapp.providers import PROVIDERS
from webapp.providers.base import CAUSES, LinkRequest, Options, Provider, ProviderError, Unreadable, VendorLink
from webapp.providers.build import SILENT_AFTER, build_providers

pytestmark = pytest.mark.database(*BOTH)
PLAIN = pytest.mark.database("sqlite")
HOSTILE = [
    b"", b"[]", b"null", b'"text"', b"{", b"{}", b"\xff\xfe{}", b"\x00" * 50, b'{"a":' + b"[" * 100_000, b"success=true",
    b'{"reference":["R"],"hash":{},"webid_key":[],"code":{}}',
]  # fmt: skip
ODD: list[dict[str, Any]] = [
    {"n": float("nan")}, {"n": 10**4000}, {"text": "\x00"}, {"text": "\ud800"}, {"customid": {"a": 1}}, {"message": 7},
    {"data": 3, "face": "x", "metadata": "x", "location": "x"},
]  # fmt: skip


@pytest.fixture(params=sorted(KITS))
def kit(request: pytest.FixtureRequest) -> Kit:
    return KITS[request.param]


@pytest.fixture
def vendors() -> Iterator[Vendors]:
    made = Vendors()
    yield made
    made.stop()


class Case:
    """One link of the provider with its opened session; `post(body)` delivers and has it taken in."""

    def __init__(self, app: Flask, kit: Kit, vendors: Vendors, make: Make, worker: TestWorker) -> None:
        self.kit, self.vendors, self.make, self.worker = kit, vendors, make, worker
        self.client: FlaskClient = app.test_client()
        parts = app.extensions
        parts["vouchdesk.providers"].update(build_providers(with_vendors(parts["vouchdesk.settings"], vendors)))
        self.provider: Provider = parts["vouchdesk.providers"][kit.key]
        self.link: Link = make.link(
            provider=kit.key, kind=kit.kind, vendor_reference=kit.reference, options=Options(aml=False)
        )
        self.opened = make.session(link=self.link, capture="opened", opened_at=datetime.now(UTC))

    @property
    def session(self) -> VerificationSession:
        with self.make.database.reading() as db:
            return db.get_one(VerificationSession, self.opened.id)

    @property
    def results(self) -> list[SessionResult]:
        with self.make.database.reading() as db:
            return list(db.exec(select(SessionResult)))

    @property
    def deliveries(self) -> list[Delivery]:
        with self.make.database.reading() as db:
            return list(db.exec(select(Delivery).order_by(col(Delivery.id))))

    def body(self, word: str, reference: str = "") -> dict[str, Any]:
        body: dict[str, Any] = getattr(self.kit, word)(reference or self.kit.reference, self.link.customid)
        return body

    def post(self, body: bytes | dict[str, Any], *, token: str = "", run: bool = True) -> int:
        content = body if isinstance(body, bytes) else raw(body)
        answer = self.client.post(f"/webhooks/{self.kit.key}/{token or self.link.webhook_token}", data=content)
        if run:
            self.worker.run()
        return answer.status_code


@pytest.fixture
def case(app: Flask, kit: Kit, vendors: Vendors, make: Make, worker: TestWorker) -> Case:
    return Case(app, kit, vendors, make, worker)


def maker(case: Case, app: Flask) -> Maker:
    return Maker(case.make.database, case.provider, app.extensions["vouchdesk.settings"].data_dir)  # type: ignore[arg-type]


@PLAIN
def test_every_provider_has_its_kit_its_name_and_its_time(database: Any) -> None:
    assert set(KITS) == set(PROVIDERS) == set(SILENT_AFTER)
    assert {kit.done for kit in KITS.values()} <= set(OUTCOME)


# ---- making a link


def test_a_link_is_made_with_the_vendors_address_and_its_end(case: Case, app: Flask) -> None:
    link = maker(case, app).create(kind=case.kit.kind)

    assert (link.state, link.error_code) == ("active", "")
    assert link.vendor_reference and link.vendor_url.startswith("https://")
    assert link.expires_at is not None and link.expires_at > datetime.now(UTC)
    assert [call.path for call in case.vendors.calls].count(case.kit.makes) == 1


def test_a_refusal_is_kept_with_its_code_and_explained(case: Case, app: Flask) -> None:
    case.vendors.answers[case.kit.makes] = [case.kit.refusal]
    link = maker(case, app).create(kind=case.kit.kind)

    assert (link.state, link.error_code, link.error_final) == ("create_failed", case.kit.refusal_code, True)
    assert "Specimen refusal" in link.error_text
    assert case.provider.describe_error(link.error_code)


@pytest.mark.parametrize("answer", [(500, b"{}"), (502, b"<html>Bad gateway</html>"), (200, b"not JSON"), (200, b"[]")])
def test_a_vendor_that_answers_nonsense_may_be_asked_again(case: Case, app: Flask, answer: tuple[int, bytes]) -> None:
    case.vendors.answers[case.kit.makes] = [answer]
    link = maker(case, app).create(kind=case.kit.kind)

    assert (link.state, link.error_final) == ("create_failed", False)
    again = maker(case, app).retry(link)
    assert again is not None and again.state == "active"


def test_a_vendor_that_is_away_may_be_asked_again(case: Case, app: Flask) -> None:
    case.vendors.stop()
    link = maker(case, app).create(kind=case.kit.kind)

    assert (link.state, link.error_final) == ("create_failed", False)
    assert case.provider.describe_error(link.error_code)


def test_a_kind_it_does_not_have_is_refused_before_anybody_is_asked(case: Case) -> None:
    kinds = {"identity", "signature", "liveness"} - set(case.provider.kinds)
    assert case.kit.kind in case.provider.kinds
    for kind in kinds:
        request = LinkRequest(kind=kind, customid="c", company_name="s", callback_url="https://console.example/w")
        with pytest.raises(ProviderError) as refused:
            case.provider.create(request)
        assert refused.value.permanent
    assert not case.vendors.calls


def test_no_secret_is_in_what_it_says_of_itself(case: Case, app: Flask) -> None:
    maker(case, app).create(kind=case.kit.kind)
    assert not [secret for secret in case.kit.settings.values() if secret in repr(case.provider)]


@PLAIN
def test_it_has_its_copy_deleted_or_says_that_it_keeps_none_without_asking(case: Case) -> None:
    if not case.kit.erases:
        with pytest.raises(ProviderError) as none_kept:
            case.provider.erase_copy("V" * 32)
        assert none_kept.value.permanent and none_kept.value.text and not case.vendors.calls
        return
    case.provider.erase_copy("V" * 32)
    case.vendors.answers[case.kit.erases] = [case.kit.refusal, (500, b"{}"), (200, b"{}")]
    for permanent in (True, False, False):
        with pytest.raises(ProviderError) as refused:
            case.provider.erase_copy("V" * 32)
        assert refused.value.permanent is permanent
    assert [call.path for call in case.vendors.calls] == [case.kit.erases] * 4


# ---- results


def test_a_result_is_applied_once(case: Case) -> None:
    assert case.post(case.body("passed")) == 200

    assert (case.session.capture, case.session.outcome) == ("finished", case.kit.done)
    assert [delivery.state for delivery in case.deliveries] == ["applied"]
    assert len(case.results) == 1


def test_the_same_bytes_again_change_nothing_and_are_counted(case: Case) -> None:
    case.post(case.body("passed"))
    version = case.session.version
    assert [case.post(case.body("passed")) for _ in range(3)] == [200] * 3

    [delivery] = case.deliveries
    assert (delivery.copies, case.session.version) == (4, version)


def test_the_same_result_in_other_bytes_is_kept_and_changes_nothing(case: Case) -> None:
    case.post(case.body("passed"))
    case.post(raw(case.body("passed")) + b"\n")

    assert [delivery.state for delivery in case.deliveries] == ["applied", "repeat"]
    assert not case.session.conflicting_results
    assert len(case.results) == 1


def test_a_result_before_the_vendors_answer_was_stored_waits_for_its_session(
    case: Case, app: Flask, make: Make
) -> None:
    """The vendor may be quicker with a result than with the answer that names its reference."""
    link = make.link(provider=case.kit.key, kind=case.kit.kind, state="creating", vendor_reference="")
    session = make.session(link=link, capture="creating", reference="")
    body = case.kit.passed("EARLY-1", "" if case.provider.issues_references else "other")
    case.post(body, token=link.webhook_token)
    assert [delivery.state for delivery in case.deliveries] == ["unmatched"]

    vendor = FakeProvider()
    vendor.create_answer = VendorLink(reference="EARLY-1", url="https://vendor.example", expires_at=None)
    folder = app.extensions["vouchdesk.settings"].data_dir
    ask_vendor(make.database, Asking(by=SYSTEM, provider=vendor, link=link, session_id=session.id, public_url="",
                                     company="", data_dir=folder))  # type: ignore[arg-type]  # fmt: skip
    case.worker.run()
    with make.database.reading() as db:
        assert db.get_one(VerificationSession, session.id).outcome == case.kit.done


def test_a_result_about_an_unknown_reference_changes_nothing(case: Case) -> None:
    status = case.post(case.body("passed", reference="66af-0000-0000-0000-0000-0000"))

    assert status == (422 if case.provider.issues_references else 200)
    [delivery] = case.deliveries
    assert delivery.state == "quarantined" and delivery.reason
    assert (case.session.outcome, case.results) == ("none", [])


def test_a_forged_result_changes_nothing(case: Case) -> None:
    case.vendors.believes = False
    case.post(case.kit.forged(case.body("passed")))

    [delivery] = case.deliveries
    assert delivery.state == "quarantined" and delivery.reason
    assert (case.session.outcome, case.session.capture, case.results) == ("none", "opened", [])


def test_a_wrong_address_is_404_and_nothing_is_kept(case: Case) -> None:
    token = case.link.webhook_token
    for wrong in ("", token[:-1], token.swapcase(), case.link.token, "x" * len(token)):
        assert case.client.post(f"/webhooks/{case.kit.key}/{wrong}", data=raw(case.body("passed"))).status_code == 404
    for other in set(KITS) - {case.kit.key}:
        assert case.client.post(f"/webhooks/{other}/{token}", data=raw(case.body("passed"))).status_code == 404
    assert case.deliveries == []


@pytest.mark.parametrize("over", ["by_clock", "by_vendor", "revoked"])
def test_a_late_result_counts_and_goes_to_a_person(case: Case, over: str) -> None:
    if over == "by_vendor":
        case.post(case.body("expired"))
        assert case.session.expiry_confirmed
    elif over == "by_clock":
        with case.make.database.writing() as db:
            db.get_one(Link, case.link.id).expires_at = datetime.now(UTC) - timedelta(hours=1)
        assert expire_due(case.make.database) == 1
    else:
        with case.make.database.writing() as db:
            links.revoke(db, by=SYSTEM, link_id=case.link.id or 0, reason="other")
    case.post(case.body("passed"))

    assert (case.session.outcome, case.session.late_result, case.session.review) == (case.kit.done, True, "pending")


def test_an_expiry_after_the_result_changes_nothing(case: Case) -> None:
    case.post(case.body("passed"))
    case.post(case.body("expired"))

    assert (case.session.capture, case.session.outcome) == ("finished", case.kit.done)
    assert [delivery.state for delivery in case.deliveries] == ["applied", "repeat"]


def test_two_results_that_differ_go_to_a_person_in_both_orders(case: Case) -> None:
    case.post(case.body("failed"))
    case.post(case.body("passed"))

    assert (case.session.conflicting_results, case.session.review) == (True, "pending")
    assert case.session.outcome != case.kit.done


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_what_cannot_be_a_result_is_refused_and_kept(case: Case, content: bytes) -> None:
    assert case.post(content) == 400

    [delivery] = case.deliveries
    assert (delivery.state, delivery.body) == ("quarantined", content)
    assert case.session.outcome == "none"


@pytest.mark.parametrize("more", ODD, ids=range(len(ODD)))
def test_odd_values_are_never_a_server_error_and_never_lost(case: Case, more: dict[str, Any]) -> None:
    assert case.post(raw(case.body("passed"), **more)) in (200, 400)

    assert len(case.deliveries) == 1
    assert case.session.outcome in ("none", "error", case.kit.done)


@PLAIN
@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_reading_raises_unreadable_and_nothing_else(case: Case, content: bytes) -> None:
    for read in (case.provider.identify, case.provider.read):
        with pytest.raises(Unreadable):
            read(content)


# ---- words


@PLAIN
def test_every_code_a_vendor_may_send_is_explained(case: Case) -> None:
    for code in [*map(str, range(120)), *(f"{number:03d}" for number in range(120))]:
        meaning = case.provider.describe_code(code)
        assert meaning.meaning and meaning.short and meaning.applicant and meaning.officer, code
        assert meaning.cause in CAUSES and meaning.route in ("review", "failed", "expired"), code
        assert meaning.priority in ("high", "normal", "low"), code
        assert not any(word in meaning.applicant.lower() for word in ("fraud", "fake", "authentic", "sanction")), code


@PLAIN
@pytest.mark.parametrize("code", ["", "no such code", "９"])
def test_an_unknown_code_goes_to_a_person_and_to_the_operator(case: Case, code: str) -> None:
    meaning = case.provider.describe_code(code)
    assert (meaning.route, meaning.alarm) == ("review", True)
