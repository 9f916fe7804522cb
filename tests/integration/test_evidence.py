"""Saving what a result shows: fetched over real sockets from an allowed origin, hashed, never lost, never shown raw."""

import hashlib
import io
import json
import resource
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pytest_httpserver import HTTPServer
from sqlmodel import col, select

from tests.support.applied import change, payload
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.actions import evidence
from webapp.actions.actor import SYSTEM
from webapp.actions.pictures import DOCX
from webapp.models import AuditEvent, EvidenceFile, Matter, VerificationSession


def picture(kind: str = "JPEG", size: tuple[int, int] = (300, 200), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **more)
    return out.getvalue()


@pytest.fixture(scope="session")
def httpserver_listen_address() -> tuple[str, int]:
    return "127.0.0.1", 0


@pytest.fixture
def vendor(httpserver: HTTPServer, app: Flask) -> Iterator[HTTPServer]:
    """The vendor's file host on loopback, the only allowed origin."""
    app.extensions["vouchdesk.settings"].evidence_origins = (httpserver.url_for("").rstrip("/"),)
    yield httpserver


class Files:
    """Delivers a result with pictures and shows what became of them."""

    def __init__(self, app: Flask, client: FlaskClient, make: Make, worker: TestWorker) -> None:
        self.client, self.make, self.worker = client, make, worker
        self.folder: Path = app.extensions["vouchdesk.settings"].data_dir / "evidence"

    def deliver(self, *images: dict[str, str], contract: dict[str, str] | None = None, run: bool = True) -> int:
        link = self.make.link()
        self.make.session(link=link, capture="opened")
        body = payload("callback_identity_passed") | {"reference": link.vendor_reference, "documentimage": list(images)}
        body |= {"faceimage": [], "contract": contract or {}}
        answer = self.client.post(f"/webhooks/docupass/{link.webhook_token}", data=json.dumps(body).encode())
        if run:
            self.worker.run()
        return answer.status_code

    @property
    def rows(self) -> list[EvidenceFile]:
        with self.make.database.reading() as db:
            return list(db.exec(select(EvidenceFile).order_by(col(EvidenceFile.position))))

    @property
    def session(self) -> VerificationSession:
        with self.make.database.reading() as db:
            return db.exec(select(VerificationSession)).one()

    def bytes_of(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


@pytest.fixture
def files(app: Flask, client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider) -> Files:
    return Files(app, client, make, worker)


def test_a_hosted_picture_is_kept_byte_for_byte_with_its_hash_and_a_display_copy_of_our_own(
    files: Files, vendor: HTTPServer
) -> None:
    original = picture()
    vendor.expect_request("/front.jpg").respond_with_data(original, content_type="image/jpeg")
    files.deliver({"side": "FRONT", "type": "jpg", "content": vendor.url_for("/front.jpg")})

    [row] = files.rows
    assert (row.state, row.side, row.media_type, row.width, row.height) == ("saved", "front", "image/jpeg", 300, 200)
    assert files.bytes_of(row.path) == original
    assert row.sha256 == hashlib.sha256(original).hexdigest()
    assert files.bytes_of(row.display_path) != original
    assert not files.session.evidence_missing


def test_a_picture_inside_the_body_is_kept_too(files: Files, vendor: HTTPServer) -> None:
    import base64

    original = picture("PNG")
    files.deliver({"side": "BACK", "type": "png", "content": base64.b64encode(original).decode()})

    [row] = files.rows
    assert (row.state, row.media_type) == ("saved", "image/png")
    assert files.bytes_of(row.path) == original


def test_a_place_where_a_picture_was_taken_stays_in_the_evidence_and_out_of_the_display_copy(
    files: Files, vendor: HTTPServer
) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "SPECIMEN CAMERA"
    original = picture(exif=exif)
    vendor.expect_request("/gps.jpg").respond_with_data(original)
    files.deliver({"content": vendor.url_for("/gps.jpg")})

    [row] = files.rows
    assert b"SPECIMEN CAMERA" in files.bytes_of(row.path)
    assert b"SPECIMEN CAMERA" not in files.bytes_of(row.display_path)


def test_while_the_vendors_host_is_away_the_session_says_a_picture_is_missing_and_a_later_try_saves_it(
    files: Files, vendor: HTTPServer
) -> None:
    vendor.expect_ordered_request("/front.jpg").respond_with_data("busy", status=503)
    vendor.expect_ordered_request("/front.jpg").respond_with_data(picture())
    files.deliver({"content": vendor.url_for("/front.jpg")})

    [row] = files.rows
    assert (row.state, row.attempts) == ("failed", 1)
    assert row.reason
    assert files.session.evidence_missing
    with files.make.database.reading() as db:
        assert "evidence" in [matter.kind for matter in db.exec(select(Matter))]

    files.worker.run_later()
    assert files.rows[0].state == "saved"
    assert not files.session.evidence_missing
    with files.make.database.reading() as db:
        assert "evidence" not in [matter.kind for matter in db.exec(select(Matter))]


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data", "http://localhost:1/x", "http://127.0.0.1:1/x", "http://2130706433/x",
        "http://[::1]/x", "https://objects.idanalyzer.com.evil.example/x", "ftp://objects.idanalyzer.com/x",
        "https://objects.idanalyzer.com@127.0.0.1/x", "file:///etc/passwd",
    ],
)  # fmt: skip
@pytest.mark.database("sqlite")
def test_an_address_off_the_list_is_never_asked_and_the_reason_is_shown(
    files: Files, vendor: HTTPServer, address: str
) -> None:
    files.deliver({"side": "FRONT", "url": address})

    for row in files.rows:
        assert row.state == "refused"
        assert row.reason
    assert vendor.log == []


