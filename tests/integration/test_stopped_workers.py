"""Jobs of which every worker dies: after five of them it is given up in the words of its kind, and nothing is lost."""

import base64
import hashlib
import io
import json
from datetime import UTC, datetime

import pytest
from flask import Flask
from PIL import Image
from pytest_httpserver import HTTPServer
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from tests.support.applied import apply, payload
from tests.support.dying import die
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.actions import due_list
from webapp.actions.jobs import enqueue
from webapp.actions.stopped import ABOUT
from webapp.giving_up import IN_WORDS
from webapp.jobs import HANDLERS
from webapp.models import AuditEvent, Delivery, Erasure, EvidenceFile, Job, Matter, VerificationSession
from webapp.settings import Settings

KILLED = "9"


def told(db: Session, about: str, number: int | None) -> list[AuditEvent]:
    """What is on record of it, oldest first."""
    db.rollback()
    mine = AuditEvent.object_type == about, AuditEvent.object_id == number
    return list(db.exec(select(AuditEvent).where(*mine).order_by(col(AuditEvent.seq))))


def waiting(make: Make, **fields: object) -> Delivery:
    """A delivery that a worker is to read."""
    session = make.session(capture="opened", unverified=True)
    body = f'{{"success":false,"reference":"{session.reference}","hash":"h","failcode":1,"failreason":"x"}}'.encode()
    delivery = make.delivery(session=session, body=body, state="received", session_id=None, settled_at=None, **fields)
    with make.database.writing() as db:
        enqueue(db, kind="take_in", subject_id=delivery.id or 0)
    return delivery


def test_a_delivery_of_which_every_worker_dies_goes_to_quarantine_and_is_read_again_on_request(
    app: Flask, make: Make, provider: FakeProvider, worker: TestWorker, db: Session, alice: PageClient
) -> None:
    settings: Settings = app.extensions["vouchdesk.settings"]
    delivery = waiting(make)
    assert die(settings, "provider:read", times=5) == [KILLED] * 5
    assert db.get_one(Delivery, delivery.id).state == "received"
    worker.run()

    db.rollback()
    kept = db.get_one(Delivery, delivery.id)
    db.refresh(kept)
    assert (kept.state, kept.reason) == ("quarantined", "Five attempts to read it ended with the worker stopped.")
    assert kept.body == delivery.body
    assert provider.read_bodies == []
    assert worker.waiting == []
    assert not db.exec(select(VerificationSession)).one().unverified
    rows = told(db, "delivery", delivery.id)
    assert [each.action for each in rows] == [*["job.stopped"] * 5, "delivery.quarantined"]
    assert [each.after for each in rows[:5]] == [{"kind": "take_in", "times": times} for times in range(1, 6)]
    assert {each.actor_type for each in rows} == {"system"}

    page = alice.get("/deliveries?state=quarantined")
    assert "Five attempts to read it ended with the worker stopped." in page.text
    alice.submit(page, f"form[action^='/deliveries/{delivery.id}/replay']")
    assert die(settings, "provider:read", times=4) == [KILLED] * 4
    worker.run()
    db.rollback()
    db.refresh(kept)
    assert kept.state == "applied"
    assert db.exec(select(VerificationSession)).one().outcome == "failed"


def test_a_picture_of_which_every_worker_dies_is_failed_and_tried_again_on_request(
    app: Flask, make: Make, provider: FakeProvider, worker: TestWorker, db: Session, rachel: PageClient
) -> None:
    settings: Settings = app.extensions["vouchdesk.settings"]
    session = apply(app, make, provider, payload("callback_identity_passed"))
    file = the_file(make, session)
    assert die(settings, "webapp.actions.evidence:display_copy", times=5) == [KILLED] * 5
    worker.run()

    db.rollback()
    kept = db.get_one(EvidenceFile, file.id)
    assert (kept.state, kept.reason) == ("failed", "Five attempts to save it ended with the worker stopped.")
    assert worker.waiting == []
    assert db.get_one(VerificationSession, session.id).evidence_missing
    assert "evidence" in db.exec(select(Matter.kind).where(Matter.session_id == session.id)).all()
    rows = told(db, "evidence", file.id)
    assert [each.action for each in rows] == [*["job.stopped"] * 5, "evidence.failed"]
    assert (rows[-1].actor_type, rows[-1].outcome, rows[-1].session_id) == ("system", "error", session.id)

    page = rachel.get(f"/sessions/{session.id}")
    assert "Five attempts to save it ended with the worker stopped." in page.text
    rachel.submit(page, f"form[action='/evidence/{file.id}/retry']")
    assert die(settings, "webapp.actions.evidence:display_copy", times=1) == [KILLED]
    worker.run()
    db.rollback()
    db.refresh(kept)
    assert kept.state == "saved"


