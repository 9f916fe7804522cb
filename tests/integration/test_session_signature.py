"""The session page of a signature: what was asked, the signed file in each of its states, and nothing about a person."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.support.applied import apply, change, files, payload
from tests.support.desk import signed
from tests.support.factory import Make
from tests.support.fake_provider import FakeProvider
from tests.support.pages import Page, PageClient
from webapp.models import VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import Options

HASH = "ab12cd34ef56" + "0" * 52
PREFILL = {"customer": "Marie Specimen", "<b>odd</b>": "\u202e<script>alert(1)</script>", "sum": 12}
ASKED = Options(
    contract_template="TPL-2024", contract_format="PDF", contract_prefill=json.dumps(PREFILL), keep_at_vendor=True
)


@pytest.fixture
def waiting(make: Make, provider: FakeProvider) -> VerificationSession:
    """A signature link that was opened."""
    return make.session(link=make.link(kind="signature", options=ASKED), capture="opened", opened_at=utc_now())


def _saved(make: Make, session: VerificationSession, **fields: Any) -> None:
    (file,) = files(make, session)
    usual = {"state": "saved", "saved_at": utc_now(), "path": "signed.pdf", "bytes": 84213, "attempts": 1,
             "media_type": "application/pdf", "sha256": HASH}  # fmt: skip
    change(make, file, **{**usual, **fields})


def _text(page: Page, block: str) -> str:
    found = page.soup.find(id=block)
    assert found is not None, f"no block {block} on {page!r}"
    return " ".join(found.get_text(" ").split())


def _ids(page: Page) -> list[str]:
    return [part["id"] for part in page.soup.select(".evidence > [id]")]


def test_before_the_signature_the_page_says_what_will_be_signed(
    rachel: PageClient, waiting: VerificationSession
) -> None:
    page = rachel.get(f"/sessions/{waiting.id}")
    assert _ids(page) == ["why", "asked"]
    asked = _text(page, "asked")
    for words in ("What will be signed", "TPL-2024", "PDF", "customer", "Marie Specimen", "sum 12"):
        assert words in asked
    assert "<b>odd</b>" in asked and "⟨U+202E⟩<script>" in asked
    assert "<script>alert" not in page.html and "\u202e" not in page.html


def test_a_signed_document_is_shown_with_its_hash_and_can_be_downloaded(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient, victor: PageClient, waiting: VerificationSession
) -> None:
    session = apply(app, make, provider, signed(vaultid="VAULT-1"), session=waiting)
    _saved(make, session)
    page = rachel.get(f"/sessions/{session.id}")
    assert page.soup.select_one("#session-header")["data-status"] == "Signed"
    (file,) = files(make, session)
    told = _text(page, "contract")
    for words in (f"session-{session.id}-contract-{file.id}.pdf", "PDF, 84.2 kB, fetched", "SHA-256 ab12cd34ef56",
                  "A copy stays with the vendor, VAULT-1"):  # fmt: skip
        assert words in told
    assert page.soup.find("span", title=HASH) and page.soup.find(attrs={"data-copy-text": HASH})
    assert page.soup.find("a", href=f"/evidence/{file.id}/original").get_text().strip() == "Download"
    assert "its file is saved" in _text(page, "why")
    assert "Your role may not download it." in _text(victor.get(f"/sessions/{session.id}"), "contract")


def test_what_a_signature_has_not_is_said_in_one_line_and_not_block_by_block(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient, waiting: VerificationSession
) -> None:
    session = apply(app, make, provider, signed(), session=waiting)
    _saved(make, session)
    page = rachel.get(f"/sessions/{session.id}")
    assert _ids(page) == ["why", "contract", "asked", "raw"]
    assert page.text.count("Not requested") == 0
    assert "a signature and nothing else: no face, document or AML is checked" in page.text
    assert page.queries <= 12


def test_a_document_that_could_not_be_fetched_says_why_until_when_and_offers_retry(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient, victor: PageClient, waiting: VerificationSession
) -> None:
    session = apply(app, make, provider, signed(), session=waiting)
    soon = utc_now() + timedelta(hours=5, minutes=1)
    _saved(make, session, state="failed", path="", sha256="", reason="The vendor answered 503 \u202e.", attempts=4,
           vendor_deletes_at=soon)  # fmt: skip
    page = rachel.get(f"/sessions/{session.id}")
    told = _text(page, "contract")
    for words in ("Not saved", "The vendor answered 503 ⟨U+202E⟩.", "Tried 4 times.", "vendor deletes in 5 h"):
        assert words in told
    answer = rachel.submit(page, "Retry the document", status=303, follow=False)
    assert answer.location == f"/sessions/{session.id}#contract"
    assert "Being fetched" in _text(rachel.get(f"/sessions/{session.id}"), "contract")
    assert not victor.get(f"/sessions/{session.id}").soup.select("#contract form")


def test_a_document_that_is_none_by_its_bytes_is_kept_and_says_so(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient, waiting: VerificationSession
) -> None:
    session = apply(app, make, provider, signed(), session=waiting)
    _saved(make, session, state="refused", media_type="application/octet-stream", reason="The contract is not a PDF.")
    told = _text(rachel.get(f"/sessions/{session.id}"), "contract")
    assert "Saved, but it is not what it should be" in told and "Download" in told and "Retry" not in told


def test_a_document_that_the_vendor_could_not_make_is_told_with_its_words(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient, waiting: VerificationSession
) -> None:
    body = signed(contract={"error": "Invalid <script>alert(2)</script> template"})
    session = apply(app, make, provider, body, session=waiting)
    page = rachel.get(f"/sessions/{session.id}")
    assert "DocuPass could not make the document: “Invalid <script>alert(2)</script> template”" in page.text
    assert "<script>alert" not in page.html
    assert page.soup.select_one("#why a[href='#contract']") is not None


def test_a_signature_that_brings_a_person_along_shows_what_it_brought(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient, waiting: VerificationSession
) -> None:
    body = signed(data=payload("callback_identity_passed")["data"])
    session = apply(app, make, provider, body, session=waiting)
    page = rachel.get(f"/sessions/{session.id}")
    assert _ids(page) == ["why", "contract", "data", "fields", "asked", "raw"]
    assert "A signature was asked for, but the result is about a person and a document." in _text(page, "data")


def test_an_identity_check_with_a_contract_shows_it_under_other_results(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    options = Options(contract="sign", contract_template="TPL-9", contract_format="DOCX", ask_phone=True)
    body = {**payload("callback_identity_passed"), "documentimage": [], "faceimage": []}
    session = apply(app, make, provider, body, options=options)
    _saved(make, session)
    other = _text(rachel.get(f"/sessions/{session.id}"), "other")
    for words in ("Filled and signed, template TPL-9 , as DOCX", "session-", "SHA-256 ab12cd34ef56",
                  "••• ••• 7899, mobile. Confirmed with a code. The person typed it, as the link asked."):  # fmt: skip
        assert words in other
    assert "No copy: the link asks the vendor to keep none" in other


@pytest.mark.parametrize(
    ("number", "shown"), [("+1333444555", "••• ••• 4555"), ("12345", "••• •••"), ("\u202e1234567", "••• ••• 4567")]
)
def test_a_phone_number_shows_its_last_digits_only_if_that_hides_most_of_it(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient, number: str, shown: str
) -> None:
    body = {**payload("callback_identity_passed"), "documentimage": [], "phone": {"number": number, "type": "landline"}}
    page = rachel.get(f"/sessions/{apply(app, make, provider, body).id}")
    assert f"{shown}, landline" in _text(page, "other").replace("••• ,", "•••,")
    assert number[:-4] not in _text(page, "other")


def test_a_number_that_failed_is_not_called_confirmed(
    app: Flask, make: Make, provider: FakeProvider, rachel: PageClient
) -> None:
    body = {"success": False, "failcode": 15, "failreason": "Phone", "hash": "p" * 32}
    asked = apply(app, make, provider, body, options=Options(ask_phone=True))
    assert "Not confirmed" in _text(rachel.get(f"/sessions/{asked.id}"), "other")
    given = apply(app, make, provider, {**body, "phone": {"number": "+1333444555", "type": "mobile"}})
    told = _text(rachel.get(f"/sessions/{given.id}"), "other")
    assert "Not confirmed." in told and "Confirmed with" not in told


def test_the_list_says_which_rows_are_signatures(make: Make, rachel: PageClient) -> None:
    link = make.link(kind="signature", options=ASKED)
    make.session(link=link, capture="ready")
    make.session(link=make.link(kind="signature"), capture="finished", outcome="signed")
    make.session(capture="ready")
    rows = [
        row.find("td").get_text(" ", strip=True) for row in rachel.get("/sessions").soup.select("#sessions tbody tr")
    ]
    assert rows == ["Ready not opened", "Signed", "Ready signature, not opened"]
