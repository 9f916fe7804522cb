"""Lists as files: asked for with a purpose, exactly what the filter shows, had once, and by whom."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlmodel import Session, col, select

from tests.support.export_files import exported
from tests.support.factory import Make
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.actions.exports import expire_due
from webapp.exports import FORMATS
from webapp.exports.lists import LISTS
from webapp.masks import Sight
from webapp.models import AuditEvent, Export
from webapp.models.columns import utc_now
from webapp.queries.exports import may_have
from webapp.settings import Settings

every_format = pytest.mark.parametrize("format", FORMATS)


def made_by(visitor: PageClient, worker: TestWorker, address: str = "/exports/new?list=sessions") -> str:
    """The address of a file that is there."""
    page = visitor.submit(visitor.get(address), "#export-form", purpose="audit", purpose_text="Yearly audit")
    worker.run()
    return page.url


def everything(make: Make) -> dict[str, int]:
    """Two rows of each list, one of which each address of `NARROWED` shows; the number of that one."""
    one, other = make.session(capture="opened"), make.finished()
    paused = make.link(state="paused", reusable=True, label="Specimen campaign")
    match = make.match(one, verdict="same")
    make.match(other)
    make.decision(other)
    first = make.decision(one)
    bad = make.delivery(session=one, state="quarantined")
    make.delivery(session=other)
    return {
        "sessions": one.id or 0, "decisions": first.id or 0, "links": paused.id or 0, "deliveries": bad.id or 0,
        "matches": match.id or 0,
    }  # fmt: skip


NARROWED = {
    "sessions": "status=opened", "decisions": "status=opened", "links": "state=paused",
    "deliveries": "state=quarantined", "matches": "verdict=same",
}  # fmt: skip


@every_format
@pytest.mark.parametrize("kind", NARROWED)
def test_a_file_has_what_the_filter_of_its_page_shows(
    kind: str, format: str, rachel: PageClient, make: Make, worker: TestWorker
) -> None:
    wanted = everything(make)
    rows = exported(rachel, worker, f"/exports/new?list={kind}&{NARROWED[kind]}", format=format)
    assert [int(row["id"]) for row in rows] == [wanted[kind]]
    columns = LISTS[kind].profiles[""].columns
    assert list(rows[0]) == [column.name for column in columns]


@pytest.mark.parametrize("kind", NARROWED)
def test_without_a_filter_a_file_has_all(kind: str, rachel: PageClient, make: Make, worker: TestWorker) -> None:
    everything(make)
    address = f"/exports/new?list={kind}"
    said = rachel.get(address).soup.find(id="amount")
    rows = exported(rachel, worker, address)
    assert len(rows) >= 2
    assert said is not None
    assert said.get_text().startswith(f"{len(rows)} ")


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_audit_log_is_a_file_too_for_who_reads_it(
    format: str, alice: PageClient, rachel: PageClient, worker: TestWorker, db: Session
) -> None:
    rows = exported(alice, worker, "/exports/new?list=audit&action=export.request", format=format)
    assert [row["action"] for row in rows] == ["export.request"]
    rachel.get("/exports/new?list=audit", status=403)


def test_the_audit_log_as_json_lines_carries_its_proof(alice: PageClient, worker: TestWorker) -> None:
    page = alice.get(made_by(alice, worker, "/exports/new?list=audit&format=jsonl"))
    lines = [json.loads(line) for line in alice.submit(page, "#export form").html.splitlines()]
    assert lines[-1]["manifest"]["count"] == len(lines) - 1 > 0


def test_the_supervisors_columns_name_nobody_and_tell_the_second_approver(
    rachel: PageClient, make: Make, worker: TestWorker
) -> None:
    ended = utc_now() - timedelta(days=1)
    person = make.person("Anna Specimen", relationship_ended_at=ended)
    session = make.finished(person=person, review="done", decision="approved")
    first, second = make.user("reviewer"), make.user("approver", name="Bob Approver")
    proposal = make.decision(session, kind="approve", stage="proposed", actor_id=first.id)
    make.decision(
        session,
        kind="confirm",
        proposal_id=proposal.id,
        proposer_id=first.id,
        actor_id=second.id,
        actor_name=second.name,
    )
    (row,) = exported(rachel, worker, "/exports/new?list=sessions", profile="regulator")
    assert (row["second_approver"], row["relationship_end"]) == ("Bob Approver", f"{ended:%Y-%m-%dT%H:%M:%SZ}")
    assert "Anna" not in str(row)


def test_a_purpose_is_asked_for_and_what_was_typed_stays(rachel: PageClient) -> None:
    page = rachel.get("/exports/new?list=links&state=paused")
    page = rachel.submit(page, "#export-form", status=422, purpose_text="ab", format="xlsx")
    assert "Choose what the file is for." in page.text
    assert page.soup.select_one('input[value="xlsx"]')["checked"] is not None  # type: ignore[index]
    assert page.soup.select_one('#purpose_text[value="ab"]')
    assert "state=paused" in page.soup.select_one("#export-form")["action"]  # type: ignore[index]


def test_purpose_and_filter_are_on_the_record_but_not_the_name_that_was_searched_for(
    rachel: PageClient, worker: TestWorker, db: Session
) -> None:
    made_by(rachel, worker, "/exports/new?list=sessions&q=Specimen&status=failed")
    asked = db.exec(select(AuditEvent).where(AuditEvent.action == "export.request")).one()
    after: dict[str, Any] = asked.after or {}
    assert after["purpose"] == "audit"
    assert ["status", "failed"] in after["filter"]
    assert "Specimen" not in str(after)
    assert "Yearly" not in str(after)


def test_a_filter_that_shows_nothing_gives_a_file_of_heads_and_says_so(rachel: PageClient, worker: TestWorker) -> None:
    page = rachel.get("/exports/new?list=sessions&status=failed")
    assert "The filter shows nothing" in page.text
    page = rachel.get(made_by(rachel, worker, "/exports/new?list=sessions&status=failed"))
    assert "The filter shows nothing, so it has heads and no row." in page.text
    assert len(rachel.submit(page, "#export form").html.splitlines()) == 1


def test_a_file_is_had_once_and_the_second_time_said_so(rachel: PageClient, worker: TestWorker, db: Session) -> None:
    address = made_by(rachel, worker)
    page = rachel.get(address)
    file = rachel.submit(page, "#export form")
    assert file.headers["Content-Disposition"].startswith('attachment; filename="sessions-')
    assert file.headers["Cache-Control"] == "no-store"
    second = rachel.submit(page, "#export form", status=410)
    assert "You have downloaded this file already" in second.text
    assert "Ask for it again" in second.text
    had = db.exec(select(AuditEvent).where(AuditEvent.action == "export.download")).one()
    assert (had.after or {})["sha256"] == db.exec(select(Export.sha256)).one()


def test_after_a_day_the_file_is_gone_and_so_is_what_was_searched_for(
    rachel: PageClient, worker: TestWorker, db: Session, settings: Settings
) -> None:
    address = made_by(rachel, worker, "/exports/new?list=sessions&q=Specimen&status=failed")
    page = rachel.get(address)
    with time_machine.travel(utc_now() + timedelta(hours=25), tick=True):
        expire_due(worker.context.database, settings.data_dir)
    assert list((settings.data_dir / "exports").iterdir()) == []
    rachel.submit(page, "#export form", status=410)
    assert "The file was deleted" in rachel.get(address).text
    row = db.exec(select(Export)).one()
    assert (row.state, row.filter) == ("expired", [["q", ""], ["status", "failed"]])


def test_others_files_are_not_there_but_for_who_reads_the_audit_log(
    visit: Any, rachel: PageClient, worker: TestWorker
) -> None:
    address = made_by(rachel, worker)
    robert, auditor = visit("Robert Reviewer", "reviewer"), visit("Aud Auditor", "auditor")
    robert.get(address, status=404)
    robert.post(f"{address}/download", {}, status=404)
    assert "No file yet" in robert.get("/exports").text
    assert "Rachel Reviewer" in auditor.get("/exports").text
    auditor.post(f"{address}/cancel", {}, status=404)
    assert auditor.submit(auditor.get(address), "#export form").status == 200
    assert rachel.submit(rachel.get(address), "#export form").status == 200


def test_a_file_is_not_for_eyes_that_may_see_less(make: Make) -> None:
    export = make.export(sight={"personal": True, "images": False, "document_numbers": False})
    assert may_have(export, Sight(personal=True))
    assert not may_have(export, Sight(images=True, document_numbers=True))


def test_two_requests_at_once_are_one_file(rachel: PageClient, make: Make, db: Session, worker: TestWorker) -> None:
    page = rachel.get("/exports/new?list=sessions")
    first, second = (
        rachel.submit(page, "#export-form", purpose="audit", purpose_text="Yearly audit") for _ in range(2)
    )
    assert first.url == second.url
    other = rachel.submit(page, "#export-form", purpose="audit", purpose_text="Another case")
    assert other.url != first.url
    worker.run()
    rachel.submit(rachel.get(first.url), "#export form")
    third = rachel.submit(page, "#export-form", purpose="audit", purpose_text="Yearly audit")
    assert third.url not in (first.url, other.url)
    assert len(db.exec(select(Export).where(col(Export.state) == "ready")).all()) == 2


def test_no_right_to_export_no_file(victor: PageClient) -> None:
    for address in ("/exports", "/exports/new?list=sessions"):
        victor.get(address, status=403)


def test_a_list_that_is_none_is_not_found(rachel: PageClient) -> None:
    rachel.get("/exports/new?list=passwords", status=404)
    rachel.get("/exports/new", status=404)
    rachel.get("/exports/99999999999", status=404)
