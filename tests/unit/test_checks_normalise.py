"""Texts, dates and countries made comparable."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.checks.countries import country, country_name
from webapp.checks.dates import age_on, parse_date, span, whole_date
from webapp.checks.normalise import (
    address_tokens,
    confusion,
    document_number,
    fold,
    name_tokens,
    postcode,
    search_text,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ØRSTED", "orsted"), ("Łukasz", "lukasz"), ("Straße", "STRASSE"), ("Ægir", "aegir"), ("Đorđe", "dorde"),
        ("José", "jose"), ("Jose\N{COMBINING ACUTE ACCENT}", "josé"), ("Müller-Lüdenscheidt", "muller ludenscheidt"),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Brien", "O'BRIEN"), ("  a \t b ", "A B"), ("Çağrı Yıldız", "cagri yildiz"),
        ("ИВАН", "иван"), ("\N{FULLWIDTH LATIN CAPITAL LETTER A}", "a"),
    ],
)  # fmt: skip
def test_two_spellings_of_one_word_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(("one", "other"), [("が", "か"), ("कि", "कु"), ("Anna", "Hanna")])
def test_marks_that_make_another_word_are_kept(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
@settings(max_examples=80, deadline=None)
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text) == fold(f"  {text}  ")


@pytest.mark.parametrize("value", [None, True, [], {}, ["Maria"], b"x", object(), pytest.param(10**5000, id="huge")])
def test_what_is_no_text_folds_to_nothing(value: object) -> None:
    assert fold(value) == ""


def test_titles_before_a_name_are_left_out_but_never_the_whole_name() -> None:
    assert name_tokens("Prof. Dr. Maria Sample") == ["maria", "sample"]
    assert name_tokens("Miss") == ["miss"]
    assert name_tokens("Maria Miss") == ["maria", "miss"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("910 Government St.", "910 GOVERNMENT STREET"), ("1 Fifth Avenue", "1 Fifth Ave"),
        ("Hauptstraße 5", "Hauptstr. 5"), ("Haupt Straße 5", "Hauptstrasse 5"), ("C/ Mayor 1", "Calle Mayor 1"),
        ("12 Rue Victor", "12, r. Victor"), ("Flat 2, 5 Main Rd", "Apt 2 5 Main Road"),
    ],
)  # fmt: skip
def test_street_words_and_their_abbreviations_are_the_same(one: str, other: str) -> None:
    assert address_tokens(one) == address_tokens(other)


def test_numbers_lose_spaces_and_dashes_but_no_letter() -> None:
    assert document_number("ab-12 34 5") == "AB12345"
    assert document_number("O0I1") == "O0I1"
    assert postcode("v8w 3y8") == "V8W3Y8"


@pytest.mark.parametrize(
    ("one", "other", "doubt"),
    [("1O0", "100", "O/0?"), ("AI7", "A17", "I/1?"), ("O1", "0I", "O/0?, I/1?"), ("A1", "B1", ""), ("A1", "A1", ""),
     ("O", "00", "")],
)  # fmt: skip
def test_confusion_names_the_letters_that_alone_make_the_difference(one: str, other: str, doubt: str) -> None:
    assert confusion(one, other) == doubt


def test_the_search_finds_a_name_with_an_apostrophe_in_both_spellings() -> None:
    assert set(search_text("Séan O'Brien", "CUST-1029").split()) == {"sean", "o", "brien", "obrien", "cust", "1029"}
    assert search_text("", None, "  ") == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [("CA", "CA"), ("can", "CA"), ("Canada", "CA"), ("united states", "US"), ("UK", "GB"), ("D", "DE"), ("Türkiye", "TR"),
     ("Atlantis", ""), ("", ""), (None, "")],
)  # fmt: skip
def test_a_country_is_known_by_code_and_by_name(text: str | None, code: str) -> None:
    assert country(text) == code


def test_a_country_without_a_name_shows_its_code() -> None:
    assert country_name("TW") == "Taiwan"
    assert country_name("XQ") == "XQ"
    assert country_name("") == ""


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1989", "1989"), ("1989-08", "1989-08"), ("1989-8-3", "1989-08-03"), ("1989/08/03", "1989-08-03"),
        ("1989-08-03T22:00:00.000Z", "1989-08-03"), ("3 Aug 1989", "1989-08-03"), ("August 1989", "1989-08"),
        ("circa 1967", "1967"), (1967, "1967"),
    ],
)  # fmt: skip
def test_a_date_is_read_as_far_as_it_is_given(text: object, iso: str) -> None:
    assert str(parse_date(text)) == iso


@pytest.mark.parametrize(
    "text", ["", "1989-02-30", "0000-01-01", "1989-13", "03/08/1989", "19890803", "x", None, [], "1960-1965"]
)
def test_a_date_that_cannot_be_read_is_none(text: object) -> None:
    assert parse_date(text) is None


def test_a_part_of_a_date_is_no_whole_date() -> None:
    assert whole_date("1989-08") is None
    assert whole_date("1989-08-03") == date(1989, 8, 3)


def test_age_and_spans_count_whole_years_and_months() -> None:
    assert age_on(date(2008, 11, 22), date(2026, 11, 21)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert span(date(2017, 11, 30), date(2026, 11, 21)) == "8 years 11 months"
    assert span(date(2026, 11, 20), date(2026, 11, 21)) == "1 day"
    assert span(date(2025, 11, 21), date(2026, 11, 21)) == "1 year"
