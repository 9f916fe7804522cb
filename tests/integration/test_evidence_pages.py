"""The picture routes: who may have which bytes, under which headers, and the asking again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import delete, select

from tests.conftest import Visit
from tests.support.applied import apply, change, files, hosted, payload, save_pictures
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import PageClient
from webapp.actions.pictures import DOCX
from webapp.models import AuditEvent, EvidenceFile, Job, VerificationSession

NOW = datetime.now(UTC)
pytestmark = pytest.mark.usefixtures("module_now")


def jobs_of(make: Make, file: EvidenceFile) -> list[Job]:
    with make.database.reading() as db:
        return list(db.exec(select(Job).where(Job.kind == "fetch_evidence", Job.subject_id == file.id)))


def waits_for(make: Make, file: EvidenceFile, **fields: Any) -> None:
    """Let the file's job stand as after some failed tries."""
    for job in jobs_of(make, file):
        change(make, job, **fields)


def views(make: Make) -> list[AuditEvent]:
    with make.database.reading() as db:
        return list(db.exec(select(AuditEvent).where(AuditEvent.action == "image.view")))


@pytest.fixture
def session(app: Flask, make: Make, provider: FakeProvider) -> VerificationSession:
    """A session with three saved pictures."""
    made = apply(app, make, provider, hosted(payload("callback_identity_failed")))
    save_pictures(app, make, made)
    return made


@pytest.fixture
def front(make: Make, session: VerificationSession) -> EvidenceFile:
    """The first of its pictures."""
    return files(make, session)[0]


def test_a_picture_is_sent_so_that_it_can_do_nothing_but_be_seen(rachel: PageClient, front: EvidenceFile) -> None:
    answer = rachel.get(f"/evidence/{front.id}")
    assert answer.data.startswith(b"\xff\xd8")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"].startswith('inline; filename="session-')


def test_a_picture_needs_a_sign_in(nobody: PageClient, front: EvidenceFile) -> None:
    answer = nobody.get(f"/evidence/{front.id}", status=303, follow=False)
    assert "/sign-in" in answer.location


def test_the_original_is_a_download_on_the_record(make: Make, rachel: PageClient, front: EvidenceFile) -> None:
    answer = rachel.get(f"/evidence/{front.id}/original")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="session-')
    with make.database.reading() as db:
        row = db.exec(select(AuditEvent).where(AuditEvent.action == "image.download")).one()
    assert (row.object_id, row.session_id) == (front.id, front.session_id)


def test_a_viewer_may_not_have_the_original(victor: PageClient, front: EvidenceFile) -> None:
    victor.get(f"/evidence/{front.id}/original", status=403)


def test_an_original_of_an_unknown_kind_is_sent_as_mere_bytes(
    make: Make, rachel: PageClient, front: EvidenceFile
) -> None:
    change(make, front, media_type="text/html")
    answer = rachel.get(f"/evidence/{front.id}/original")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert ".bin" in answer.headers["Content-Disposition"]


def test_a_look_at_a_picture_is_on_the_record_once_an_hour_for_each_person(
    make: Make, rachel: PageClient, visit: Visit, front: EvidenceFile
) -> None:
    ida = visit("Ida Auditor", "auditor")
    for visitor in (rachel, rachel, ida):
        visitor.get(f"/evidence/{front.id}")
    assert [(row.object_id, row.session_id, row.actor_name_at_time) for row in views(make)] == [
        (front.id, front.session_id, "Rachel Reviewer"), (front.id, front.session_id, "Ida Auditor"),
    ]  # fmt: skip


def test_a_look_an_hour_later_is_on_the_record_again(make: Make, rachel: PageClient, front: EvidenceFile) -> None:
    make.audit("image.view", object_type="evidence_file", object_id=front.id, actor_id=rachel.user.id,
               utc=NOW - timedelta(minutes=61))  # fmt: skip
    rachel.get(f"/evidence/{front.id}")
    assert len(views(make)) == 2


def test_a_look_at_a_picture_does_not_make_an_open_page_draw_itself_again(
    rachel: PageClient, session: VerificationSession, front: EvidenceFile
) -> None:
    region = rachel.get(f"/sessions/{session.id}").soup.select_one("#session")
    assert region is not None
    rachel.get(f"/evidence/{front.id}")
    again = rachel.get(f"/sessions/{session.id}", htmx=True, headers={"X-Seen": str(region["data-seen"])}, status=None)
    assert again.status == 204


