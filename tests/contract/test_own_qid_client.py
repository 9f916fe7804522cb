"""Our own QiD client against the sandbox over a socket: what was asked for is what was understood, and results read back."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.live_server import LiveServer
from webapp.providers.base import ATTRIBUTES, Denied, LinkRequest, Options, Outcome, ProviderError, VendorLink
from webapp.providers.qid.client import QiD
from webapp.providers.qid.codes import CODES, RESULTS
from webapp.providers.qid.style import HeaderStyle
from webapp.sandbox.qid.found import SHAPES
from webapp.sandbox.qid.store import QidStore

EVERYTHING = Options(liveness=True, dark=True, location=True, attributes=ATTRIBUTES)


def client(base: str, subscriber: str = "SANDBOX", **style: Any) -> QiD:
    return QiD(base_url=base, subscriber_id=subscriber, mode="sandbox", style=HeaderStyle(**style))


@pytest.fixture
def qid(sandbox: Any) -> QiD:
    return client(sandbox.base)


def wanted(receiver: Any, options: Options | None = None) -> LinkRequest:
    return LinkRequest(
        kind="liveness", customid="case-1", company_name="Specimen & Söhne", callback_url=receiver.url,
        options=options or Options(),
    )  # fmt: skip


def understood(folder: Path, link: VendorLink) -> Options:
    """The options as the sandbox stored them, in our words."""
    found = QidStore(folder / "sandbox" / "sandbox.sqlite").request(link.reference)
    assert found is not None
    asked = found.asked
    return Options(
        liveness=asked.liveness, dark=asked.dark, location=asked.location,
        attributes=tuple(ATTRIBUTES[number - 1] for number in asked.metadata),
    )  # fmt: skip


def ended(qid: QiD, receiver: Any, link: VendorLink, **fields: str) -> Outcome:
    """What the client reads of the webhook that ends the link so."""
    requests.post(f"{link.url}/complete", data=fields, timeout=10, allow_redirects=False).raise_for_status()
    raw = (receiver.wait(), receiver.raw)[1][-1]
    assert qid.identify(raw) == link.reference
    return qid.read(raw)


@pytest.mark.parametrize("options", [
    Options(), EVERYTHING, Options(liveness=False), Options(location=True), Options(dark=True),
    *(Options(attributes=(name,)) for name in ATTRIBUTES),
], ids=str)  # fmt: skip
@pytest.mark.parametrize("style", [{}, {"metadata": "metadata_list", "light": "0", "dark": "1"}], ids=["page", "seed"])
def test_every_option_is_understood_in_either_spelling(
    sandbox: Any, receiver: Any, tmp_path: Path, options: Options, style: dict[str, Any]
) -> None:
    link = client(sandbox.base, **style).create(wanted(receiver, options))
    assert understood(tmp_path, link) == options


def test_the_options_arrive_through_the_consoles_own_server(live_server: LiveServer, receiver: Any) -> None:
    qid = client(f"{live_server.url}/sandbox/")
    outcome = ended(qid, receiver, qid.create(wanted(receiver, EVERYTHING)), location="tokyo")
    assert outcome.location == {"lat": 35.6762, "lon": 139.6503}
    assert set(outcome.attributes) == set(ATTRIBUTES)
    assert (outcome.result, outcome.mode, outcome.liveness) == ("captured", "sandbox", "passed")


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_the_sandboxs_metadata_reads_the_same(qid: QiD, receiver: Any, shape: str) -> None:
    outcome = ended(
        qid, receiver, qid.create(wanted(receiver, EVERYTHING)), shape=shape, gender="Female", age_low="30", age_high="38",
        beard="no", emotion="Happy", confidence="97.5",
    )  # fmt: skip
    assert not [name for name, read in outcome.attributes.items() if "raw" in read]
    assert outcome.attributes["gender"] == {"value": "Female", "confidence": 97.5}
    assert outcome.attributes["age_range"] == {"low": 30, "high": 38}
    assert outcome.attributes["beard"] == {"value": False, "confidence": 97.5}
    assert outcome.attributes["emotions"]["values"][0] == {"name": "Happy", "confidence": 97.5}


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_the_sandbox_reads_as_it_should(qid: QiD, receiver: Any, code: str) -> None:
    outcome = ended(qid, receiver, qid.create(wanted(receiver)), code=code)
    assert (outcome.result, outcome.code) == (RESULTS.get(code, "error"), code)
    assert outcome.contradictions == () and qid.confirm(outcome) is True


@pytest.mark.parametrize("twist, result", [
    ("unknown_code", "error"), ("contradiction", "error"), ("no_person", "error"), ("status_text", "error"),
    ("code_number", "captured"),
])  # fmt: skip
def test_a_bent_webhook_is_captured_only_when_it_is_clear(qid: QiD, receiver: Any, twist: str, result: str) -> None:
    assert ended(qid, receiver, qid.create(wanted(receiver)), callback=twist).result == result


def test_a_webhook_of_the_other_mode_is_denied(qid: QiD, receiver: Any) -> None:
    with pytest.raises(Denied):
        qid.confirm(ended(qid, receiver, qid.create(wanted(receiver)), callback="wrong_mode"))


@pytest.mark.parametrize("subscriber, code, permanent", [
    ("DEMO01", "002", True), ("INACTIVE", "003", True), ("BADIP", "004", True), ("NOIP", "005", True),
    ("NOTOKEN", "054", False), ("BROKEN", "000", False),
])  # fmt: skip
def test_a_refusal_has_the_vendors_code(
    sandbox: Any, receiver: Any, subscriber: str, code: str, permanent: bool
) -> None:
    with pytest.raises(ProviderError) as caught:
        client(sandbox.base, subscriber).create(wanted(receiver))
    assert (caught.value.code, caught.value.permanent) == (code, permanent)


@pytest.mark.parametrize("address, code", [("", "051"), ("desk.example/hook", "052")])
def test_an_address_that_is_missing_or_wrong_has_the_vendors_code(
    qid: QiD, receiver: Any, address: str, code: str
) -> None:
    with pytest.raises(ProviderError) as caught:
        qid.create(replace(wanted(receiver), callback_url=address))
    assert (caught.value.code, caught.value.permanent) == (code, True)


def test_a_token_that_expired_by_the_sandboxs_clock_is_renewed_without_a_word(run_sandbox: Any, receiver: Any) -> None:
    sandbox = run_sandbox(36_000)  # a token of 60 minutes lives for 0.1 s
    qid = client(sandbox.base)
    first = qid.create(wanted(receiver))
    time.sleep(0.15)
    assert qid.create(wanted(receiver)).reference != first.reference
