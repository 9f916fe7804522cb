"""The audit page, its exports and commands: filters in the address, every row once, and a proof that holds elsewhere."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from tests.conftest import Visit
from tests.integration.test_audit_chain import as_owner
from tests.support.desk import Desk, passed
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.audit_chain import rows_between
from webapp.audit_keys import signing_key
from webapp.audit_verifier import verify_export
from webapp.db import Database
from webapp.models.columns import utc_now
from webapp.settings import Settings


def command(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *words])


def shown(page: Any) -> list[int]:
    return [int(row["id"].removeprefix("row-")) for row in page.soup.select("tr[id^=row-]")]


def forge(database: Database, seq: int) -> None:
    with database.writer.begin() as connection:
        as_owner(connection)
        connection.execute(text("UPDATE audit_event SET action = 'link.create' WHERE seq = :seq"), {"seq": seq})


def test_the_log_is_listed_newest_first_in_words(make: Make, alice: PageClient) -> None:
    session = make.finished()
    row = make.audit("session.view", session=session, actor_name_at_time="Rachel", request_id="r-1")
    page = alice.get("/audit")
    assert shown(page)[0] == row.seq
    assert "Opened a session" in page.text
    assert page.soup.find("a", href=f"/sessions/{session.id}")
    assert row.hash in page.text


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("action=link", ["link.open", "link.create"]), ("action=link.open", ["link.open"]), ("session=77", ["session.view"]),
        ("object=link&number=12", ["link.open"]), ("outcome=denied", ["access.denied"]), ("actor=vendor", ["delivery.received"]),
        ("actor=4242", ["session.view"]), ("from=2020-01-01&to=2020-01-02", ["link.create"]), ("to=2020-01-01", []),
        ("action=link&outcome=denied", []),
    ],
)  # fmt: skip
def test_each_filter_shows_what_fits_and_the_export_the_same(
    query: str, wanted: list[str], make: Make, alice: PageClient
) -> None:
    old = utc_now().replace(year=2020, month=1, day=2)
    made = {
        row.seq: row.action
        for row in (
            make.audit("link.create", utc=old), make.audit("link.open", object_type="link", object_id=12),
            make.audit("session.view", session_id=77, actor_type="person", actor_id=4242),
            make.audit("access.denied", outcome="denied"), make.audit("delivery.received", actor_type="vendor"),
        )
    }  # fmt: skip
    page = alice.get(f"/audit?{query}")
    assert [made[seq] for seq in shown(page) if seq in made] == wanted
    exported = [json.loads(line) for line in alice.get(f"/audit/export.jsonl?{query}").data.splitlines()[:-1]]
    assert [row["action"] for row in reversed(exported) if row["seq"] in made] == wanted


def test_pages_follow_each_other_without_gap_or_overlap(make: Make, alice: PageClient) -> None:
    made = [make.audit(action).seq for action in ("link.open", "link.create", "link.pause") * 40]
    seen: list[int] = []
    page = alice.get("/audit?action=link")
    while True:
        seen += shown(page)
        older = page.soup.select_one("a[rel=next]")
        if older is None:
            break
        page = alice.get(older["href"])
    assert seen == list(reversed(made))
    newer = page.soup.select_one("a[rel=prev]")
    assert shown(alice.get(newer["href"])) == list(reversed(made))[50:100]


def test_what_the_address_says_wrongly_is_left_out_and_said(alice: PageClient) -> None:
    page = alice.get("/audit?actor=nobody&action=x.y&from=yesterday&object=link&outcome=no&after=x&session=-1")
    for words in ("Unknown person", "Unknown action", "is no day", "Say the kind and the number", "Unknown outcome"):
        assert words in page.text


def test_verify_says_what_came_of_it_in_words(make: Make, alice: PageClient) -> None:
    make.audit("link.open")
    page = alice.post("/audit/verify", follow=True)
    assert "rows, unbroken" in page.text
    assert "Verified the audit log" in page.text


def test_a_broken_chain_is_named_on_the_page_by_doctor_and_by_the_probe(
    app: Flask, database: Database, make: Make, alice: PageClient
) -> None:
    row = make.audit("link.open")
    make.audit("link.open")
    forge(database, row.seq or 0)
    page = alice.post("/audit/verify", follow=True)
    state = page.soup.select_one("#chain-state")
    assert "bad" in state["class"]
    assert f"the first wrong row is {row.seq}" in state.text
    assert f"First wrong row: {row.seq}" in page.text
    assert app.test_client().get("/readyz").get_json()["audit"] == f"broken at {row.seq}"
    assert (
        f"FAIL  audit log: Broken: the first wrong row is {row.seq}"
        in app.test_cli_runner().invoke(args=["doctor"]).output
    )


def test_an_export_holds_its_own_record_and_is_verified_elsewhere(
    make: Make, alice: PageClient, settings: Settings
) -> None:
    make.audit("link.open", after={"reason": "zażółć"})
    answer = alice.get("/audit/export.jsonl")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    lines = answer.data.splitlines(keepends=True)
    report = verify_export(lambda: lines, key=signing_key(settings.data_dir).public)
    assert report.ok, report.lines
    assert json.loads(lines[-2])["action"] == "export.download"


def test_a_csv_holds_every_column_and_no_formula(make: Make, alice: PageClient) -> None:
    make.audit("link.open", actor_name_at_time="=cmd()", after={"n": 1})
    rows = list(csv.DictReader(io.StringIO(alice.get("/audit/export.csv").data.decode())))
    row = next(each for each in rows if each["action"] == "link.open")
    assert (row["actor_name_at_time"], row["after"], len(row["hash"])) == ("'=cmd()", '{"n": 1}', 64)


def test_verifier_and_key_are_handed_out(alice: PageClient, settings: Settings) -> None:
    assert alice.get("/audit/public-key").data.decode() == signing_key(settings.data_dir).public_pem
    assert b"standard library" in alice.get("/audit/verifier").data
    assert alice.get("/audit/export.xlsx", status=404)


def test_only_who_may_read_the_log_reads_it(rachel: PageClient, visit: Visit) -> None:
    for path in ("/audit", "/audit/export.jsonl", "/audit/public-key"):
        rachel.get(path, status=403)
    assert "Audit log" in visit("Ida Auditor", "auditor").get("/audit").text


def test_the_commands_export_and_verify(app: Flask, make: Make, database: Database, tmp_path: Path) -> None:
    user = make.user("reviewer", email="rachel@console.test")
    first = make.audit("link.open", actor_type="person", actor_id=user.id)
    make.audit("link.create", object_type="link", object_id=3)
    whole, some, sheet = tmp_path / "whole.jsonl", tmp_path / "some.jsonl", tmp_path / "all.csv"
    assert command(app, "export", "--out", str(whole)).exit_code == 0
    assert (
        command(app, "export", "--actor", "rachel@console.test", "--action", "link", "--out", str(some)).exit_code == 0
    )
    assert command(app, "export", "--format", "csv", "--out", str(sheet)).exit_code == 0
    assert [json.loads(line).get("seq") for line in some.read_text().splitlines()] == [first.seq, None]
    assert json.loads(sheet.with_name("all.csv.manifest.json").read_text())["signature"]
    assert command(app, "verify").exit_code == 0
    assert command(app, "verify", str(whole)).exit_code == command(app, "verify", str(some)).exit_code == 0
    forge(database, first.seq or 0)
    broken = command(app, "verify", "--json")
    assert (broken.exit_code, json.loads(broken.stdout)["first_bad"]) == (1, first.seq)
    assert command(app, "export", "--out", str(whole)).exit_code == 0
    told = command(app, "verify", str(whole), "--json")
    assert (told.exit_code, json.loads(told.stdout)["first_bad"]) == (1, first.seq), "the two verifiers agree"


@pytest.mark.parametrize(
    "words",
    [("export", "--actor", "nobody@console.test"), ("export", "--action", "no.such"), ("export", "--object", "link"),
     ("export", "--from", "yesterday"), ("verify", "no-such-file")],
)  # fmt: skip
def test_wrong_words_end_with_2(app: Flask, words: tuple[str, ...]) -> None:
    assert command(app, *words).exit_code == 2


def test_a_file_that_is_no_export_ends_with_2(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("no export")
    assert command(app, "verify", str(tmp_path / "x")).exit_code == 2


def test_the_page_costs_few_queries_however_long_the_log(make: Make, alice: PageClient) -> None:
    for _ in range(60):
        make.audit("link.open", utc=utc_now() - timedelta(days=1))
    assert alice.get("/audit?action=link&from=2020-01-01").queries <= 10


def test_no_personal_value_is_in_any_row_of_a_whole_case(
    app: Flask,
    make: Make,
    provider: FakeProvider,
    worker: TestWorker,
    alice: PageClient,
    nobody: PageClient,
    database: Database,
) -> None:
    """Markers in everything that people type and vendors send, through a link, a result, a search, an export, a sign-in."""
    marker = "Quillfeather"
    person = make.person(f"Anna {marker}", own_reference=f"CASE-{marker}", email=f"{marker}@example.test")
    desk = Desk(app.test_client(), make, worker, person=person)
    make.session(link=desk.made, person=person)
    body = passed()
    body["data"] |= {"lastName": marker, "fullName": f"ANNA {marker}", "documentNumber": marker, "address1": marker}
    desk.post(body)
    session = desk.session()
    alice.get(f"/sessions/{session.id}")
    alice.get(f"/sessions/export.jsonl?q={marker}")
    alice.get(f"/sessions?q={marker}")
    nobody.submit(nobody.get("/sign-in"), email=f"{marker}@example.test", password="not the password", status=422)
    with database.reading() as db:
        log = list(rows_between(db.connection()))
    told = {
        "delivery.received",
        "delivery.applied",
        "session.result",
        "session.view",
        "export.download",
        "auth.sign_in",
    }
    assert told <= {row["action"] for row in log}
    assert not [row for row in log if marker.casefold() in str(row).casefold()]
