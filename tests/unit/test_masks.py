"""What stands in place of personal data: never the text, never its length, whatever was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp import masks
from webapp.masks import EVERYTHING, NOTHING, Sight

HOSTILE = "\u202eevil\u200b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Marie Sample", "M*** S***"), ("  Marie   de la Sample ", "M*** d*** l*** S***"), ("Bo", "B***"), ("X", "X***"),
        ("one two three four five six", "o*** t*** t*** f***"), ("Łukasz Ångström", "Ł*** Å***"), ("山田 太郎", "山*** 太***"),
        ("'Abd-al-Rahman", "A***"), (f"{HOSTILE} Sample", "e*** S***"), ("\u0301\u0301 !!", "*** ***"), ("", ""), ("   ", ""),
        ("<script>alert</script>", "s***"),
    ],
)  # fmt: skip
def test_a_name_keeps_its_first_letters_and_nothing_of_its_length(text: str, shown: str) -> None:
    assert masks.name(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("marie@example.com", "m***@e***.com"), ("m@e.co.uk", "m***@e***.uk"), ("no address", "***"), ("@example.com", "***"),
        ("marie@localhost", "***"), ("a@b@example.com", "a***@e***.com"), ("", ""), ("marie@[10.0.0.1]", "***"),
    ],
)  # fmt: skip
def test_an_address_keeps_its_first_letters_and_the_top_domain(text: str, shown: str) -> None:
    assert masks.email(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("L898902C3", "***C3"),
        ("L8 98-902 C3 ", "***C3"),
        ("12345", "***"),
        ("--", "***"),
        ("", ""),
        ("123456", "***56"),
    ],
)
def test_a_number_keeps_its_last_two_signs_if_it_is_long_enough(text: str, shown: str) -> None:
    assert masks.document_number(text) == shown


def test_dates_and_free_text_keep_nothing() -> None:
    assert masks.birth("1974-08-12") == masks.birth("12 August 1974") == "****-**-**"
    assert masks.stars("910 Specimen Street") == "***"
    assert masks.birth("") == masks.stars(" ") == ""


@given(st.text(min_size=1))
def test_no_mask_fails_and_none_is_longer_than_it_may_be(text: str) -> None:
    assert len(masks.name(text)) <= 4 * 5
    assert len(masks.email(text)) <= len(text) + 10
    assert len(masks.document_number(text)) <= 5
    assert masks.stars(text) in ("", "***") and masks.birth(text) in ("", "****-**-**")


@pytest.mark.parametrize("key", ["expiry", "issuer", "document_type"])
def test_what_tells_nobody_who_it_is_stays(key: str) -> None:
    assert masks.field(key, "2032-04-15", NOTHING) == "2032-04-15"


@pytest.mark.parametrize(
    "key", ["name", "birth", "address", "postcode", "nationality", "age", "sex", "place", "never heard of"]
)
def test_every_other_field_is_masked_also_one_nobody_thought_of(key: str) -> None:
    assert "Specimen" not in masks.field(key, "Specimen", NOTHING)
    assert masks.field(key, "Specimen", Sight(personal=True)) == "Specimen"
    assert masks.field(key, "–", NOTHING) == "–"


@pytest.mark.parametrize("key", ["document_number", "document"])
def test_numbers_of_documents_have_a_right_of_their_own(key: str) -> None:
    assert masks.field(key, "L898902C3", Sight(personal=True)) == "***C3"
    assert masks.field(key, "L898902C3", Sight(document_numbers=True)) == "L898902C3"


def test_how_many_more_there_are_stays_said() -> None:
    assert masks.field("name", "Marie Sample, +1 more", NOTHING) == "M*** S***, +1 more"
    assert masks.field("birth", "1974-08-12, +12 more", NOTHING) == "****-**-**, +12 more"
    assert masks.field("place", "+1 more, Sampletown", NOTHING) == "***"


def test_each_sight_has_its_own_key() -> None:
    each = [Sight(personal=p, images=i, document_numbers=n) for p in (0, 1) for i in (0, 1) for n in (0, 1)]  # type: ignore[arg-type]
    assert len({sight.key for sight in each}) == 8
    assert [sight.whole for sight in each] == [False] * 7 + [True]
    assert Sight.of({"view", "see_personal", "see_images", "see_document_numbers"}) == EVERYTHING
    assert Sight.of({"view", "reveal", "see_raw"}) == NOTHING
