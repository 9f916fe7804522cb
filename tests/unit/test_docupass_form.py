"""A link in DocuPass's parameters: each option in the vendor's words, and nothing lost without a word."""

import base64
from dataclasses import fields, replace
from typing import Any

import pytest

from webapp.providers.base import (
    LIVENESS_OPTIONS,
    Expected,
    LinkRequest,
    Options,
    ProviderError,
    SuppliedPicture,
)
from webapp.providers.docupass.form import create_form
from webapp.providers.docupass.form_signature import NOT_CARRIED

REQUEST = LinkRequest(
    kind="identity", customid="17", company_name="Acme Ltd", callback_url="https://console.example/webhooks/docupass/t"
)
SIGNATURE = replace(REQUEST, kind="signature")
CONTRACT = {"contract_template": "TPL1", "contract_format": "DOCX", "contract_prefill": '{"city":"Any"}'}


def identity(**options: Any) -> dict[str, str]:
    return create_form(replace(REQUEST, options=Options(**options)))


def signature(**options: Any) -> dict[str, str]:
    return create_form(replace(SIGNATURE, options=Options(**options)))


@pytest.mark.parametrize("option, name, value", [
    ({"module": "iframe"}, "type", "0"), ({"module": "mobile"}, "type", "1"), ({"module": "redirect"}, "type", "2"),
    ({"module": "live_mobile"}, "type", "3"),
    ({"biometric": "none"}, "biometric", "0"), ({"biometric": "photo"}, "biometric", "1"),
    ({"biometric": "video"}, "biometric", "2"), ({"face_threshold": 0.55}, "biometric_threshold", "0.55"),
    ({"authenticity_threshold": 0}, "authenticate_minscore", "0"),
    ({"authenticity_threshold": 0.45}, "authenticate_minscore", "0.45"),
    ({"authenticity_module": "1"}, "authenticate_module", "1"),
    ({"authenticity_module": "quick"}, "authenticate_module", "quick"),
    ({"attempts": 10}, "maxattempt", "10"),
    ({"ask_phone": True}, "phoneverification", "true"),
    ({"document_types": ("licence", "passport")}, "documenttype", "PD"), ({"document_types": ("card",)}, "documenttype", "I"),
    ({"countries": ("US", "CA")}, "documentcountry", "US,CA"), ({"regions": ("CA", "Texas")}, "documentregion", "CA,Texas"),
    ({"both_sides": True}, "dualsidecheck", "true"),
    ({"check_expiry": False}, "verify_expiry", "false"),
    ({"aml": False}, "aml_check", "false"), ({"aml_databases": ("un_sc", "us_ofac")}, "aml_database", "un_sc,us_ofac"),
    ({"aml_strict": True}, "aml_strict_match", "true"),
    ({"contract": "generate", **CONTRACT}, "contract_generate", "TPL1"),
    ({"contract": "sign", **CONTRACT}, "contract_sign", "TPL1"),
    ({"contract": "sign", **CONTRACT}, "contract_format", "DOCX"),
    ({"contract": "sign", **CONTRACT}, "contract_prefill_data", '{"city":"Any"}'),
    ({"keep_at_vendor": True}, "vault_save", "true"),
    ({"return_document": False}, "return_documentimage", "false"), ({"return_face": False}, "return_faceimage", "false"),
    ({"crop_document": True}, "crop_document", "true"), ({"embed_pictures": True}, "return_type", "0"),
    ({"welcome": "Hello,\nworld & you"}, "welcomemessage", "Hello,\nworld & you"),
    ({"hide_branding": True}, "nobranding", "true"), ({"logo_url": "https://a.example/l.png"}, "logo", "https://a.example/l.png"),
    ({"custom_page_url": "https://a.example/p.html"}, "customhtmlurl", "https://a.example/p.html"),
    ({"language": "sr"}, "language", "sr"), ({"expires_in": 600}, "expiry", "600"),
    ({"qr_color": "#0a0b0c"}, "qr_color", "0A0B0C"), ({"qr_background": "eeeeee"}, "qr_bgcolor", "EEEEEE"),
    ({"qr_size": 50}, "qr_size", "50"), ({"qr_margin": 2}, "qr_margin", "2"),
])  # fmt: skip
def test_each_option_is_said_in_the_vendors_words(option: dict[str, Any], name: str, value: str) -> None:
    assert identity(**option)[name] == value
    assert identity(**option) != identity() or option in ({"module": "mobile"}, {"biometric": "photo"})