@pytest.mark.parametrize(
    "content", [b"<script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x7fELF", b""]
)
@pytest.mark.database("sqlite")
def test_what_is_no_picture_by_its_bytes_is_kept_but_never_shown(
    files: Files, vendor: HTTPServer, content: bytes
) -> None:
    vendor.expect_request("/front.jpg").respond_with_data(content, content_type="image/jpeg")
    files.deliver({"content": vendor.url_for("/front.jpg")})

    [row] = files.rows
    assert (row.state, row.display_path, row.media_type) == ("refused", "", "application/octet-stream")
    assert files.bytes_of(row.path) == content


@pytest.mark.database("sqlite")
def test_a_pixel_bomb_and_a_torn_picture_are_kept_unopened(files: Files, vendor: HTTPServer) -> None:
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    vendor.expect_request("/bomb.png").respond_with_data(bomb.getvalue())
    vendor.expect_request("/torn.jpg").respond_with_data(picture()[:300])
    files.deliver({"content": vendor.url_for("/bomb.png")}, {"content": vendor.url_for("/torn.jpg")})

    assert [row.state for row in files.rows] == ["refused", "refused"]
    assert "megapixels" in files.rows[0].reason
    assert all(row.path and not row.display_path for row in files.rows)


@pytest.mark.database("sqlite")
def test_a_redirect_to_somewhere_inside_is_not_followed(files: Files, vendor: HTTPServer) -> None:
    vendor.expect_request("/front.jpg").respond_with_data(
        "", status=302, headers={"Location": "http://127.0.0.1:1/secret"}
    )
    files.deliver({"content": vendor.url_for("/front.jpg")})

    [row] = files.rows
    assert row.state in ("refused", "failed")
    assert row.path == ""


def test_the_same_result_again_brings_fresh_addresses_for_what_is_still_missing(
    files: Files, vendor: HTTPServer
) -> None:
    vendor.expect_request("/old.jpg").respond_with_data("gone", status=404)
    vendor.expect_request("/new.jpg").respond_with_data(picture())
    link = files.make.link()
    files.make.session(link=link, capture="opened")
    for name in ("/old.jpg", "/new.jpg"):
        body = payload("callback_identity_passed") | {
            "reference": link.vendor_reference,
            "faceimage": [],
            "contract": {},
        }
        body["documentimage"] = [{"side": "FRONT", "content": vendor.url_for(name)}]
        files.client.post(f"/webhooks/docupass/{link.webhook_token}", data=json.dumps(body).encode())
        files.worker.run()

    [row] = files.rows
    assert row.state == "saved"


# ---- contracts


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in ("[Content_Types].xml", "word/document.xml"):
            made.writestr(name, "specimen")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media"),
    [(b"%PDF-1.7\nspecimen", "application/pdf"), (docx(), DOCX), (b"<!doctype html><html><script>x</script>", "text/html")],
    ids=["pdf", "docx", "html"],
)  # fmt: skip
def test_a_contract_is_kept_byte_for_byte_by_what_it_is_and_never_drawn(
    files: Files, vendor: HTTPServer, content: bytes, media: str
) -> None:
    vendor.expect_request("/contract").respond_with_data(content, content_type="image/jpeg")
    files.deliver(contract={"document_url": vendor.url_for("/contract")})

    [row] = files.rows
    assert (row.kind, row.state, row.media_type, row.display_path) == ("contract", "saved", media, "")
    assert files.bytes_of(row.path) == content and row.sha256 == hashlib.sha256(content).hexdigest()
    assert not files.session.evidence_missing


