"""Saving what a result shows: fetched over real sockets from an allowed origin, hashed, never lost, never shown raw."""

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pytest_httpserver import HTTPServer
from sqlmodel import col, select

from tests.support.applied import payload
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.worker import TestWorker
from webapp.models import EvidenceFile, Matter, VerificationSession


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

    def deliver(self, *images: dict[str, str]) -> None:
        link = self.make.link()
        self.make.session(link=link, capture="opened")
        body = payload("callback_identity_passed") | {"reference": link.vendor_reference, "documentimage": list(images)}
        body |= {"faceimage": [], "contract": {}}
        self.client.post(f"/webhooks/docupass/{link.webhook_token}", data=json.dumps(body).encode())
        self.worker.run()

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
