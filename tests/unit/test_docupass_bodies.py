"""DocuPass bodies that are hostile or hold pictures: refused with a reason, made storable, decoded or refused."""

import base64
import json
from typing import Any

import pytest

from tests.unit.test_docupass_payloads import TODAY, changed, read, sample
from webapp.providers.base import Unreadable
from webapp.providers.docupass import payloads


def test_a_long_picture_inside_the_body_is_found_whole() -> None:
    picture = b"GIF89a" + bytes(range(256)) * 200
    body = json.loads(sample("passport_passed"))
    body["faceimage"] = [{"content": base64.b64encode(picture).decode()}]
    raw = json.dumps(body).encode()
    pointer = payloads.read(raw, today=TODAY).files[-1].pointer
    assert payloads.embedded_file(raw, pointer) == picture


def test_embedded_pictures_are_decoded_with_and_without_prefix() -> None:
    body = sample("card_passed_with_images_inside")
    plain = payloads.embedded_file(body, ("documentimage", 0, "content"))
    assert plain.startswith(b"GIF89a")
    assert payloads.embedded_file(body, ("documentimage", 1, "content")) == plain


@pytest.mark.parametrize("pointer", [("faceimage", 0, "content"), ("faceimage", 9, "content"), ("nothing",), (),
                                     ("documentimage", "x"), ("reference", 0, "content")])  # fmt: skip
def test_an_embedded_picture_that_is_none_is_a_value_error(pointer: tuple[str | int, ...]) -> None:
    with pytest.raises(ValueError, match="delivered result"):
        payloads.embedded_file(sample("card_passed_with_images_inside"), pointer)


def test_an_embedded_picture_in_an_unreadable_body_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="no such file"):
        payloads.embedded_file(b"\xff", ("faceimage",))


def test_characters_no_database_takes_are_replaced_and_the_others_stay() -> None:
    outcome = read("unstorable_characters")
    assert outcome.person["first_name"] == "MAR\ufffdIA" and outcome.person["last_name"] == "SPEC\ufffdIMEN"
    assert outcome.fields["optionalData"] == "\u202eRTL" and outcome.customid == "\N{GRINNING FACE}"


def test_texts_numbers_and_depth_are_capped() -> None:
    deep: Any = "bottom"
    for _ in range(50):
        deep = [deep]
    fields = changed(data={"firstName": "A" * 20_000, "huge": 2**63, "deep": deep}).fields
    assert len(fields["firstName"]) == 10_000 and fields["huge"] == str(2**63)
    assert "nested too deeply" in json.dumps(fields["deep"]) and "bottom" not in json.dumps(fields["deep"])


def test_numbers_that_are_none_become_text() -> None:
    raw = sample("passport_passed").replace(
        b'"age": 28', b'"age": NaN, "x": 1e999, "y": -Infinity, "z": ' + b"9" * 5000
    )
    fields = payloads.read(raw, today=TODAY).fields
    assert (fields["age"], fields["x"], fields["y"], fields["z"]) == ("NaN", "1e999", "-Infinity", "9" * 5000)


@pytest.mark.parametrize("raw, reason", [
    (b"", "not JSON"),
    (b"hello", "not JSON"),
    (b"[]", "not an object"),
    (b"null", "not an object"),
    (b"{}", "no “reference”"),
    (b'{"reference": "R"}', "no “hash”"),
    (b'{"reference": 5, "hash": "h"}', "no “reference”"),
    (b'{"reference": " ", "hash": "h"}', "no “reference”"),
    (b'{"reference": "R", "hash": null}', "no “hash”"),
    (b'{"reference": "' + b"R" * 65 + b'", "hash": "h"}', "more than 64 characters"),
    (b'{"reference": "R", "hash": "' + b"h" * 129 + b'"}', "more than 128 characters"),
    (b'{"reference": "R\xff", "hash": "h"}', "not UTF-8"),
    ('{"reference": "R", "hash": "h"}'.encode("utf-16"), "not UTF-8"),
    (b"[" * 100_000, "nested too deeply"),
    (b'{"a":' * 100_000, "nested too deeply"),
    (b"[" + b"[]," * 600_000 + b"[]]", "more than 1,000,000 values"),
])  # fmt: skip
def test_what_cannot_be_a_callback_is_unreadable_with_a_plain_reason(raw: bytes, reason: str) -> None:
    for reader in (payloads.identify, payloads.read):
        with pytest.raises(Unreadable, match=reason):
            reader(raw)


def test_the_trailing_commas_of_the_vendors_own_samples_are_unreadable_and_the_place_is_named() -> None:
    with pytest.raises(Unreadable, match=r"not JSON: .* at line 5, column \d+"):
        payloads.identify(sample("trailing_comma"))


def test_no_more_contradictions_are_listed_than_a_person_would_read() -> None:
    outcome = changed(authentication={"breakdown": {f"check {number}": None for number in range(500)}})
    assert len(outcome.contradictions) == 51 and outcome.contradictions[-1] == "There are 450 more of this kind."


def test_a_byte_order_mark_is_tolerated() -> None:
    assert payloads.identify(b"\xef\xbb\xbf" + sample("callback_expired")) == "VQTAP6ZN"