@pytest.mark.parametrize("kills", ["webapp.actions.evidence:display_copy", "webapp.actions.evidence:fetch_file"])
def test_a_picture_that_the_vendor_will_delete_is_kept_unopened_where_it_can_be_had(
    kills: str, app: Flask, make: Make, provider: FakeProvider, worker: TestWorker, db: Session, httpserver: HTTPServer
) -> None:
    """Opening it kills: the original is saved without a look at it. Having it kills: that is tried once more, not for ever."""
    settings: Settings = app.extensions["vouchdesk.settings"]
    origin = f"http://127.0.0.1:{httpserver.port}"
    settings.evidence_origins = (origin,)
    httpserver.expect_request("/front.jpg").respond_with_data(PICTURE)
    session = apply(app, make, provider, payload("callback_identity_passed"))
    file = the_file(make, session, url=f"{origin}/front.jpg")
    opens = kills.endswith("display_copy")
    assert die(settings, kills, times=5) == [KILLED] * 5
    if not opens:
        assert die(settings, kills, times=1) == [KILLED]
    asked = len(httpserver.log)
    worker.run()

    db.rollback()
    kept = db.get_one(EvidenceFile, file.id)
    assert worker.waiting == []
    assert len(httpserver.log) - asked == int(opens)
    if opens:
        assert (kept.state, kept.sha256) == ("refused", hashlib.sha256(PICTURE).hexdigest())
        assert kept.reason == "Kept as it came and not opened: five attempts to open it ended with the worker stopped."
        assert (settings.data_dir / "evidence" / kept.path).read_bytes() == PICTURE
        assert (kept.display_path, kept.media_type) == ("", "application/octet-stream")
    else:
        assert (kept.state, kept.path) == ("failed", "")
        assert kept.reason == "Five attempts to save it ended with the worker stopped."
    assert told(db, "evidence", file.id)[-1].action == ("evidence.refused" if opens else "evidence.failed")
    assert db.get_one(VerificationSession, session.id).evidence_missing


def specimen() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(out, "JPEG")
    return out.getvalue()


PICTURE = specimen()


def the_file(make: Make, session: VerificationSession, *, url: str = "") -> EvidenceFile:
    """The session's only file, that a worker is to save: a picture in its delivery's body, or at an address."""
    with make.database.writing() as db:
        db.execute(delete(Job))
        first, *others = db.exec(select(EvidenceFile).where(EvidenceFile.session_id == session.id))
        for other in others:
            db.delete(other)
        first.kind, first.state, first.source_url, first.pointer = "document", "pending", url, ["picture"]
        body = {"picture": base64.b64encode(PICTURE).decode()}
        db.get_one(Delivery, first.delivery_id).body = json.dumps(body).encode()
        enqueue(db, kind="fetch_evidence", subject_id=first.id or 0)
    return first


def test_a_worker_killed_after_the_end_of_its_job_leaves_nothing_to_give_up(
    app: Flask, make: Make, worker: TestWorker, db: Session
) -> None:
    delivery = waiting(make)
    with make.database.writing() as change:
        change.get_one(Delivery, delivery.id).state = "applied"
    assert die(app.extensions["vouchdesk.settings"], "webapp.worker:finish", times=5) == [KILLED] * 5
    worker.run()
    assert worker.waiting == []
    assert [each.action for each in told(db, "delivery", delivery.id)] == ["job.stopped"] * 5
    assert db.get_one(Delivery, delivery.id).state == "applied"


