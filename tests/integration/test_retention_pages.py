"""The pages of retention: due dates in words, holds, requests, restriction, the certificate, the tombstone, the policy."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Visit
from tests.integration.test_erasure import MARK, ended, planted
from tests.support.factory import Make
from tests.support.pages import BASE_URL, PageClient
from tests.support.pdfs import Pdf
from webapp.db import Database
from webapp.models import Erasure, LegalHold, Person, VerificationSession
from webapp.models.columns import utc_now


@pytest.fixture
def session(app: Flask, make: Make) -> VerificationSession:
    return planted(make, app.extensions["vouchdesk.settings"].data_dir)


def place(session: VerificationSession) -> str:
    return f"/sessions/{session.id}/retention"


def test_a_session_says_from_when_each_class_may_be_erased_and_why_not_yet(
    alice: PageClient, make: Make, session: VerificationSession
) -> None:
    page = alice.get(f"/sessions/{session.id}")
    assert page.soup.select_one(f"a[href='{place(session)}']") is not None
    page = alice.get(place(session))
    assert "which has no end yet" in page.text and "May not be erased while the relationship lasts" in page.text
    day = (utc_now() - timedelta(days=3)).strftime("%d/%m/%Y")
    alice.submit(page, "#form-end", ended=day)
    page = alice.get(place(session))
    assert "5 years after the end of the relationship." in page.text and "May not be erased before 20" in page.text
    alice.submit(page, "#form-end", ended="")
    with make.database.reading() as db:
        assert db.get_one(Person, session.person_id).relationship_ended_at is None
    page = alice.submit(page, "#form-end", ended="01/01/2999", status=409)
    assert "a day to come" in page.text and page.soup.select_one("[value='01/01/2999']") is not None


def test_a_hold_answers_an_erasure_with_409_and_keeps_what_was_typed(
    alice: PageClient, make: Make, session: VerificationSession
) -> None:
    page = alice.get(place(session))
    page = alice.submit(page, "#form-hold", owner="", reason="x", status=422)
    assert "Name who can say when the hold is over." in page.text
    page = alice.submit(page, "#form-hold", on="person", owner="Eve Counsel", reason="Case 12")
    page = alice.submit(page, "#form-erase", reason="Letter of today", sure=True, status=409)
    assert "legal hold stands against it" in page.text and page.soup.select_one("[value='Letter of today']") is not None
    page = alice.get("/settings/retention")
    page = alice.submit(page, "form[action*='/release']", reason="", status=422)
    page = alice.submit(page, "form[action*='/release']", reason="Case closed")
    with make.database.reading() as db:
        assert db.get_one(LegalHold, 1).released_at is not None


def test_two_people_erase_and_a_tombstone_and_a_certificate_stay(
    alice: PageClient, visit: Visit, make: Make, database: Database, session: VerificationSession, worker: Any
) -> None:
    ended(make, session, days=1826)
    page = alice.get(place(session))
    page = alice.submit(page, "#form-erase", reason="", status=422)
    alice.submit(page, "#form-erase", reason=f"Letter of {MARK}", sure=True)
    page = alice.get("/settings/retention")
    assert "Another person confirms" in page.text and not page.soup.select("form[action*='/confirm']")
    bob = visit("Bob Lead", "compliance_lead")
    bob.submit(bob.get("/settings/retention"), "form[action*='/confirm']")
    worker.run()
    page = bob.get(f"/sessions/{session.id}")
    assert "Its personal data have been erased" in page.text and MARK not in page.text
    for path in (
        "/sessions",
        f"/links/{session.link_id}",
        "/settings/retention",
        place(session),
        "/deliveries",
        "/matches",
    ):
        assert MARK not in bob.get(path).text
    with database.reading() as db:
        row = db.get_one(Erasure, 1)
    answer = bob.http.get("/settings/retention/1/certificate.pdf", base_url=BASE_URL)
    words = Pdf(answer.data).text
    assert answer.mimetype == "application/pdf" and "Certificate of erasure" in words and MARK not in words
    assert "Bob Lead" in words and row.certificate_sha256[:16] in words


def test_what_the_law_keeps_is_refused_with_its_date_and_can_be_restricted(
    alice: PageClient, visit: Visit, make: Make, session: VerificationSession
) -> None:
    ended(make, session, days=10)
    page = alice.get(place(session))
    alice.submit(page, "#form-erase", reason="Letter", sure=True)
    page = alice.get(place(session))
    assert "Refused" in page.text and "(AML record keeping, 5 years). You can restrict access now." in page.text
    rachel = visit("Rachel Reviewer", "reviewer")
    assert MARK in rachel.get(f"/sessions/{session.id}").text
    alice.submit(page, "#form-restrict")
    seen = rachel.get(f"/sessions/{session.id}").text
    assert f"Anna {MARK}" not in seen and f"{MARK}@" not in seen and "A*** Q***" in seen
    rachel.get("/evidence/1/original", status=403)
    rachel.get(f"/sessions/{session.id}/raw/1", status=403)
    assert MARK in visit("Lena Lead", "compliance_lead").get(f"/sessions/{session.id}").text


@pytest.mark.parametrize("key", ["pictures", "biometrics", "extracted", "contact", "aml", "decision"])
def test_a_session_of_which_one_class_is_gone_still_has_its_page(
    alice: PageClient, make: Make, session: VerificationSession, key: str, worker: Any
) -> None:
    make.save(Erasure(session_id=session.id, cause="request", state="running", classes=[key]))
    with make.database.writing() as db:
        from webapp.actions.jobs import enqueue

        enqueue(db, kind="erase", subject_id=1)
    worker.run()
    page = alice.get(f"/sessions/{session.id}")
    assert "1 of 6 classes of data are erased." in page.text
    assert "Gone" in alice.get(place(session)).text


def test_a_period_under_the_administrators_minimum_is_refused(alice: PageClient) -> None:
    page = alice.get("/settings/policy")
    page = alice.submit(page, "#policy-retention", extracted_days="400", status=422)
    assert "minimum is 1825 days (5 years)" in page.text
    page = alice.submit(page, "#policy-retention", extracted_days="2000", aml_base="decided", status=422)
    assert "Choose that base." in page.text
    page = alice.submit(
        page, "#policy-retention", extracted_days="2000", aml_base="relationship_ended", pictures_days="90"
    )
    assert "data read from documents 2000 days" in page.text and "pictures of documents 90 days" in page.text
