"""The sandbox's endpoints as other clients speak to them: JSON, forms, multipart, odd values; over a real socket."""

import base64
import io
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from webapp.sandbox.store import Store

# The body a Node client sends: every key, most of them empty (vendors 1.5).
NODE = {
    "companyname": "Acme Ltd", "callbackurl": "http://127.0.0.1:5000/webhook", "biometric": 1,
    "authenticate_minscore": 0.3, "authenticate_module": "quick", "maxattempt": 10, "documenttype": "",
    "documentcountry": "", "documentregion": "", "dualsidecheck": False, "verify_expiry": False,
    "verify_documentno": "", "verify_name": "", "verify_dob": "", "verify_age": "", "verify_address": "",
    "verify_postcode": "", "successredir": "", "failredir": "", "customid": "testid123", "vault_save": True,
    "return_documentimage": True, "return_faceimage": True, "return_type": 1, "crop_document": False,
    "crop_face": False, "qr_color": "000000", "qr_bgcolor": "FFFFFF", "qr_size": 5, "qr_margin": 1,
    "welcomemessage": "", "nobranding": "", "logo": "", "language": "", "biometric_threshold": 0.5,
    "reusable": False, "aml_check": True, "aml_strict_match": False, "aml_database": "", "phoneverification": False,
    "verify_phone": "", "sms_verification_link": "", "customhtmlurl": "", "contract_generate": "",
    "contract_sign": "", "contract_format": "", "contract_prefill_data": "", "sms_contract_link": "",
    "client": "nodejs-sdk", "apikey": "sandbox", "type": 1,
}  # fmt: skip


def test_the_node_clients_json_body_is_accepted(sandbox: Any) -> None:
    assert sandbox.post("docupass/create", json=NODE)["customid"] == "testid123"


def test_a_signature_body_with_all_identity_keys_and_an_object_for_prefill_is_accepted(sandbox: Any) -> None:
    body = NODE | {"template_id": "TPL1", "contract_prefill_data": {"email": "user@example.com"}, "type": 0}
    assert "html_iframe" in sandbox.post("docupass/sign", json=body)


def test_a_multipart_body_with_pictures_over_half_a_megabyte_is_accepted(sandbox: Any, receiver: Any) -> None:
    fields = {name: (None, str(value)) for name, value in NODE.items()} | {"callbackurl": (None, receiver.url)}
    padded = _base64_of_a_large_picture()
    answer = sandbox.post(
        "docupass/create", files=fields | {"document": ("front.png", _png()), "face_base64": (None, padded)}
    )
    sandbox.complete(answer)
    body = receiver.wait()[0]
    shown = requests.get(body["documentimage"][0]["content"], timeout=10)
    assert body["documentimage"][0]["side"] == "FRONT"
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert len(body["documentimage"]) == 1


@pytest.mark.parametrize("yes", [True, "True", "true", "1", 1])
def test_every_spelling_of_true_is_true(sandbox: Any, receiver: Any, yes: object) -> None:
    sandbox.complete(sandbox.create(callbackurl=receiver.url, vault_save="0", aml_check=yes))
    body = receiver.wait()[0]
    assert "aml" in body
    assert "vaultid" not in body


@pytest.mark.parametrize("no", [False, "False", "false", "0", 0, "", None])
def test_every_spelling_of_false_and_nothing_is_false(sandbox: Any, receiver: Any, no: object) -> None:
    sandbox.complete(sandbox.create(callbackurl=receiver.url, aml_check=no))
    assert "aml" not in receiver.wait()[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", 4), ("type", ""), ("biometric", 3), ("biometric_threshold", 1.1), ("authenticate_minscore", "high"),
        ("maxattempt", 11), ("maxattempt", "1.5"), ("documenttype", "X"), ("documentcountry", "GB,ZZ"),
        ("verify_dob", "1990-02-03"), ("verify_dob", "1990/02/30"), ("expiry", 15_552_001), ("return_type", 2),
        ("reusable", "maybe"), ("callbackurl", "javascript:alert(1)"), ("qr_color", "#000000"),
        ("welcomemessage", "x" * 1001), ("language", "tlh"), ("verify_age", "young"), ("maxattempt", "1e999"),
        ("aml_database", "un_sc,nowhere"), ("contract_prefill_data", '{"a": '), ("contract_prefill_data", "[1]"),
        ("contract_prefill_data", {"a": {"b": 1}}), ("logo", "file:///logo.png"), ("customhtmlurl", "x"),
        ("contract_format", "ODT"), ("successredir", "https://shop.example/a\r\nb"), ("qr_size", 51), ("qr_margin", 0),
    ],
)  # fmt: skip
def test_a_value_out_of_range_is_refused_by_its_name(sandbox: Any, name: str, value: object) -> None:
    error = {"message": f"Invalid value for `{name}`", "code": 1002}
    assert sandbox.create(**{name: value}) == {"error": error}


