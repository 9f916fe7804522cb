"""Our own client against the sandbox over a socket: what was asked for is what was understood, option by option."""

import base64
import io
import json
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from webapp.providers.base import Expected, LinkRequest, Options, ProviderError, SuppliedPicture, VendorLink
from webapp.providers.docupass.client import DocuPass
from webapp.providers.docupass.form import create_form
from webapp.sandbox.store import Store

LOOKS: dict[str, Any] = {
    "hide_branding": True, "custom_page_url": "https://www.example.com/page.html", "language": "zh-TW",
    "expires_in": 15_552_000, "qr_color": "102030", "qr_background": "F0E0D0", "qr_size": 7, "qr_margin": 3,
    "keep_at_vendor": True, "contract_template": "TPL1", "contract_format": "DOCX",
    "contract_prefill": '{"email": "user@example.com", "who": "Zoë"}',
}  # fmt: skip
EVERYTHING = Options(
    biometric="video", face_threshold=0.55, authenticity_threshold=0.35, document_types=("passport", "card"),
    countries=("GB", "CA"), check_expiry=False, aml=True, aml_strict=True, attempts=3, module="live_mobile",
    authenticity_module="quick", regions=("CA", "Texas"), both_sides=True, ask_phone=True,
    aml_databases=("un_sc", "us_ofac"), contract="sign", return_document=False, return_face=False, embed_pictures=True,
    crop_document=True, welcome="Welcome, Zoë!\nPlease have your passport ready.",
    logo_url="https://www.example.com/logo.png", **LOOKS,
)  # fmt: skip
EXPECTED = Expected(
    name="Zoë Specimen", birth="1990-02-03", document_number="X1234567", address="1 Any Street, Anytown", postcode="90001",
    age="18-99", phone="+351912345678",
)  # fmt: skip
SEED = tomllib.loads((Path(__file__).parents[1] / "rules" / "seed_docupass.toml").read_text())
MODULES = ("iframe", "mobile", "redirect", "live_mobile")


@pytest.fixture
def docupass(sandbox: Any) -> DocuPass:
    return DocuPass(base_url=sandbox.base, api_key="sandbox")


def wanted(receiver: Any, **changes: Any) -> LinkRequest:
    usual = LinkRequest(kind="identity", customid="case-1", company_name="Specimen & Söhne", callback_url=receiver.url)
    return replace(usual, **changes)


def stored(tmp_path: Path, link: VendorLink) -> Any:
    session = Store(tmp_path / "sandbox" / "sandbox.sqlite").session(link.reference)
    assert session is not None
    return session.options


