"""The copy at the vendor on the pages: its state in words, Try now, the certificate, the overview, /readyz and doctor."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Visit
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import BASE_URL, PageClient
from tests.support.pdfs import Pdf
from tests.support.worker import TestWorker
from webapp.models import Erasure, Job, LegalHold, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import ProviderError
from webapp.queries.retention import ON_HOLD

PLACE = "/settings/retention"
ENTRY = "I3MS6XjOqsB7Zbye54ohG9F7rtvW02Zv"
REFUSED = ProviderError("Not \u202eallowed <b>today</b>", code="77", permanent=True)
SAID = "Not ⟨U+202E⟩allowed <b>today</b> (error 77)."


@pytest.fixture
def left(make: Make) -> Erasure:
    """An erasure whose copy is left at the vendor, with the job that asks for it."""
    made = make.save(
        Erasure(session_id=make.finished().id, cause="request", state="partly", vendor_state="pending",
                classes=["pictures"], tombstone={"vault_id": ENTRY}, done_at=utc_now())
    )  # fmt: skip
    make.save(Job(kind="erase_copy", subject_id=made.id or 0))
    return made


def waits(page: PageClient) -> str:
    """What the page says in the row of the erasure."""
    found = page.get(PLACE).soup.select_one("section[aria-labelledby='h-waiting'] tbody tr")
    assert found is not None
    return " ".join(found.get_text(" ").split())


def certificate(page: PageClient, erasure: Erasure) -> str:
    answer = page.http.get(f"{PLACE}/{erasure.id}/certificate.pdf", base_url=BASE_URL)
    assert answer.status_code == 200
    return " ".join(Pdf(answer.data).text.split())


def set_job(make: Make, **fields: Any) -> None:
    with make.database.writing() as db:
        job = db.get_one(Job, 1)
        for name, value in fields.items():
            setattr(job, name, value)


def test_the_page_follows_the_copy_from_the_question_to_its_end(
    alice: PageClient, make: Make, left: Erasure, worker: TestWorker, provider: FakeProvider
) -> None:
    assert f"A copy is left at the vendor under {ENTRY} . The vendor is asked as soon as a worker is free." in waits(
        alice
    )
    assert "A copy is still at the vendor" in certificate(alice, left)

    provider.erase_answer = REFUSED
    worker.run()
    said = waits(alice)
    assert f"The vendor does not delete it: {SAID} The vendor is asked again in 10 min" in said
    assert "Not" in (words := certificate(alice, left)) and "(error 77)" in words
    with make.database.reading() as db:
        before = db.get_one(Erasure, left.id).certificate_sha256

    provider.erase_answer = None
    page = alice.submit(alice.get(PLACE), "form[action$='/vendor-retry']")
    assert "The vendor is being asked now." in alice.get(PLACE).text or "The vendor is being asked now." in page.text
    worker.run()
    page = alice.get(PLACE)
    assert "Nothing is due." in page.text and "The vendor confirmed that its copy is deleted." in page.text
    assert ENTRY not in page.text and "error 77" not in page.text
    with make.database.reading() as db:
        row = db.get_one(Erasure, left.id)
    assert row.certificate_sha256 != before
    words = certificate(alice, row)
    day = row.tombstone["vendor_erased"][:10]
    assert f"Deleted: the vendor confirmed it, {day}" in words and row.certificate_sha256[:16] in words


def test_by_hand_stays_the_way_out(
    alice: PageClient, left: Erasure, worker: TestWorker, provider: FakeProvider
) -> None:
    provider.erase_answer = REFUSED
    worker.run()
    alice.submit(alice.get(PLACE), "form[action$='/vendor-done']")
    page = alice.get(PLACE)
    assert "The vendor’s copy is deleted, as a person noted." in page.text and "error 77" not in page.text
    assert "Deleted at the vendor too, as a person noted, 20" in certificate(alice, left)
    worker.run_later()
    assert provider.erased == [ENTRY]


@pytest.mark.parametrize(("fields", "words"), [
    ({"failed_at": timedelta()}, "Asking failed here and was set aside: press Try now."),
    ({"last_error": ON_HOLD, "due_at": timedelta(hours=1)}, "until it is released the vendor is not asked."),
    ({"due_at": timedelta(hours=12, minutes=5)}, "The vendor is asked again in 12 h"),
    ({"subject_id": 99}, "Nothing asks the vendor to delete it: press Try now."),
], ids=["aside", "hold", "later", "none"])  # fmt: skip
def test_the_page_says_when_the_vendor_is_asked_again(
    alice: PageClient, make: Make, left: Erasure, fields: dict[str, Any], words: str
) -> None:
    set_job(
        make, **{name: utc_now() + value if isinstance(value, timedelta) else value for name, value in fields.items()}
    )
    assert words in waits(alice)


def test_a_question_that_is_on_its_way_is_told_and_so_is_a_vendor_that_is_away(
    alice: PageClient, make: Make, left: Erasure
) -> None:
    def changed(**fields: Any) -> str:
        with make.database.writing() as db:
            row = db.get_one(Erasure, left.id)
            for name, value in fields.items():
                setattr(row, name, value)
        return waits(alice)

    assert "The vendor has been asked to delete it, and has not answered yet." in changed(vendor_state="asked")
    assert "The vendor could not be reached." in changed(vendor_state="away", error="The vendor could not be reached.")
    assert "The vendor could not be reached." in certificate(alice, left)


def test_try_now_is_409_when_nothing_is_left_or_a_hold_stands_and_404_for_nothing(
    alice: PageClient, make: Make, left: Erasure, provider: FakeProvider
) -> None:
    page = alice.get(PLACE)
    with make.database.reading() as db:
        session = db.get_one(VerificationSession, left.session_id)
    hold = make.save(LegalHold(session_id=session.id, reason="Court", owner_name="Eve"))
    assert "legal hold" in alice.submit(page, "form[action$='/vendor-retry']", status=409).text
    with make.database.writing() as db:
        db.get_one(LegalHold, hold.id).released_at = utc_now()
        db.get_one(Erasure, left.id).state = "done"
    assert "is left at the vendor" in alice.submit(page, "form[action$='/vendor-retry']", status=409).text
    form = page.soup.select_one("form[action$='/vendor-retry']")
    assert form is not None
    form["action"] = f"{PLACE}/999/vendor-retry"
    alice.submit(page, "form[action$='/999/vendor-retry']", status=404)
    assert provider.erased == []


@pytest.mark.parametrize("role", ["viewer", "reviewer", "approver", "admin"])
def test_who_may_not_manage_retention_has_nobody_asked(visit: Visit, left: Erasure, make: Make, role: str) -> None:
    set_job(make, due_at=utc_now() + timedelta(days=1))
    visitor = visit("Eve Else", role)
    page = visitor.get("/account")
    token = page.soup.select_one("input[name='csrf_token']")
    assert token is not None
    answer = visitor.http.post(
        f"{PLACE}/{left.id}/vendor-retry", data={"csrf_token": token["value"]}, base_url=BASE_URL
    )
    assert answer.status_code == 403
    with make.database.reading() as db:
        assert db.get_one(Job, 1).due_at > utc_now() + timedelta(hours=1)


def test_overview_readyz_and_doctor_tell_what_the_vendor_said_last(
    app: Flask, alice: PageClient, left: Erasure, worker: TestWorker, provider: FakeProvider
) -> None:
    def told() -> tuple[str, Any, str]:
        ready = app.test_client().get("/readyz").get_json()
        counted = (ready["partly_erased"], ready["partly_erased_in_vain"])
        return alice.get("/").text, counted, app.test_cli_runner().invoke(args=["doctor"]).output

    page, counted, doctor = told()
    assert "The vendor is asked to delete it." in page and counted == (1, 0)
    assert "1 partly erased, the vendor is asked to delete its copies" in doctor

    provider.erase_answer = REFUSED
    worker.run()
    page, counted, doctor = told()
    assert f"asked in vain for 1 of them, and is asked again. The last time: {SAID}" in page and counted == (1, 1)
    assert f"1 asked for in vain, the last time: {SAID}" in doctor

    provider.erase_answer = None
    worker.run_later()
    page, counted, doctor = told()
    assert "left at the vendor" not in page and counted == (0, 0)
    assert "nothing erased here is left at a vendor" in doctor
