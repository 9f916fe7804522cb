"""What the webhook endpoint answers and keeps, row by row of the threat model; what the worker does later is not here."""

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlmodel import col, func, select
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from tests.support.factory import Make
from webapp.db import Database
from webapp.models import Delivery, Job, Link, VerificationSession

BODY = b'{"success":true,"reference":"REF0000001","hash":"42a817116b7bb257733221f53864d98a"}'


@pytest.fixture
def link(make: Make) -> Link:
    made = make.link()
    make.session(link=made, capture="opened")
    return made


def post(client: FlaskClient, link: Link, body: bytes = BODY, **options: Any) -> TestResponse:
    options.setdefault("content_type", "application/json")
    return client.post(f"/webhooks/docupass/{link.webhook_token}", data=body, **options)


def kept(database: Database) -> list[Delivery]:
    with database.reading() as db:
        return list(db.exec(select(Delivery).order_by(col(Delivery.id))))


def jobs(database: Database) -> int:
    with database.reading() as db:
        return db.exec(select(func.count(col(Job.id)))).one()


def test_a_result_is_stored_byte_for_byte_and_queued_before_the_vendor_is_answered_200(
    client: FlaskClient, link: Link, database: Database
) -> None:
    answer = post(client, link, headers={"User-Agent": "vendor"})

    [delivery] = kept(database)
    assert answer.status_code == 200
    assert delivery.body == BODY
    assert delivery.body_sha256 == hashlib.sha256(BODY).hexdigest()
    assert (delivery.state, delivery.reference, delivery.copies) == ("received", "REF0000001", 1)
    assert delivery.headers["User-Agent"] == "vendor"
    assert jobs(database) == 1


def test_the_same_bytes_again_are_counted_and_make_no_second_event(
    client: FlaskClient, link: Link, database: Database
) -> None:
    assert {post(client, link).status_code for _ in range(5)} == {200}

    [delivery] = kept(database)
    assert delivery.copies == 5
    assert delivery.last_seen_at > delivery.received_at
    assert jobs(database) == 1


def test_fifty_copies_at_once_are_one_row_one_job_and_only_200s(app: Flask, link: Link, database: Database) -> None:
    answers: list[int] = []
    gate = threading.Barrier(10)

    def send() -> None:
        visitor = app.test_client()
        gate.wait()
        answers.extend(post(visitor, link).status_code for _ in range(5))

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [delivery] = kept(database)
    assert answers == [200] * 50
    assert delivery.copies == 50
    assert jobs(database) == 1


@pytest.mark.parametrize("bend", [lambda t: "x" * len(t), lambda t: t[:-1], str.swapcase, lambda t: t + "A"])
def test_a_wrong_address_is_404_before_anything_is_read(
    client: FlaskClient, link: Link, database: Database, bend: Any
) -> None:
    answer = client.post(f"/webhooks/docupass/{bend(link.webhook_token)}", data=b"\x00 not even json")

    assert answer.status_code == 404
    assert kept(database) == []


def test_the_applicants_token_and_another_vendors_path_are_no_webhook_address(client: FlaskClient, link: Link) -> None:
    assert client.post(f"/webhooks/docupass/{link.token}", data=BODY).status_code == 404
    assert client.post(f"/webhooks/qid/{link.webhook_token}", data=BODY).status_code == 404
    assert client.post("/webhooks/docupass/", data=BODY).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b'"text"', b"null", b"{", b'{"success":true,}', b"\xff\xfe{}", b'{"a":' + b"[" * 100_000, b"{}",
        b'{"reference":"R"}', b'{"hash":"h"}', b'{"reference":1,"hash":"h"}', b'{"reference":"","hash":"h"}',
        '{"reference":"R","hash":"h"}'.encode("utf-16"), b'{"reference":["R"],"hash":"h"}', b"success=true&reference=R",
    ],
)  # fmt: skip
def test_what_cannot_be_a_result_is_400_with_the_reason_and_kept_in_quarantine(
    client: FlaskClient, link: Link, database: Database, body: bytes
) -> None:
    answer = post(client, link, body)

    [delivery] = kept(database)
    assert answer.status_code == 400
    assert answer.json and answer.json["error"] == delivery.reason != ""
    assert delivery.state == "quarantined"
    assert delivery.body == body
    assert jobs(database) == 0


@pytest.mark.parametrize(
    "more",
    [
        b'"n":NaN', b'"n":' + b"9" * 4000, b'"n":9223372036854775808', b'"n":1e999', b'"t":"\\u0000"', b'"t":"\\ud800"',
        b'"success":false,"success":true',
    ],
)  # fmt: skip
def test_odd_but_identified_bodies_are_never_a_server_error(client: FlaskClient, link: Link, more: bytes) -> None:
    body = b'{"reference":"REF0000001","hash":"h",' + more + b"}"

    assert post(client, link, body).status_code in (200, 400)


def test_a_body_of_thirty_megabytes_is_taken_and_kept_as_a_file(
    client: FlaskClient, link: Link, database: Database, app: Flask
) -> None:
    body = BODY[:-1] + b',"image":"' + b"A" * 30_000_000 + b'"}'

    assert post(client, link, body).status_code == 200

    [delivery] = kept(database)
    folder: Path = app.extensions["vouchdesk.settings"].data_dir
    assert delivery.body is None
    assert hashlib.sha256((folder / delivery.body_file).read_bytes()).hexdigest() == delivery.body_sha256


def test_more_than_32_megabytes_is_413_and_leaves_no_file_behind(
    client: FlaskClient, link: Link, database: Database, app: Flask
) -> None:
    assert post(client, link, b"x" * (33 * 1024 * 1024)).status_code == 413

    folder: Path = app.extensions["vouchdesk.settings"].data_dir
    assert kept(database) == []
    assert list((folder / "deliveries").iterdir()) == []


def test_a_body_shorter_than_it_says_is_400(client: FlaskClient, link: Link, database: Database) -> None:
    answer = post(client, link, BODY, environ_overrides={"CONTENT_LENGTH": str(len(BODY) + 10)})

    assert answer.status_code == 400
    assert all(delivery.state == "quarantined" for delivery in kept(database))


def test_a_fault_of_ours_asks_the_vendor_to_send_again_and_is_on_the_log(
    client: FlaskClient, link: Link, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_args: object, **_kwargs: object) -> None:
        raise KeyError("Anna Specimen")

    monkeypatch.setattr("webapp.webhooks.take_in", faulty)
    with capture_logs() as logs:
        answer = post(client, link)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert [(each["event"], type(each["error"])) for each in logs] == [("delivery.not_stored", KeyError)]

    monkeypatch.undo()
    assert post(client, link).status_code == 200
    assert len(kept(database)) == 1


def test_when_the_store_is_away_the_vendor_is_asked_to_send_again(
    client: FlaskClient, link: Link, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr("webapp.webhooks.take_in", away)
    answer = post(client, link)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")

    monkeypatch.undo()
    assert post(client, link).status_code == 200
    assert len(kept(database)) == 1


def test_a_get_of_the_address_does_nothing(client: FlaskClient, link: Link, database: Database) -> None:
    assert client.get(f"/webhooks/docupass/{link.webhook_token}").status_code == 405
    assert kept(database) == []


def test_nothing_of_a_session_changes_in_the_request(client: FlaskClient, link: Link, database: Database) -> None:
    post(client, link, json.dumps({"success": True, "reference": "REF0000001", "hash": "forged"}).encode())

    with database.reading() as db:
        session = db.exec(select(VerificationSession)).one()
    assert (session.capture, session.outcome, session.version) == ("opened", "none", 1)