def misheard(understood: Any, form: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Parameter -> what was understood and what was asked, for all that differ."""
    pairs = {name: (_text(getattr(understood, name)), value) for name, value in form.items()}
    return {name: pair for name, pair in pairs.items() if _meant(pair[0]) != _meant(pair[1])}


def _meant(text: str) -> Any:
    return json.loads(text) if text.startswith("{") else text


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def test_every_option_of_an_identity_link_is_understood(docupass: DocuPass, receiver: Any, tmp_path: Path) -> None:
    request = wanted(
        receiver, options=EVERYTHING, expected=EXPECTED, reusable=True, sms_to="+351912345678",
        return_url="https://www.example.com/v/t/done", fail_return_url="https://www.example.com/v/t/done/failed",
    )  # fmt: skip
    link = docupass.create(request)
    form = create_form(request)
    # An identity link makes a document or has it signed, never both; the key is the client's.
    assert form.keys() | {"apikey", "contract_generate"} == set(SEED["create parameters"])
    assert not misheard(stored(tmp_path, link), form)
    assert (link.module, link.sms_sent_to) == ("live_mobile", "+351912345678")
    assert set(link.snippets) == {"html"} and link.reference in link.snippets["html"]


def test_every_option_of_a_signature_link_is_understood(docupass: DocuPass, receiver: Any, tmp_path: Path) -> None:
    request = wanted(
        receiver, kind="signature", options=Options(**LOOKS), reusable=True, sms_to="+351912345678",
        return_url="https://www.example.com/v/t/done",
    )  # fmt: skip
    link = docupass.create(request)
    form = create_form(request)
    assert form.keys() | {"apikey"} == set(SEED["sign parameters"])
    assert not misheard(stored(tmp_path, link), form)
    assert set(link.snippets) == {"html_qrcode", "html_iframe"}
    assert (link.module, link.sms_sent_to) == ("", "+351912345678")


@pytest.mark.parametrize("module", MODULES)
def test_every_module_can_be_made_with_the_defaults_of_the_rest(
    docupass: DocuPass, receiver: Any, tmp_path: Path, module: str
) -> None:
    request = wanted(receiver, options=Options(module=module))
    link = docupass.create(request)
    assert link.module == module
    assert not misheard(stored(tmp_path, link), create_form(request))
    assert requests.get(link.qr_url, timeout=10).content.startswith(b"\x89PNG")
    assert link.base_url and link.url.startswith(link.base_url)


def test_a_document_made_without_review_is_understood(docupass: DocuPass, receiver: Any, tmp_path: Path) -> None:
    link = docupass.create(wanted(receiver, options=Options(contract="generate", contract_template="TPL1")))
    understood = stored(tmp_path, link)
    assert (understood.contract_generate, understood.contract_sign) == ("TPL1", "")


def test_pictures_of_ten_megabytes_are_taken_and_come_back_in_the_callback(
    docupass: DocuPass, sandbox: Any, receiver: Any
) -> None:
    front, small = _noise(3250), _noise(300)
    assert len(front) > 10_000_000
    pictures = (
        SuppliedPicture(part="document", content=front),
        SuppliedPicture(part="document_back", content=small),
        SuppliedPicture(part="face", content=small),
    )
    begun = time.monotonic()
    link = docupass.create(wanted(receiver, pictures=pictures, options=Options(embed_pictures=True)))
    assert time.monotonic() - begun < 20
    sandbox.complete({"url": link.url})
    body = receiver.wait(seconds=30)[0]
    assert [image["side"] for image in body["documentimage"]] == ["FRONT", "BACK"]
    returned = [base64.b64decode(image["content"]) for image in (*body["documentimage"], *body["faceimage"])]
    assert [_grey(content) for content in returned] == pytest.approx([_grey(front), _grey(small), _grey(small)], abs=3)


@pytest.mark.parametrize(
    ("changes", "code", "helped"),
    [
        ({"options": Options(expires_in=599)}, "1002", "Its text names it"),
        ({"options": Options(contract="sign", contract_template="TPL9")}, "1002", "Its text names it"),
        ({"sms_to": "nobody"}, "1050", "invalid or unreachable"),
        ({"expected": Expected(phone="12")}, "1050", "invalid or unreachable"),
    ],
)
def test_a_refusal_has_the_vendors_code_and_our_help(
    docupass: DocuPass, receiver: Any, changes: dict[str, Any], code: str, helped: str
) -> None:
    with pytest.raises(ProviderError) as caught:
        docupass.create(wanted(receiver, **changes))
    assert (caught.value.code, caught.value.permanent) == (code, True)
    assert helped in docupass.describe_error(caught.value.code)


def test_a_wrong_key_is_said_to_be_one(sandbox: Any, receiver: Any) -> None:
    docupass = DocuPass(base_url=sandbox.base, api_key="wrong")
    with pytest.raises(ProviderError) as caught:
        docupass.create(wanted(receiver))
    assert "API key" in docupass.describe_error(caught.value.code)


def test_a_result_of_the_sandbox_reads_and_is_confirmed(docupass: DocuPass, sandbox: Any, receiver: Any) -> None:
    link = docupass.create(wanted(receiver))
    sandbox.complete({"url": link.url})
    receiver.wait()
    outcome = docupass.read(receiver.raw[0])
    assert (outcome.result, outcome.reference, outcome.customid) == ("passed", link.reference, "case-1")
    assert outcome.contradictions == () and outcome.matches_returned
    assert docupass.confirm(outcome) is True
    assert docupass.confirm(replace(outcome, proof="0" * 32)) is False


def test_a_signature_of_the_sandbox_reads_as_signed(docupass: DocuPass, sandbox: Any, receiver: Any) -> None:
    link = docupass.create(wanted(receiver, kind="signature", options=Options(contract_template="TPL1")))
    sandbox.complete({"url": link.url}, name="Test Person", agree="1")
    receiver.wait()
    outcome = docupass.read(receiver.raw[0])
    assert (outcome.result, outcome.contradictions) == ("signed", ())
    assert [file.kind for file in outcome.files] == ["contract"]


def _noise(side: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 60).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _grey(content: bytes) -> float:
    with Image.open(io.BytesIO(content)) as picture:
        return float(picture.convert("L").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)))


def test_a_copy_in_the_vault_is_deleted_and_a_second_question_is_refused(
    docupass: DocuPass, sandbox: Any, receiver: Any, tmp_path: Path
) -> None:
    link = docupass.create(wanted(receiver, options=Options(keep_at_vendor=True)))
    requests.post(f"{link.url}/complete", timeout=10)
    entry = receiver.wait()[0]["vaultid"]
    store = Store(tmp_path / "sandbox" / "sandbox.sqlite")
    assert store.in_vault(entry)
    with pytest.raises(ProviderError) as refused:
        DocuPass(base_url=sandbox.base, api_key="wrong").erase_copy(entry)
    assert (refused.value.code, refused.value.permanent, store.in_vault(entry)) == ("1", True, True)

    docupass.erase_copy(entry)
    assert not store.in_vault(entry)
    with pytest.raises(ProviderError) as again:
        docupass.erase_copy(entry)
    assert (again.value.code, again.value.permanent) == ("1002", True)
