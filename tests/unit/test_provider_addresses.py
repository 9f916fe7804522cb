"""Addresses of files: asked only when exactly of a listed origin, and only over a public address that was checked."""

import socket
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from webapp.providers.http import FetchFailed, FetchRefused, fetch_file

PICTURE = b"specimen"


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let names resolve to these addresses, one after the other, the last for ever; gives the names asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        address = addresses[min(len(asked), len(addresses) - 1)]
        asked.append(host)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        end = (address, port, 0, 0) if ":" in address else (address, port)
        return [(family, socket.SOCK_STREAM, 6, "", end)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


HOSTILE = (
    "http://169.254.169.254/latest", "http://localhost:{port}/file", "http://127.1:{port}/file",
    "http://2130706433:{port}/file", "http://0x7f000001:{port}/file", "http://0x7f.0.0.1:{port}/file",
    "http://0177.0.0.1:{port}/file", "http://127.0.0.1.:{port}/file", "http://[::1]:{port}/file",
    "http://[::ffff:127.0.0.1]:{port}/file", "http://127.0.0.1/file", "http://127.0.0.1:1/file",
    "https://127.0.0.1:{port}/file", "ftp://127.0.0.1:{port}/file", "file:///etc/passwd", "//127.0.0.1:{port}/file",
    "127.0.0.1:{port}/file", "http://127.0.0.1:{port}@localhost:{port}/file", "http://user@127.0.0.1:{port}/file",
    "http://user:word@127.0.0.1:{port}/file", "http://@127.0.0.1:{port}/file",
    "http://localhost:{port}\\@127.0.0.1:{port}/file", "http://127.0.0.1:{port}\\.localhost/file",
    "http://127.0.0.1:{port} .localhost/file", "http://127.0.0.1:{port}\r\n/file", "http://127.0.0.1:{port}/file\x00",
    "http://127。0。0。1:{port}/file", "http://127.0.0.1:999999/file", "http://",
    "http://127.0.0.1:{port}.localhost/file", "javascript:alert(1)", "data:image/png;base64,AAAA", "", "...",
)  # fmt: skip


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_not_exactly_of_a_listed_origin_is_never_asked(httpserver: HTTPServer, address: str) -> None:
    httpserver.expect_request("/file").respond_with_data(PICTURE)
    listed = [f"http://127.0.0.1:{httpserver.port}", "https://objects.example"]
    with pytest.raises(FetchRefused) as caught:
        fetch_file(address.format(port=httpserver.port), origins=listed)
    assert caught.value.reason.endswith(".") and not httpserver.log


def test_no_origin_listed_means_nothing_is_fetched(httpserver: HTTPServer) -> None:
    with pytest.raises(FetchRefused):
        fetch_file(f"http://127.0.0.1:{httpserver.port}/file", origins=[])


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
    "::1", "fc00::1", "fe80::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
])  # fmt: skip
def test_a_listed_name_that_leads_inside_is_refused(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolve_to(monkeypatch, address)
    listed = f"http://objects.example:{httpserver.port}"
    with pytest.raises(FetchRefused, match="private network"):
        fetch_file(f"{listed}/file", origins=[listed])
    assert not httpserver.log


def test_the_name_localhost_is_no_literal_loopback_address(httpserver: HTTPServer) -> None:
    listed = f"http://localhost:{httpserver.port}"
    with pytest.raises(FetchRefused, match="private network"):
        fetch_file(f"{listed}/file", origins=[listed])
    assert not httpserver.log


def test_the_address_that_was_checked_is_the_one_connected_to(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[str] = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address[0])
        raise OSError("no way out of a test")

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    asked = resolve_to(monkeypatch, "93.184.215.14", "127.0.0.1")
    listed = f"http://objects.example:{httpserver.port}"
    with pytest.raises(FetchFailed):
        fetch_file(f"{listed}/file", origins=[listed])
    assert asked == ["objects.example"] and connected == ["93.184.215.14"] and not httpserver.log


def test_a_name_that_does_not_resolve_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(FetchFailed):
        fetch_file("https://objects.example/file", origins=["https://objects.example"])
