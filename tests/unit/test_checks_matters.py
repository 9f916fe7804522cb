"""What is open to settle, and where a result goes (product rules 3.2 A, 5.3, 5.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from webapp.checks.case import Case, read_case
from webapp.checks.reasons import kind_of
from webapp.checks.routing import route
from webapp.models.words import MATTER_KIND
from webapp.providers.base import CAUSES, Authenticity, AuthenticityCheck, CodeMeaning, Expected, Face, Options, Outcome
from webapp.providers.docupass.codes import fail_code

DAY = date(2026, 11, 21)
EXPECTED = Expected(name="Maria Sample", birth="1989-08-03", address="1 Main Road, Anytown")
PERSON = {
    "full_name": "MARIA SAMPLE", "birth": "1989-08-03", "address": "1 MAIN RD ANYTOWN", "expiry": "2030-01-01",
    "document_number": "X1234567", "issuer": "CA",
}  # fmt: skip
GOOD = Outcome(
    reference="R1", result="passed", person=PERSON, face=Face(score=0.9, identical=True),
    authenticity=Authenticity(score=0.9, checks=(AuthenticityCheck(name="exif_check", passed=True),)),
    vendor_checks={"name": True, "face": True},
)  # fmt: skip


def judge(
    outcome: Outcome,
    *,
    flags: Mapping[str, bool] | None = None,
    missing: int = 0,
    code: CodeMeaning | None = None,
    verdicts: Sequence[str] = (),
    **options: Any,
) -> Case:
    """The case of an outcome for the person expected."""
    return read_case(
        outcome=outcome, options=Options(**options), expected=EXPECTED, code=code or fail_code(outcome.code), known_checks=(),
        captured_on=DAY, flags=flags or {}, evidence_missing=missing, verdicts=verdicts,
    )  # fmt: skip


def failed(code: str, **changes: Any) -> Outcome:
    """The good outcome, failed by a code."""
    return replace(GOOD, result="failed", code=code, **changes)


def kinds(case: Case) -> list[str]:
    """The kinds of the open matters in order."""
    return [matter.kind for matter in case.matters]


def test_a_clean_pass_has_nothing_open_and_still_waits_for_a_person() -> None:
    case = judge(GOOD)
    assert case.matters == ()
    assert (case.route.review, case.route.priority, case.route.reason) == (
        "pending",
        "normal",
        "Passed: a person decides.",
    )


def test_every_failed_check_is_listed_and_not_only_the_vendors_reason() -> None:
    outcome = failed(
        "3", face=Face(score=0.091, identical=False), person=PERSON | {"expiry": "2017-11-30"},
        authenticity=Authenticity(score=0.1, checks=(AuthenticityCheck(name="exif_check", passed=False),)),
        vendor_checks={"face": False, "expiry": False},
    )  # fmt: skip
    case = judge(outcome)
    assert kinds(case) == ["face", "authenticity", "document"]
    assert (
        case.matters[0].detail == "0.091, needs 0.40: below by 0.309. The vendor failed the session for this, code 3."
    )
    assert (case.matters[1].headline, case.matters[1].detail) == (
        "Authenticity is low.", "0.10, needs 0.30: below by 0.20. 1 of 1 check failed.",
    )  # fmt: skip
    assert (case.matters[2].headline, case.matters[2].detail) == (
        "Document expired", "on 30 Nov 2017, 8 years 11 months before capture.",
    )  # fmt: skip
    assert (case.route.review, case.route.priority, case.route.reason) == ("pending", "high", "Fail code 3.")


def test_a_hit_is_open_on_success_and_on_failure() -> None:
    hits = ({"fullname": ["Maria Sample"], "schema": "pep"}, {"fullname": ["Ima Other"], "schema": "sanction"})
    for outcome in (replace(GOOD, matches=hits), failed("4", matches=hits)):
        matter = next(each for each in judge(outcome).matters if each.kind == "aml")
        assert (matter.headline, matter.count, matter.block) == ("AML: 2 of 2 hits open.", 2, "aml")
        assert matter.detail == "Sanctions list, strength 25 of 100; the strongest of all 65."
        assert judge(outcome).route.review == "pending"


def test_only_hits_without_a_verdict_are_open_and_the_matter_goes_with_the_last() -> None:
    hits = ({"fullname": ["Maria Sample"], "schema": "pep"}, {"fullname": ["Ima Other"], "schema": "sanction"})
    outcome = replace(GOOD, matches=hits)
    half = next(each for each in judge(outcome, verdicts=["open", "not_same"]).matters if each.kind == "aml")
    assert (half.headline, half.count) == ("AML: 1 of 2 hits open.", 1)
    assert half.detail == "List of public offices, strength 65 of 100.", "the dismissed one is not spoken of"
    for verdict in ("not_same", "same", "unclear"):
        assert not [each for each in judge(outcome, verdicts=[verdict] * 2).matters if each.kind == "aml"]


@pytest.mark.parametrize(
    ("outcome", "flags", "kind", "headline"),
    [
        (replace(GOOD, person=PERSON | {"address": "2 High Road, Anytown"}), {}, "data", "Address differs."),
        (replace(GOOD, person=PERSON | {"birth": "1990-01-01", "full_name": "ANNA OTHER"}), {}, "data",
         "Name and date of birth differ."),
        (replace(GOOD, person={"full_name": "MARIA SAMPLE", "expiry": "2030-01-01"}), {}, "data",
         "Date of birth and address are missing."),
        (replace(GOOD, vendor_checks={"name": False}), {}, "data", "Name is judged differently by the vendor."),
        (replace(GOOD, vendor_checks={"postcode": False}), {}, "data", "Postcode was failed by the vendor."),
        (replace(GOOD, vendor_checks={"face": False}), {}, "face", "Score and vendor disagree about the face."),
        (replace(GOOD, person=PERSON | {"age": 12}), {}, "inconsistent", "The vendor's data disagree with themselves."),
        (replace(GOOD, contradictions=("x",)), {}, "inconsistent", "The vendor's data disagree with themselves."),
        (GOOD, {"inconsistent_data": True}, "inconsistent", "The vendor's data disagree with themselves."),
        (GOOD, {"late_result": True}, "late", "The result came late."),
        (GOOD, {"conflicting_results": True}, "conflicting", "Two results disagree."),
        (GOOD, {"outside_link": True}, "link", "It came after the link was full or paused."),
        (replace(GOOD, face=Face(score=0.43)), {}, "near_threshold", "Face is near the threshold."),
        (replace(GOOD, face=None), {}, "face", "No face comparison."),
        (replace(GOOD, face=Face(score=0.9, identical=False)), {}, "face", "Score and vendor disagree about the face."),
        (replace(GOOD, authenticity=None), {}, "authenticity", "No document authentication."),
        (replace(GOOD, vendor_checks={"check_digit": False}), {}, "document", "The vendor failed 1 check of its own."),
        (replace(GOOD, result="error", contradictions=("x", "y")), {}, "code", "The result is not clear."),
    ],
)  # fmt: skip
def test_one_thing_wrong_is_one_matter(outcome: Outcome, flags: dict[str, bool], kind: str, headline: str) -> None:
    case = judge(outcome, flags=flags)
    assert [(matter.kind, matter.headline) for matter in case.matters] == [(kind, headline)]
    assert case.matters[0].kind in MATTER_KIND
    assert case.route.review == "pending"


def test_a_score_just_above_its_threshold_says_how_far() -> None:
    matter = judge(replace(GOOD, face=Face(score=0.43))).matters[0]
    assert matter.detail == "0.43, needs 0.40: above by 0.03. Within margin 0.05."


def test_a_pass_without_any_data_is_open() -> None:
    empty = replace(GOOD, person={}, vendor_checks={})
    case = read_case(
        outcome=empty,
        options=Options(),
        expected=Expected(),
        code=fail_code(""),
        known_checks=(),
        captured_on=DAY,
        flags={},
    )
    assert [matter.headline for matter in case.matters] == ["No data from the document."]


def test_differing_data_and_disagreeing_data_are_one_line_as_both_are_settled_in_one_place() -> None:
    case = judge(replace(GOOD, person=PERSON | {"age": 12, "address": "1989 1 Main Road Anytown"}))
    assert kinds(case) == ["data"]
    assert case.matters[0].detail == "Close: 4 of 5 words. The vendor’s age disagrees with its own date of birth."
    assert (case.matters[0].count, case.matters[0].severity) == (2, "warn")


def test_a_disagreement_without_a_row_keeps_its_sentence_when_it_joins_the_data() -> None:
    case = judge(replace(GOOD, person=PERSON | {"address": "2 High Road, Anytown"}, contradictions=("x",)))
    assert case.matters[0].detail == "2 of 4 words. The vendor's data disagree with themselves."


def test_a_face_that_the_vendor_failed_without_a_score_counts_as_failed() -> None:
    matter = judge(failed("3", face=Face(error="no face found"))).matters[0]
    assert (matter.kind, matter.severity, matter.headline) == ("face", "bad", "No face comparison.")
    assert matter.detail == "No score was returned. The vendor failed the session for this, code 3."


def test_pictures_that_could_not_be_saved_are_open_on_a_pass_but_bring_no_failure_back() -> None:
    assert kinds(judge(GOOD, missing=2)) == ["evidence"]
    outcome = failed("1", person={}, face=None, authenticity=None, vendor_checks={})
    assert judge(outcome, missing=2).route.review == "not_needed"


@pytest.mark.parametrize("code", ["1", "4", "10", "12", "13", "14", "15"])
def test_a_plain_failure_with_nothing_else_open_stays_failed(code: str) -> None:
    outcome = failed(code, person={}, face=None, authenticity=None, vendor_checks={})
    case = judge(outcome)
    assert (case.route.review, case.route.reason) == ("not_needed", f"Failed, code {code}.")


def test_an_expired_document_fails_by_itself_and_shows_why() -> None:
    case = judge(failed("4", person=PERSON | {"expiry": "2017-11-30"}, vendor_checks={"expiry": False}))
    assert [(matter.kind, matter.own) for matter in case.matters] == [("document", True)]
    assert case.matters[0].detail.endswith("before capture. The vendor failed the session for this, code 4.")
    assert case.route.review == "not_needed"


@pytest.mark.parametrize(
    "changes",
    [
        {"face": Face(score=0.1, identical=False)},
        {"authenticity": Authenticity(score=0.1)},
        {"contradictions": ("x",)},
        {"matches": ({"fullname": ["Maria Sample"]},)},
        {"vendor_checks": {"name": False}},
        {"face": Face(score=0.41)},
    ],
)
def test_a_plain_failure_with_anything_else_open_goes_to_a_person(changes: dict[str, Any]) -> None:
    case = judge(failed("4", **changes))
    assert case.route.review == "pending"


@pytest.mark.parametrize("code", ["2", "3", "5", "6", "7", "8", "9", "11", "16", "99", "57", ""])
def test_a_code_that_asks_for_review_is_always_a_matter(code: str) -> None:
    outcome = failed(code)
    case = judge(outcome)
    assert case.route.review == "pending"
    assert len(case.matters) == 1
    assert "The vendor failed the session for this" in case.matters[0].detail
    assert case.route.priority == fail_code(code).priority


def test_a_fraud_signal_beside_a_low_code_makes_it_urgent() -> None:
    assert judge(failed("7", face=Face(score=0.1))).route.priority == "high"
    assert judge(failed("7", person=PERSON | {"full_name": "ANNA OTHER"})).route.priority == "normal"


def test_a_low_priority_code_about_its_own_low_matter_stays_low() -> None:
    case = judge(failed("7", person=PERSON | {"address": "2 High Road, Anytown"}, vendor_checks={"address": False}))
    assert kinds(case) == ["data"]
    assert (case.route.review, case.route.priority) == ("pending", "low")
    with_hit = judge(failed("7", person=PERSON | {"address": "2 High Road, Anytown"}, matches=({"fullname": ["A"]},)))
    assert with_hit.route.priority == "normal"


def test_the_vendors_reason_is_never_lost_behind_another_matter_of_its_kind() -> None:
    case = judge(failed("11", person=PERSON | {"expiry": "2017-11-30"}))
    assert [(matter.kind, matter.headline) for matter in case.matters] == [("document", "Front and back differ.")]
    assert case.matters[0].detail == (
        "Document expired on 30 Nov 2017, 8 years 11 months before capture. The vendor failed the session for this, code 11."
    )


def test_an_unknown_code_goes_to_a_person_with_its_number() -> None:
    case = judge(failed("57"))
    assert [(matter.kind, matter.headline) for matter in case.matters] == [("code", "Unknown result code 57.")]
    assert (case.route.priority, case.route.reason) == ("normal", "Fail code 57.")


def test_an_expiry_needs_nobody_and_a_signature_neither() -> None:
    bare = Outcome(reference="R1", result="expired", code="0")
    case = judge(bare)
    assert case.matters == ()
    assert (case.route.review, case.route.capture) == ("not_needed", "expired")
    signed = judge(replace(bare, result="signed", code="", contract={"document_url": "https://vendor.example/1.pdf"}))
    assert (signed.matters, signed.route.review, signed.route.capture) == ((), "not_needed", "finished")


def test_a_late_or_second_result_always_goes_to_a_person() -> None:
    bare = Outcome(reference="R1", result="signed", contract={"document_url": "https://vendor.example/1.pdf"})
    for flag in ("late_result", "conflicting_results", "outside_link"):
        assert judge(bare, flags={flag: True}).route.review == "pending"


@pytest.mark.parametrize(
    ("result", "changes"),
    [
        ("signed", {"late": True}), ("signed", {"conflicting": True}), ("expired", {"late": True}),
        ("failed", {"conflicting": True}), ("failed", {"fail_route": "elsewhere"}),
    ],
)  # fmt: skip
def test_each_reason_to_ask_a_person_is_enough_by_itself(result: str, changes: dict[str, Any]) -> None:
    outcome = Outcome(reference="R1", result=result)
    plain: dict[str, Any] = {"fail_route": "failed", "fail_priority": "normal"}
    assert route(outcome=outcome, matters=(), **plain).review == "not_needed"
    assert route(outcome=outcome, matters=(), **plain | changes).review == "pending"


def test_an_unknown_route_goes_to_a_person() -> None:
    odd = replace(fail_code("1"), route="elsewhere", priority="elsewhere")
    way = judge(failed("1"), code=odd).route
    assert (way.review, way.priority) == ("pending", "high")


def test_every_cause_a_vendor_may_name_belongs_to_a_kind_of_matter() -> None:
    assert {kind_of(cause) for cause in CAUSES} <= set(MATTER_KIND)
    assert kind_of("anything else") == "code"


def test_no_matter_ever_holds_a_personal_value() -> None:
    secrets = ("SECRETNAME", "1911-11-11", "NUM999", "SECRETSTREET", "SECRETPLACE", "POST77")
    person = {
        "full_name": "SECRETNAME X", "first_name": "OTHER", "last_name": "SECRETNAME2 Y", "birth": "1911-11-11",
        "birth_parts": "1911-11-12", "age": 3, "document_number": "NUM999", "address": "SECRETSTREET 1", "postcode": "POST77",
        "expiry": "SECRETPLACE",
    }  # fmt: skip
    expected = Expected(
        name="SECRETNAME",
        birth="1911-11-11",
        document_number="NUM998",
        address="SECRETPLACE",
        postcode="POST7",
        age="18-99",
    )
    outcome = replace(
        GOOD, person=person, contradictions=("The date of birth is 1911-11-11 SECRETNAME",), face=Face(error="SECRETNAME"),
        matches=({"fullname": ["SECRETNAME"], "schema": "SECRETNAME"},), vendor_checks={"name": True, "document_number": True},
    )  # fmt: skip
    for each in (outcome, replace(outcome, result="failed", code="5"), replace(outcome, result="error"),
                 replace(outcome, person=person | {"first_name": "", "last_name": "", "birth_parts": ""})):  # fmt: skip
        case = read_case(outcome=each, options=Options(), expected=expected, code=fail_code(each.code), known_checks=(),
                         captured_on=DAY, flags={})  # fmt: skip
        said = " ".join(f"{matter.headline} {matter.detail}" for matter in case.matters) + case.route.reason
        assert case.matters
        assert not [secret for secret in secrets if secret.casefold() in said.casefold()]
        assert len(set(kinds(case))) == len(case.matters)