@pytest.mark.parametrize("content", [picture(), b"\x7fELF", b"Dear customer"], ids=["picture", "program", "text"])
def test_a_contract_that_is_none_is_kept_but_refused_and_the_session_says_so(
    files: Files, vendor: HTTPServer, content: bytes
) -> None:
    vendor.expect_request("/contract").respond_with_data(content, content_type="application/pdf")
    files.deliver(contract={"document_url": vendor.url_for("/contract")})

    [row] = files.rows
    assert (row.state, row.display_path, row.media_type) == ("refused", "", "application/octet-stream")
    assert files.bytes_of(row.path) == content
    assert files.session.evidence_missing


# ---- trying again, and when to stop


def failures(files: Files) -> list[AuditEvent]:
    with files.make.database.reading() as db:
        return list(db.exec(select(AuditEvent).where(AuditEvent.action == "evidence.failed")))


def test_the_same_failure_again_is_counted_but_put_on_the_record_once(files: Files, vendor: HTTPServer) -> None:
    vendor.expect_request("/front.jpg").respond_with_data("busy", status=503)
    files.deliver({"content": vendor.url_for("/front.jpg")})
    for _ in range(3):
        files.worker.run_later()
    assert files.rows[0].attempts == 4 and len(failures(files)) == 1
    vendor.clear()
    vendor.expect_request("/front.jpg").respond_with_data("no", status=403)
    files.worker.run_later()
    assert "403" in files.rows[0].reason and len(failures(files)) == 2


def test_it_is_tried_until_the_sixth_day_and_then_left_to_a_person(files: Files, vendor: HTTPServer) -> None:
    vendor.expect_request("/front.jpg").respond_with_data("busy", status=503)
    files.deliver({"content": vendor.url_for("/front.jpg")})
    with time_machine.travel(datetime.now(UTC) + timedelta(days=5, hours=23), tick=True):
        files.worker.run_later()
        assert len(files.worker.waiting) == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(days=6, minutes=1), tick=True):
        files.worker.run_later()
        assert files.worker.waiting == [] and files.rows[0].state == "failed"
        with files.make.database.writing() as db:
            evidence.retry(db, by=SYSTEM, file_id=files.rows[0].id or 0)
        files.worker.run()
        assert len(files.worker.waiting) == 1, "the vendor has it for another day: a person's retry begins anew"


def test_after_the_vendors_time_a_persons_retry_is_one_try(files: Files, vendor: HTTPServer) -> None:
    vendor.expect_request("/front.jpg").respond_with_data("gone", status=404)
    files.deliver({"content": vendor.url_for("/front.jpg")})
    [row] = files.rows
    change(files.make, row, vendor_deletes_at=datetime.now(UTC) - timedelta(hours=1))
    with files.make.database.writing() as db:
        evidence.retry(db, by=SYSTEM, file_id=row.id or 0)
    files.worker.run()
    assert files.worker.waiting == [] and files.rows[0].state == "failed"


# ---- threats 29 to 34, each over the whole way from the delivery to the page


def test_threat_29_an_address_inside_is_never_requested(
    files: Files, vendor: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = vendor.port
    inside = [
        "http://169.254.169.254/x", f"http://localhost:{port}/x", f"http://2130706433:{port}/x", f"http://0x7f000001:{port}/x",
        f"http://127.1:{port}/x", f"http://[::ffff:127.0.0.1]:{port}/x", f"http://127.0.0.1:{port}@localhost:{port}/x",
        f"http://user@127.0.0.1:{port}/x", "http://127.0.0.1:1/x", f"https://127.0.0.1:{port}/x",
    ]  # fmt: skip
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    vendor.expect_request("/away.jpg").respond_with_data(
        "", 302, headers={"Location": f"http://127.0.0.1:{port}/inside"}
    )
    files.deliver(*({"content": address} for address in inside), {"content": vendor.url_for("/away.jpg")})

    assert {row.state for row in files.rows} == {"refused"} and all(row.reason for row in files.rows)
    assert [request.path for request, _answer in vendor.log] == ["/away.jpg"]


def test_threat_30_the_address_that_was_checked_is_the_one_connected_to(
    files: Files, vendor: HTTPServer, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[str] = []
    answers = iter(["93.184.215.14"])

    def getaddrinfo(_host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers, "127.0.0.1"), port))]

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address[0])
        raise OSError("no way out of a test")

    host = f"http://objects.example:{vendor.port}"
    app.extensions["vouchdesk.settings"].evidence_origins = (host,)
    files.deliver({"content": f"{host}/front.jpg"}, run=False)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    files.worker.run()

    assert connected == ["93.184.215.14"] and vendor.log == []
    assert files.rows[0].state == "failed"


