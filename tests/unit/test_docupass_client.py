"""The DocuPass client over real sockets: what it sends, and what it makes of every kind of answer."""

import base64
import json
import logging
import os
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from webapp.providers.base import LinkRequest, Options, Outcome, Provider, ProviderError, SuppliedPicture
from webapp.providers.docupass import client
from webapp.providers.docupass.client import DocuPass
from webapp.providers.docupass.form_identity import PARTS

PAYLOADS = Path(__file__).parent.parent / "payloads" / "docupass"
KEY = "specimen-secret-key"
REQUEST = LinkRequest(
    kind="identity", customid="17", company_name="Acme Ltd", callback_url="https://console.example/webhooks/docupass/t"
)
OUTCOME = Outcome(reference="VQTAP6ZN", proof="good")
FUTURE = 4_000_000_000


def link_answer(**changes: Any) -> dict[str, Any]:
    answer = json.loads((PAYLOADS / "create_identity_response.json").read_text()) | {"expiry": FUTURE} | changes
    return {key: value for key, value in answer.items() if value is not None}


@pytest.fixture
def vendor(httpserver: HTTPServer) -> HTTPServer:
    return httpserver


@pytest.fixture
def away() -> Provider:
    """A client of a vendor that is not there: the port is free again as soon as it is known."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return DocuPass(base_url=f"http://127.0.0.1:{port}/", api_key=KEY)


@pytest.fixture
def docupass(vendor: HTTPServer) -> Provider:
    return DocuPass(base_url=vendor.url_for("/"), api_key=KEY)


def sent(vendor: HTTPServer) -> Request:
    assert len(vendor.log) == 1
    return vendor.log[0][0]


# ---- what is sent


def test_the_defaults_send_exactly_this_form(vendor: HTTPServer, docupass: Provider) -> None:
    vendor.expect_request("/docupass/create", method="POST").respond_with_json(link_answer())
    docupass.create(REQUEST)
    request = sent(vendor)
    assert request.content_type == "application/x-www-form-urlencoded"
    assert request.headers["User-Agent"] == "Vouchdesk"
    assert request.form.to_dict() == {
        "apikey": KEY, "type": "1", "companyname": "Acme Ltd", "customid": "17",
        "callbackurl": "https://console.example/webhooks/docupass/t", "biometric": "1", "biometric_threshold": "0.4",
        "authenticate_minscore": "0.3", "maxattempt": "2", "verify_expiry": "true", "aml_check": "true",
        "aml_strict_match": "false", "expiry": "604800", "reusable": "false", "vault_save": "false",
        "return_type": "1", "return_documentimage": "true", "return_faceimage": "true",
    }  # fmt: skip


def test_a_kind_that_docupass_does_not_have_is_refused_without_asking(vendor: HTTPServer, docupass: Provider) -> None:
    with pytest.raises(ProviderError) as caught:
        docupass.create(replace(REQUEST, kind="liveness"))
    assert caught.value.permanent and not vendor.log
    assert docupass.describe_error(caught.value.code)


def test_an_option_that_would_be_lost_is_refused_without_asking(vendor: HTTPServer, docupass: Provider) -> None:
    with pytest.raises(ProviderError, match="both_sides") as caught:
        docupass.create(replace(REQUEST, kind="signature", options=Options(both_sides=True)))
    assert caught.value.permanent and not vendor.log
    assert docupass.describe_error(caught.value.code)


def test_a_signature_link_is_asked_for_at_its_own_address(vendor: HTTPServer, docupass: Provider) -> None:
    answer = json.loads((PAYLOADS / "create_signature_response.json").read_text()) | {"expiry": FUTURE}
    vendor.expect_request("/docupass/sign", method="POST").respond_with_json(answer)
    assert docupass.create(replace(REQUEST, kind="signature")).reference == "E8FMRX4JJT"
    assert sent(vendor).form["apikey"] == KEY


def test_three_pictures_of_ten_megabytes_arrive_as_they_were(vendor: HTTPServer, docupass: Provider) -> None:
    pictures = {part: bytes([n]) + os.urandom(10 * 1024 * 1024) for n, part in enumerate(PARTS)}
    arrived: dict[str, str] = {}

    def take(request: Request) -> Response:
        fields = parse_qs(request.get_data().decode("ascii"), max_num_fields=100)
        arrived.update({name: values[0] for name, values in fields.items()})
        return Response(json.dumps(link_answer()))

    vendor.expect_request("/docupass/create").respond_with_handler(take)
    supplied = tuple(SuppliedPicture(part=part, content=content) for part, content in pictures.items())
    docupass.create(replace(REQUEST, pictures=supplied))
    assert {part: base64.b64decode(arrived[f"{part}_base64"], validate=True) for part in pictures} == pictures
    assert arrived["companyname"] == "Acme Ltd"


def test_pictures_lengthen_the_time_the_vendor_has_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def post(url: str, data: Any, *, timeout: float) -> dict[str, Any]:
        given.append(timeout)
        return link_answer()

    monkeypatch.setattr(client, "post_form", post)
    docupass = DocuPass(base_url="https://vendor.example", api_key=KEY)
    docupass.create(REQUEST)
    docupass.create(replace(REQUEST, pictures=(SuppliedPicture(part="face", content=b"x" * 7_500_000),)))
    assert given == [10, 30]


@pytest.mark.parametrize("base", ["", "/", "/sandbox", "/sandbox/"])
def test_the_base_address_may_have_a_path_and_a_slash_or_not(vendor: HTTPServer, base: str) -> None:
    path = f"{base.rstrip('/')}/docupass/create"
    vendor.expect_request(path).respond_with_json(link_answer())
    DocuPass(base_url=vendor.url_for("").rstrip("/") + base, api_key=KEY).create(REQUEST)
    assert sent(vendor).path == path


# ---- what create makes of the answer


@pytest.mark.parametrize("expiry", [FUTURE, str(FUTURE), float(FUTURE)])
def test_a_link_is_read_with_its_expiry_as_number_or_text(vendor: HTTPServer, docupass: Provider, expiry: Any) -> None:
    vendor.expect_request("/docupass/create").respond_with_json(link_answer(expiry=expiry))
    link = docupass.create(REQUEST)
    assert (link.reference, link.url) == ("AFNWUQG9C2X", "https://docupass.app/AFNWUQG9C2X")
    assert link.expires_at == datetime.fromtimestamp(FUTURE, UTC)


@pytest.mark.parametrize("expiry", [None, "", "soon", True, [1], 1e300, "1e999"])
def test_an_expiry_that_is_no_time_is_unknown(vendor: HTTPServer, docupass: Provider, expiry: Any) -> None:
    vendor.expect_request("/docupass/create").respond_with_json(link_answer(expiry=expiry))
    assert docupass.create(REQUEST).expires_at is None


def test_an_expiry_in_the_past_is_refused(vendor: HTTPServer, docupass: Provider) -> None:
    vendor.expect_request("/docupass/create").respond_with_json(link_answer(expiry=1634073205))
    with pytest.raises(ProviderError, match="expiry in the past") as caught:
        docupass.create(REQUEST)
    assert caught.value.permanent and docupass.describe_error(caught.value.code)


@pytest.mark.parametrize("kind, path, name, text", [
    ("identity", "/docupass/create", "create_identity_error", "Invalid value for `companyname`"),
    ("signature", "/docupass/sign", "create_signature_error", "Invalid contract template ID"),
])  # fmt: skip
def test_a_refusal_has_the_vendors_code_and_words_and_is_permanent(
    vendor: HTTPServer, docupass: Provider, kind: str, path: str, name: str, text: str
) -> None:
    vendor.expect_request(path).respond_with_data((PAYLOADS / f"{name}.json").read_text())
    with pytest.raises(ProviderError) as caught:
        docupass.create(replace(REQUEST, kind=kind))
    assert (caught.value.text, caught.value.code, caught.value.permanent) == (text, "1002", True)


@pytest.mark.parametrize("error", [{}, None, "quota", {"code": "8"}, {"message": ["x"], "code": [8]}, 5])
def test_a_refusal_of_any_shape_is_a_refusal_with_words(vendor: HTTPServer, docupass: Provider, error: Any) -> None:
    vendor.expect_request("/docupass/create").respond_with_json({**link_answer(), "error": error})
    with pytest.raises(ProviderError) as caught:
        docupass.create(REQUEST)
    assert caught.value.permanent and caught.value.text


@pytest.mark.parametrize("changes", [
    {"reference": None}, {"reference": ""}, {"reference": 5}, {"reference": "R" * 65}, {"reference": "a\nb"},
    {"url": None}, {"url": "javascript:alert(1)"}, {"url": "ftp://docupass.app/R"}, {"url": "docupass.app/R"},
    {"url": ["https://docupass.app/R"]}, {"url": "https://"}, {"url": "https://docupass.app/a b"},
])  # fmt: skip
def test_an_answer_without_a_usable_reference_and_address_is_bad(
    vendor: HTTPServer, docupass: Provider, changes: dict[str, Any]
) -> None:
    vendor.expect_request("/docupass/create").respond_with_json(link_answer(**changes))
    with pytest.raises(ProviderError) as caught:
        docupass.create(REQUEST)
    assert (caught.value.code, caught.value.permanent) == ("bad_answer", False)


BAD_ANSWERS = {
    "server error": Response(json.dumps(link_answer()), 500),
    "refused by status": Response('{"error": {"message": "no", "code": 1}}', 400),
    "created": Response(json.dumps(link_answer()), 201),
    "page": Response("<html>Maintenance</html>", 200, content_type="text/html"),
    "nothing": Response("", 200),
    "list": Response("[]", 200),
    "null": Response("null", 200),
    "text": Response('"ok"', 200),
    "not utf-8": Response(b'{"a": "\xff"}', 200),
    "said twice": Response('{"success": false, "success": true, "reference": "VQTAP6ZN"}', 200),
    "deep": Response("[" * 50_000, 200),
    "oversized": Response(" " * 1_000_001 + json.dumps(link_answer()), 200),
    "redirect": Response("", 307, headers={"Location": "/elsewhere"}),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_garbage_is_told_from_an_answer_and_asked_once(vendor: HTTPServer, docupass: Provider, name: str) -> None:
    vendor.expect_request("/docupass/create").respond_with_response(BAD_ANSWERS[name])
    vendor.expect_request("/docupass/validate").respond_with_response(BAD_ANSWERS[name])
    vendor.expect_request("/elsewhere").respond_with_json({**link_answer(), "success": True})
    for ask in (lambda: docupass.create(REQUEST), lambda: docupass.confirm(OUTCOME)):
        with pytest.raises(ProviderError) as caught:
            ask()
        assert (caught.value.code, caught.value.permanent) == ("bad_answer", False)
    assert [request.path for request, _ in vendor.log] == ["/docupass/create", "/docupass/validate"]


def test_a_vendor_that_is_away_is_unreachable(away: Provider) -> None:
    with pytest.raises(ProviderError) as caught:
        away.create(REQUEST)
    assert (caught.value.code, caught.value.permanent) == ("unreachable", False)


def test_a_slow_vendor_times_out_and_creation_is_not_repeated(
    vendor: HTTPServer, docupass: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_: Request) -> Response:
        time.sleep(0.6)
        return Response(json.dumps(link_answer()))

    monkeypatch.setattr(client, "CREATE_SECONDS", 0.2)
    vendor.expect_request("/docupass/create").respond_with_handler(slow)
    with pytest.raises(ProviderError) as caught:
        docupass.create(REQUEST)
    time.sleep(0.6)
    assert (caught.value.code, caught.value.permanent, len(vendor.log)) == ("timeout", False, 1)


# ---- confirm


def confirm(vendor: HTTPServer, docupass: Provider, answer: Any) -> bool:
    vendor.expect_request("/docupass/validate", method="POST").respond_with_json(answer)
    return docupass.confirm(OUTCOME)


def test_the_vendors_yes_for_the_same_reference_confirms(vendor: HTTPServer, docupass: Provider) -> None:
    assert confirm(vendor, docupass, json.loads((PAYLOADS / "validate_ok.json").read_text())) is True
    assert sent(vendor).form.to_dict() == {"apikey": KEY, "reference": "VQTAP6ZN", "hash": "good"}


def test_the_vendors_no_denies(vendor: HTTPServer, docupass: Provider) -> None:
    assert confirm(vendor, docupass, json.loads((PAYLOADS / "validate_error.json").read_text())) is False


@pytest.mark.parametrize("answer", [
    {"success": "true", "reference": "VQTAP6ZN"}, {"success": 1, "reference": "VQTAP6ZN"}, {"success": True},
    {"success": True, "reference": "OTHER"}, {"success": True, "reference": ["VQTAP6ZN"]},
    {"success": True, "reference": "vqtap6zn"}, {"success": False, "reference": "VQTAP6ZN"}, {},
    {"success": True, "reference": "VQTAP6ZN", "error": {"code": 1003, "message": "both"}},
    {"error": {"code": 1, "message": "Invalid API key"}}, {"error": {"code": 8}}, {"error": "no"}, {"error": None},
])  # fmt: skip
def test_anything_else_neither_confirms_nor_denies_and_is_asked_again_later(
    vendor: HTTPServer, docupass: Provider, answer: Any
) -> None:
    with pytest.raises(ProviderError) as caught:
        confirm(vendor, docupass, answer)
    assert not caught.value.permanent


# ---- secrets


def test_the_key_is_in_no_log_line_error_or_representation(
    vendor: HTTPServer, docupass: Provider, away: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    vendor.expect_request("/docupass/create").respond_with_data("nonsense", status=500)
    errors = []
    for each in (docupass, away):
        with pytest.raises(ProviderError) as caught:
            each.create(REQUEST)
        errors.append(repr(caught.value))
    assert caplog.text and KEY not in caplog.text + repr(errors) + repr(docupass)
