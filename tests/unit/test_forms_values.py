"""What one typed value means: addresses, phone numbers, prefilled values, regions; good and bad ones."""

import json

import pytest

from webapp.forms import values
from webapp.forms.prefill import pairs, prefill, shown
from webapp.forms.web_address import https_address


@pytest.mark.parametrize("text", [
    "https://example.com", "https://www.example.com:8443/a/b?c=d&e=%20#f", "https://bücher.example/thanks",
    "https://93.184.216.34/x", "https://[2606:2800:220:1:248:1893:25c8:1946]/", "HTTPS://EXAMPLE.COM/",
])  # fmt: skip
def test_a_public_https_address_is_taken_as_it_stands(text: str) -> None:
    assert https_address(text) == text


@pytest.mark.parametrize(("text", "word"), [
    ("http://example.com", "https://"), ("ftp://example.com", "https://"), ("javascript:alert(1)", "https://"),
    ("//example.com", "https://"), ("example.com", "https://"), ("https://", "web address"),
    ("https://user:pass@example.com", "password"), ("https://user@example.com", "password"),
    ("https://@example.com", "password"), ("https://localhost/x", "private"), ("https://intranet/x", "private"),
    ("https://console.local", "private"), ("https://a.internal", "private"), ("https://127.0.0.1", "private"),
    ("https://127.1", "private"), ("https://2130706433", "private"), ("https://0x7f.1", "private"),
    ("https://10.1.2.3", "private"), ("https://192.168.0.1.", "private"), ("https://169.254.169.254/x", "private"),
    ("https://[::1]/", "private"), ("https://[::ffff:10.0.0.1]/", "private"), ("https://[fe80::1%25eth0]/", "private"),
    ("https://example.com:99999/", "web address"), ("https://exam ple.com", "web address"),
    ("https://example.com\\@10.0.0.1", "web address"), ("https://" + "x" * 2000, "characters"),
    ("https://[::1", "web address"), ('https://example.com/"><script>', "web address"),
])  # fmt: skip
def test_an_address_that_is_not_public_https_is_refused_with_its_reason(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        https_address(text)


@pytest.mark.parametrize(("text", "number"), [
    ("+44 7400 123456", "+447400123456"), ("+1 (202) 555-0123", "+12025550123"), ("+49 30 901820", "+4930901820"),
    (" +447400123456 ", "+447400123456"),
])  # fmt: skip
def test_a_number_that_exists_is_kept_as_e164(text: str, number: str) -> None:
    assert values.phone(text) == number


@pytest.mark.parametrize("text", [
    "07400 123456", "+44", "+1333444555", "hello", "+999 123456789", "+44 7400 123456 ext. 5", "+" + "4" * 40, "",
])  # fmt: skip
def test_a_number_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        values.phone(text)


def test_an_sms_needs_a_number_that_gets_them() -> None:
    assert values.phone("+44 7400 123456", for_sms=True)
    with pytest.raises(ValueError, match="landline"):
        values.phone("+49 30 901820", for_sms=True)


@pytest.mark.parametrize(("text", "value"), [
    ('{"a": "b", "n": 1.5, "yes": true}', {"a": "b", "n": 1.5, "yes": True}), ("a=b\n\n c = d=e \r\n", {"a": "b", "c": "d=e"}),
    ("", {}), ("{}", {}), ("  \n ", {}), ("a=", {"a": ""}), ('{"名": "ü"}', {"名": "ü"}),
])  # fmt: skip
def test_values_are_read_from_json_or_lines(text: str, value: dict[str, object]) -> None:
    read = prefill(text)
    assert (json.loads(read) if read else {}) == value
    assert prefill(shown(read)) == read


@pytest.mark.parametrize(("text", "word"), [
    ('{\n"a": "b",\n}', "line 3"), ('{"a": {"b": 1}}', "“a” holds"), ('{"a": [1]}', "“a” holds"), ("[1]", "one object"),
    ('"text"', "one object"), ('{"a": null}', "“a” has no value"), ('{"a": 1, "a": 2}', "twice"), ('{"a": NaN}', "NaN"),
    ('{"a": 1e999}', "too large"), ('{"": 1}', "key is empty"), ('{"a": "\\u0000"}', "printed"),
    ('{"a": "\\ud800"}', "printed"), ("a=1\nnonsense", "Line 2"), ("a=1\na=2", "twice"), ("=1", "Line 1"),
    ('{"a": "' + "x" * 20_000 + '"}', "characters"), ("[" * 15_000, r"\w"), ('{"a":' * 3_000, r"\w"),
    ('{"a": ' + "9" * 5_000 + "}", r"\w"),
])  # fmt: skip
def test_values_that_are_not_flat_are_refused_with_the_place(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        prefill(text)


def test_stored_values_are_shown_as_a_table() -> None:
    assert pairs('{"a": "b", "n": 1.5, "yes": true}') == (("a", "b"), ("n", "1.5"), ("yes", "true"))
    assert pairs("") == ()


@pytest.mark.parametrize("text", ["12", "CA,99", "<b>", "x" * 61, "California; _"])
def test_a_region_is_a_word(text: str) -> None:
    with pytest.raises(ValueError, match="state or region"):
        values.regions(text)


def test_lines_lose_control_characters_and_keep_their_breaks() -> None:
    assert values.clean_lines(" a\x00b \r\n\tc\rd\u2028e\ud800 ") == "ab\nc\nd e"
