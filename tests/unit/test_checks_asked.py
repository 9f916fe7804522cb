"""A result held against what was asked for: no thin body ends a session that should have brought more."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from webapp.checks.asked import NO_AML, NO_PHONE, OTHER_PHONE, PERSON_SIGNED, contract_missing, held_against
from webapp.checks.case import Case, read_case
from webapp.providers.base import NO_DATA, Expected, Options, Outcome
from webapp.providers.docupass.codes import fail_code

FILE = {"document_url": "https://objects.idanalyzer.com/specimen.pdf"}
SIGNED = Outcome(reference="R1", result="signed", contract=FILE)
PASSED = Outcome(reference="R1", result="passed", person={"full_name": "MARIA SAMPLE"})
NO_CHECKS = Options(biometric="none", aml=False, authenticity_threshold=0, check_expiry=False)


def held(outcome: Outcome, kind: str = "identity", phone: str = "", **options: Any) -> Outcome:
    return held_against(outcome, kind=kind, options=Options(**{"aml": False} | options), expected=Expected(phone=phone))


def judge(outcome: Outcome, options: Options = NO_CHECKS) -> Case:
    return read_case(
        outcome=outcome, options=options, expected=Expected(), code=fail_code(outcome.code), known_checks=(),
        captured_on=date(2026, 11, 21), flags={},
    )  # fmt: skip


def test_a_signed_document_ends_a_signature_session_without_a_person() -> None:
    outcome = held(SIGNED, "signature")
    assert outcome == SIGNED
    assert judge(outcome).route.review == "not_needed"


@pytest.mark.parametrize("contract, headline", [
    ({}, "No signed contract was returned."), ({"error": "no field city"}, "The contract could not be made."),
])  # fmt: skip
def test_a_signature_without_its_document_goes_to_a_person(contract: dict[str, str], headline: str) -> None:
    outcome = held(replace(SIGNED, result="passed", contract=contract, contradictions=(NO_DATA,)), "signature")
    assert (outcome.result, outcome.contradictions) == ("signed", ())
    case = judge(outcome)
    assert [(matter.kind, matter.severity, matter.headline) for matter in case.matters] == [
        ("evidence", "bad", headline)
    ]
    assert case.route.review == "pending"


def test_an_identity_session_is_never_signed_off_by_a_contract_alone() -> None:
    outcome = held(SIGNED)
    assert (outcome.result, outcome.contradictions) == ("passed", (NO_DATA,))
    assert judge(outcome).route.review == "pending"


def test_a_person_in_the_result_of_a_signature_session_is_said() -> None:
    outcome = held(replace(PASSED, contract=FILE), "signature")
    assert (outcome.result, outcome.contradictions) == ("signed", (PERSON_SIGNED,))
    assert judge(outcome).route.review == "pending"


def test_an_aml_check_of_which_the_result_says_nothing_is_not_taken_for_no_match() -> None:
    silent = replace(PASSED, matches_returned=False)
    assert held(silent, aml=True).contradictions == (NO_AML,)
    assert held(silent, aml=False).contradictions == () == held(PASSED, aml=True).contradictions


@pytest.mark.parametrize("number, phone, ask, said", [
    ("", "", False, ()), ("", "", True, (NO_PHONE,)), ("", "+1333444555", False, (NO_PHONE,)),
    ("+1333444555", "+1333444555", False, ()), ("+1 (333) 444-555", "+1333444555", False, ()),
    ("+1333444556", "+1333444555", False, (OTHER_PHONE,)), ("+1333444556", "", True, ()),
])  # fmt: skip
def test_the_phone_that_was_asked_for_is_the_one_that_was_verified(
    number: str, phone: str, ask: bool, said: tuple[str, ...]
) -> None:
    outcome = replace(PASSED, phone={"number": number, "type": "mobile"} if number else {})
    assert held(outcome, phone=phone, ask_phone=ask).contradictions == said


@pytest.mark.parametrize("result", ["failed", "error", "expired"])
def test_what_did_not_pass_is_left_as_it_is(result: str) -> None:
    outcome = Outcome(reference="R1", result=result, matches_returned=False)
    for kind in ("identity", "signature"):
        assert held(outcome, kind, "+1333444555", aml=True, ask_phone=True) == outcome


@pytest.mark.parametrize("contract, wanted, said", [
    ({}, "none", ""), ({}, "sign", "No signed contract was returned."), ({}, "generate", "No contract was returned."),
    ({"error": "x"}, "sign", "The contract could not be made."), (FILE, "sign", ""), (FILE, "none", ""),
])  # fmt: skip
def test_a_contract_asked_for_with_an_identity_is_missed(contract: dict[str, str], wanted: str, said: str) -> None:
    options = replace(NO_CHECKS, contract=wanted)
    outcome = replace(PASSED, contract=contract)
    assert contract_missing(outcome, options) == said
    assert [matter.headline for matter in judge(outcome, options).matters if matter.kind == "evidence"] == (
        [said] if said else []
    )
    assert contract_missing(replace(outcome, result="failed"), options) == ""


def test_saying_it_twice_says_it_once() -> None:
    once = held(replace(PASSED, matches_returned=False), aml=True)
    assert held(once, aml=True) == once


def test_files_that_are_missing_beside_the_contract_are_counted_with_it() -> None:
    case = read_case(
        outcome=replace(SIGNED, contract={}), options=NO_CHECKS, expected=Expected(), code=fail_code(""), known_checks=(),
        captured_on=date(2026, 11, 21), flags={}, evidence_missing=2,
    )  # fmt: skip
    assert [(matter.count, matter.detail) for matter in case.matters] == [
        (3, "2 files are missing. The vendor's copy could not be saved.")
    ]
