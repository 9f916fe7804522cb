"""What tells a list entry from the applicant: each discriminator that differs, does not, or is missing on a side."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.checks.discriminators import LABELS, Discriminator, discriminators
from webapp.checks.entry_identity import entry_hash, entry_key

PERSON = {
    "full_name": "TEST CARD SAMPLE", "birth": "1989-08-03", "nationality": "CA", "document_number": "1234568", "sex": "M",
    "address": "1 MAIN RD VICTORIA", "place_of_birth": "VICTORIA BC",
}  # fmt: skip


def one(key: str, entry: dict[str, Any], **person: str) -> Discriminator:
    """One of them for an entry."""
    return next(each for each in discriminators(entry, PERSON | person) if each.key == key)


def test_all_eight_are_told_in_the_order_of_the_card() -> None:
    assert tuple(each.key for each in discriminators({}, {})) == tuple(LABELS)


@pytest.mark.parametrize(
    ("key", "entry", "values"),
    [
        ("name", {"fullname": ["IMA OTHER"]}, ("TEST CARD SAMPLE", "IMA OTHER")),
        ("birth", {"dob": ["1967"]}, ("1989-08-03", "1967, year only")),
        ("birth", {"dob": ["1989-08-09"]}, ("1989-08-03", "1989-08-09")),
        ("nationality", {"nationality": ["US"]}, ("Canada", "United States")),
        ("document", {"documentnumber": [{"id": "99"}]}, ("1234568", "99")),
        ("sex", {"gender": ["F"]}, ("M", "F")),
        ("place", {"birthplace": ["Anytown"]}, ("VICTORIA BC", "Anytown")),
        ("deceased", {"note": ["Deceased 2003"]}, ("took part in this check", "Deceased 2003")),
        ("deceased", {"deceased": True}, ("took part in this check", "deceased")),
        ("other", {}, ("", "")),
    ],
)
def test_what_differs_holds_and_its_two_values_are_captured(
    key: str, entry: dict[str, Any], values: tuple[str, str]
) -> None:
    found = one(key, entry)
    assert found.holds
    assert not found.why
    assert found.captured() == {"key": key, "applicant": values[0], "entry": values[1]}


@pytest.mark.parametrize(
    ("key", "entry", "why"),
    [
        ("name", {"fullname": ["TEST CARD SAMPLE"]}, "does not differ: same, exact."),
        ("name", {"fullname": ["IMA SAMPLE"]}, "does not differ: partial: 1 of 3 names."),
        ("birth", {"dob": ["1989"]}, "does not differ: same year, no more is known."),
        ("birth", {"dob": ["1967", "1989-08-03"]}, "does not differ: same."),
        ("birth", {"dob": ["1989-03-08"]}, "does not differ: close: day and month swapped."),
        ("nationality", {"nationality": ["US", "CA"]}, "does not differ: same."),
        ("document", {"documentnumber": ["I1234568"]}, "does not differ: close: same but for the first letter."),
        ("sex", {"gender": ["male"]}, "does not differ: same."),
        ("place", {"birthplace": ["Victoria, Canada"]}, "have words in common."),
        ("place", {"birthplace": ["Canada"]}, "The place of birth cannot be compared."),
        ("deceased", {"note": ["Possibly deceased"]}, "is not sure that its person is dead."),
        ("deceased", {"note": ["Executive Order 13224"]}, "does not say that its person is dead."),
    ],
)
def test_what_does_not_differ_does_not_hold_and_says_why(key: str, entry: dict[str, Any], why: str) -> None:
    found = one(key, entry)
    assert not found.holds
    assert f"{why} Choose another, or Cannot tell." in found.why
    assert found.brief


@pytest.mark.parametrize("key", ["name", "birth", "nationality", "document", "sex", "place"])
def test_what_is_missing_on_either_side_does_not_hold(key: str) -> None:
    full = {"fullname": ["IMA OTHER"], "dob": ["1967"], "nationality": ["US"], "documentnumber": ["99"], "gender": ["F"],
            "birthplace": ["Anytown"]}  # fmt: skip
    label = LABELS[key]
    assert one(key, {}).why.startswith(f"The list entry has no {label}.")
    alone = next(each for each in discriminators(full, {}) if each.key == key)
    assert not alone.holds
    assert alone.why.startswith(f"The applicant has no {label}.")


def test_an_address_elsewhere_is_no_place_of_birth() -> None:
    assert not one("place", {"address": ["2 High Road, Anytown"]}).holds


def test_two_dates_of_which_one_cannot_be_read_cannot_be_compared() -> None:
    assert one("birth", {"dob": ["long ago"]}).why.startswith("The date of birth cannot be compared.")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
KEYS = st.sampled_from(["fullname", "dob", "note", "deceased", "documentnumber", "birthplace", "schema", "id", "x"])


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(KEYS, ANYTHING))
def test_no_entry_of_any_shape_raises(entry: dict[str, Any]) -> None:
    assert len(discriminators(entry, PERSON)) == len(LABELS)
    assert len(entry_key(entry)) == len(entry_hash(entry)) == 64


ENTRY = {
    "fullname": ["Ima Cardholder"],
    "dob": ["1967"],
    "database": "us_ofac",
    "schema": "sanction",
    "time": "2019-09-03",
}


@pytest.mark.parametrize(
    "change", [{"time": "2026-01-01"}, {"fullname": [" Ima  Cardholder"]}, {"alias": []}, {"note": ""}]
)
def test_another_edition_of_the_list_leaves_the_entry_the_same(change: dict[str, Any]) -> None:
    assert entry_hash({**ENTRY, **change}) == entry_hash(ENTRY)


def test_the_order_of_listed_values_does_not_count() -> None:
    assert entry_hash({**ENTRY, "alias": ["A", "B"]}) == entry_hash({**ENTRY, "alias": ["B", "A"]})


@pytest.mark.parametrize("change", [{"dob": ["1968"]}, {"note": ["more"]}, {"alias": ["X"]}])
def test_an_entry_that_says_something_else_is_known_again_and_another(change: dict[str, Any]) -> None:
    assert entry_key({**ENTRY, **change}) == entry_key(ENTRY)
    assert entry_hash({**ENTRY, **change}) != entry_hash(ENTRY)


@pytest.mark.parametrize("change", [{"fullname": ["Ina Cardholder"]}, {"database": "un_sc"}, {"schema": "pep"}])
def test_another_name_or_list_is_another_entry(change: dict[str, Any]) -> None:
    assert entry_key({**ENTRY, **change}) != entry_key(ENTRY)
