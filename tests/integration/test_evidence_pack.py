"""The evidence pack: what is in it, for whom, and that its verifier finds every change and says what it does not prove."""

import csv
import io
import json
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from tests.integration.test_erasure import LAW, MARK, ended, erased, planted
from tests.support.applied import apply, deliveries, files, hosted, payload, save_pictures
from tests.support.deciding import face_failed, propose, send
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.names import thousand
from tests.support.packs import everything, flip, loaded, made, names, verify
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.audit_keys import signing_key
from webapp.exports.formulas import FORMULA
from webapp.masks import Sight
from webapp.models import AmlVerdict, Note, VerificationSession

HOSTILE = (
    "=1+1",
    "@SUM(A1)\u202e",
    "<script>alert(1)</script>",
    "'; -- \\ % \u200b\u2066",
    thousand()[7],
    thousand()[911],
)


@pytest.fixture
def session(app: Flask, make: Make, provider: FakeProvider) -> VerificationSession:
    """A session with a result, an AML hit and three saved pictures."""
    applied = apply(app, make, provider, hosted(payload("callback_identity_failed")))
    save_pictures(app, make, applied)
    make.match(applied, position=7, entry={"fullname": ["Jane Hit"], "schema": "sanction", "database": "us_ofac"})
    return applied


def words_of(folder: Path) -> str:
    """The text of the report."""
    return "\n".join(page.extract_text() for page in PdfReader(folder / "report.pdf").pages)


def test_a_pack_has_its_files_and_verifies_itself(app: Flask, session: VerificationSession, tmp_path: Path) -> None:
    folder = made(app, session.id, tmp_path / "pack")
    assert names(folder) == [
        "README.txt", "aml.csv", "audit.jsonl", "callbacks/01.json", "callbacks/01.meta.json", "decisions.json",
        "images/01-front.jpg", "images/02-back.jpg", "images/03-face.jpg", "manifest.json", "report.pdf", "session.json",
        "timeline.csv", "verify.py",
    ]  # fmt: skip
    code, said = verify(folder)
    assert code == 0, said
    assert said.startswith("WHOLE")
    assert "that the body of a callback is unaltered" in said
    assert "whose key it is" in said


def test_with_the_key_from_elsewhere_it_is_known_whose_it_is(
    app: Flask, session: VerificationSession, tmp_path: Path
) -> None:
    folder, pem = made(app, session.id, tmp_path / "pack"), tmp_path / "key.pem"
    pem.write_text(signing_key(app.extensions["vouchdesk.settings"].data_dir).public_pem)
    code, said = verify(folder, "--key", str(pem))
    assert code == 0, said
    assert "whose key it is" not in said
    pem.write_text(signing_key(tmp_path / "another").public_pem)
    code, said = verify(folder, "--key", str(pem))
    assert code == 1
    assert "The first wrong file is manifest.json: it is not signed by this key" in said


