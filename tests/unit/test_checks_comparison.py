"""The rows of expected against extracted (product rules 3.3)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.checks.comparison import FieldComparison, compare
from webapp.providers.base import PERSON_KEYS, Expected, Options

DAY = date(2026, 11, 21)


def row(
    key: str, *, expected: str = "", vendor: bool | None = None, options: Options | None = None, **person: Any
) -> FieldComparison:
    """The row of one field, when `expected` was entered for it and the document gave `person`."""
    wanted = Expected(**{key: expected}) if expected else Expected()
    rows = compare(
        expected=wanted, options=options or Options(check_expiry=False), person=person or {"sex": "M"},
        vendor_checks={} if vendor is None else {key: vendor}, contradictions=(), captured_on=DAY,
    )  # fmt: skip
    return next(each for each in rows if each.key == key)


@pytest.mark.parametrize(
    ("expected", "found", "verdict", "note"),
    [
        ("Maria Sample", "MARIA SAMPLE", "same", ""),
        ("Maria Sample", "SAMPLE, Maria", "same_normalised", "other order"),
        ("Maria Sample", "María Sample", "same_normalised", "accents or letters"),
        ("Dr. Maria Sample", "Maria Sample", "same_normalised", "title left out"),
        ("Maria-Sample", "Maria Sample", "same_normalised", "punctuation"),
        ("Test Sample", "TEST CARD SAMPLE", "same_normalised", "extra middle name"),
        ("Test Sample", "TEST SAMPLE JUNIOR", "same_normalised", "extra name"),
        ("Test Sample", "TEST A B SAMPLE", "same_normalised", "2 extra middle names"),
        ("Seán O'Brien", "SEAN OBRIEN", "close", "close: same letters, written together or apart"),
        ("Maria Sample", "MARIA SAMPEL", "close", "close: 1 name spelled or shortened differently: “sample”"),
        ("Maria Jane Sample", "MARIA J SAMPLE", "close", "close: 1 name spelled or shortened differently: “jane”"),
        ("Bill Sample", "WILLIAM SAMPLE", "differs", "“bill” is missing"),
        ("Maria Sample", "МАРИЯ ОБРАЗЕЦ", "differs", "written in another script: compare by eye"),
        ("Maria Sample", "MARIA", "differs", "“sample” is missing"),
        ("Sample Sample", "Sample Maria", "differs", "“sample” is missing"),
        ("???", "Maria", "differs", "no letters to compare"),
    ],
)  # fmt: skip
def test_a_name_is_compared_by_its_words(expected: str, found: str, verdict: str, note: str) -> None:
    found_row = row("name", expected=expected, full_name=found)
    assert (found_row.verdict, found_row.note) == (verdict, note)
    assert found_row.settled == (verdict in ("same", "same_normalised"))


def test_the_words_of_a_name_that_differ_are_marked() -> None:
    marks = row("name", expected="Bill Sample", full_name="WILLIAM SAMPLE").marks
    assert [mark.text for mark in marks if mark.differs] == ["WILLIAM"]


def test_split_names_are_used_where_the_full_name_is_missing() -> None:
    found = row("name", expected="Maria Sample", first_name="MARIA", last_name="SAMPLE")
    assert (found.verdict, found.found) == ("same", "MARIA SAMPLE")


def test_a_name_expected_in_local_script_is_found_in_local_script() -> None:
    found = row("name", expected="Иван Образец", full_name="IVAN OBRAZETS", full_name_local="ИВАН ОБРАЗЕЦ")
    assert (found.verdict, found.note) == ("same", "in local script: ИВАН ОБРАЗЕЦ")


def test_a_full_name_that_is_not_the_split_name_is_a_disagreement() -> None:
    found = row("name", expected="Maria Sample", full_name="MARIA SAMPLE", first_name="ANNA", last_name="OTHER")
    assert (found.verdict, found.settled, found.tone) == ("disagree", False, "warn")
    assert found.found == "MARIA SAMPLE / ANNA OTHER"


def test_a_middle_name_missing_among_the_split_names_is_no_disagreement() -> None:
    found = row("name", expected="Maria Sample", full_name="MARIA JANE SAMPLE", first_name="MARIA", last_name="SAMPLE")
    assert (found.verdict, found.note) == ("same_normalised", "extra middle name")


@pytest.mark.parametrize(
    ("expected", "found", "verdict", "settled"),
    [
        ("1989-08-03", "1989-08-03", "same", True),
        ("1989-08-03", "1989", "same_year", False),
        ("1989", "1989-08-03", "same_year", True),
        ("1989", "1989", "same_year", True),
        ("1989-08-03", "1989-09", "differs", False),
        ("1989-08-03", "1989-03-08", "differs", False),
        ("1989-08-03", "unreadable", "missing", False),
        ("1989-08-03", "", "missing", False),
        ("", "1989-08-03", "not_asked", True),
    ],
)
def test_a_year_alone_is_never_the_same_date(expected: str, found: str, verdict: str, settled: bool) -> None:
    found_row = row("birth", expected=expected, birth=found)
    assert (found_row.verdict, found_row.settled) == (verdict, settled)


def test_two_dates_of_birth_in_one_result_are_both_shown() -> None:
    found = row("birth", expected="1998-08-18", birth="1998-08-18", birth_parts="1998-08-12", vendor=True)
    assert (found.verdict, found.word, found.found) == ("disagree", "Data disagree", "1998-08-18 / 12")
    assert [mark.text for mark in found.marks if mark.differs] == ["12"]
    assert not found.settled
    assert row("birth", birth="1998-08-18", birth_parts="1998-08-12").verdict == "disagree"


def test_the_digits_of_a_date_that_differ_are_marked() -> None:
    marks = row("birth", expected="1989-08-03", birth="1989-08-08").marks
    assert [(mark.text, mark.differs) for mark in marks] == [("1989-08-0", False), ("8", True)]


@pytest.mark.parametrize(
    ("expiry", "verdict", "note"),
    [
        ("2026-11-22", "in_range", ""),
        ("2026-11-21", "expired", "on the day of capture"),
        ("2017-11-30", "expired", "8 years 11 months before capture"),
        ("permanent", "missing", "no date we can read"),
        ("", "missing", ""),
    ],
)
def test_expiry_is_held_against_the_day_of_capture(expiry: str, verdict: str, note: str) -> None:
    found = row("expiry", options=Options(), expiry=expiry)
    assert (found.verdict, found.note, found.expected) == (verdict, note, "after 21 Nov 2026")


def test_a_valid_document_says_valid_and_an_unasked_expired_one_still_says_so() -> None:
    assert row("expiry", options=Options(), expiry="2030-01-01").word == "Valid"
    unasked = row("expiry", expiry="2017-11-30")
    assert (unasked.verdict, unasked.note, unasked.settled) == (
        "not_asked",
        "expired 8 years 11 months before capture",
        True,
    )


def test_days_to_expiry_that_do_not_fit_the_date_are_a_disagreement() -> None:
    assert row("expiry", options=Options(), expiry="2027-11-21", days_to_expiry=365).verdict == "in_range"
    assert row("expiry", options=Options(), expiry="2027-11-21", days_to_expiry=100).verdict == "disagree"
    late = row("expiry", options=Options(), expiry="2017-11-30", days_to_expiry=100)
    assert late.note == "8 years 11 months before capture; the vendor says 100 days are left"


@pytest.mark.parametrize(
    ("birth", "vendor_says", "verdict", "note"),
    [
        ("2008-11-21", 18, "in_range", ""),
        ("2008-11-24", 17, "out_of_range", ""),
        ("1989-08-03", 31, "disagree", "37 by its own date of birth; in range either way"),
        ("2010-08-03", 31, "disagree", "16 by its own date of birth; in range by one only"),
        ("2010-08-03", 15, "disagree", "16 by its own date of birth; out of range either way"),
        ("", 31, "in_range", ""),
        ("", None, "missing", ""),
    ],
)
def test_age_is_computed_on_the_day_of_capture(birth: str, vendor_says: int | None, verdict: str, note: str) -> None:
    found = row("age", expected="18-99", birth=birth, age=vendor_says)
    assert (found.verdict, found.note, found.expected) == (verdict, note, "18 to 99")


def test_an_age_that_disagrees_is_shown_even_if_no_age_was_asked() -> None:
    found = row("age", birth="1989-08-03", age=31)
    assert (found.verdict, found.settled, found.found) == ("disagree", False, "vendor says 31")


@pytest.mark.parametrize(
    ("expected", "found", "verdict", "note"),
    [
        ("1234568", "1234568", "same", ""),
        ("ab-123", "AB 123", "same_normalised", "spaces or dashes"),
        ("AO123", "A0123", "differs", "O/0?"),
        ("AI23", "A123", "differs", "I/1?"),
        ("A123", "B123", "differs", ""),
        ("A123", "", "missing", ""),
    ],
)
def test_confusable_document_numbers_differ_with_a_hint(expected: str, found: str, verdict: str, note: str) -> None:
    found_row = row("document_number", expected=expected, document_number=found)
    assert (found_row.verdict, found_row.note) == (verdict, note)


@pytest.mark.parametrize(
    ("expected", "found", "verdict", "note"),
    [
        ("910 Government St, Victoria BC", "1989\n910 GOVERNMENT STREET\nVICTORIA BC", "close",
         "close: 5 of 6 words, “1989” is extra"),
        ("910 Government St, Victoria BC", "910 GOVERNMENT STREET VICTORIA BC", "same_normalised",
         "abbreviations or punctuation"),
        ("910 Government St", "910 government st", "same", ""),
        ("1 Main Road, Anytown", "ANYTOWN 1 MAIN RD", "same_normalised", "other order"),
        ("5 Main Road, Anytown", "7 High Road, Anytown", "differs",
         "2 of 4 words, “5”, “Main” are missing, “7”, “High” are extra"),
    ],
)  # fmt: skip
def test_an_address_is_compared_by_the_share_of_common_words(
    expected: str, found: str, verdict: str, note: str
) -> None:
    found_row = row("address", expected=expected, address=found)
    assert (found_row.verdict, found_row.note) == (verdict, note)


def test_a_close_address_says_differs_and_is_never_settled() -> None:
    found = row(
        "address",
        expected="910 Government St, Victoria BC",
        address="1989 910 GOVERNMENT STREET VICTORIA BC",
        vendor=True,
    )
    assert (found.word, found.settled, found.tone) == ("Differs", False, "warn")
    assert [mark.text for mark in found.marks if mark.differs] == ["1989"]


def test_the_issuer_is_held_against_the_countries_that_the_link_accepts() -> None:
    options = Options(check_expiry=False, countries=("CA", "US"))
    accepted = row("issuer", options=options, issuer="CA", issuer_name="Canada", issuer_region="British Columbia")
    assert (accepted.word, accepted.found, accepted.expected) == (
        "Accepted",
        "Canada, British Columbia",
        "Canada or United States",
    )
    assert row("issuer", options=options, issuer="MX").word == "Not accepted"
    assert row("issuer", options=options, sex="M").verdict == "missing"
    assert row("issuer", issuer="MX").verdict == "not_asked"


def test_the_document_type_is_held_against_the_types_that_the_link_accepts() -> None:
    options = Options(check_expiry=False, document_types=("passport", "card"))
    refused = row("document_type", options=options, document_type="licence")
    assert (refused.word, refused.found, refused.expected) == (
        "Not accepted",
        "Driving licence",
        "Identity card or Passport",
    )


def test_a_verdict_of_the_vendor_that_differs_from_ours_is_stated_and_leaves_the_row_open() -> None:
    ours_passes = row("name", expected="Maria Sample", full_name="MARIA SAMPLE", vendor=False)
    assert (ours_passes.verdict, ours_passes.settled, ours_passes.tone) == ("same", False, "warn")
    assert ours_passes.note == "the vendor disagrees: fail"
    ours_fails = row("name", expected="Maria Sample", full_name="ANNA OTHER", vendor=True)
    assert (ours_fails.settled, ours_fails.tone, ours_fails.vendor) == (False, "bad", "pass")
    assert ours_fails.note.endswith("the vendor disagrees: pass")


def test_a_check_that_the_vendor_failed_without_being_asked_is_open() -> None:
    assert row("postcode", postcode="V8W 3Y8", vendor=True).settled
    failed = row("postcode", postcode="V8W 3Y8", vendor=False)
    assert (failed.settled, failed.verdict, failed.tone) == (False, "not_asked", "warn")


def test_a_contradiction_that_only_the_provider_saw_reaches_its_row() -> None:
    rows = compare(
        expected=Expected(birth="1989-08-03"), options=Options(check_expiry=False), person={"birth": "1989-08-03"},
        vendor_checks={}, contradictions=("The vendor's data disagree with themselves: the date of birth is odd.",),
        captured_on=DAY,
    )  # fmt: skip
    assert rows[0].key == "birth"
    assert not rows[0].settled


def test_what_is_wrong_comes_first_and_what_was_not_asked_last() -> None:
    rows = compare(
        expected=Expected(name="Maria Sample", birth="1989-08-03", postcode="1"), options=Options(), captured_on=DAY,
        person={"full_name": "MARIA SAMPLE", "birth": "1989-08-04", "expiry": "2030-01-01"}, vendor_checks={},
        contradictions=(),
    )  # fmt: skip
    assert [each.key for each in rows[:4]] == ["birth", "postcode", "expiry", "name"]
    assert {each.verdict for each in rows[4:]} == {"not_asked"}


def test_no_rows_when_there_is_nothing_at_all_to_compare() -> None:
    nothing = compare(
        expected=Expected(), options=Options(), person={}, vendor_checks={}, contradictions=(), captured_on=DAY
    )
    assert nothing == ()


texts = st.text(max_size=40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
expectations = st.builds(
    Expected, name=texts, birth=texts, document_number=texts, address=texts, postcode=texts, age=texts
)


@given(expectations, st.dictionaries(st.sampled_from(PERSON_KEYS), json_values), st.dictionaries(st.sampled_from(
    ("name", "birth", "age", "expiry", "odd")), st.sampled_from((True, False, None))), st.dates())  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_comparing_anything_with_anything_never_raises(
    expected: Expected, person: dict[str, Any], checks: dict[str, bool | None], day: date
) -> None:
    options = Options(countries=("CA",), document_types=("passport",))
    rows = compare(
        expected=expected, options=options, person=person, vendor_checks=checks, contradictions=("x",), captured_on=day
    )
    for each in rows:
        assert "".join(mark.text for mark in each.marks) == each.found
        assert each.word
        assert each.tone in ("ok", "warn", "bad", "none")
        assert not (each.tone == "ok" and not each.settled)


@given(st.sampled_from(("name", "document_number", "address", "postcode")), texts)
@settings(max_examples=80, deadline=None)
def test_comparing_a_value_with_itself_is_same(key: str, value: str) -> None:
    person_key = "full_name" if key == "name" else key
    assert row(key, expected=value, **{person_key: value}).verdict in ("same", "not_asked")


@given(st.sampled_from(("name", "document_number", "address", "postcode")), texts, texts)
@settings(max_examples=80, deadline=None)
def test_being_the_same_after_normalising_does_not_depend_on_the_side(key: str, one: str, other: str) -> None:
    person_key = "full_name" if key == "name" else key
    there, back = row(key, expected=one, **{person_key: other}), row(key, expected=other, **{person_key: one})
    if there.verdict == "same":
        assert back.verdict == "same"
    if there.verdict == "same_normalised" and "extra" not in there.note:
        assert back.verdict == "same_normalised"
