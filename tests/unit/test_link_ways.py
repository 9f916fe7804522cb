"""The ways to hand out a link: which comes first, and what there is to copy; the page is in `test_link_ways_pages.py`."""

from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup

from webapp.models import Link
from webapp.providers.base import Options
from webapp.queries.link_ways import masked, prefilled, sms_words, ways

ADDRESS = "https://console.test/v/7QK4-M2XD-9TBW"


def link(**fields: Any) -> Link:
    usual = {"kind": "identity", "vendor_url": "https://docupass.app/AFNWUQG9C2X", "vendor_reference": "AFNWUQG9C2X"}
    return Link(**{**usual, "vendor_answer": {"base_url": "https://docupass.app"}, **fields})


@pytest.mark.parametrize(
    ("module", "first", "stands_open"),
    [("iframe", "web", "web"), ("mobile", "qr", ""), ("redirect", "web", "web"), ("live_mobile", "qr", "")],
)
def test_what_the_link_was_made_for_comes_first(module: str, first: str, stands_open: str) -> None:
    made = ways(link(), Options(module=module), address=ADDRESS)
    assert (made.order[0], made.open) == (first, stands_open)
    assert set(made.order) == {"web", "qr", "code", "app", "vendor"}


def test_the_module_that_the_vendor_made_counts_not_the_one_asked_for() -> None:
    made = ways(link(vendor_answer={"module": "iframe"}), Options(module="mobile"), address=ADDRESS)
    assert made.module == "iframe"


def test_a_module_of_a_later_release_is_handed_out_as_a_mobile_one() -> None:
    assert ways(link(vendor_answer={"module": "hologram"}), Options(), address=ADDRESS).module == "mobile"


def test_the_frame_allows_camera_and_microphone_to_the_vendors_origin_only() -> None:
    frame = BeautifulSoup(ways(link(), Options(module="iframe"), address=ADDRESS).iframe, "html.parser").iframe
    assert frame is not None
    assert frame["allow"] == "camera https://docupass.app; microphone https://docupass.app"
    assert frame["src"] == "https://docupass.app/AFNWUQG9C2X"


def test_a_frame_for_signing_needs_no_camera() -> None:
    made = ways(link(kind="signature"), Options(), address=ADDRESS)
    assert "allow" not in made.iframe
    assert made.framed


def test_a_hostile_vendor_address_cannot_leave_its_attribute() -> None:
    hostile = link(vendor_url='https://docupass.app/"><script>alert(1)</script>')
    soup = BeautifulSoup(ways(hostile, Options(), address=ADDRESS).iframe, "html.parser")
    assert not soup.script
    assert len(soup.find_all(True)) == 1


def test_the_vendors_html_stays_text_under_its_own_key() -> None:
    snippets = {"html_qrcode": "<h3>Scan</h3>", "html_iframe": "<iframe src=x></iframe>", "html": ""}
    made = ways(link(vendor_answer={"snippets": snippets}), Options(), address=ADDRESS)
    assert made.snippets == (("html_qrcode", "<h3>Scan</h3>"), ("html_iframe", "<iframe src=x></iframe>"))


@pytest.mark.parametrize("answer", [{}, {"snippets": "x", "qr_url": 7, "base_url": None, "module": ["iframe"]}])
def test_an_answer_without_these_or_with_other_shapes_offers_the_rest(answer: dict[str, Any]) -> None:
    made = ways(link(vendor_answer=answer), Options(), address=ADDRESS)
    assert (made.snippets, made.qr_url, made.base_url) == ((), "", "")
    assert made.vendor_url


def test_people_come_back_to_our_address_and_go_on_from_there() -> None:
    options = Options(success_url="https://shop.example/thanks", fail_url="")
    made = ways(link(), options, address=ADDRESS)
    assert [(here, on) for _, here, on in made.done] == [
        (f"{ADDRESS}/done", "https://shop.example/thanks"), (f"{ADDRESS}/done/failed", ""),
    ]  # fmt: skip


def test_a_signature_has_one_way_back() -> None:
    made = ways(link(kind="signature"), Options(), address=ADDRESS)
    assert [here for _, here, _ in made.done] == [f"{ADDRESS}/done"]


def test_an_app_opens_our_address_and_closes_where_the_person_ends_up() -> None:
    made = ways(link(), Options(success_url="https://shop.example/thanks"), address=ADDRESS)
    assert [app.key for app in made.apps] == ["ios", "android", "cordova"]
    for app in made.apps:
        assert f'"{ADDRESS}"' in app.code
        assert '"https://shop.example/thanks", ' in app.code and f'"{ADDRESS}/done"' in app.code
        assert "ENDS" not in app.code and "ADDRESS" not in app.code and "ORIGIN" not in app.code


def test_only_the_vendors_pages_get_the_camera_in_an_android_app() -> None:
    code = {app.key: app.code for app in ways(link(), Options(), address=ADDRESS).apps}["android"]
    assert 'startsWith("https://docupass.app")' in code


def test_an_address_cannot_end_the_text_it_stands_in() -> None:
    made = ways(link(), Options(success_url='https://x.example/"+evil()+"\\$name'), address=ADDRESS)
    code = {app.key: app.code for app in made.apps}
    assert '"https://x.example/%22+evil()+%22%5C$name"' in code["cordova"]
    assert "\"https://x.example/%22+evil()+%22%5C${'$'}name\"" in code["android"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+447700900123", "+44 **** 123"), ("+13334445555", "+1 **** 555"), ("", "****"), ("07700", "****")],
)
def test_a_number_is_masked(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_an_sms_is_called_sent_only_when_the_vendor_said_so() -> None:
    asked = link(sms_to="+447700900123")
    assert sms_words(asked, "Vendor") == "Asked for +44 **** 123; Vendor did not confirm that it was sent"
    sent = link(sms_to="+447700900123", vendor_answer={"sms_sent_to": "+447700900123"})
    assert sms_words(sent, "Vendor") == "Sent to +44 **** 123 by Vendor"
    assert sms_words(link(), "Vendor") == ""


def test_what_is_filled_in_is_shown_key_by_key() -> None:
    options = replace(Options(), contract_prefill='{"name": "Anna", "sum": 12.5, "paid": true}')
    assert prefilled(options) == (("name", "Anna"), ("sum", "12.5"), ("paid", "true"))
    assert prefilled(Options()) == ()
    assert prefilled(replace(Options(), contract_prefill="{broken")) == (("", "{broken"),)
