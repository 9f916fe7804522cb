"""What DocuPass answers to a request for a link: every key of both tables, none of them believed unseen."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from webapp.providers.base import LinkRequest, ProviderError, VendorLink
from webapp.providers.docupass.answers import read_link

PAYLOADS = Path(__file__).parent.parent / "payloads" / "docupass"
FUTURE = 4_000_000_000
REQUEST = LinkRequest(
    kind="identity", customid="testid123", company_name="Acme Ltd", callback_url="https://a.example/t"
)


def link(sample: str = "create_identity_response", **changes: Any) -> VendorLink:
    answer = json.loads((PAYLOADS / f"{sample}.json").read_text()) | {"expiry": FUTURE} | changes
    return read_link(answer, REQUEST)


def test_every_key_of_the_identity_sample_is_read() -> None:
    found = link(smssent=1333444555)
    assert (found.reference, found.url, found.module) == (
        "AFNWUQG9C2X",
        "https://docupass.app/AFNWUQG9C2X",
        "live_mobile",
    )
    assert found.qr_url == "https://api.idanalyzer.com/qr/AFNWUQG9C2X.png"
    assert found.base_url == "https://docupass.app"
    assert list(found.snippets) == ["html"] and found.snippets["html"].startswith("<h3>Scan QR Code below")
    assert found.sms_sent_to == "+1333444555"
    assert found.expires_at is not None and found.expires_at.timestamp() == FUTURE


def test_every_key_of_the_signature_sample_is_read() -> None:
    found = link("create_signature_response", smssent="+1333444555")
    assert (found.reference, found.module) == ("E8FMRX4JJT", "")
    assert list(found.snippets) == ["html_qrcode", "html_iframe"]
    assert found.snippets["html_iframe"].startswith('<iframe src="https://docupass.app/E8FMRX4JJT"')
    assert (found.qr_url, found.base_url) == ("https://api.idanalyzer.com/qr/E8FMRX4JJT.png", "https://docupass.app")
    assert found.sms_sent_to == "+1333444555"


@pytest.mark.parametrize("type_, word", [(0, "iframe"), (1, "mobile"), ("2", "redirect"), (3.0, "live_mobile"),
                                         (4, ""), (-1, ""), ("mobile", ""), (True, ""), (None, ""), ([1], "")])  # fmt: skip
def test_the_module_is_a_word_of_ours_or_nothing(type_: Any, word: str) -> None:
    assert link(type=type_).module == word


@pytest.mark.parametrize("value", [
    None, "", 5, ["https://a.example"], "javascript:alert(1)", "data:text/html,x", "//a.example/x", "https://a.example/a b",
    "https://a.example/\u202e", "https://a.example/\n", "https://a.example/" + "x" * 2000, "ftp://a.example/x", "https://",
])  # fmt: skip
def test_an_address_that_is_none_is_left_out_and_the_link_stays(value: Any) -> None:
    found = link(qrcode=value, base_url=value)
    assert (found.qr_url, found.base_url) == ("", "") and found.reference


@pytest.mark.parametrize("value", [None, "", "  ", 5, ["<b>"], {"a": "<b>"}, "<p>" * 2000])
def test_a_snippet_that_is_no_text_or_too_long_is_left_out(value: Any) -> None:
    assert link(html=value).snippets == {}


def test_a_snippet_keeps_its_lines_and_loses_what_cannot_be_seen() -> None:
    assert link(html="<p>\n\ta\u202eb\x00c</p>").snippets["html"] == "<p>\n\tab\ufffdc</p>"


@pytest.mark.parametrize("value, shown", [
    (1333444555, "+1333444555"), ("1333444555", "+1333444555"), ("+1 333 444 555", "+1 333 444 555"), (None, ""), ("", ""),
    (True, ""), (["+1333444555"], ""), ("+1" * 40, ""), ("+1\n2", ""),
])  # fmt: skip
def test_the_number_the_sms_went_to_comes_as_number_or_text(value: Any, shown: str) -> None:
    assert link(smssent=value).sms_sent_to == shown


def test_an_answer_for_another_customid_is_no_answer_where_only_it_ties_results_to_the_link() -> None:
    reusable = replace(REQUEST, reusable=True)
    answer = json.loads((PAYLOADS / "create_identity_response.json").read_text()) | {"expiry": FUTURE}
    assert read_link(answer, reusable).reference
    assert read_link(answer | {"customid": None}, reusable).reference
    with pytest.raises(ProviderError, match="another customid"):
        read_link(answer | {"customid": "other"}, reusable)
    assert read_link(answer | {"customid": "other"}, REQUEST).reference