@pytest.mark.parametrize("name", ["sms_verification_link", "verify_phone"])
@pytest.mark.parametrize("number", ["0044770090", "+44", "+1234567890123456", "+44 7700 900000"])
def test_a_number_that_cannot_be_reached_is_error_1050(sandbox: Any, name: str, number: str) -> None:
    error = {"message": "Invalid or unreachable phone number", "code": 1050}
    assert sandbox.create(**{name: number}) == {"error": error}


def test_signing_ignores_what_belongs_to_identity_and_takes_no_serbian(sandbox: Any) -> None:
    assert "reference" in sandbox.sign(type=9, verify_age="young", biometric="x", verify_phone="nobody", maxattempt="")
    assert sandbox.sign(language="sr")["error"]["message"] == "Invalid value for `language`"
    assert sandbox.sign(sms_contract_link="+44 20 7946 0000")["error"]["code"] == 1050
    assert "reference" in sandbox.create(language="sr", template_id="TPL9", sms_contract_link="nobody")


@pytest.mark.parametrize(
    "prefill", ["email", ["email", "who"], "{}", "", None], ids=["one word", "keys", "empty object", "empty", "null"]
)
def test_a_prefill_that_lost_its_values_fills_nothing(sandbox: Any, prefill: Any) -> None:
    # What the Python client makes of a dict: contract_prefill_data=email&contract_prefill_data=who.
    fields = {
        "apikey": "sandbox",
        "companyname": "Specimen Bank",
        "template_id": "TPL1",
        "contract_prefill_data": prefill,
    }
    created = sandbox.post("docupass/sign", data=fields)
    assert "%{email}" in read(created)


@pytest.mark.parametrize(
    "prefill", [{"email": "u@example.com", "myparameter": 7}, '{"email": "u@example.com", "myparameter": 7}']
)
def test_a_prefill_as_object_or_as_text_fills_the_contract(sandbox: Any, prefill: Any) -> None:
    text = read(sandbox.sign(contract_prefill_data=prefill))
    assert "messages to u@example.com" in text
    assert "We agreed on: 7." in text


def read(created: dict[str, Any]) -> str:
    """The agreement as the signer reads it."""
    return requests.post(f"{created['url']}/start", timeout=10).text


def test_the_misspelt_list_of_the_official_examples_is_taken(sandbox: Any, receiver: Any) -> None:
    sandbox.complete(sandbox.create(callbackurl=receiver.url, aml_check=True, aml_database="eu_cors"), scenario="aml1")
    assert receiver.wait()[0]["aml"][0]["database"] == "eu_cor"


def test_lists_come_as_text_array_or_repeated_key(sandbox: Any, receiver: Any) -> None:
    usual = {"apikey": "sandbox", "companyname": "Specimen Bank", "type": 1, "callbackurl": receiver.url}
    for how in (
        {"json": usual | {"documentcountry": ["DE", "FR"]}},
        {"data": usual | {"documentcountry": ["DE", "FR"]}},
    ):
        created = sandbox.post("docupass/create", **how)
        sandbox.complete(created, country="GB")
    assert [body["failcode"] for body in receiver.wait(2)] == [12, 12]


@pytest.mark.parametrize("type_", [0, 1, 2, 3])
def test_every_module_answers_with_its_type(sandbox: Any, type_: int) -> None:
    assert sandbox.create(type=type_)["type"] == type_


def test_a_qr_code_has_the_colours_size_and_margin_that_were_asked_for(sandbox: Any) -> None:
    created = sandbox.create(qr_color="AA0000", qr_bgcolor="00FF00", qr_size=3, qr_margin=7)
    with Image.open(io.BytesIO(requests.get(created["qrcode"], timeout=10).content)) as code:
        shown = code.convert("RGB")
    assert {colour for _, colour in shown.getcolors() or []} == {(0xAA, 0, 0), (0, 0xFF, 0)}
    assert shown.getpixel((20, 20)) == (0, 0xFF, 0)
    assert shown.getpixel((21, 21)) == (0xAA, 0, 0)


