"""Each fail code, row by row of the product's table: its words, and where a result with it goes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from webapp.checks.case import Case, read_case
from webapp.providers.base import Authenticity as Document
from webapp.providers.base import AuthenticityCheck, CodeMeaning, Expected, Face, Options, Outcome
from webapp.providers.docupass.codes import FAIL_CODES, fail_code

BARE = Options(biometric="none", aml=False, authenticity_threshold=0, check_expiry=False)
"""Nothing beside the code is asked, so that nothing beside it can speak."""
REVIEWED, FAILED, EXPIRED = "pending", "not_needed", "not_needed"
DETAILS = "The details did not match."

ROWS = {
    "0": ("expired", "time", EXPIRED, "low", "yes", "Nobody finished", "Your link has expired; here is a new one."),
    "1": ("not recognised", "capture", FAILED, "low", "yes", "could not be read", "We could not read the document."),
    "2": ("authenticity", "fraud", REVIEWED, "high", "after_review", "which checks failed", "We could not verify the document."),
    "3": ("Face does not match", "fraud", REVIEWED, "high", "after_review", "threshold", "We could not match your photo."),
    "4": ("Document expired", "policy", FAILED, "low", "yes", "day of capture", "Please use a valid document."),
    "5": ("Name differs", "mismatch", REVIEWED, "normal", "after_review", "name on the document", DETAILS),
    "6": ("Date of birth differs", "mismatch", REVIEWED, "normal", "after_review", "date of birth", DETAILS),
    "7": ("Address differs", "mismatch", REVIEWED, "low", "yes", "address", DETAILS),
    "8": ("Postcode differs", "mismatch", REVIEWED, "low", "yes", "postcode", DETAILS),
    "9": ("Age outside", "policy", REVIEWED, "normal", "no", "on the day of capture", "You do not meet the age requirement."),
    "10": ("information missing", "capture", FAILED, "low", "yes", "fields are empty", "Part of the document was not visible."),
    "11": ("back differ", "fraud", REVIEWED, "high", "after_review", "field by field", "We could not verify the document."),
    "12": ("Country", "policy", FAILED, "low", "yes", "issuer", "Please use a document from an accepted country."),
    "13": ("Region", "policy", FAILED, "low", "yes", "region", "Please use a document from an accepted region."),
    "14": ("type not accepted", "policy", FAILED, "low", "yes", "type", "Please use another document."),
    "15": ("Phone", "contact", FAILED, "low", "yes", "landline", "We could not confirm the number."),
    "16": ("number differs", "mismatch", REVIEWED, "high", "after_review", "digit 0", DETAILS),
    "99": ("Other", "unknown", REVIEWED, "normal", "yes", "own text", "Something went wrong."),
    "57": ("Unknown result code 57", "unknown", REVIEWED, "normal", "after_review", "raw delivery", "Something went wrong."),
    "": ("No result code", "unknown", REVIEWED, "normal", "after_review", "own text", "Something went wrong."),
}  # fmt: skip
"""Code -> meaning (a part), class, review, priority of the route, ask again, what the officer sees (a part), applicant."""


def judge(code: str, options: Options = BARE, meaning: CodeMeaning | None = None, **changes: Any) -> Case:
    facts: dict[str, Any] = {"person": {"full_name": "MARIA SAMPLE"}} | changes
    outcome = Outcome(reference="R1", result="expired" if code == "0" else "failed", code=code, **facts)
    return read_case(
        outcome=outcome, options=options, expected=Expected(), code=meaning or fail_code(code), known_checks=(),
        captured_on=date(2026, 11, 21), flags={},
    )  # fmt: skip


def test_every_code_of_the_reference_has_its_row() -> None:
    assert set(ROWS) == {*FAIL_CODES, "57", ""}


@pytest.mark.parametrize("code", ROWS)
def test_a_code_has_the_words_of_its_row(code: str) -> None:
    meaning, kind, _, _, ask_again, officer, applicant = ROWS[code]
    each = fail_code(code)
    assert meaning in each.meaning and officer in each.officer
    assert (each.kind, each.ask_again, each.applicant) == (kind, ask_again, applicant)


@pytest.mark.parametrize("code", ROWS)
def test_a_code_goes_where_its_row_says(code: str) -> None:
    way = judge(code).route
    assert (way.review, way.priority) == ROWS[code][2:4]
    assert way.capture == ("expired" if code == "0" else "finished")


@pytest.mark.parametrize("code", ROWS)
def test_a_code_that_goes_to_a_person_says_why_on_the_page(code: str) -> None:
    case = judge(code)
    said = [f"{matter.headline} {matter.detail}" for matter in case.matters]
    if case.route.review == REVIEWED:
        assert len(said) == 1 and "The vendor failed the session for this" in said[0]
        assert fail_code(code).meaning.rstrip(".") in said[0]
    else:
        assert said == []


@pytest.mark.parametrize("code", [code for code, row in ROWS.items() if row[2] == FAILED])
@pytest.mark.parametrize("changes", [
    {"matches": ({"fullname": ["A B"], "schema": "pep"},)}, {"contradictions": ("x",)}, {"vendor_checks": {"name": False}},
    {"face": Face(score=0.1, identical=False)},
    {"authenticity": Document(score=0.1, checks=(AuthenticityCheck(name="exif_check", passed=False),))},
])  # fmt: skip
def test_a_plain_failure_with_anything_beside_its_code_goes_to_a_person(code: str, changes: dict[str, Any]) -> None:
    if code == "0":
        return
    options = replace(BARE, biometric="photo", authenticity_threshold=0.3, aml=True)
    assert judge(code, options, **changes).route.review == REVIEWED


def test_an_alarm_is_raised_for_what_nobody_has_a_category_for() -> None:
    assert [code for code in ROWS if fail_code(code).alarm] == ["99", "57", ""]


def test_fourteen_has_both_readings_where_front_and_back_were_to_agree() -> None:
    alone, both = judge("14"), judge("14", replace(BARE, both_sides=True))
    assert (alone.route.review, both.route.review) == (FAILED, REVIEWED)
    assert [matter.headline for matter in both.matters] == ["Document type not accepted, or front and back differ."]
    assert both.matters[0].detail.startswith("The vendor failed the session for this, code 14.")
    meant = fail_code("14").under(Options(both_sides=True))
    assert "two readings" in meant.officer and meant.applicant == fail_code("14").applicant
    assert fail_code("14").under(Options()) == fail_code("14")


def test_fourteen_says_both_readings_beside_a_type_that_differs() -> None:
    options = replace(BARE, both_sides=True, document_types=("passport",))
    case = judge("14", options, person={"document_type": "card", "full_name": "MARIA SAMPLE"})
    assert case.matters[0].headline == "Document type not accepted, or front and back differ."
    assert "Document type is not accepted" in case.matters[0].detail


def test_no_other_code_changes_when_both_sides_are_compared() -> None:
    changed = [code for code in ROWS if fail_code(code).under(Options(both_sides=True)) != fail_code(code)]
    assert changed == ["14"]


HARD = {
    "open AML hits": ({"matches": ({"fullname": ["A B"]},)}, {}),
    "conflicting results": ({}, {"conflicting_results": True}),
    "a late result": ({}, {"late_result": True}),
    "inconsistent data": ({"contradictions": ("x",)}, {}),
    "the same result with other data": ({}, {"inconsistent_data": True}),
    "outside its link": ({}, {"outside_link": True}),
}


@pytest.mark.parametrize("what", HARD)
@pytest.mark.parametrize("result", ["passed", "signed", "failed", "error"])
def test_a_hard_rule_keeps_every_result_from_ending_by_itself(what: str, result: str) -> None:
    changes, flags = HARD[what]
    contract = {"document_url": "https://vendor.example/1.pdf"}
    outcome = Outcome(
        reference="R1", result=result, code="1" if result == "failed" else "", contract=contract, **changes
    )
    case = read_case(
        outcome=outcome, options=BARE, expected=Expected(), code=fail_code(outcome.code), known_checks=(),
        captured_on=date(2026, 11, 21), flags=flags,
    )  # fmt: skip
    assert case.route.review == REVIEWED
    assert case.matters
