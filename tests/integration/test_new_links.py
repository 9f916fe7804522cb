"""The forms that make links: each kind made once, nothing typed is lost, presets, pictures, SMS, large uploads."""

import base64
import io
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.conftest import BOTH
from tests.support.fake_provider import FakeProvider
from tests.support.pages import Page, PageClient
from tests.unit.test_forms_new_link import PNG, picture
from webapp.actions import presets
from webapp.actions.actor import SYSTEM
from webapp.db import Database
from webapp.models import Link, LinkPicture, Person
from webapp.pages.links_new import MAX_UPLOAD
from webapp.providers.base import Options

pytestmark = pytest.mark.database(*BOTH)
MOBILE = "+44 7400 123456"


def rows(db: Session, table: Any) -> list[Any]:
    db.rollback()
    return list(db.exec(select(table).order_by(col(table.id))))


def file(content: bytes = PNG, name: str = "front.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def preset(database: Database, kind: str = "identity", **options: Any) -> int:
    """The id of the first version of a new preset."""
    with database.writing() as db:
        made = presets.create(db, by=SYSTEM, name=f"EU {kind}", kind=kind, options=Options(**options))
        db.flush()
        from webapp.queries.presets import choices

        return next(choice.version_id for choice in choices(db, kind) if choice.preset_id == made.id)


# -- one of each kind ----------------------------------------------------------------------------------------------


def test_a_link_with_everything_reaches_the_vendor(rachel: PageClient, provider: FakeProvider, db: Session) -> None:
    page = rachel.submit(
        rachel.get("/links/new"), "Create link", person_name="Anna Specimen", document_file=file(),
        face_url="https://pictures.example.com/anna.jpg", regions="California", aml_databases=["un_sc", "us_ofac"],
        contract="sign", contract_template="TPL1", contract_prefill="agreement_no=A-1", phone=MOBILE, module="iframe",
        welcome="Hello", returned="document", crop_document=True, success_url="https://www.example.com/ok",
        qr_color="#1a2b3c", sms_to=MOBILE, customid="mine-7", keep_at_vendor=True,
    )  # fmt: skip
    [asked], [link] = provider.created, rows(db, Link)
    assert page.url == f"/links/{link.id}"
    assert (asked.kind, asked.customid, asked.sms_to, asked.expected.phone) == (
        "identity", "mine-7", "+447400123456", "+447400123456",
    )  # fmt: skip
    assert asked.options.regions == ("California",)
    assert asked.options.aml_databases == ("us_ofac", "un_sc") or set(asked.options.aml_databases) == {
        "us_ofac",
        "un_sc",
    }
    assert (asked.options.contract_prefill, asked.options.qr_color) == ('{"agreement_no": "A-1"}', "1A2B3C")
    assert (asked.options.return_face, asked.options.crop_document, asked.options.module) == (False, True, "iframe")
    assert {each.part: (each.content, each.url) for each in asked.pictures} == {
        "document": (PNG, ""), "face": (b"", "https://pictures.example.com/anna.jpg"),
    }  # fmt: skip
    assert {row.part for row in rows(db, LinkPicture)} == {"document", "face"}
    assert rows(db, Person)[0].phone == "+447400123456"


def test_a_signature_link_is_made(rachel: PageClient, provider: FakeProvider, db: Session) -> None:
    page = rachel.get("/links/new/signature")
    assert "Signing alone cannot check who signs" in page.text
    assert page.soup.select_one("#no-identity a[href='/links/new']")
    page = rachel.submit(
        page, "Create link", person_name="Anna Specimen", contract_template="TPL1", contract_format="DOCX",
        contract_prefill='{"agreement_no": "A-1"}',
    )  # fmt: skip
    [asked], [link] = provider.created, rows(db, Link)
    assert (asked.kind, asked.options.contract_template, asked.options.contract_format) == ("signature", "TPL1", "DOCX")
    assert (link.kind, page.url) == ("signature", f"/links/{link.id}")


@pytest.mark.parametrize("address", ["/links/new", "/links/new/signature"])
def test_a_reusable_link_is_made_for_nobody(
    rachel: PageClient, provider: FakeProvider, db: Session, address: str
) -> None:
    page = rachel.get(address)
    fields = {"contract_template": "TPL1"} if "signature" in address else {}
    rachel.submit(page, "Create link", use="many", label="Branch office", session_cap="3", **fields)
    [link] = rows(db, Link)
    assert (link.reusable, link.label, link.session_cap, link.person_id) == (True, "Branch office", 3, None)
    assert provider.created[0].reusable
    assert rows(db, Person) == []


# -- nothing typed is lost -----------------------------------------------------------------------------------------


def test_a_mistake_keeps_all_and_opens_its_groups(rachel: PageClient, provider: FakeProvider) -> None:
    page = rachel.submit(
        rachel.get("/links/new"), "Create link", person_name="Anna", contract="sign", contract_prefill='{"a": {"b": 1}}',
        qr_size="99", success_url="http://example.com", welcome="Hello\nthere", sms_to="12", aml_databases=["un_sc"],
        document_file=file(), face_base64="nonsense", returned="face", hide_branding=True, status=422,
    )  # fmt: skip
    assert opened(page) == {"contract", "looks", "after", "sms", "face_aml", "pictures", "returned"}
    assert page.soup.select_one("#contract_prefill").get_text().strip() == '{"a": {"b": 1}}'  # type: ignore[union-attr]
    assert page.soup.select_one("#welcome").get_text().strip() == "Hello\nthere"  # type: ignore[union-attr]
    assert page.soup.select_one("#face_base64").get_text().strip() == "nonsense"  # type: ignore[union-attr]
    assert page.soup.select_one("#success_url")["value"] == "http://example.com"  # type: ignore[index]
    assert page.soup.select_one("#returned option[selected]")["value"] == "face"  # type: ignore[index]
    assert page.soup.select("input[name=aml_databases][value=un_sc][checked]")
    assert page.soup.select("#hide_branding[checked]")
    assert "“a” holds other values" in page.text
    assert "choose again: front of the document" in page.text
    assert not provider.created


def opened(page: Page) -> set[str]:
    return {str(tag["id"]).removeprefix("group-") for tag in page.soup.select("details.open[open]")}


def test_the_form_is_calm_at_first(rachel: PageClient) -> None:
    page = rachel.get("/links/new")
    assert opened(page) == set()
    assert "Take a selfie" in page.soup.select_one(".aside").get_text()  # type: ignore[union-attr]
    assert not page.soup.select("[name=use_preset]")


def test_the_summary_follows_what_was_typed(rachel: PageClient) -> None:
    page = rachel.submit(
        rachel.get("/links/new"), "Create link", person_name="", ask_phone=True, document_url="https://example.com/d.png",
        status=422,
    )  # fmt: skip
    beside = page.soup.select_one(".aside").get_text(" ")  # type: ignore[union-attr]
    assert "Type a phone number" in beside and "No photo of the document" in beside
    assert "Photograph" not in beside


# -- presets -------------------------------------------------------------------------------------------------------


def test_a_link_starts_from_a_preset(
    rachel: PageClient, provider: FakeProvider, database: Database, db: Session
) -> None:
    version_id = preset(database, countries=("CA",), attempts=5)
    page = rachel.get(f"/links/new?preset={version_id}")
    assert opened(page) == {"document", "handing"}
    rachel.submit(page, "Create link", person_name="Anna Specimen")
    [link] = rows(db, Link)
    assert (link.preset_version_id, link.preset_changed, link.options["attempts"]) == (version_id, False, 5)


def test_using_a_preset_keeps_what_was_typed_of_the_person_and_makes_nothing(
    rachel: PageClient, provider: FakeProvider, database: Database, db: Session
) -> None:
    version_id = preset(database, attempts=5)
    page = rachel.submit(
        rachel.get("/links/new"), "Use", preset=str(version_id), person_name="Anna Specimen", birth="1990-01-31",
        document_file=file(), attempts="9",
    )  # fmt: skip
    assert page.soup.select_one("#person_name")["value"] == "Anna Specimen"  # type: ignore[index]
    assert page.soup.select_one("#birth")["value"] == "1990-01-31"  # type: ignore[index]
    assert page.soup.select_one("#attempts")["value"] == "5"  # type: ignore[index]
    assert "Choose again: front of the document" in page.text
    assert rows(db, Link) == []
    rachel.submit(page, "Create link", attempts="6")
    [link] = rows(db, Link)
    assert (link.preset_version_id, link.preset_changed) == (version_id, True)
    page = rachel.submit(page, "Use", preset="")
    assert page.soup.select_one("#attempts")["value"] == "2"  # type: ignore[index]
    assert page.soup.select_one("[name=preset_used]")["value"] == ""  # type: ignore[index]


def test_a_version_that_is_no_newest_one_any_more_stays_with_its_form(
    rachel: PageClient, provider: FakeProvider, database: Database, db: Session
) -> None:
    old = preset(database, attempts=5)
    page = rachel.get(f"/links/new?preset={old}")
    with database.writing() as writing:
        presets.change(writing, by=SYSTEM, preset_id=1, name="EU identity", options=Options(attempts=7), version=1)
    rachel.submit(page, "Create link", person_name="Anna Specimen")
    assert rows(db, Link)[0].preset_version_id == old
    assert "not the newest" in rachel.get(f"/links/new?preset={old}").text


@pytest.mark.parametrize("number", ["999", "x", "-1", "9" * 30, "1%00"])
def test_an_unknown_preset_is_not_found(rachel: PageClient, number: str) -> None:
    rachel.get(f"/links/new?preset={number}", status=404)


def test_a_preset_is_only_for_its_kind(rachel: PageClient, database: Database) -> None:
    version_id = preset(database, kind="signature", contract_template="TPL1")
    rachel.get(f"/links/new?preset={version_id}", status=404)
    page = rachel.get(f"/links/new/signature?preset={version_id}")
    assert page.soup.select_one("#contract_template")["value"] == "TPL1"  # type: ignore[index]


# -- SMS, uploads, rights ------------------------------------------------------------------------------------------


@pytest.mark.settings(sms_per_number=1, sms_per_day=2)
def test_an_sms_beyond_the_cap_is_refused_before_anything_is_made(
    rachel: PageClient, provider: FakeProvider, db: Session
) -> None:
    page = rachel.get("/links/new")
    assert "2 of 2 left today" in page.text
    rachel.submit(page, "Create link", person_name="Anna Specimen", sms_to=MOBILE)
    page = rachel.submit(
        rachel.get("/links/new"), "Create link", person_name="Bert Specimen", sms_to=MOBILE, status=422
    )  # fmt: skip
    assert page.soup.select_one("#sms_to[aria-invalid=true]")
    assert "1 of 2 left today" in page.text
    assert len(rows(db, Link)) == len(provider.created) == 1


def test_three_large_pictures_fit_and_more_is_refused(rachel: PageClient, provider: FakeProvider) -> None:
    large = PNG + bytes(9_900_000)
    text = base64.b64encode(large).decode()
    page = rachel.get("/links/new")
    rachel.submit(
        page, "Create link", person_name="Anna Specimen", document_file=file(large), document_back_base64=text,
        face_base64=text,
    )  # fmt: skip
    assert [len(each.content) for each in provider.created[0].pictures] == [len(large)] * 3
    rachel.post("/links/new", {"face_base64": "A" * (MAX_UPLOAD + 1)}, csrf=False, status=413)


@pytest.mark.parametrize("visitor", ["nobody", "victor"])
def test_who_may_not_make_links_cannot_send_much(request: pytest.FixtureRequest, visitor: str) -> None:
    client: PageClient = request.getfixturevalue(visitor)
    client.post("/links/new", {"face_base64": "A" * 2_000_000}, csrf=False, status=413)


def test_other_forms_stay_small(rachel: PageClient) -> None:
    rachel.post("/links/new/signature", {"contract_prefill": "A" * 2_000_000}, csrf=False, status=413)


def test_a_forged_upload_is_refused(rachel: PageClient, provider: FakeProvider) -> None:
    rachel.post("/links/new", {"person_name": "Anna", "face_base64": "A" * 2_000_000}, csrf=False, status=403)
    assert not provider.created


def test_a_form_sent_twice_with_the_same_picture_is_one_link(rachel: PageClient, provider: FakeProvider) -> None:
    page = rachel.get("/links/new")
    first = rachel.submit(page, "Create link", person_name="Anna Specimen", document_file=file())
    second = rachel.submit(page, "Create link", person_name="Anna Specimen", document_file=file())
    assert first.url == second.url
    other = rachel.submit(
        page, "Create link", person_name="Anna Specimen", document_file=file(picture("JPEG")), status=422
    )  # fmt: skip
    assert "made a link before" in other.text
    assert len(provider.created) == 1


def test_hostile_words_stay_words(rachel: PageClient, provider: FakeProvider) -> None:
    page = rachel.submit(
        rachel.get("/links/new"), "Create link", person_name="Anna", contract="sign",
        contract_template="<script>x</script>\u202e", welcome="<img src=x onerror=alert(1)>", attempts="0", status=422,
    )  # fmt: skip
    assert "<script>x" in page.soup.select_one(".aside").get_text()  # type: ignore[union-attr]
    assert not page.soup.select("main script, main img")


def test_the_forms_ask_the_database_little(rachel: PageClient, database: Database) -> None:
    preset(database)
    assert rachel.get("/links/new").queries <= 6
    assert rachel.get("/links/new/signature").queries <= 6
