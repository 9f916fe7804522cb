"""Asking for packs and samples: the forms, who may, one file for two requests, the draw, and the command."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import select

from tests.support.deciding import face_failed, propose
from tests.support.factory import Make
from tests.support.packs import loaded, names, unzipped, verify
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.models import AuditEvent, Export, Policy


def ended(make: Make, count: int, **fields: object) -> list[int]:
    """Sessions with a result that came today."""
    return [make.finished(**fields).id or 0 for _ in range(count)]


def rows(make: Make) -> list[Export]:
    with make.database.reading() as db:
        return list(db.exec(select(Export)))


def ask(visitor: PageClient, session_id: int | None, **fields: object) -> str:
    """The address of the pack asked for."""
    page = visitor.get(f"/sessions/{session_id}/pack")
    usual = {"purpose": "audit", "purpose_text": "Yearly audit"}
    return visitor.submit(page, "#pack-form", **usual | fields).url


def downloaded(visitor: PageClient, address: str) -> bytes:
    return visitor.submit(visitor.get(address), "form[action$=download]").data


def draw(visitor: PageClient, worker: TestWorker, **fields: object) -> tuple[list[dict[str, str]], zipfile.ZipFile]:
    """The index of a sample and all of it."""
    usual = {"purpose": "inspection", "purpose_text": "Letter of May"}
    page = visitor.submit(visitor.get("/exports/sample"), "#sample-form", **usual | fields)
    worker.run()
    file = zipfile.ZipFile(io.BytesIO(downloaded(visitor, page.url)))
    return list(csv.DictReader(io.StringIO(file.read("index.csv").decode()))), file


def test_a_pack_is_asked_for_on_the_session_page_and_verifies(
    rachel: PageClient, make: Make, worker: TestWorker, tmp_path: Path
) -> None:
    session = make.finished()
    make.result(session)
    assert f"/sessions/{session.id}/pack" in str(rachel.get(f"/sessions/{session.id}").soup)
    address = ask(rachel, session.id)
    worker.run()
    folder = unzipped(downloaded(rachel, address), tmp_path / "pack")
    code, said = verify(folder)
    assert code == 0, said
    manifest = loaded(folder, "manifest.json")
    assert manifest["created_by"].endswith("(reviewer)")
    assert manifest["purpose"] == "An audit, our own or an outside one: Yearly audit"
    with make.database.reading() as db:
        actions = db.exec(select(AuditEvent.action).where(AuditEvent.session_id == session.id)).all()
    assert {"export.request", "export.ready", "export.download"} <= set(actions)
    assert "asked for an evidence pack" in rachel.get(f"/sessions/{session.id}").text


def test_two_requests_at_once_are_one_pack(rachel: PageClient, make: Make) -> None:
    session = make.finished()
    assert ask(rachel, session.id) == ask(rachel, session.id)
    assert len(rows(make)) == 1


def test_a_purpose_is_needed_and_what_was_typed_stays(rachel: PageClient, make: Make) -> None:
    session = make.finished()
    page = rachel.get(f"/sessions/{session.id}/pack")
    again = rachel.submit(page, "#pack-form", status=422, purpose="", purpose_text="For the letter of May")
    assert "Choose what the file is for." in again.text
    assert "For the letter of May" in str(again.soup)
    assert not rows(make)


def test_without_the_right_to_export_there_is_neither_button_nor_form(victor: PageClient, make: Make) -> None:
    session = make.finished()
    assert f"/sessions/{session.id}/pack" not in str(victor.get(f"/sessions/{session.id}").soup)
    for address in (f"/sessions/{session.id}/pack", "/exports/sample"):
        victor.get(address, status=403)


def test_an_unknown_session_has_no_pack(rachel: PageClient) -> None:
    rachel.get("/sessions/987654/pack", status=404)
    rachel.get("/sessions/98765432109876543210/pack", status=404)


def test_the_same_seed_draws_the_same_sessions_and_more_begin_with_them(
    rachel: PageClient, make: Make, worker: TestWorker
) -> None:
    ended(make, 12)
    few, _ = draw(rachel, worker, count="4", seed="inspection-7")
    again, _ = draw(rachel, worker, count="6", seed="inspection-7")
    other, _ = draw(rachel, worker, count="6", seed="inspection-8")
    numbers = [[row["session"] for row in each] for each in (few, again, other)]
    assert numbers[1][:4] == numbers[0]
    assert numbers[1] != numbers[2]


def test_a_sample_has_an_index_and_packs_that_verify(
    rachel: PageClient, make: Make, worker: TestWorker, tmp_path: Path
) -> None:
    ended(make, 3)
    index, file = draw(rachel, worker, count="2", seed="s1")
    assert "Seed: s1" in file.read("README.txt").decode()
    assert sorted(file.namelist()) == sorted(["README.txt", "index.csv", *(row["pack"] for row in index)])
    for number, row in enumerate(index):
        folder = unzipped(file.read(row["pack"]), tmp_path / str(number))
        assert verify(folder)[0] == 0
        assert loaded(folder, "manifest.json")["root_sha256"] == row["root_sha256"]


def test_a_sample_larger_than_what_there_is_is_all_of_it_and_says_so(
    rachel: PageClient, make: Make, worker: TestWorker
) -> None:
    mine = ended(make, 3, outcome="failed")
    ended(make, 2)
    long_ago = datetime.now(UTC) - timedelta(days=400)
    ended(make, 1, outcome="failed", finished_at=long_ago)
    index, file = draw(rachel, worker, count="30", outcomes=["failed"])
    assert sorted(int(row["session"]) for row in index) == sorted(mine)
    assert "Sample: all 3, as fewer ended in that time than the 30 asked for" in file.read("README.txt").decode()
    assert "all 3, as fewer ended" in rachel.get(f"/exports/{rows(make)[0].id}").text


def test_a_seed_is_made_up_and_shown(rachel: PageClient, make: Make, worker: TestWorker) -> None:
    ended(make, 2)
    _, file = draw(rachel, worker, count="1", seed="")
    seed = rows(make)[0].options["seed"]
    assert f"Seed: {seed}" in file.read("README.txt").decode()
    assert seed in rachel.get(f"/exports/{rows(make)[0].id}").text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"count": "0"}, "Use a number from 1 to 1,000."), ({"last_day": "2020-01-01"}, "The last day is before the first one."),
        ({"seed": "a b"}, "Use letters, digits, dots and dashes."),
        ({"first_day": "2020-01-01", "last_day": "2020-01-02"}, "No session had such a result in that time."),
    ],
)  # fmt: skip
def test_a_sample_that_cannot_be_drawn_says_why(
    rachel: PageClient, make: Make, fields: dict[str, str], says: str
) -> None:
    usual = {"purpose": "inspection", "purpose_text": "Letter of May"}
    again = rachel.submit(rachel.get("/exports/sample"), "#sample-form", status=422, **usual | fields)
    assert says in again.text
    assert "Letter of May" in str(again.soup)
    assert not rows(make)


def test_a_hidden_proposal_keeps_its_session_back(
    app: Flask, rachel: PageClient, make: Make, worker: TestWorker, tmp_path: Path
) -> None:
    session = face_failed(make)
    make.save(Policy(key="second_approval", value={"blind": True}, version=1))
    propose(rachel, session)
    page = rachel.get(f"/sessions/{session.id}/pack")
    assert "to decide without knowing the first" in page.text
    ask(rachel, session.id, status=409)
    index, file = draw(rachel, worker, count="5")
    assert [row["pack"] for row in index] == [""]
    assert sorted(file.namelist()) == ["README.txt", "index.csv"]
    out = tmp_path / "pack.zip"
    done = app.test_cli_runner().invoke(
        args=["evidence", "pack", str(session.id), "--purpose", "audit", "--out", str(out)]
    )
    assert (done.exit_code, out.exists()) == (1, False)


def test_the_command_writes_a_pack_and_its_record(app: Flask, make: Make, tmp_path: Path) -> None:
    session, out = make.finished(), tmp_path / "pack.zip"
    make.result(session)
    run = app.test_cli_runner().invoke
    done = run(args=["evidence", "pack", str(session.id), "--purpose", "Letter of May", "--out", str(out)])
    assert done.exit_code == 0, done.output
    folder = unzipped(out.read_bytes(), tmp_path / "pack")
    assert verify(folder)[0] == 0
    assert "report.pdf" in names(folder)
    assert not list(tmp_path.glob(".pack*"))
    with make.database.reading() as db:
        row = db.exec(select(AuditEvent).where(AuditEvent.action == "export.download")).one()
    assert (row.session_id, row.after["purpose"]) == (session.id, "other")


@pytest.mark.parametrize(("number", "purpose", "code"), [("999999", "audit", 1), ("1", " ", 2), ("x", "audit", 2)])
def test_the_command_refuses_what_it_cannot_do(
    app: Flask, tmp_path: Path, number: str, purpose: str, code: int
) -> None:
    out = tmp_path / "pack.zip"
    run = app.test_cli_runner().invoke(args=["evidence", "pack", number, "--purpose", purpose, "--out", str(out)])
    assert run.exit_code == code
    assert not out.exists()