@pytest.mark.parametrize("expected, name, value", [
    ({"name": "Zoë Specimen"}, "verify_name", "Zoë Specimen"), ({"birth": "1998-08-18"}, "verify_dob", "1998/08/18"),
    ({"document_number": "X1"}, "verify_documentno", "X1"), ({"address": "1 Any Street"}, "verify_address", "1 Any Street"),
    ({"postcode": "A1"}, "verify_postcode", "A1"), ({"age": "18-40"}, "verify_age", "18-40"),
    ({"phone": "+1333444555"}, "verify_phone", "+1333444555"),
])  # fmt: skip
def test_each_expected_detail_is_said_in_the_vendors_words(expected: dict[str, str], name: str, value: str) -> None:
    assert create_form(replace(REQUEST, expected=Expected(**expected)))[name] == value


def test_every_option_and_every_expected_detail_has_its_case_above() -> None:
    cases = test_each_option_is_said_in_the_vendors_words.pytestmark[0].args[1]  # type: ignore[attr-defined]
    details = test_each_expected_detail_is_said_in_the_vendors_words.pytestmark[0].args[1]  # type: ignore[attr-defined]
    # Where our own return page sends the browser on is nothing to the vendor: it gets the return page.
    assert {name for case in cases for name in case[0]} == {item.name for item in fields(Options)} - {
        "success_url",
        "fail_url",
        *LIVENESS_OPTIONS,
    }
    assert {name for case in details for name in case[0]} == {item.name for item in fields(Expected)}


def test_the_return_pages_are_ours_and_each_end_has_its_own() -> None:
    form = create_form(replace(
        REQUEST, return_url="https://console.example/v/t/done", fail_return_url="https://console.example/v/t/done/failed",
        options=Options(success_url="https://shop.example/yes", fail_url="https://shop.example/no"),
    ))  # fmt: skip
    assert form["successredir"] == "https://console.example/v/t/done"
    assert form["failredir"] == "https://console.example/v/t/done/failed"
    assert create_form(replace(REQUEST, return_url="https://console.example/back"))["failredir"].endswith("/back")


def test_reusable_customid_and_the_number_for_the_sms_are_sent() -> None:
    form = create_form(replace(REQUEST, reusable=True, customid="link-7", sms_to="+351900000001"))
    assert form.items() >= {
        "reusable": "true", "customid": "link-7", "sms_verification_link": "+351900000001",
    }.items()  # fmt: skip
    assert create_form(replace(SIGNATURE, sms_to="+351900000001"))["sms_contract_link"] == "+351900000001"


@pytest.mark.parametrize("part", ["document", "document_back", "face"])
def test_a_supplied_picture_goes_as_base64_or_as_its_address(part: str) -> None:
    content = bytes(range(256)) * 3
    form = create_form(replace(REQUEST, pictures=(SuppliedPicture(part=part, content=content),)))
    assert base64.b64decode(form[f"{part}_base64"], validate=True) == content and f"{part}_url" not in form
    by_address = SuppliedPicture(part=part, url="https://pictures.example/1.jpg")
    form = create_form(replace(REQUEST, pictures=(by_address,)))
    assert form[f"{part}_url"] == "https://pictures.example/1.jpg" and f"{part}_base64" not in form


def test_settings_of_what_is_switched_off_are_not_sent() -> None:
    form = identity(
        biometric="none", face_threshold=0.9, aml=False, aml_strict=True, aml_databases=("un_sc",),
        authenticity_threshold=0, authenticity_module="quick", **CONTRACT,
    )  # fmt: skip
    assert (form["biometric"], form["aml_check"], form["authenticate_minscore"]) == ("0", "false", "0")
    assert not {
        "biometric_threshold", "aml_strict_match", "aml_database", "authenticate_module", "contract_generate",
        "contract_sign", "contract_format", "contract_prefill_data",
    } & form.keys()  # fmt: skip