def test_work_without_a_state_of_its_own_is_set_aside_and_told_until_somebody_has_it_tried_again(
    app: Flask, make: Make, worker: TestWorker, db: Session, alice: PageClient
) -> None:
    session = make.finished()
    make.result(session)
    with make.database.writing() as change:
        enqueue(change, kind="compare_subjects", subject_id=session.id or 0)
    told_before = alice.get("/").text, alice.get("/readyz", status=None).data, doctor(app)
    assert die(app.extensions["vouchdesk.settings"], "webapp.actions.subjects:compare", times=5) == [KILLED] * 5
    worker.run()

    [job] = worker.waiting
    assert (job.failed_at is not None, job.leased_until, job.last_error) == (True, None, "its worker stopped")
    rows = told(db, "session", session.id)
    assert [each.action for each in rows] == [*["job.stopped"] * 5, "job.given_up"]
    assert (rows[-1].outcome, rows[-1].after) == ("error", {"kind": "compare_subjects", "times": 5})
    worker.run_later()
    assert [each.id for each in worker.waiting] == [job.id]

    page = alice.get("/")
    assert "1 job was set aside" in page.text
    assert "was set aside" not in told_before[0]
    assert b'"jobs_set_aside":1' in alice.get("/readyz", status=None).data
    assert b'"jobs_set_aside":0' in told_before[1]
    assert "FAIL  jobs: 1 set aside" in doctor(app)
    assert "ok    jobs: none was set aside" in told_before[2]
    [row] = [json.loads(line) for line in run(app, "jobs", "list").splitlines()]
    assert (row["id"], row["kind"], row["subject_id"]) == (job.id, "compare_subjects", session.id)

    assert "No job 99 is set aside." in run(app, "jobs", "retry", "99")
    assert "Queued" in run(app, "jobs", "retry", str(job.id))
    assert run(app, "jobs", "list") == ""
    assert die(app.extensions["vouchdesk.settings"], "webapp.actions.subjects:compare", times=1) == [KILLED]
    worker.run()
    assert worker.waiting == []
    assert "1 job was set aside" not in alice.get("/").text


def doctor(app: Flask) -> str:
    return run(app, "doctor")


def run(app: Flask, *words: str) -> str:
    return app.test_cli_runner().invoke(args=words).output


def test_an_erasure_of_which_workers_die_is_not_begun_again_every_night(
    app: Flask, make: Make, worker: TestWorker, db: Session
) -> None:
    session = make.finished()
    now = datetime.now(UTC)
    erasure = make.save(Erasure(session_id=session.id, cause="request", classes=["pictures"], state="due", due_at=now))
    with make.database.writing() as change:
        enqueue(change, kind="erase", subject_id=erasure.id or 0)
    assert die(app.extensions["vouchdesk.settings"], "webapp.actions.erasing:files", times=5) == [KILLED] * 5
    worker.run()
    due_list.make_list(make.database, minimum_days=0)
    assert [(each.kind, each.failed_at is not None) for each in worker.waiting] == [("erase", True)]
    with make.database.writing() as change:
        change.execute(update(Job).values(last_error="OSError"))
    due_list.make_list(make.database, minimum_days=0)
    assert [(each.kind, each.failed_at is not None) for each in worker.waiting] == [("erase", True), ("erase", False)]


def test_every_kind_of_work_is_on_record_by_what_it_is_about() -> None:
    assert set(HANDLERS) == set(ABOUT)
    assert set(IN_WORDS) < set(HANDLERS)


def test_a_worker_killed_while_it_gives_up_leaves_it_to_the_next(
    app: Flask, make: Make, worker: TestWorker, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is half said: state, record and job change together or not at all."""
    settings: Settings = app.extensions["vouchdesk.settings"]
    delivery = waiting(make)
    assert die(settings, "provider:read", times=5) == [KILLED] * 5
    assert die(settings, "webapp.actions.deliveries:announce_link", times=1) == [KILLED]
    assert db.get_one(Delivery, delivery.id).state == "received"
    assert [each.action for each in told(db, "delivery", delivery.id)] == ["job.stopped"] * 5
    worker.run()
    db.rollback()
    assert worker.waiting == []
    assert [each.action for each in told(db, "delivery", delivery.id)] == [*["job.stopped"] * 6, "delivery.quarantined"]
