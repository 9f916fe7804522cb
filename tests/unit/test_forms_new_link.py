"""What a new link has beside its options: for one or many, phone and SMS, pictures given, presets."""

import base64
import io
from typing import Any

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict

from tests.unit.test_forms_links import SENT, sent
from webapp.forms.links import NewLink
from webapp.forms.pictures import MAX_PICTURE
from webapp.forms.signatures import NewSignature
from webapp.providers.base import Expected

MANY = {"use": "many", "person_name": "", "own_reference": "", "label": "Branch office"}
MOBILE = "+44 7400 123456"


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, kind)
    return out.getvalue()


def upload(content: bytes, name: str = "front.png") -> FileStorage:
    return FileStorage(stream=io.BytesIO(content), filename=name)


PNG = picture()
TEXT = base64.b64encode(PNG).decode()


def signature(**changes: Any) -> NewSignature:
    usual = {"form_key": "k" * 24, "person_name": "Anna Specimen", "contract_template": "TPL1"}
    form = NewSignature(MultiDict({k: v for k, v in (usual | changes).items() if v is not None}))
    form.validate()
    return form


# -- one or many ---------------------------------------------------------------------------------------------------


def test_a_reusable_link_needs_a_label_and_may_have_a_cap() -> None:
    form = sent(**MANY, session_cap="50")
    assert not form.errors
    wanted = form.wanted()
    assert (wanted["reusable"], wanted["label"], wanted["session_cap"]) == (True, "Branch office", 50)
    assert wanted["expected"] == Expected()
    assert "label" in sent(**MANY | {"label": ""}).errors


@pytest.mark.parametrize(("changes", "field"), [
    ({"person_name": "Anna Specimen"}, "person_name"), ({"own_reference": "CASE-1"}, "own_reference"),
    ({"email": "anna@example.com"}, "email"), ({"expected_name": "Anna"}, "expected_name"),
    ({"birth": "1990-01-31"}, "birth"), ({"document_number": "L898902C3"}, "document_number"),
    ({"address": "1 Specimen Street"}, "address"), ({"postcode": "V8W"}, "postcode"), ({"phone": MOBILE}, "phone"),
    ({"sms_to": MOBILE}, "sms_to"), ({"document_url": "https://example.com/d.jpg"}, "document_url"),
    ({"face_base64": TEXT}, "face_base64"),
])  # fmt: skip
def test_a_reusable_link_expects_nothing_of_one_person(changes: dict[str, Any], field: str) -> None:
    form = sent(**MANY | changes)
    assert list(form.errors) == [field]
    assert "Many people" in form.errors[field][0]


def test_a_reusable_link_may_ask_for_an_age_and_a_phone_number() -> None:
    assert not sent(**MANY, age="18-99", ask_phone="y").errors


@pytest.mark.parametrize(("name", "typed"), [("session_cap", "0"), ("session_cap", "-1"), ("session_cap", "many")])
def test_a_cap_is_a_number_of_sessions(name: str, typed: str) -> None:
    assert name in sent(**MANY | {name: typed}).errors


def test_one_persons_link_has_neither_label_nor_cap() -> None:
    assert list(sent(label="Branch").errors) == ["label"]
    assert list(sent(session_cap="5").errors) == ["session_cap"]
    assert not sent(use="one").errors
    assert "use" in sent(use="none").errors


# -- phone and SMS -------------------------------------------------------------------------------------------------


def test_a_number_to_confirm_and_one_to_write_to_are_kept_as_e164() -> None:
    form = sent(phone=MOBILE, sms_to="+1 202 555 0123")
    assert not form.errors
    wanted = form.wanted()
    assert (wanted["expected"].phone, wanted["sms_to"], wanted["phone"]) == (
        "+447400123456",
        "+12025550123",
        "+447400123456",
    )
    assert sent(sms_to=MOBILE).wanted()["phone"] == "+447400123456"


def test_a_number_is_either_asked_for_or_given() -> None:
    assert list(sent(phone=MOBILE, ask_phone="y").errors) == ["ask_phone"]


def test_a_landline_can_be_confirmed_but_gets_no_sms() -> None:
    assert not sent(phone="+49 30 901820").errors
    form = sent(sms_to="+49 30 901820")
    assert "landline" in form.errors["sms_to"][0]
    assert form.sms_to._value() == "+49 30 901820"


# -- pictures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("way", ["file", "base64", "data"])
def test_a_picture_is_taken_as_file_or_text(kind: str, way: str) -> None:
    content = picture(kind)
    text = base64.b64encode(content).decode()
    given: Any = {"file": upload(content), "base64": text, "data": f"data:image/x;base64,{text}"}[way]
    form = sent(**{f"document_{'file' if way == 'file' else 'base64'}": given})
    assert not form.errors
    [found] = form.wanted()["pictures"]
    assert (found.part, found.content, found.url) == ("document", content, "")


