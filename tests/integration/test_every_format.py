"""Every export format of the registry gives exactly what the filter shows, to whoever may have it, and says so in the audit."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.support.factory import Make
from tests.support.pages import Page, PageClient
from tests.support.sheets import records
from webapp.exports import FORMATS
from webapp.exports.columns import SESSIONS
from webapp.models import AuditEvent

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
every_format = pytest.mark.parametrize("format", FORMATS)


def read(format: str, page: Page) -> list[dict[str, Any]]:
    if format == "xlsx":
        return records(page.data)
    text = page.data.decode("utf-8-sig")
    if format == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(io.StringIO(text, newline="")))


@every_format
def test_a_download_has_every_page_of_the_filter_in_order(
    format: str, alice: PageClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.queries.session_export.CHUNK", 7)
    link = make.link()
    made = [make.session(link=link, reference=f"R{n}", created_at=START + timedelta(minutes=n // 4)) for n in range(60)]
    make.session(capture="opened")
    page = alice.get(f"/sessions/export.{format}?status=ready")
    assert [int(row["id"]) for row in read(format, page)] == [session.id for session in reversed(made)]


@every_format
def test_a_row_has_every_column(format: str, alice: PageClient, make: Make) -> None:
    person = make.person("=Anna Specimen", own_reference="007")
    session = make.finished(
        person=person, outcome="failed", outcome_code="3", outcome_text="Face mismatch", created_at=START,
        opened_at=START, finished_at=START, decided_at=START,
    )  # fmt: skip
    make.result(session, authenticity={"score": 0.5, "checks": [], "warnings": []})
    make.matter(session, kind="aml", position=2)
    make.matter(session, kind="face", position=1)
    make.match(session)
    make.delivery(session=session)
    (row,) = read(format, alice.get(f"/sessions/export.{format}"))
    guarded = "'=Anna Specimen" if format.endswith("csv") else "=Anna Specimen"
    expected = {
        "id": session.id, "own_reference": "007", "reference": session.reference, "provider": "docupass",
        "kind": "identity", "status": "needs_review", "capture": "finished", "outcome": "failed", "code": "3",
        "code_text": "Face mismatch", "review": "pending", "decision": "none",
        "reasons": "", "decided_by": "", "decided_at": "2026-11-01T12:00:00Z", "person": guarded,
        "open_matters": "face aml", "face_score": 0.81, "face_threshold": 0.4, "authenticity_score": 0.5,
        "authenticity_threshold": 0.3, "aml_matches": 1, "aml_open": 1, "aml_same": 0, "document_type": "passport",
        "issuer": "NL", "created_at": "2026-11-01T12:00:00Z", "opened_at": "2026-11-01T12:00:00Z",
        "finished_at": "2026-11-01T12:00:00Z", "deliveries": 1,
    }  # fmt: skip
    assert list(row) == [column.name for column in SESSIONS] == list(expected)
    typed = {"jsonl": expected, "xlsx": {**expected, "id": str(session.id)}}
    assert row == typed.get(format, {name: str(value) for name, value in expected.items()})


@every_format
def test_a_session_with_nothing_yet_has_empty_cells(format: str, alice: PageClient, make: Make) -> None:
    make.session()
    (row,) = read(format, alice.get(f"/sessions/export.{format}"))
    nothing = None if format == "jsonl" else ""
    assert {row[name] for name in ("face_score", "authenticity_score", "opened_at", "finished_at")} == {nothing}
    assert str(row["aml_matches"]) == str(row["deliveries"]) == "0"


@every_format
def test_a_download_is_named_and_never_stored(format: str, alice: PageClient) -> None:
    page = alice.get(f"/sessions/export.{format}")
    assert page.headers["Content-Disposition"].startswith('attachment; filename="sessions-')
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Type"] == FORMATS[format].media_type


@every_format
def test_a_download_is_on_the_record_without_what_was_searched_for(
    format: str, rachel: PageClient, make: Make, db: Session
) -> None:
    rachel.get(f"/sessions/export.{format}?q=anna&status=failed")
    (row,) = db.exec(select(AuditEvent).where(col(AuditEvent.action) == "export.download")).all()
    assert (row.actor_name_at_time, row.outcome) == ("Rachel Reviewer", "ok")
    (name, searched), status = row.after["filter"]
    assert (row.after["format"], name, status) == (format, "q", ["status", "failed"])
    assert searched.startswith("hmac:")
    assert "anna" not in searched


@every_format
def test_a_viewer_may_not_download_and_is_not_offered_it(format: str, victor: PageClient, make: Make) -> None:
    make.session()
    assert victor.get(f"/sessions/export.{format}", status=403)
    assert "Export" not in victor.get("/sessions").text


@every_format
def test_the_list_offers_the_download_of_its_own_filter(format: str, alice: PageClient, make: Make) -> None:
    make.session()
    page = alice.get("/sessions?q=anna&status=ready")
    offered = page.soup.select_one("a[href='/exports/new?list=sessions&q=anna&status=ready']")
    assert offered is not None
    form = alice.get(str(offered["href"])).soup
    assert form.select_one(f"input[name=format][value='{format}']")


def test_an_unknown_format_is_not_found(alice: PageClient) -> None:
    alice.get("/sessions/export.exe", status=404)
