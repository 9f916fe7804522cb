"""AML entries against the applicant (product rules 3.4)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.checks.agreement import BASE, WITHOUT_IDENTITY, MatchReading, agree
from webapp.checks.findings import Attribute

PERSON = {
    "full_name": "TEST CARD SAMPLE", "first_name": "TEST", "middle_name": "CARD", "last_name": "SAMPLE",
    "birth": "1989-08-03", "nationality": "CA", "document_number": "1234568", "sex": "M", "address": "1 MAIN RD VICTORIA",
}  # fmt: skip


def one(reading: MatchReading, key: str) -> Attribute:
    """An attribute by its key."""
    return next(attribute for attribute in reading.attributes if attribute.key == key)


@pytest.mark.parametrize(
    ("entry", "key", "agreement", "note", "points"),
    [
        ({"fullname": ["SAMPLE TEST CARD"]}, "name", "same", "Same, exact", 25),
        ({"fullname": ["X"], "alias": ["Test Card Sample"]}, "name", "same", "Same, exact by alias", 20),
        ({"fullname": ["IMA CARDHOLDER"], "alias": ["CARDHOLDER SAMPLE"]}, "name", "close", "Partial: 1 of 3 names, by alias", 8),
        ({"fullname": ["TEST KARD SAMPLE"]}, "name", "close", "Close: 1 of 3 names spelled differently", 22),
        ({"fullname": ["IMA OTHER"]}, "name", "differs", "Differs", -15),
        ({"firstname": ["TEST"], "lastname": ["SAMPLE"]}, "name", "close", "Partial: 2 of 3 names", 17),
        ({"dob": ["1989-08-03"]}, "birth", "same", "Same", 20),
        ({"dob": ["1989"]}, "birth", "close", "Same year, no more is known", 8),
        ({"dob": ["1989-08"]}, "birth", "close", "Same year and month, no more is known", 8),
        ({"dob": ["1989-03-08"]}, "birth", "close", "Close: day and month swapped", 10),
        ({"dob": ["1967"]}, "birth", "differs", "Differs by 22 years", -25),
        ({"dob": ["1990"]}, "birth", "differs", "Differs by 1 year", -10),
        ({"dob": ["1989-09-09"]}, "birth", "differs", "Differs: same year, another day", -10),
        ({"nationality": ["us", "ca"]}, "nationality", "same", "Same", 5),
        ({"nationality": ["US"]}, "nationality", "differs", "Differs", -10),
        ({"documentnumber": [{"id": "123-4568"}]}, "document", "same", "Same", 30),
        ({"documentnumber": [{"id": "I1234568"}]}, "document", "close", "Close: same but for the first letter", 15),
        ({"documentnumber": ["1234569"]}, "document", "close", "Close: same but for one character", 15),
        ({"documentnumber": [{"id": "99"}]}, "document", "differs", "Differs", -5),
        ({"gender": ["F"]}, "sex", "differs", "Differs", -15),
        ({"gender": "male"}, "sex", "same", "Same", 0),
        ({"address": ["1 Main Road, Victoria"]}, "place", "same", "Same", 5),
        ({"address": ["2 High Road, Anytown"]}, "place", "unknown", "Unknown", 0),
    ],
)  # fmt: skip
def test_each_attribute_is_told_with_its_words_and_points(
    entry: dict[str, Any], key: str, agreement: str, note: str, points: int
) -> None:
    found = one(agree(entry, PERSON), key)
    assert (found.agreement, found.note, found.points) == (agreement, note, points)


@pytest.mark.parametrize("key", ["name", "birth", "nationality", "document", "sex", "place"])
def test_what_is_missing_on_either_side_is_unknown_and_counts_nothing(key: str) -> None:
    full = {
        "fullname": ["TEST CARD SAMPLE"], "dob": ["1989-08-03"], "nationality": ["CA"], "documentnumber": [{"id": "1234568"}],
        "gender": ["M"], "address": ["1 MAIN RD VICTORIA"],
    }  # fmt: skip
    for reading in (agree({}, PERSON), agree(full, {})):
        assert (one(reading, key).agreement, one(reading, key).points) == ("unknown", 0)
        assert reading.strength == BASE


def test_an_exact_name_alone_does_not_saturate() -> None:
    assert agree({"fullname": ["TEST CARD SAMPLE"]}, PERSON).strength == BASE + 25
    entry = {
        "fullname": ["TEST CARD SAMPLE"],
        "nationality": ["CA"],
        "gender": ["M"],
        "address": ["1 MAIN RD VICTORIA"],
    }
    assert agree(entry, PERSON).strength == 75


def test_an_equal_birth_date_alone_does_not_rank_high() -> None:
    assert agree({"fullname": ["IMA OTHER"], "dob": ["1989-08-03"]}, PERSON).strength < 50
    alone = agree({"dob": ["1989-08-03"], "nationality": ["CA"]}, PERSON)
    assert alone.strength == WITHOUT_IDENTITY
    assert alone.limit == "At most 50 without an agreeing name or document number."


def test_name_birth_and_document_together_are_certain() -> None:
    entry = {"fullname": ["TEST CARD SAMPLE"], "dob": ["1989-08-03"], "documentnumber": [{"id": "1234568"}]}
    assert agree(entry, PERSON).strength == 100


def test_the_best_agreeing_value_is_shown_with_the_number_of_others() -> None:
    reading = agree(
        {"dob": ["1967", "1989", "1970-01-01"], "fullname": ["A B", "TEST SAMPLE"], "alias": ["C D"]}, PERSON
    )
    assert one(reading, "birth").entry == "1989, year only, +2 more"
    assert one(reading, "name").entry == "TEST SAMPLE, +2 more"


def test_an_alias_is_shown_beside_the_name_it_stands_for() -> None:
    reading = agree({"fullname": ["IMA CARDHOLDER"], "alias": ["IMA CARDHOLDER", "CARDHOLDER SAMPLE"]}, PERSON)
    assert one(reading, "name").entry == "IMA CARDHOLDER, alias CARDHOLDER SAMPLE"


def test_only_web_addresses_become_sources() -> None:
    listed = [
        "https://example.com/list",
        "javascript:alert(1)",
        "http://[bad",
        "ftp://example.com",
        "//example.com",
        "https://a b",
        7,
    ]
    assert agree({"source": listed}, PERSON).sources == ("https://example.com/list",)


def test_what_a_card_shows_beside_the_attributes_is_read() -> None:
    reading = agree(
        {"entity": "person", "schema": "pep", "database": "eu_meps", "program": "P", "note": ["N"], "status": "Member",
         "time": "2019-09-03T22:00:00.000Z", "alias": ["A"]}, PERSON,
    )  # fmt: skip
    assert (reading.name, reading.schema, reading.database, reading.kind) == ("A", "pep", "eu_meps", "person")
    assert (reading.programs, reading.notes, reading.positions, reading.listed) == (
        ("P",),
        ("N",),
        ("Member",),
        "2019-09-03",
    )


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(("1989", "US", "TEST"))
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
KEYS = ("fullname", "alias", "firstname", "lastname", "dob", "nationality", "documentnumber", "gender", "address", "birthplace",
        "source", "time", "schema", "program", "note", "status", "entity", "database")  # fmt: skip
entries = st.dictionaries(st.sampled_from(KEYS), json_values, max_size=8)
people = st.dictionaries(st.sampled_from(tuple(PERSON)), json_values, max_size=8)


@given(entries | json_values, people)
@settings(max_examples=80, deadline=None)
def test_any_entry_against_anyone_has_a_strength_from_0_to_100(entry: Any, person: dict[str, Any]) -> None:
    reading = agree(entry, person)
    assert 0 <= reading.strength <= 100
    assert len(reading.attributes) == 6
    assert all(each.points == 0 for each in reading.attributes if each.agreement == "unknown")
    assert all(each.points <= 0 for each in reading.attributes if each.agreement == "differs")


@given(entries)
@settings(max_examples=80, deadline=None)
def test_taking_an_attribute_away_never_makes_it_agree(entry: dict[str, Any]) -> None:
    for key in ("dob", "nationality", "documentnumber", "gender"):
        less = agree({name: value for name, value in entry.items() if name != key}, PERSON)
        attribute = {"dob": "birth", "documentnumber": "document", "gender": "sex"}.get(key, key)
        assert one(less, attribute).agreement == "unknown"