@pytest.mark.parametrize(
    ("format_", "start", "media_type"),
    [
        ("PDF", b"%PDF-1.4", "application/pdf"),
        ("DOCX", b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("HTML", b"<!doctype html>", "text/html; charset=utf-8"),
    ],
)
def test_a_contract_comes_in_the_format_that_was_asked_for(
    sandbox: Any, receiver: Any, format_: str, start: bytes, media_type: str
) -> None:
    signed = sandbox.sign(callbackurl=receiver.url, contract_format=format_)
    generated = sandbox.create(callbackurl=receiver.url, contract_format=format_, contract_generate="TPL1")
    sandbox.complete(signed, name="Test Person", agree="1")
    sandbox.complete(generated)
    got = {}
    for body in receiver.wait(2):  # in whichever order they came: the two are posted side by side
        address = body["contract"]["document_url"]
        got[body["reference"]] = answer = requests.get(address, timeout=10)
        assert answer.content.startswith(start)
        assert answer.headers["Content-Type"] == media_type
        assert address.endswith(f".{format_.lower()}")
    if format_ == "HTML":
        assert "Signed by Test Person" in got[signed["reference"]].text
        assert "not signed" in got[generated["reference"]].text
        assert "sandbox" in got[generated["reference"]].headers["Content-Security-Policy"]


def test_a_failed_session_has_no_contract(sandbox: Any, receiver: Any) -> None:
    sandbox.complete(sandbox.create(callbackurl=receiver.url, contract_sign="TPL1"), scenario="fail4")
    assert "contract" not in receiver.wait()[0]


@pytest.mark.parametrize(("number", "kind"), [("+44 7700 900123", "mobile"), ("+442079460001", "landline")])
def test_a_phone_number_comes_back_with_its_kind(sandbox: Any, receiver: Any, number: str, kind: str) -> None:
    sandbox.complete(sandbox.create(callbackurl=receiver.url, phoneverification=True), phone=number)
    assert receiver.wait()[0]["phone"] == {"number": number, "type": kind}


def test_a_phone_that_cannot_be_reached_fails_a_whole_pass(sandbox: Any, receiver: Any) -> None:
    sandbox.complete(sandbox.create(callbackurl=receiver.url, phoneverification=True), phone="+44 7700 900000")
    assert receiver.wait()[0]["failcode"] == 15


def test_results_must_be_able_to_go_somewhere(sandbox: Any) -> None:
    assert sandbox.create(vault_save=False)["error"]["message"] == "Invalid value for `callbackurl`"
    assert "reference" in sandbox.create(vault_save=True)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff\xfe"])
def test_a_broken_json_body_is_answered_like_a_missing_key(sandbox: Any, body: bytes) -> None:
    answer = sandbox.post("docupass/create", data=body, headers={"Content-Type": "application/json"})
    assert answer == {"error": {"message": "Invalid API key", "code": 1}}


def test_a_refused_validation_has_no_success_key(sandbox: Any) -> None:
    fields = {"apikey": "sandbox", "reference": "VQTAP6ZN", "hash": ""}
    answer = sandbox.post("docupass/validate", data=fields)
    assert answer == {"error": {"message": "Invalid reference or hash", "code": 1003}}


def test_the_qr_code_is_a_png_and_files_do_not_outlive_seven_days(run_sandbox: Any, receiver: Any) -> None:
    sandbox = run_sandbox(7 * 86_400)
    created = sandbox.create(callbackurl=receiver.url, expiry=15_552_000)
    assert requests.get(created["qrcode"], timeout=10).content.startswith(b"\x89PNG")
    sandbox.complete(created)
    address = receiver.wait()[0]["documentimage"][0]["content"]
    assert _until_gone(address)


def test_the_store_is_a_file_of_its_own(sandbox: Any, tmp_path: Path) -> None:
    reference = sandbox.create()["reference"]
    assert Store(tmp_path / "sandbox" / "sandbox.sqlite").session(reference) is not None


def _until_gone(address: str) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if requests.get(address, timeout=10).status_code == 404:
            return True
        time.sleep(0.1)
    return False


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(out, "PNG")
    return out.getvalue()


def _base64_of_a_large_picture() -> str:
    out = io.BytesIO()
    Image.effect_noise((900, 900), 60).save(out, "PNG")
    text = base64.b64encode(out.getvalue()).decode()
    assert len(text) > 600_000
    return text


@pytest.mark.parametrize("way", ["data", "json", "files"])
def test_a_vault_entry_is_deleted_in_every_encoding(sandbox: Any, receiver: Any, tmp_path: Path, way: str) -> None:
    sandbox.complete(sandbox.create(callbackurl=receiver.url, vault_save=True))
    fields = {"apikey": "sandbox", "id": receiver.wait()[0]["vaultid"], "client": "nodejs-sdk"}
    sent: Any = {name: (None, value) for name, value in fields.items()} if way == "files" else fields
    assert sandbox.post("vault/delete", **{way: sent}) == {"success": 1}
    assert not Store(tmp_path / "sandbox" / "sandbox.sqlite").in_vault(fields["id"])


@pytest.mark.parametrize("odd", [{}, {"id": ""}, {"id": ","}, {"id": ["a", {}]}, {"id": None}, {"id": 7}])
def test_a_deletion_that_names_no_entry_is_refused(sandbox: Any, odd: dict[str, Any]) -> None:
    answer = sandbox.post("vault/delete", json={"apikey": "sandbox", **odd})
    assert answer == {"error": {"message": "Invalid vault entry ID", "code": 1002}}
