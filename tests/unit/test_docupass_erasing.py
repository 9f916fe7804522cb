"""Deleting a copy from DocuPass's vault, over real sockets: what is sent, and which answers count."""

import json
import socket
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from webapp.providers.base import Provider, ProviderError
from webapp.providers.docupass import client
from webapp.providers.docupass.client import DocuPass

KEY = "specimen-secret-key"
ENTRY = "I3MS6XjOqsB7Zbye54ohG9F7rtvW02Zv"


@pytest.fixture
def docupass(httpserver: HTTPServer) -> Provider:
    return DocuPass(base_url=httpserver.url_for("/"), api_key=KEY)


def answered(vendor: HTTPServer, answer: Any, **how: Any) -> None:
    content = answer if isinstance(answer, str) else json.dumps(answer)
    vendor.expect_request("/vault/delete", method="POST").respond_with_response(Response(content, **how))


def refused(docupass: Provider) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        docupass.erase_copy(ENTRY)
    assert ENTRY not in str(caught.value) and KEY not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("success", [1, True])
def test_a_literal_yes_is_a_deletion_and_exactly_this_is_sent(
    httpserver: HTTPServer, docupass: Provider, success: Any
) -> None:
    answered(httpserver, {"success": success})
    docupass.erase_copy(ENTRY)
    [(request, _)] = httpserver.log
    assert request.content_type == "application/x-www-form-urlencoded"
    assert request.form.to_dict() == {"apikey": KEY, "id": ENTRY}


@pytest.mark.parametrize("answer", [
    {}, {"success": "1"}, {"success": "true"}, {"success": 1.0}, {"success": 2}, {"success": 0}, {"success": False},
    {"success": None}, {"success": [1]}, {"success": {"deleted": True}}, {"Success": 1}, {"deleted": True}, [], [1], 1, True,
    '{"success": 0, "success": 1}', "success", "", "<html>OK</html>",
], ids=str)  # fmt: skip
def test_anything_that_is_no_literal_yes_is_none_and_may_be_asked_again(
    httpserver: HTTPServer, docupass: Provider, answer: Any
) -> None:
    answered(httpserver, answer)
    assert (error := refused(docupass)).code == "bad_answer" and not error.permanent


@pytest.mark.parametrize("status", [204, 301, 400, 404, 500, 503])
def test_a_yes_under_another_status_is_none(httpserver: HTTPServer, docupass: Provider, status: int) -> None:
    answered(httpserver, {"success": 1}, status=status, headers={"Location": "/elsewhere"})
    assert not refused(docupass).permanent


@pytest.mark.parametrize(("error", "code", "words"), [
    ({"message": "Invalid API key", "code": 1}, "1", "Invalid API key"),
    ({"message": "No such entry", "code": "1002"}, "1002", "No such entry"),
    ({"message": "x" * 9000, "code": "y" * 90}, "y" * 20, "x" * 500),
    ({"message": "a\0b\ud800c"}, "", "a�b�c"),
    ("Away for today", "", "Away for today"),
    (None, "", "The vendor refused without saying why."),
    ([], "", "The vendor refused without saying why."),
], ids=range(7))  # fmt: skip
def test_a_refusal_is_permanent_with_the_vendors_code_and_words_even_beside_a_yes(
    httpserver: HTTPServer, docupass: Provider, error: Any, code: str, words: str
) -> None:
    answered(httpserver, {"success": 1, "error": error})
    said = refused(docupass)
    assert (said.permanent, said.code, said.text) == (True, code, words)


def test_a_vendor_that_is_away_may_be_asked_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = refused(DocuPass(base_url=f"http://127.0.0.1:{port}/", api_key=KEY))
    assert (error.code, error.permanent, error.calls) == ("unreachable", False, None)


def test_a_vendor_that_does_not_answer_is_left_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ERASE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refused(DocuPass(base_url=f"http://127.0.0.1:{silent.getsockname()[1]}/", api_key=KEY))
    assert (error.code, error.permanent) == ("timeout", False)
