"""Reading DocuPass callbacks: every sample and every variation of shape becomes the Outcome it should."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from webapp.providers.base import Outcome, SourceFile
from webapp.providers.docupass import payloads

PAYLOADS = Path(__file__).parent.parent / "payloads" / "docupass"
SEED = tomllib.loads((Path(__file__).parent.parent / "rules" / "seed_docupass.toml").read_text())
TODAY = date(2026, 11, 21)
RESULTS = {
    "callback_expired": ("expired", "0", 0),
    "callback_identity_failed": ("failed", "3", 2),
    "callback_identity_passed": ("passed", "", 3),
    "callback_signature_done": ("signed", "", 0),
    "card_passed_with_images_inside": ("passed", "", 0),
    "contract_could_not_be_made": ("passed", "", 0),
    "data_disagree": ("passed", "", 4),
    "face_comparison_failed": ("failed", "3", 0),
    "failed_with_unknown_code": ("failed", "42", 0),
    "failed_without_code": ("failed", "", 1),
    "licence_failed_authenticity_newer_checks": ("failed", "2", 2),
    "nothing_recognised": ("failed", "1", 0),
    "passed_as_text": ("error", "", 1),
    "passed_but_face_differs": ("error", "", 1),
    "passed_but_fail_code": ("error", "0", 1),
    "passed_but_verification_failed": ("error", "", 2),
    "passport_passed": ("passed", "", 0),
    "passport_passed_with_aml_match": ("passed", "", 0),
    "php_empty_maps": ("failed", "3", 0),
    "success_twice": ("error", "", 1),
    "unknown_keys_kept": ("passed", "", 0),
    "unstorable_characters": ("passed", "", 0),
}
"""Name of the payload -> result, code, number of contradictions."""
NOT_CALLBACKS = ("create_", "validate_", "trailing_comma")


def sample(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def read(name: str) -> Outcome:
    return payloads.read(sample(name), today=TODAY)


def changed(**changes: Any) -> Outcome:
    """The clean passed passport with some top-level keys replaced; None takes a key away."""
    body = json.loads(sample("passport_passed")) | changes
    return read_body({key: value for key, value in body.items() if value is not None})


def read_body(body: Any) -> Outcome:
    return payloads.read(json.dumps(body).encode(), today=TODAY)


def test_every_callback_sample_is_in_the_table() -> None:
    names = {path.stem for path in PAYLOADS.glob("*.json") if not path.stem.startswith(NOT_CALLBACKS)}
    assert names == set(RESULTS)


@pytest.mark.parametrize("name", RESULTS)
def test_every_sample_has_its_result_code_and_number_of_contradictions(name: str) -> None:
    outcome = read(name)
    assert (outcome.result, outcome.code, len(outcome.contradictions)) == RESULTS[name], outcome.contradictions


@pytest.mark.parametrize("name", RESULTS)
def test_identify_names_the_reference_that_read_finds(name: str) -> None:
    assert payloads.identify(sample(name)) == read(name).reference == json.loads(sample(name))["reference"]


def test_the_vendors_sample_passes_and_its_own_contradictions_are_listed() -> None:
    outcome = read("callback_identity_passed")
    assert outcome.result == "passed"
    assert outcome.person["birth"] == "1998-08-18" and outcome.person["birth_parts"] == "1998-08-12"
    assert "its day, month and year make 1998-08-12" in outcome.contradictions[0]
    assert "it says 22, but 1998-08-18 makes 28" in outcome.contradictions[1]
    assert "it says 2941" in outcome.contradictions[2]


def test_a_consistent_person_is_read_into_our_keys() -> None:
    assert read("passport_passed").person == {
        "first_name": "MARIA", "last_name": "SPECIMEN", "full_name": "MARIA SPECIMEN", "sex": "F", "age": 28,
        "birth": "1998-08-18", "birth_parts": "1998-08-18", "document_number": "1234561",
        "personal_number": "123456789", "document_type": "passport", "document_side": "biodata", "issuer": "US",
        "issuer_name": "United States", "nationality": "US", "nationality_name": "United States",
        "expiry": "2028-10-30", "days_to_expiry": 709,
    }  # fmt: skip


def test_the_failed_sample_keeps_every_failed_check_beside_its_one_code() -> None:
    outcome = read("callback_identity_failed")
    assert outcome.vendor_checks == {
        "face": False, "expiry": False, "name": True, "birth": True, "postcode": True, "address": False,
    }  # fmt: skip
    assert outcome.vendor_checks_passed is False
    assert outcome.face is not None and (outcome.face.score, outcome.face.identical) == (0.091, False)
    assert outcome.text == "Face photo does not match with provided document."
    assert outcome.vault_id == "I3MS6XjOqsB7Zbye54ohG9F7rtvW02Zv"
    assert outcome.person["address"] == "1989\n910 GOVERNMENT STREET\nVICTORIA BC"
    assert outcome.person["issuer_region"] == "British Columbia" and outcome.person["document_type"] == "licence"
    assert outcome.fields["height"] == "176"


@pytest.mark.parametrize("key", SEED["data keys"])
def test_every_key_of_the_data_is_kept_under_the_vendors_name(key: str) -> None:
    assert changed(data={"firstName": "MARIA", key: "7"}).fields[key] == "7"


def test_the_keys_that_have_a_name_of_ours_have_it_and_the_others_stay_as_they_are() -> None:
    read_as = {key: set(changed(data={key: "AB"}).person) for key in SEED["data keys"]}
    assert {key for key, ours in read_as.items() if not ours} == {
        "height", "weight", "hairColor", "eyeColor", "age", "dob_day", "dob_month", "dob_year", "expiry_day",
        "expiry_month", "expiry_year", "issued_day", "issued_month", "issued_year", "daysToExpiry", "daysFromIssue",
        "documentName", "issuerOrg_iso3", "issueAuthority", "nationality_iso3", "vehicleClass", "restrictions",
        "endorsement", "optionalData", "optionalData2", "internalId",
    }  # fmt: skip
    parts = {f"{name}_{part}": "7" for name in ("dob", "expiry", "issued") for part in ("day", "month", "year")}
    assert changed(data={"age": "7", "daysToExpiry": "7", **parts}).person.keys() >= {
        "age", "days_to_expiry", "birth", "birth_parts", "expiry", "issued",
    }  # fmt: skip


@pytest.mark.parametrize("key", SEED["AML entry keys"])
def test_every_key_of_an_aml_entry_is_kept(key: str) -> None:
    (entry,) = changed(aml=[{"fullname": ["A B"], key: ["C"]}]).matches
    assert "C" in str(entry[key])


def test_the_age_and_days_left_are_held_against_the_day_of_receipt() -> None:
    received = payloads.read(sample("callback_identity_failed"), today=date(2020, 10, 12))
    assert received.contradictions == ()


def test_names_are_joined_when_the_full_name_is_missing() -> None:
    data = {"firstName": "A", "middleName": "B", "lastName": "C", "firstName_local": "Ä", "lastName_local": "Ç"}
    person = changed(data=data).person
    assert person["full_name"] == "A B C" and person["full_name_local"] == "Ä Ç"


@pytest.mark.parametrize("letter, word", [("P", "passport"), ("d", "licence"), ("I", "card"), ("V", "visa"),
                                          ("R", "residence"), ("O", "other"), ("Z", "other")])  # fmt: skip
def test_document_types_are_words(letter: str, word: str) -> None:
    assert changed(data={"documentType": letter}).person["document_type"] == word


@pytest.mark.parametrize("data, sentence", [
    ({"dob": "18 AUG 98"}, "“18 AUG 98”, which is not a date"),
    ({"dob_year": 1998, "dob_month": 13, "dob_day": 40}, "“1998-13-40”, which is not a date"),
    ({"issued": "2020/01/02", "issued_year": 2020, "issued_month": 2, "issued_day": 1}, "make 2020-02-01"),
    ({"expiry": "2030/01/02", "expiry_year": 2030, "expiry_month": 2, "expiry_day": 1}, "make 2030-02-01"),
    ({"firstName": ["MARIA"]}, "“firstName” in the document's data is not text"),
    ({"age": "old"}, "“old”, which is not a whole number"),
    ({"daysToExpiry": True}, "“true”, which is not a whole number"),
    ("garbage", "“data” in the result is not a list of named values"),
])  # fmt: skip
def test_odd_data_are_said_and_leave_the_verdict_alone(data: Any, sentence: str) -> None:
    outcome = changed(data=data)
    assert outcome.result == "passed"
    assert any(sentence in each for each in outcome.contradictions), outcome.contradictions


def test_a_date_in_the_vaults_spelling_is_read_too() -> None:
    assert changed(data={"dob": "1998-8-1"}).person["birth"] == "1998-08-01"


def test_a_pass_without_any_data_is_flagged() -> None:
    assert changed(data=None).contradictions == ("The vendor says passed, but sent no data from the document.",)


def test_checks_keep_their_order_reasons_and_unknown_names() -> None:
    authenticity = read("licence_failed_authenticity_newer_checks").authenticity
    assert authenticity is not None and authenticity.score == 0.21
    names = [(check.name, check.passed) for check in authenticity.checks]
    assert names == [
        ("recapture_check", False), ("exif_check", True), ("security_feature_check", False), ("hologram_check", True),
        ("text_analysis", True), ("image_quality", None),
    ]  # fmt: skip
    first = authenticity.checks[0]
    assert (first.reason, first.code, first.severity) == ("Photographed from a screen", "180", "medium")


def test_warnings_are_kept_whether_list_or_text() -> None:
    failed = read("callback_identity_failed").authenticity
    assert failed is not None and failed.warnings[0] == "Image edited in Photoshop" and len(failed.warnings) == 2
    single = changed(authentication={"score": 1, "warning": "Look again"}).authenticity
    assert single is not None and single.warnings == ("Look again",)


def test_aml_entries_come_from_a_list_or_from_items_and_their_values_become_lists() -> None:
    listed, wrapped = read("callback_identity_failed").matches, read("passport_passed_with_aml_match").matches
    assert listed[0] == wrapped[0]
    assert wrapped[1]["fullname"] == ["MARIA SPECIMEN"] and wrapped[1]["status"] == ["Member"]
    assert wrapped[1]["documentnumber"] == [{"id": "X1"}] and wrapped[1]["dob"] == []
    assert wrapped[1]["database"] == "eu_cors"


@pytest.mark.parametrize("aml, notes", [(["JOHN DOE"], 1), ("match", 1), ([7], 1), ({"fullname": "JOHN DOE"}, 0)])
def test_an_aml_entry_of_a_wrong_shape_never_vanishes(aml: Any, notes: int) -> None:
    outcome = changed(aml=aml)
    assert len(outcome.matches) == 1 and len(outcome.contradictions) == notes


@pytest.mark.parametrize("aml", [[], {}, {"items": []}, None, ""])
def test_no_aml_match_is_no_match_in_every_spelling(aml: Any) -> None:
    assert changed(aml=aml).matches == ()


def test_addresses_of_pictures_come_from_url_or_content() -> None:
    assert read("passport_passed").files == (
        SourceFile(kind="document", side="biodata", url="https://objects.idanalyzer.com/specimen-biodata.jpg"),
        SourceFile(kind="face", url="https://objects.idanalyzer.com/specimen-face.jpg"),
    )


def test_pictures_inside_the_body_are_pointed_at_and_their_sides_are_known_words() -> None:
    assert read("card_passed_with_images_inside").files == (
        SourceFile(kind="document", side="front", pointer=("documentimage", 0, "content")),
        SourceFile(kind="document", side="", pointer=("documentimage", 1, "content")),
        SourceFile(kind="face", side="", pointer=("faceimage", 0, "content")),
    )


def test_pictures_left_out_of_the_samples_are_not_files() -> None:
    assert [file.kind for file in read("callback_identity_passed").files] == ["contract"]


def test_the_contract_is_a_file_when_made_and_its_error_is_kept_when_not() -> None:
    signed = read("callback_signature_done")
    assert signed.files == (SourceFile(kind="contract", url=signed.contract["document_url"]),)
    broken = read("contract_could_not_be_made")
    assert broken.contract == {"error": "Template TPL1 has no field birthplace"}
    assert all(file.kind != "contract" for file in broken.files)


def test_keys_we_do_not_know_are_kept() -> None:
    assert read("unknown_keys_kept").other == {"riskscore": 7, "device": {"os": "specimen"}}


def test_the_content_key_ignores_proof_addresses_pictures_and_order() -> None:
    body = json.loads(sample("passport_passed"))
    again = dict(reversed(body.items())) | {"hash": "another"}
    again["documentimage"] = [{"side": "BIODATA", "type": "jpg", "content": "https://objects.idanalyzer.com/fresh.jpg"}]
    assert read_body(again).content_key == read_body(body).content_key == read("passport_passed").content_key


@pytest.mark.parametrize("change", [{"success": False}, {"customid": "other"}, {"aml": [{"fullname": "X"}]},
                                    {"new": 1}, {"data": {"firstName": "MARIO"}}])  # fmt: skip
def test_the_content_key_sees_every_other_change(change: dict[str, Any]) -> None:
    assert changed(**change).content_key != read("passport_passed").content_key
