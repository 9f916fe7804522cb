"""Fetching files and posting forms over real sockets: servers that drip, lie, redirect and inflate."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from webapp.providers import http
from webapp.providers.base import ProviderError
from webapp.providers.http import FetchedFile, FetchFailed, FetchRefused, fetch_file, post_form

PICTURE = b"\xff\xd8\xff" + b"specimen" * 100


def origin(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.port}"


def fetch(server: HTTPServer, path: str = "/file", **options: Any) -> FetchedFile:
    return fetch_file(f"{origin(server)}{path}", origins=[origin(server)], **options)


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that answers one connection after another with whatever `talk` writes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    talk(connection)
                except OSError:
                    continue

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def drip(first: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.sendall(first)
        for _ in range(100):
            time.sleep(0.05)
            connection.sendall(b"x")

    return talk


# ---- files that come


def test_a_file_of_a_listed_origin_comes_with_its_type(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/file").respond_with_data(PICTURE, content_type="image/jpeg")
    assert fetch(httpserver) == FetchedFile(PICTURE, "image/jpeg")
    sent = httpserver.log[0][0].headers
    assert sent["User-Agent"] == "Vouchdesk" and sent["Accept-Encoding"] == "identity" and "Cookie" not in sent


def test_an_origin_may_be_listed_with_a_slash_or_in_capitals(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/file").respond_with_data(PICTURE)
    assert fetch_file(f"HTTP://127.0.0.1:{httpserver.port}/file", origins=[origin(httpserver) + "/"]).content == PICTURE


def test_proxies_of_the_environment_are_not_used(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    httpserver.expect_request("/file").respond_with_data(PICTURE)
    httpserver.expect_request("/form").respond_with_json({"a": 1})
    assert fetch(httpserver).content == PICTURE
    assert post_form(f"{origin(httpserver)}/form", {}, timeout=5) == {"a": 1}


# ---- answers that are none


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304])
def test_a_redirect_is_refused_and_not_followed(httpserver: HTTPServer, status: int) -> None:
    answer = Response("", status, headers={"Location": f"{origin(httpserver)}/inside"})
    httpserver.expect_request("/file").respond_with_response(answer)
    httpserver.expect_request("/inside").respond_with_data(PICTURE)
    with pytest.raises(FetchRefused, match="redirects"):
        fetch(httpserver)
    assert len(httpserver.log) == 1


def test_a_redirect_with_an_endless_body_is_not_read() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    started = time.monotonic()
    with raw_server(talk) as server, pytest.raises(FetchRefused, match="redirects"):
        fetch_file(f"{server}/file", origins=[server], deadline=5)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("status", [201, 204, 206, 403, 404, 410, 429, 500, 503])
def test_another_status_may_be_tried_again(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/file").respond_with_data("" if status == 204 else "x", status=status)
    with pytest.raises(FetchFailed, match=str(status)):
        fetch(httpserver)


def test_a_file_that_says_it_is_too_big_is_refused_before_it_is_read(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/file").respond_with_data(b"x" * 2049)
    with pytest.raises(FetchRefused, match="over"):
        fetch(httpserver, max_bytes=2048)


def test_a_file_of_exactly_the_limit_is_taken(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/file").respond_with_data(b"x" * 2048)
    assert len(fetch(httpserver, max_bytes=2048).content) == 2048


def test_an_endless_file_is_cut_off_at_the_limit() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with raw_server(talk) as server, pytest.raises(FetchRefused, match="over 1 MB"):
        fetch_file(f"{server}/file", origins=[server], max_bytes=1024 * 1024)


def test_a_compressed_bomb_is_not_inflated_beyond_the_limit(httpserver: HTTPServer) -> None:
    bomb = gzip.compress(bytes(50 * 1024 * 1024))
    httpserver.expect_request("/file").respond_with_data(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchRefused, match="over"):
        fetch(httpserver, max_bytes=100_000)


def test_an_honest_compressed_file_is_taken_although_it_was_not_asked_for(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/file").respond_with_data(gzip.compress(PICTURE), headers={"Content-Encoding": "gzip"})
    assert fetch(httpserver).content == PICTURE


@pytest.mark.parametrize("head", [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: ",
    b"HTTP/1.1 2",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n", b"HTTP/1.1 302 Found\r\nLocation: ",
])  # fmt: skip
def test_a_server_that_drips_is_cut_off_at_the_deadline(head: bytes) -> None:
    started = time.monotonic()
    with raw_server(drip(head)) as server, pytest.raises(FetchFailed, match=r"within 0\.2 seconds"):
        fetch_file(f"{server}/file", origins=[server], deadline=0.2)
    assert time.monotonic() - started < 1.5


def test_a_tls_handshake_that_drips_is_cut_off_at_the_deadline() -> None:
    with raw_server(drip(b"\x16\x03\x03\x40\x00")) as server, pytest.raises(FetchFailed, match="within"):
        secure = server.replace("http:", "https:")
        fetch_file(f"{secure}/file", origins=[secure], deadline=0.2)


def test_a_file_that_breaks_off_is_not_taken_for_whole() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    with raw_server(talk) as server, pytest.raises(FetchFailed, match="broke off"):
        fetch_file(f"{server}/file", origins=[server])


@pytest.mark.parametrize("answer", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc",
                                    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                                    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nabc"])  # fmt: skip
def test_broken_answers_raise_nothing_but_our_own_errors(answer: bytes) -> None:
    with raw_server(lambda connection: connection.sendall(answer)) as server:
        with suppress(FetchFailed):
            fetch_file(f"{server}/file", origins=[server], deadline=2)
        with pytest.raises(ProviderError):
            post_form(f"{server}/form", {"a": "b"}, timeout=2)


# ---- forms


def test_a_form_is_posted_as_text_and_the_object_comes_back(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/form", method="POST").respond_with_json({"answer": "ä"})
    assert post_form(f"{origin(httpserver)}/form", {"a": "1", "b": "ü"}, timeout=5) == {"answer": "ä"}
    assert httpserver.log[0][0].form.to_dict() == {"a": "1", "b": "ü"}


def test_an_answer_that_drips_times_out_as_a_whole() -> None:
    started = time.monotonic()
    with raw_server(drip(b"HTTP/1.1 200 OK\r\n\r\n{")) as server, pytest.raises(ProviderError) as caught:
        post_form(f"{server}/form", {}, timeout=0.2)
    assert caught.value.code == "timeout" and time.monotonic() - started < 1.5


def test_a_compressed_bomb_as_answer_is_bad(httpserver: HTTPServer) -> None:
    bomb = gzip.compress(bytes(50 * 1024 * 1024))
    httpserver.expect_request("/form").respond_with_data(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(ProviderError, match="over 1 MB") as caught:
        post_form(f"{origin(httpserver)}/form", {}, timeout=5)
    assert caught.value.code == "bad_answer"


def test_an_answer_that_is_reset_is_unreachable() -> None:
    def talk(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

    with raw_server(talk) as server, pytest.raises(ProviderError) as caught:
        post_form(f"{server}/form", {"apikey": "specimen-secret"}, timeout=5)
    assert caught.value.code == "unreachable" and "specimen-secret" not in str(caught.value)


def test_cookies_of_one_answer_are_not_sent_with_the_next_question(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/form").respond_with_json({}, headers={"Set-Cookie": "a=b"})
    for _ in range(2):
        post_form(f"{origin(httpserver)}/form", {}, timeout=5)
    assert all("Cookie" not in request.headers for request, _ in httpserver.log)


def test_no_thread_of_an_exchange_stays_behind(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/file").respond_with_data(PICTURE)
    fetch(httpserver)
    with raw_server(drip(b"HTTP/1.1 200 OK\r\n\r\n")) as server, pytest.raises(FetchFailed):
        fetch_file(f"{server}/file", origins=[server], deadline=0.2)
    time.sleep(0.1)
    assert not [thread for thread in threading.enumerate() if thread.name == "exchange"]


# ---- a name server that does not answer


@pytest.fixture
def slow_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Names are not resolved until the event is set, then to this machine."""
    answers = threading.Event()
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *args: Any, **options: Any) -> Any:
        answers.wait(5)
        return real("127.0.0.1", port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield answers
    answers.set()


def test_looking_up_the_name_of_a_file_host_is_under_the_deadline(slow_names: threading.Event) -> None:
    started = time.monotonic()
    with pytest.raises(FetchFailed, match=r"within 0\.2 seconds"):
        fetch_file("https://objects.example/file", origins=["https://objects.example"], deadline=0.2)
    assert time.monotonic() - started < 1.5


def test_a_name_found_after_the_deadline_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[Any] = []
    found = threading.Event()

    def getaddrinfo(_host: str, port: int, *_: Any, **__: Any) -> Any:
        found.wait(5)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(
        "urllib3.util.connection.create_connection", lambda address, *_, **__: connected.append(address)
    )
    with pytest.raises(FetchFailed):
        fetch_file("https://objects.example/file", origins=["https://objects.example"], deadline=0.2)
    found.set()
    time.sleep(0.2)
    assert connected == []


def test_looking_up_the_vendors_name_is_under_the_deadline_and_nothing_is_sent_after_it(
    slow_names: threading.Event, httpserver: HTTPServer
) -> None:
    started = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        post_form(f"http://vendor.example:{httpserver.port}/form", {"a": "1"}, timeout=0.2)
    assert caught.value.code == "timeout" and time.monotonic() - started < 1.5
    slow_names.set()
    time.sleep(0.3)
    assert not httpserver.log


def test_the_limits_are_those_of_the_threat_table() -> None:
    assert (http.MAX_FILE, http.FILE_SECONDS) == (20 * 1024 * 1024, 20)
