"""Signature sessions: signed only with the signed file named and saved; anything else goes to a person."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.desk import Desk, expired, passed, signed
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.making import Maker
from tests.support.worker import TestWorker
from webapp.db import Database
from webapp.models import EvidenceFile, Matter
from webapp.providers.base import Options
from webapp.providers.http import FetchFailed

PDF = b"%PDF-1.7 a specimen that was signed"


class Answer:
    content = PDF


@pytest.fixture
def desk(client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider,
         monkeypatch: pytest.MonkeyPatch) -> Desk:  # fmt: skip
    monkeypatch.setattr("webapp.actions.evidence.fetch_file", lambda *_args, **_options: Answer)
    desk = Desk(client, make, worker, kind="signature")
    make.session(link=desk.made, capture="opened")
    return desk


def kinds(desk: Desk) -> list[str]:
    return [matter.kind for matter in desk.rows(Matter)]


def test_the_vendor_is_asked_for_a_signature(database: Database, provider: FakeProvider, tmp_path: Path) -> None:
    maker = Maker(database, provider, tmp_path)
    maker.create(kind="signature", options=Options(contract_template="T1"))
    assert (provider.created[0].kind, provider.created[0].options.contract_template) == ("signature", "T1")


def test_signed_with_its_file_is_final_and_the_file_is_saved(desk: Desk, app: Flask) -> None:
    desk.post(signed())

    assert (desk.session().outcome, desk.session().status, desk.link.state) == ("signed", "signed", "used_up")
    assert kinds(desk) == []
    [file] = desk.rows(EvidenceFile)
    assert (file.kind, file.state, file.media_type) == ("contract", "saved", "application/pdf")
    folder = app.extensions["vouchdesk.settings"].data_dir / "evidence"
    assert (folder / file.path).read_bytes() == PDF


@pytest.mark.parametrize(
    "contract",
    [{"error": "Template not found"}, {}, None, {"document_url": ""}, "https://objects.idanalyzer.com/s.pdf", []],
    ids=str,
)
def test_without_a_file_it_is_not_shown_as_signed(desk: Desk, contract: Any) -> None:
    desk.post(signed(contract=contract))

    assert desk.session().status == "needs_review"
    assert kinds(desk) != []


@pytest.mark.parametrize("field", ["data", "face"])
def test_a_signature_that_brings_a_person_along_goes_to_review(desk: Desk, field: str) -> None:
    desk.post(signed(**{field: passed()[field]}))
    assert desk.session().status == "needs_review"


def test_a_signed_file_that_could_not_be_saved_goes_to_review(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_options: Any) -> Answer:
        raise FetchFailed("The vendor did not answer.")

    monkeypatch.setattr("webapp.actions.evidence.fetch_file", away)
    desk.post(signed())
    session = desk.session()
    assert (session.outcome, session.evidence_missing, session.status) == ("signed", True, "needs_review")
    assert kinds(desk) == ["evidence"]

    monkeypatch.setattr("webapp.actions.evidence.fetch_file", lambda *_args, **_options: Answer)
    desk.worker.run_later()
    assert (desk.session().evidence_missing, desk.session().status) == (False, "signed")


def test_a_signature_that_nobody_gave_expires(desk: Desk) -> None:
    desk.post(expired())
    assert (desk.session().status, desk.session().outcome) == ("expired", "none")


def test_an_identity_check_is_never_ended_by_a_signature(
    client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider, desk: Desk
) -> None:
    identity = Desk(client, make, worker)
    make.session(link=identity.made, capture="opened")
    identity.post(signed())

    session = identity.session()
    assert (session.outcome, session.status) == ("passed", "needs_review")
    assert "data" in kinds(identity)


def test_a_reusable_signature_link_has_signed_sessions(
    client: FlaskClient, make: Make, worker: TestWorker, provider: FakeProvider, desk: Desk
) -> None:
    many = Desk(client, make, worker, kind="signature", reusable=True)
    for number in range(2):
        many.post(signed(hash=f"{number}" * 32), reference=f"SIGNER{number}")
    assert [many.session(f"SIGNER{number}").status for number in range(2)] == ["signed", "signed"]
    assert many.session("SIGNER0").kind == "signature"