@pytest.mark.parametrize(
    ("media", "sent", "extension"),
    [("application/pdf", "application/pdf", "pdf"), (DOCX, DOCX, "docx"), ("text/html", "application/octet-stream", "html")],
)  # fmt: skip
def test_a_contract_is_only_ever_a_download_that_can_do_nothing(
    make: Make, rachel: PageClient, front: EvidenceFile, media: str, sent: str, extension: str
) -> None:
    change(make, front, kind="contract", side="", media_type=media, display_path="")
    answer = rachel.get(f"/evidence/{front.id}/original")
    assert answer.headers["Content-Type"] == sent
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="session-{front.session_id}-contract-{front.id}.{extension}"'
    )
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_contract_is_never_shown_as_a_picture(make: Make, rachel: PageClient, front: EvidenceFile) -> None:
    change(make, front, kind="contract", media_type="application/pdf", display_path="")
    rachel.get(f"/evidence/{front.id}", status=404)
    assert "attachment" in rachel.get(f"/evidence/{front.id}/original").headers["Content-Disposition"]


@pytest.mark.parametrize("path", ["../../secret.key", "/etc/hostname", "gone.jpg", ""])
def test_nothing_outside_the_evidence_folder_is_ever_sent(
    make: Make, rachel: PageClient, front: EvidenceFile, path: str
) -> None:
    change(make, front, path=path or "x", display_path=path)
    rachel.get(f"/evidence/{front.id}", status=404)


def test_bytes_that_are_no_picture_can_be_downloaded_but_not_shown(
    make: Make, rachel: PageClient, session: VerificationSession, front: EvidenceFile
) -> None:
    change(make, front, state="refused", display_path="", media_type="", reason="This is not a picture.")
    rachel.get(f"/evidence/{front.id}", status=404)
    assert rachel.get(f"/evidence/{front.id}/original").headers["Content-Type"] == "application/octet-stream"
    page = rachel.get(f"/sessions/{session.id}")
    assert "This is not a picture. Download as it came" in page.text


def test_a_picture_not_saved_yet_is_not_found(make: Make, rachel: PageClient, front: EvidenceFile) -> None:
    change(make, front, state="pending", path="", display_path="")
    rachel.get(f"/evidence/{front.id}", status=404)
    rachel.get("/evidence/999999", status=404)


def test_retry_queues_another_try_and_leads_back_to_the_pictures(
    make: Make, rachel: PageClient, session: VerificationSession, front: EvidenceFile
) -> None:
    change(make, front, state="failed", path="", reason="The vendor answered 503.")
    waits_for(make, front, due_at=NOW + timedelta(minutes=10), attempts=9)
    page = rachel.submit(rachel.get(f"/sessions/{session.id}"), f'form[action="/evidence/{front.id}/retry"]')
    assert page.url == f"/sessions/{session.id}"
    assert "being fetched" in page.text and "asked for a file again" in page.text
    (job,) = jobs_of(make, front)
    assert job.due_at <= datetime.now(UTC) and job.attempts == 0


def test_retry_makes_a_job_where_none_waits_any_more(make: Make, rachel: PageClient, front: EvidenceFile) -> None:
    change(make, front, state="failed", path="", reason="The vendor answered 503.")
    with make.database.writing() as db:
        db.execute(delete(Job))
    rachel.post(f"/evidence/{front.id}/retry")
    rachel.post(f"/evidence/{front.id}/retry")
    assert len(jobs_of(make, front)) == 1


def test_retry_in_place_gives_only_the_pictures_as_they_are_now(
    make: Make, rachel: PageClient, session: VerificationSession, front: EvidenceFile
) -> None:
    change(make, front, state="failed", path="", reason="The vendor answered 503.")
    page = rachel.post(f"/evidence/{front.id}/retry", htmx=True)

    assert page.html.lstrip().startswith('<section class="block" id="pictures"')
    assert "being fetched" in page.text
    assert "HX-Request" in page.headers["Vary"]


def test_a_viewer_may_not_retry(victor: PageClient, front: EvidenceFile) -> None:
    victor.post(f"/evidence/{front.id}/retry", status=403)


def test_an_unknown_file_cannot_be_retried(rachel: PageClient) -> None:
    rachel.post("/evidence/999999/retry", status=404)