def test_pictures_by_address_and_of_every_part() -> None:
    form = sent(document_url="https://example.com/d.jpg", document_back_file=upload(PNG), face_base64=TEXT)
    assert not form.errors
    assert [(each.part, bool(each.content), each.url) for each in form.pictures()] == [
        ("document", False, "https://example.com/d.jpg"), ("document_back", True, ""), ("face", True, ""),
    ]  # fmt: skip


def test_text_may_be_broken_into_lines_and_lack_its_padding() -> None:
    broken = "\r\n".join(TEXT[at : at + 20] for at in range(0, len(TEXT), 20)).rstrip("=")
    assert sent(face_base64=broken).pictures()[0].content == PNG


@pytest.mark.parametrize(("changes", "field", "word"), [
    ({"document_file": upload(b"%PDF-1.7 x")}, "document_file", "document, not a picture"),
    ({"document_file": upload(b"<svg></svg>")}, "document_file", "not a picture"),
    ({"document_file": upload(b"")}, "document_file", "empty"),
    ({"document_file": upload(PNG + bytes(MAX_PICTURE))}, "document_file", "10 MB"),
    ({"document_base64": "!!!"}, "document_base64", "base64"),
    ({"document_base64": base64.b64encode(b"MZ exe").decode()}, "document_base64", "not a picture"),
    ({"document_base64": "A" * (MAX_PICTURE * 4 // 3 + 100)}, "document_base64", "10 MB"),
    ({"document_url": "http://example.com/d.jpg"}, "document_url", "https://"),
    ({"document_file": upload(PNG), "document_url": "https://example.com/d.jpg"}, "document_url", "one way"),
    ({"document_file": upload(PNG), "document_base64": TEXT}, "document_base64", "one way"),
    ({"document_back_file": upload(PNG)}, "document_file", "front"),
    ({"face_file": upload(PNG), "biometric": "none"}, "face_file", "Face"),
    ({"document_file": upload(PNG), "both_sides": "y"}, "document_back_file", "back"),
])  # fmt: skip
def test_a_picture_that_cannot_be_is_refused_at_its_field(changes: dict[str, Any], field: str, word: str) -> None:
    form = sent(**changes)
    assert list(form.errors) == [field]
    assert word in form.errors[field][0]
    assert form.folded()["pictures"]


@pytest.mark.filterwarnings(
    "ignore::PIL.Image.DecompressionBombWarning"
)  # pytest undoes that the console makes it an error
def test_a_bomb_is_refused_without_being_opened() -> None:
    assert "megapixels" in sent(face_file=upload(picture(size=(8000, 8000)))).errors["face_file"][0]


def test_files_are_named_that_must_be_chosen_again() -> None:
    form = sent(document_file=upload(PNG), face_file=upload(PNG), attempts="99")
    assert form.files_to_choose_again() == ["Front of the document", "Face"]
    assert sent(document_file=upload(b"", name="")).files_to_choose_again() == []


# -- presets, customid, signatures ---------------------------------------------------------------------------------


def test_a_preset_that_was_chosen_but_not_used_is_asked_about() -> None:
    form = NewLink(MultiDict(SENT | {"preset": "7"}))
    form.offer([(7, "EU retail, version 2")], None)
    form.validate()
    assert list(form.errors) == ["preset"]
    form = NewLink(MultiDict(SENT | {"preset": "7", "preset_used": "7"}))
    form.offer([(7, "EU retail, version 2")], 7)
    assert form.validate()
    assert form.wanted()["preset_version_id"] == 7


def test_a_customid_is_64_characters_at_most() -> None:
    assert sent(customid="c" * 64).wanted()["customid"] == "c" * 64
    assert "customid" in sent(customid="c" * 65).errors


def test_a_signature_is_for_one_or_many_too() -> None:
    assert not signature().errors
    assert signature(person_name="").errors.keys() == {"person_name"}
    many = signature(use="many", person_name="", label="Summer party")
    assert not many.errors
    assert many.wanted()["expected"] == Expected()
    assert many.wanted()["kind"] == "signature"
    assert signature(use="many", label="Summer party").errors.keys() == {"person_name"}
    assert signature(use="many", person_name="", label="x", sms_to=MOBILE).errors.keys() == {"sms_to"}


def test_a_signature_link_has_no_field_of_identity() -> None:
    assert {"birth", "face_file", "document_types", "phone", "compare_name"}.isdisjoint(signature().data)
