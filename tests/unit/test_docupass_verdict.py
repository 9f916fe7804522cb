"""What DocuPass concluded: nothing but a literal `true` that the body does not deny is ever "passed"."""

import json
from typing import Any

import pytest

from tests.unit.test_docupass_payloads import changed, read, read_body, sample
from webapp.providers.docupass import payloads


@pytest.mark.parametrize("success", ["true", "false", 1, 0, [True], {}, {"a": 1}, "", "yes", 1.0, 2**70])
def test_success_that_is_not_literally_true_or_false_is_not_clear(success: Any) -> None:
    outcome = changed(success=success)
    assert outcome.result == "error"
    assert "neither true nor false" in outcome.contradictions[0]


def test_success_that_is_null_or_missing_is_not_clear() -> None:
    body = json.loads(sample("passport_passed"))
    del body["success"]
    assert payloads.read(json.dumps(body).encode()).result == "error"
    assert payloads.read(json.dumps(body | {"success": None}).encode()).result == "error"


@pytest.mark.parametrize("changes, sentence", [
    ({"failcode": 3}, "gives the fail code 3"),
    ({"failcode": 0}, "gives the fail code 0"),
    ({"failcode": "0"}, "gives the fail code 0"),
    ({"failreason": "Session expired"}, "gives a reason for failing"),
    ({"verification": {"passed": False, "result": {}}}, "verification as a whole did not pass"),
    ({"verification": {"passed": True, "result": {"documentNumber": False}}}, "check of “document number” failed"),
    ({"verification": {"passed": "true"}}, "neither true nor false"),
    ({"verification": {"passed": True, "result": {"face": 1}}}, "neither true nor false"),
    ({"verification": "passed"}, "“verification” in the result is not"),
    ({"verification": {"passed": True, "result": "all"}}, "“result” in the result is not"),
    ({"face": {"isIdentical": False, "confidence": "0.9"}}, "faces are not identical"),
    ({"face": {"isIdentical": "true", "confidence": "0.9"}}, "neither true nor false"),
    ({"face": {"isIdentical": True, "confidence": "1.2"}}, "face score is “1.2”"),
    ({"face": {"isIdentical": True, "confidence": -0.1}}, "face score is “-0.1”"),
    ({"face": {"isIdentical": True, "confidence": "nan"}}, "face score is “nan”"),
    ({"face": {"isIdentical": True, "confidence": True}}, "face score is “true”"),
    ({"face": {"isIdentical": True, "confidence": [0.9]}}, "face score is"),
    ({"face": {"error": 11, "error_message": "No face found"}}, "comparison of the faces ended with an error"),
    ({"face": ["garbage"]}, "“face” in the result is not"),
])  # fmt: skip
def test_a_pass_that_the_body_denies_is_not_clear(changes: dict[str, Any], sentence: str) -> None:
    outcome = changed(**changes)
    assert outcome.result == "error"
    assert any(sentence in each for each in outcome.contradictions), outcome.contradictions


@pytest.mark.parametrize("first, last", [("true", "false"), ("false", "true"), ("true", "true")])
def test_success_said_twice_is_never_a_pass_in_any_order(first: str, last: str) -> None:
    raw = sample("passport_passed").replace(b'"success": true', f'"success": {first}, "success": {last}'.encode())
    outcome = payloads.read(raw)
    assert outcome.result == "error" and "“success” stands twice" in outcome.contradictions[0]


def test_any_key_said_twice_at_any_depth_forbids_a_pass() -> None:
    raw = sample("passport_passed").replace(b'"face": true', b'"face": false, "face": true')
    outcome = payloads.read(raw)
    assert outcome.result == "error" and "“face” stands twice" in outcome.contradictions[0]


@pytest.mark.parametrize("code", [0, "0", 0.0, "00"])
def test_fail_code_nought_is_expiry(code: Any) -> None:
    assert changed(success=False, failcode=code).result == "expired"


@pytest.mark.parametrize(
    "code, text", [(3, "3"), ("3", "3"), ("E7", "E7"), (-1, "-1"), (3.0, "3"), ("x" * 99, "x" * 20)]
)
def test_fail_codes_come_as_number_or_text(code: Any, text: str) -> None:
    outcome = changed(success=False, failcode=code)
    assert (outcome.result, outcome.code) == ("failed", text)


@pytest.mark.parametrize("code", [True, [3], {"code": 3}])
def test_a_fail_code_of_a_wrong_type_is_not_clear(code: Any) -> None:
    assert changed(success=False, failcode=code).result == "error"


@pytest.mark.parametrize("code", [None, ""])
def test_a_failure_without_code_stays_failed_and_says_so(code: Any) -> None:
    outcome = changed(success=False, failcode=code)
    assert (outcome.result, outcome.code) == ("failed", "")
    assert outcome.contradictions == ("The vendor says failed, but gives no fail code.",)


def test_a_failure_may_have_passed_its_verification() -> None:
    assert changed(success=False, failcode=2).contradictions == ()


