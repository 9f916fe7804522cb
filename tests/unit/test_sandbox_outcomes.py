"""The vendor's judgement and its callback bodies, without a server: comparisons, shapes, odd names."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from webapp.sandbox import outcomes
from webapp.sandbox.options import Options
from webapp.sandbox.outcomes import Made
from webapp.sandbox.people import person_for
from webapp.sandbox.scenarios import BY_KEY, SCENARIOS, bend, choose
from webapp.sandbox.showing import Showing
from webapp.sandbox.specimens import document_pictures, selfie
from webapp.sandbox.verdict import judge

TODAY = date(2026, 11, 22)
SAMPLES = Path(__file__).parents[1] / "payloads" / "docupass"
MADE = Made([{"side": "FRONT", "type": "jpg", "content": "x"}], [{"type": "jpg", "content": "x"}], vault_id="v" * 32)


def options(**given: Any) -> Options:
    return Options(companyname="Specimen Bank", **given)


def show(
    asked: Options, *, document: str = "passport", iso2: str = "GB", name: str = "", key: str = "passed"
) -> Showing:
    person = person_for(asked, document=document, iso2=iso2, name=name, today=TODAY)
    return bend(BY_KEY[key], Showing(person=person), asked, TODAY)


EVERYTHING = {
    "biometric": 1, "verify_name": "Test Person", "verify_dob": "1990/02/03", "verify_documentno": "AB1234567",
    "verify_address": "1 Example Terrace", "verify_postcode": "EX4 4PL", "verify_age": "30-40", "dualsidecheck": True,
    "documentcountry": "GB", "documentregion": "Wales", "documenttype": "PDI", "aml_check": True,
    "verify_phone": "+15550100000",
}  # fmt: skip


def test_a_specimen_fulfils_whatever_a_plain_link_expects() -> None:
    asked = options(**EVERYTHING)
    verdict = judge(show(asked, document="licence"), asked, TODAY)
    assert verdict.code is None
    assert set(verdict.checks) == {
        "face", "notexpired", "name", "dob", "age", "documentNumber", "postcode", "address",
    }  # fmt: skip


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s.code], ids=lambda s: s.key)
def test_every_failing_scenario_ends_with_its_code_whatever_was_asked(scenario: Any) -> None:
    for asked in (options(), options(**EVERYTHING)):
        assert judge(show(asked, document="card", key=scenario.key), asked, TODAY).code == scenario.code


@pytest.mark.parametrize("code", [3, 4, 5, 6, 7, 8, 9, 16])
def test_the_check_behind_a_code_is_the_one_that_fails(code: int) -> None:
    asked = options(**EVERYTHING)
    checks = judge(show(asked, key=f"fail{code}"), asked, TODAY).checks
    named = {
        3: "face",
        4: "notexpired",
        5: "name",
        6: "dob",
        7: "address",
        8: "postcode",
        9: "age",
        16: "documentNumber",
    }
    assert checks[named[code]] is False


def test_another_name_typed_on_the_page_fails_by_comparison_alone() -> None:
    asked = options(verify_name="Test Person")
    verdict = judge(show(asked, name="Somebody Else"), asked, TODAY)
    assert (verdict.code, verdict.checks["name"]) == (5, False)


@pytest.mark.parametrize(
    ("expected", "shown"),
    [("José Müller", "Jose Muller"), ("PERSON, Test", "Test Person"), ("Test Person", "Test Middle Person")],
)
def test_accents_order_and_a_middle_name_do_not_make_another_name(expected: str, shown: str) -> None:
    asked = options(verify_name=expected)
    assert judge(show(asked, name=shown), asked, TODAY).code is None


@pytest.mark.parametrize(
    ("given", "document", "iso2", "code"),
    [
        ({"documenttype": "D"}, "passport", "GB", 14),
        ({"documentcountry": "US,CA"}, "passport", "GB", 12),
        ({"biometric": 1, "biometric_threshold": 0.95}, "passport", "GB", 3),
        ({"verify_age": "90-99", "verify_dob": "1990/02/03"}, "passport", "GB", 9),
    ],
)
def test_what_the_link_does_not_accept_is_refused_without_a_scenario(
    given: dict[str, Any], document: str, iso2: str, code: int
) -> None:
    asked = options(**given)
    assert judge(show(asked, document=document, iso2=iso2), asked, TODAY).code == code


def test_a_magic_name_counts_only_as_the_last_word() -> None:
    assert choose("auto", "Test Facefail") is BY_KEY["fail3"]
    assert choose("auto", "", "test FACEFAIL") is BY_KEY["fail3"]
    assert choose("auto", "Facefail Smith") is BY_KEY["passed"]
    assert choose("nonsense") is None


def body_of(asked: Options, **how: Any) -> dict[str, Any]:
    showing = show(asked, **how)
    return outcomes.identity(showing, judge(showing, asked, TODAY), asked, MADE, TODAY)


def test_a_pass_has_the_keys_of_the_sample_and_their_types() -> None:
    sample = json.loads((SAMPLES / "callback_identity_passed.json").read_text())
    body = body_of(options(**EVERYTHING, contract_sign="TPL1"))
    for key in sample.keys() - {"success", "reference", "hash", "customid", "contract"}:
        assert type(body[key]) is type(sample[key]), key
    for key in sample["data"]:
        assert type(body["data"][key]) is type(sample["data"][key]), key
    assert set(body["authentication"]["breakdown"]) == set(sample["authentication"]["breakdown"])
    assert "warning" not in body["authentication"]


def test_a_failure_says_warnings_reasons_and_one_code() -> None:
    body = body_of(options(biometric=1), key="fail2")
    assert (body["failcode"], body["failreason"]) == (2, "Authenticity check failed")
    assert len(body["authentication"]["warning"]) == 2
    assert body["authentication"]["breakdown"]["exif_check"]["reason"] in body["authentication"]["warning"]


def test_a_document_nobody_can_read_yields_no_data_at_all() -> None:
    body = body_of(options(biometric=1, aml_check=True), key="fail1")
    assert set(body) == {"failreason", "failcode", "documentimage", "faceimage", "vaultid"}


def test_missing_information_is_missing_with_all_its_parts() -> None:
    data = body_of(options(), key="fail10")["data"]
    assert not [key for key in data if key.startswith("dob") or key in {"age", "documentNumber"}]


def test_strict_matching_keeps_only_the_same_birthday_and_nationality() -> None:
    assert len(body_of(options(aml_check=True), key="aml3")["aml"]) == 3
    assert len(body_of(options(aml_check=True, aml_strict_match=True), key="aml3")["aml"]) == 1
    chosen = body_of(options(aml_check=True, aml_database="un_sc"), key="aml3")["aml"]
    assert {entity["database"] for entity in chosen} == {"un_sc"}


@pytest.mark.parametrize(
    "name", ["Γιώργος Παπαδόπουλος", "محمد علي", "王小明", "Олена Щербина", "Ł", "x" * 200, "김민수"]
)
def test_a_name_of_any_script_can_be_drawn_and_compared(name: str) -> None:
    asked = options(verify_name=name)
    showing = show(asked)
    assert judge(showing, asked, TODAY).code is None
    assert document_pictures(showing)["BIODATA"].startswith(b"\xff\xd8")
    if showing.person.local_name:
        assert outcomes.data(showing, asked, TODAY)["fullName_local"] == name


@pytest.mark.parametrize("document", ["passport", "card", "licence"])
def test_pictures_are_small_and_the_same_each_time(document: str) -> None:
    first = document_pictures(show(options(), document=document))
    for content in first.values():
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.width == 1000
        assert len(content) < 150_000
    assert document_pictures(show(options(), document=document)) == first


def test_a_mismatch_shows_another_face_than_the_document() -> None:
    asked = options(biometric=1)
    assert selfie(show(asked)) != selfie(show(asked, key="fail3"))


def test_the_back_of_a_mismatch_carries_another_number() -> None:
    asked = options(dualsidecheck=True)
    sides, bent = (document_pictures(show(asked, document="card", key=key)) for key in ("passed", "fail11"))
    assert sides["FRONT"] == bent["FRONT"]
    assert sides["BACK"] != bent["BACK"]