def test_threat_31_a_dripping_and_an_endless_file_are_cut_off_and_the_vendor_is_answered_before(
    files: Files, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 seconds and 20 MB in life (tests/unit/test_provider_http.py); here in small."""
    monkeypatch.setattr(evidence, "fetch_file", partial(evidence.fetch_file, deadline=0.3, max_bytes=100_000))
    with pouring(pause=0.05, piece=1) as dripping, pouring(pause=0, piece=65_536) as endless:
        app.extensions["vouchdesk.settings"].evidence_origins = (dripping, endless)
        started = time.monotonic()
        assert files.deliver({"content": f"{dripping}/a"}, {"content": f"{endless}/b"}, run=False) == 200
        assert files.rows == [] and time.monotonic() - started < 0.3
        files.worker.run()
        assert time.monotonic() - started < 4
    assert [(row.state, row.path) for row in files.rows] == [("failed", ""), ("refused", "")]
    assert "within 0.3 seconds" in files.rows[0].reason and "over" in files.rows[1].reason


@contextmanager
def pouring(*, pause: float, piece: int) -> Iterator[str]:
    """A file host whose file never ends."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    connection.sendall(b"x" * piece)
                    time.sleep(pause)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


LIES = {
    "html": b"<html><script>alert(1)</script>", "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "program": b"\x7fELF\x02\x01\x01", "archive": docx(), "nothing": b"",
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_threat_32_what_is_called_a_picture_and_is_none_is_only_ever_a_download(
    files: Files, vendor: HTTPServer, rachel: PageClient, lie: str
) -> None:
    vendor.expect_request("/front.jpg").respond_with_data(LIES[lie], content_type="image/jpeg")
    files.deliver({"content": vendor.url_for("/front.jpg")})

    [row] = files.rows
    rachel.get(f"/evidence/{row.id}", status=404)
    answer = rachel.get(f"/evidence/{row.id}/original")
    assert answer.data == LIES[lie]
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_threat_32_of_a_picture_that_is_something_else_too_only_the_picture_is_shown(
    files: Files, vendor: HTTPServer, rachel: PageClient
) -> None:
    polyglot = picture("GIF", comment=LIES["html"]) + docx()
    vendor.expect_request("/front.jpg").respond_with_data(polyglot, content_type="text/html")
    files.deliver({"content": vendor.url_for("/front.jpg")})

    shown = rachel.get(f"/evidence/{files.rows[0].id}")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert b"<script>" not in shown.data and b"word/document.xml" not in shown.data
    assert rachel.get(f"/evidence/{files.rows[0].id}/original").data == polyglot


def test_threat_33_a_pixel_bomb_and_a_torn_picture_are_never_opened(
    files: Files, vendor: HTTPServer, rachel: PageClient
) -> None:
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    vendor.expect_request("/bomb.png").respond_with_data(bomb.getvalue())
    vendor.expect_request("/torn.jpg").respond_with_data(picture()[:300])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    files.deliver({"content": vendor.url_for("/bomb.png")}, {"content": vendor.url_for("/torn.jpg")})

    assert [row.state for row in files.rows] == ["refused", "refused"] and "megapixels" in files.rows[0].reason
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kB; the bomb alone takes 900 MB"
    for row in files.rows:
        rachel.get(f"/evidence/{row.id}", status=404)


def test_threat_34_where_a_picture_was_taken_stays_in_the_evidence_and_off_the_screen(
    files: Files, vendor: HTTPServer, rachel: PageClient
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "52.3676 N 4.9041 E"
    original = picture(exif=exif, comment=b"52.3676 N 4.9041 E", xmp=b"52.3676 N 4.9041 E")
    vendor.expect_request("/gps.jpg").respond_with_data(original)
    files.deliver({"content": vendor.url_for("/gps.jpg")})

    [row] = files.rows
    assert original.count(b"52.3676") == 3 and rachel.get(f"/evidence/{row.id}/original").data == original
    assert b"52.3676" not in rachel.get(f"/evidence/{row.id}").data