def test_a_failure_whose_verification_disagrees_with_its_own_checks_is_flagged_and_stays_failed() -> None:
    outcome = changed(success=False, failcode=5, verification={"passed": True, "result": {"name": False}})
    assert outcome.result == "failed" and len(outcome.contradictions) == 1


def test_a_document_with_data_beside_it_is_an_identity_pass() -> None:
    assert changed(contract={"document_url": "https://objects.idanalyzer.com/specimen.pdf"}).result == "passed"


def test_a_signature_with_a_fail_code_is_not_signed() -> None:
    body = json.loads(sample("callback_signature_done")) | {"failcode": 99}
    assert payloads.read(json.dumps(body).encode()).result == "error"


def test_a_failed_comparison_of_faces_keeps_its_message() -> None:
    face = read("face_comparison_failed").face
    assert face is not None and face.error == "No face found in the selfie" and face.score is None
    bare = changed(success=False, failcode=3, face={"error": 11}).face
    assert bare is not None and bare.error == "The comparison failed with the vendor's code 11."


@pytest.mark.parametrize("confidence", [0, 1, "0.901", 0.901, "1"])
def test_face_scores_come_as_text_or_number(confidence: Any) -> None:
    outcome = changed(face={"isIdentical": True, "confidence": confidence})
    assert outcome.result == "passed"
    assert outcome.face is not None and outcome.face.score == float(confidence)


def test_an_unknown_check_keeps_its_name() -> None:
    outcome = changed(verification={"passed": True, "result": {"cccode": True, "checkdigit": True, "notexpired": True}})
    assert outcome.vendor_checks == {"cccode": True, "check_digit": True, "expiry": True}


@pytest.mark.parametrize("code, key, what", [
    (3, "face", "face"), (4, "notexpired", "expiry"), (5, "name", "name"), (6, "dob", "birth"), (7, "address", "address"),
    (8, "postcode", "postcode"), (9, "age", "age"), (16, "documentNumber", "document number"),
])  # fmt: skip
def test_a_fail_code_whose_own_check_passed_is_said_and_stays_failed(code: int, key: str, what: str) -> None:
    outcome = changed(
        success=False, failcode=code, face=None, verification={"passed": False, "result": {key: True, "x": False}}
    )
    assert (outcome.result, outcome.code) == ("failed", str(code))
    assert outcome.contradictions == (
        f"The vendor failed the session with code {code}, but its own check of “{what}” passed.",
    )
    agreeing = changed(success=False, failcode=code, face=None, verification={"passed": False, "result": {key: False}})
    assert agreeing.contradictions == ()


@pytest.mark.parametrize("changes, sentence", [
    ({"failcode": 3, "verification": None, "face": {"isIdentical": True}}, "says that the faces are identical"),
    ({"failcode": 2, "verification": {"passed": False, "result": {"face": False}}, "face": {"isIdentical": True}},
     "the faces are identical, but that its check of them failed"),
    ({"failcode": 2, "verification": {"passed": True, "result": {"face": True}}, "face": {"isIdentical": False}},
     "the faces are not identical, but that its check of them passed"),
    ({"failcode": 2, "verification": {"passed": False, "result": {"name": True}}, "face": None},
     "failed as a whole, although every check in it passed"),
])  # fmt: skip
def test_a_failure_that_the_body_denies_stays_failed_and_is_said(changes: dict[str, Any], sentence: str) -> None:
    outcome = changed(success=False, **changes)
    assert outcome.result == "failed"
    assert len(outcome.contradictions) == 1 and sentence in outcome.contradictions[0]


def test_a_contract_and_nothing_about_a_person_is_signed_even_if_it_could_not_be_made() -> None:
    body = json.loads(sample("callback_signature_done"))
    assert read_body(body).result == "signed"
    assert read_body(body | {"contract": {"error": "Template TPL1 has no field city"}}).result == "signed"
    assert read_body(body | {"contract": {}}).result == "passed"


@pytest.mark.parametrize("key, value", [
    ("data", {"firstName": "A"}), ("face", {"isIdentical": True}), ("verification", {"passed": True, "result": {}}),
    ("authentication", {"score": 1}), ("aml", [{"fullname": "A"}]), ("documentimage", [{"content": "x"}]),
    ("faceimage", [{"content": "x"}]),
])  # fmt: skip
def test_anything_about_a_person_beside_the_contract_is_no_bare_signature(key: str, value: Any) -> None:
    body = json.loads(sample("callback_signature_done")) | {key: value}
    assert read_body(body).result == "passed"


@pytest.mark.parametrize("aml, returned", [([], True), ({}, True), ({"items": []}, True), (None, False), ("", False)])
def test_an_empty_list_of_matches_is_told_from_none_at_all(aml: Any, returned: bool) -> None:
    body = json.loads(sample("passport_passed"))
    assert read_body(body | {"aml": aml}).matches_returned is returned
    del body["aml"]
    assert read_body(body).matches_returned is False