def test_one_flipped_byte_in_any_file_is_found_and_the_file_named(
    app: Flask, session: VerificationSession, tmp_path: Path
) -> None:
    folder = made(app, session.id, tmp_path / "pack")
    for name in names(folder):
        path = folder / name
        size = path.stat().st_size
        for place in {0, size // 2, size - 2}:
            before = flip(path, place)
            code, said = verify(folder)
            assert code in (1, 2), f"{name} at {place}: {said}"
            assert name in said, f"{name} at {place}: {said}"
            path.write_bytes(before)
    assert verify(folder)[0] == 0


def test_a_missing_and_an_added_file_are_named(app: Flask, session: VerificationSession, tmp_path: Path) -> None:
    folder = made(app, session.id, tmp_path / "pack")
    (folder / "images" / "04-new.jpg").write_bytes(b"new")
    assert "images/04-new.jpg: it is no part of the pack" in verify(folder)[1]
    (folder / "images" / "04-new.jpg").unlink()
    (folder / "timeline.csv").unlink()
    code, said = verify(folder)
    assert (code, "timeline.csv: it is missing" in said) == (1, True)
    (folder / "manifest.json").unlink()
    assert verify(folder)[0] == 2


def test_originals_and_deliveries_are_as_they_came(
    app: Flask, make: Make, session: VerificationSession, tmp_path: Path
) -> None:
    folder, data_dir = made(app, session.id, tmp_path / "pack"), app.extensions["vouchdesk.settings"].data_dir
    kept = files(make, session)
    found = [(folder / name).read_bytes() for name in names(folder) if name.startswith("images/")]
    assert found == [(data_dir / "evidence" / file.path).read_bytes() for file in kept]
    delivery = deliveries(make, session)[0]
    assert (folder / "callbacks/01.json").read_bytes() == delivery.body
    meta = loaded(folder, "callbacks/01.meta.json")
    assert (meta["sha256"], meta["source_address"]) == (delivery.body_sha256, delivery.source_address)
    assert "does not vouch for the bytes" in meta["validation"]["means"]


def test_the_report_says_what_was_found_and_what_is_not_proved(
    app: Flask, session: VerificationSession, tmp_path: Path
) -> None:
    words = words_of(made(app, session.id, tmp_path / "pack")).replace("\n", " ")
    assert "that does not prove the content of its message" in words
    assert f"Session {session.id}" in words
    assert "Purpose: Yearly audit" in words
    assert "images/01-front.jpg" in words


def test_proposals_and_confirmations_are_in_it_with_their_notes(
    app: Flask, make: Make, rachel: PageClient, alice: PageClient, tmp_path: Path
) -> None:
    session = face_failed(make)
    propose(rachel, session)
    send(alice, session, "confirm", note="Seen by a second pair of eyes.")
    folder = made(app, session.id, tmp_path / "pack")
    found = loaded(folder, "decisions.json")
    assert [(step["kind"], step["stage"]) for step in found["steps"]] == [("approve", "proposed"), ("confirm", "final")]
    assert "Both pictures show the same person." in found["steps"][0]["note"]
    assert found["rules"]["0"]
    words = words_of(folder)
    assert "Proposed to approve" in words
    assert "Both pictures show the same person." in words


def test_the_note_of_a_verdict_stands_with_it_and_not_among_the_decisions(
    app: Flask, make: Make, tmp_path: Path
) -> None:
    session = make.finished()
    make.result(session)
    match = make.match(session, verdict="unclear", decided_by_name="Rachel")
    said = make.save(Note(session_id=session.id, text="Asked for a second document."))
    make.save(Note(session_id=session.id, text="Called the branch."))
    make.save(AmlVerdict(match_id=match.id, session_id=session.id, verdict="unclear", note_id=said.id))
    folder = made(app, session.id, tmp_path / "pack")
    found = loaded(folder, "session.json")["session"]
    assert [step["note"] for step in found["steps"]] == ["Called the branch."]
    assert [hit["note"] for hit in found["hits"]] == ["Asked for a second document."]
    assert loaded(folder, "decisions.json")["verdicts"][0]["note"] == "Asked for a second document."


def test_missing_evidence_stands_on_page_one(app: Flask, make: Make, provider: FakeProvider, tmp_path: Path) -> None:
    session = apply(app, make, provider, hosted(payload("callback_identity_failed")))
    save_pictures(app, make, session)
    file = files(make, session)[1]
    with make.database.writing() as db:
        lost = db.get_one(type(file), file.id)
        lost.state, lost.reason, lost.path, lost.display_path, lost.sha256 = "failed", "Gone at the vendor.", "", "", ""
    folder = made(app, session.id, tmp_path / "pack")
    first = PdfReader(folder / "report.pdf").pages[0].extract_text().replace("\n", " ")
    assert "Evidence is missing: 1 of 3 files" in first
    assert "Gone at the vendor" in words_of(folder)
    assert verify(folder)[0] == 0


def test_a_file_that_was_changed_on_the_disk_is_told_on_page_one(
    app: Flask, make: Make, session: VerificationSession, tmp_path: Path
) -> None:
    file = files(make, session)[0]
    path = app.extensions["vouchdesk.settings"].data_dir / "evidence" / file.path
    path.write_bytes(path.read_bytes() + b"x")
    first = (
        PdfReader(made(app, session.id, tmp_path / "pack") / "report.pdf").pages[0].extract_text().replace("\n", " ")
    )
    assert "images/01-front.jpg is not what was saved" in first


def test_without_pictures_none_is_in_it(app: Flask, session: VerificationSession, tmp_path: Path) -> None:
    folder = made(app, session.id, tmp_path / "pack", pictures=False)
    assert not [name for name in names(folder) if name.startswith("images/")]
    assert "/XObject" not in str([page.get("/Resources") for page in PdfReader(folder / "report.pdf").pages])
    assert "Made without pictures" in words_of(folder)


def test_who_may_see_nothing_personal_gets_nothing_personal(
    app: Flask, make: Make, provider: FakeProvider, tmp_path: Path
) -> None:
    person = make.person("Wilhelmina Veryspecial", email="wilhelmina@veryspecial.example")
    body = hosted(payload("callback_identity_failed"))
    body["data"] |= {"lastName": "Zyxwvutson", "documentNumber": "QQ7766554", "fullName": "WILHELMINA ZYXWVUTSON"}
    session = apply(app, make, provider, body, person=person)
    save_pictures(app, make, session)
    make.match(
        session, position=8, entry={"fullname": ["Wilhelmina Zyxwvutson"], "schema": "pep", "database": "eu_cor"}
    )
    born = str(body["data"]["dob"])
    values = ("veryspecial", "zyxwvutson", "qq7766554", born, born.replace("/", "-"))
    whole = everything(made(app, session.id, tmp_path / "whole")).casefold()
    assert [value for value in values if value in whole] == list(values)
    masked = made(app, session.id, tmp_path / "masked", sight=Sight())
    text = (everything(masked) + words_of(masked)).casefold()
    assert [value for value in values if value in text] == []
    assert not [name for name in names(masked) if name.startswith("images/") or name == "callbacks/01.json"]
    assert verify(masked)[0] == 0


def test_an_erased_session_has_a_pack_of_its_tombstone(
    app: Flask, make: Make, worker: TestWorker, rachel: PageClient, tmp_path: Path
) -> None:
    make.user("compliance_lead", name="Ann")
    make.user("compliance_lead", name="Bob")
    session = planted(make, app.extensions["vouchdesk.settings"].data_dir)
    ended(make, session, days=LAW + 1)
    assert MARK in everything(made(app, session.id, tmp_path / "before"))
    stone = erased(make.database, worker, session).tombstone
    folder = made(app, session.id, tmp_path / "pack")
    assert not [name for name in names(folder) if "/" in name]
    words = words_of(folder)
    assert MARK.casefold() not in (everything(folder) + words).casefold()
    assert "This session was erased." in words
    assert "Approved" in words
    assert loaded(folder, "session.json")["tombstone"] == stone
    assert verify(folder)[0] == 0
    assert f"/sessions/{session.id}/pack" in str(rachel.get(f"/sessions/{session.id}").soup)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_text_in_every_file(app: Flask, make: Make, tmp_path: Path, name: str) -> None:
    stored = name.replace("\0", "").encode("utf-8", "replace").decode()[:200]
    session = make.finished(link=make.link(person=make.person(stored)))
    make.result(session, person={"full_name": stored, "first_name": stored})
    make.match(session, entry={"fullname": [stored], "schema": "sanction", "database": "us_ofac"})
    folder = made(app, session.id, tmp_path / "pack")
    rows = list(csv.reader(io.StringIO((folder / "aml.csv").read_text("utf-8"), newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]
    assert b"/JavaScript" not in (folder / "report.pdf").read_bytes()
    assert json.loads((folder / "session.json").read_bytes())["session"]["id"] == session.id
    assert verify(folder)[0] == 0