@pytest.mark.parametrize("request_, named", [
    (replace(REQUEST, options=Options(contract="sign")), "contract_template"),
    (replace(REQUEST, options=Options(contract="shred", contract_template="TPL1")), "contract"),
    (replace(REQUEST, options=Options(module="telepathy")), "module"),
    (replace(REQUEST, options=Options(biometric="iris")), "biometric"),
    (replace(REQUEST, options=Options(document_types=("passport", "visa"))), "document_types"),
    (replace(REQUEST, options=Options(authenticity_module="3")), "authenticity_module"),
    (replace(REQUEST, callback_url=""), "neither"),
    (replace(SIGNATURE, callback_url=""), "neither"),
    (replace(REQUEST, pictures=(SuppliedPicture(part="foot", content=b"x"),)), "foot"),
    (replace(REQUEST, pictures=(SuppliedPicture(part="face"),)), "face"),
    (replace(REQUEST, pictures=(SuppliedPicture(part="face", content=b"x", url="https://a.example/1"),)), "face"),
    (replace(REQUEST, pictures=(SuppliedPicture(part="face", content=b"x"),
                                SuppliedPicture(part="face", url="https://a.example/1"))), "face"),
])  # fmt: skip
def test_what_docupass_cannot_be_asked_is_refused_and_named(request_: LinkRequest, named: str) -> None:
    with pytest.raises(ProviderError, match=named) as caught:
        create_form(request_)
    assert (caught.value.permanent, caught.value.code) == (True, "option")


def test_without_a_callback_the_vendors_vault_is_enough() -> None:
    assert "callbackurl" not in create_form(replace(REQUEST, callback_url="", options=Options(keep_at_vendor=True)))


# ---- signatures


def test_a_signature_link_asks_for_no_identity_check() -> None:
    form = create_form(replace(
        SIGNATURE, return_url="https://console.example/back", fail_return_url="https://console.example/back/failed",
    ))  # fmt: skip
    assert set(form) == {
        "companyname", "callbackurl", "customid", "reusable", "vault_save", "expiry", "successredir",
    }  # fmt: skip


def test_everything_of_the_sign_table_can_be_sent() -> None:
    options = Options(
        **CONTRACT, keep_at_vendor=True, hide_branding=True, custom_page_url="https://a.example/p.html", language="zh-CN",
        expires_in=600, qr_color="112233", qr_background="445566", qr_size=6, qr_margin=3,
    )  # fmt: skip
    form = create_form(replace(
        SIGNATURE, options=options, reusable=True, sms_to="+1333444555", return_url="https://console.example/back",
    ))  # fmt: skip
    assert form == {
        "companyname": "Acme Ltd", "template_id": "TPL1", "contract_format": "DOCX",
        "contract_prefill_data": '{"city":"Any"}', "callbackurl": "https://console.example/webhooks/docupass/t",
        "successredir": "https://console.example/back", "customid": "17", "reusable": "true",
        "sms_contract_link": "+1333444555", "vault_save": "true", "nobranding": "true",
        "customhtmlurl": "https://a.example/p.html", "language": "zh-CN", "expiry": "600", "qr_color": "112233",
        "qr_bgcolor": "445566", "qr_size": "6", "qr_margin": "3",
    }  # fmt: skip


@pytest.mark.parametrize("name, value", [
    ("module", "iframe"), ("regions", ("CA",)), ("countries", ("US",)), ("document_types", ("passport",)),
    ("both_sides", True), ("ask_phone", True), ("aml_strict", True), ("aml_databases", ("un_sc",)),
    ("embed_pictures", True), ("crop_document", True), ("welcome", "Hello"), ("logo_url", "https://a.example/l.png"),
    ("biometric", "video"), ("contract", "generate"), ("language", "sr"),
])  # fmt: skip
def test_an_option_that_only_an_identity_link_can_carry_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ProviderError, match=rf"[“(]{name}[”)]") as caught:
        signature(**{name: value})
    assert caught.value.permanent
    assert create_form(replace(REQUEST, options=Options(**{name: value, "contract_template": "TPL1"})))


def test_an_expected_detail_and_a_picture_are_refused_for_a_signature_too() -> None:
    for request in (
        replace(SIGNATURE, expected=Expected(name="Zoë Specimen")),
        replace(SIGNATURE, pictures=(SuppliedPicture(part="face", content=b"x"),)),
    ):
        with pytest.raises(ProviderError, match=r"“(name|face)”"):
            create_form(request)


def test_every_option_that_is_not_carried_is_an_option() -> None:
    assert set(NOT_CARRIED) <= {item.name for item in fields(Options)}


def test_checks_that_are_off_or_as_usual_do_not_hinder_a_signature() -> None:
    assert (
        signature(biometric="none", aml=False, authenticity_threshold=0, check_expiry=False, attempts=5) == signature()
    )
