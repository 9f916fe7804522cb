"""Pictures a customer names by their address: had from the sandbox's own host, refused in every other way."""

import io
import time
from typing import Any

import pytest
import requests
from PIL import Image
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from webapp.sandbox import fetching
from webapp.sandbox.fetching import NotFetched, fetch


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(out, "PNG")
    return out.getvalue()


def refusal(name: str) -> dict[str, Any]:
    return {"error": {"message": f"Invalid value for `{name}`", "code": 1002}}


def test_a_picture_of_the_sandboxs_own_host_is_taken(sandbox: Any, receiver: Any) -> None:
    first = sandbox.create()
    address = f"{first['url']}/specimen/selfie.jpg"
    created = sandbox.create(callbackurl=receiver.url, biometric=1, face_url=address, document_url=first["qrcode"])
    sandbox.complete(created)
    body = receiver.wait()[0]
    assert len(body["documentimage"]) == 1
    with Image.open(io.BytesIO(requests.get(body["faceimage"][0]["content"], timeout=10).content)) as shown:
        assert shown.height > shown.width


@pytest.mark.parametrize("name", ["document_url", "document_back_url", "face_url"])
@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/a.jpg", "http://[::1]/a.jpg", "http://localhost:1/",
        "ftp://example.com/a.jpg", "file:///etc/passwd", "http://user:secret@127.0.0.1/", "not an address", "http://[",
    ],
)  # fmt: skip
def test_an_address_that_must_not_be_asked_is_refused_by_its_key(sandbox: Any, name: str, address: str) -> None:
    assert sandbox.create(**{name: address}) == refusal(name)


def test_another_port_of_the_same_machine_is_private(sandbox: Any, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a.png").respond_with_data(picture())
    assert sandbox.create(document_url=httpserver.url_for("/a.png")) == refusal("document_url")
    assert not httpserver.log


def test_a_page_instead_of_a_picture_is_refused(sandbox: Any) -> None:
    assert sandbox.create(document_url=sandbox.base) == refusal("document_url")


@pytest.mark.parametrize("name", ["document_base64", "face_base64"])
@pytest.mark.parametrize("text", ["bm8gcGljdHVyZQ==", "%%%", "data:image/png;base64,AAAA"])
def test_base64_that_is_no_picture_is_refused_by_its_key(sandbox: Any, name: str, text: str) -> None:
    assert sandbox.create(**{name: text}) == refusal(name)


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a.png").respond_with_response(Response(status=302, headers={"Location": "/b.png"}))
    httpserver.expect_request("/b.png").respond_with_data(picture())
    with pytest.raises(NotFetched):
        fetch(httpserver.url_for("/a.png"), httpserver.url_for("/"))


def test_ten_megabytes_are_the_most(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LIMIT_BYTES", 100_000)
    httpserver.expect_request("/fits").respond_with_data(b"x" * 100_000)
    httpserver.expect_request("/more").respond_with_data(b"x" * 100_001)
    assert len(fetch(httpserver.url_for("/fits"), httpserver.url_for("/"))) == 100_000
    with pytest.raises(NotFetched):
        fetch(httpserver.url_for("/more"), httpserver.url_for("/"))


def test_a_server_that_drips_is_left_after_the_limit(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(_: Request) -> Response:
        def pieces() -> Any:
            for _ in range(10):
                time.sleep(0.1)
                yield b"x"

        return Response(pieces(), content_type="image/png")

    monkeypatch.setattr(fetching, "LIMIT_SECONDS", 0.3)
    httpserver.expect_request("/drip").respond_with_handler(drip)
    begun = time.monotonic()
    with pytest.raises(NotFetched):
        fetch(httpserver.url_for("/drip"), httpserver.url_for("/"))
    assert time.monotonic() - begun < 0.8
