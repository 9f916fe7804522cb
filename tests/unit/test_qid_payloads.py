"""Reading QiD's webhooks: every sample becomes the Outcome it should, and nothing but a clear 101 is a capture."""

import json
from pathlib import Path
from typing import Any

import pytest

from webapp.checks.asked import NO_LOCATION, held_against
from webapp.providers.base import Expected, Options, Outcome, Unreadable
from webapp.providers.qid import payloads
from webapp.providers.qid.codes import CODES

PAYLOADS = Path(__file__).parent.parent / "payloads" / "qid"
KEY, PERSON = "66af-2613-df8d-5614-6392-16ab", "66a9-b279-59ac-e312-6957-75bc"
RESULTS = {
    "webhook_006_code_as_number": ("expired", "006", 0),
    "webhook_006_expired": ("expired", "006", 0),
    "webhook_008_wrong_device": ("none", "008", 0),
    "webhook_010_abandoned": ("abandoned", "010", 0),
    "webhook_011_timed_out": ("timed_out", "011", 0),
    "webhook_017_too_dark": ("abandoned", "017", 0),
    "webhook_029_liveness_failed": ("liveness_failed", "029", 0),
    "webhook_029_status_true": ("error", "029", 1),
    "webhook_101_as_list": ("captured", "101", 0),
    "webhook_101_by_id": ("captured", "101", 0),
    "webhook_101_by_name": ("captured", "101", 0),
    "webhook_101_code_as_number": ("captured", "101", 0),
    "webhook_101_completed": ("captured", "101", 0),
    "webhook_101_sandbox": ("captured", "101", 0),
    "webhook_101_status_false": ("error", "101", 1),
    "webhook_101_unreadable_metadata": ("captured", "101", 1),
    "webhook_101_without_person": ("error", "101", 1),
    "webhook_999_unknown_code": ("error", "999", 0),
    "webhook_unknown_keys": ("captured", "101", 0),
}
"""Name of the payload -> result, code, number of contradictions."""


def sample(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def changed(**changes: Any) -> Outcome:
    """The completed sample with some keys replaced; ... takes a key away."""
    body = json.loads(sample("webhook_101_completed")) | changes
    return payloads.read(json.dumps({key: value for key, value in body.items() if value is not ...}).encode())


def test_every_webhook_sample_is_in_the_table() -> None:
    names = {path.stem for path in PAYLOADS.glob("webhook_*.json")} - {"webhook_with_comments"}
    assert names == set(RESULTS)


@pytest.mark.parametrize("name", RESULTS)
def test_every_sample_has_its_result_code_and_number_of_contradictions(name: str) -> None:
    outcome = payloads.read(sample(name))
    assert (outcome.result, outcome.code, len(outcome.contradictions)) == RESULTS[name], outcome.contradictions
    assert payloads.identify(sample(name)) == outcome.reference == json.loads(sample(name))["webid_key"]


def test_the_vendors_sample_says_who_the_person_is() -> None:
    outcome = payloads.read(sample("webhook_101_completed"))
    assert (outcome.reference, outcome.subject, outcome.mode) == (KEY, PERSON, "production")
    assert (outcome.liveness, outcome.final, outcome.text) == (
        "passed", True, "QiD Service request successfully completed",
    )  # fmt: skip
    assert (outcome.attributes, outcome.location, outcome.other, outcome.proof) == ({}, {}, {}, "")


@pytest.mark.parametrize("name, liveness, final", [
    ("webhook_101_completed", "passed", True), ("webhook_029_liveness_failed", "failed", True),
    ("webhook_010_abandoned", "", True), ("webhook_008_wrong_device", "", False), ("webhook_101_status_false", "", True),
])  # fmt: skip
def test_liveness_and_whether_the_link_goes_on_follow_from_the_code(name: str, liveness: str, final: bool) -> None:
    outcome = payloads.read(sample(name))
    assert (outcome.liveness, outcome.final) == (liveness, final)


def test_an_unclear_liveness_check_is_neither() -> None:
    assert changed(code="030", status=False, aidx_uuid=...).liveness == "unclear"


# ---- the verdict


@pytest.mark.parametrize("status", [False, "true", "false", 1, 0, "1", None, "", [True], {"ok": True}, ...])
def test_without_a_literal_true_nothing_is_captured(status: Any) -> None:
    outcome = changed(status=status)
    assert (outcome.result, outcome.liveness, len(outcome.contradictions)) == ("error", "", 1)


@pytest.mark.parametrize("code", ["1 01", " 101", "101 ", "0101", "1O1", "١٠١", "QiD-101", "00101", "101\n", "101\x00"])
def test_no_other_spelling_of_101_is_captured(code: str) -> None:
    assert changed(code=code).result == "error"


@pytest.mark.parametrize("code", [code for code in CODES if code not in ("055", "100", "101")])
def test_a_success_with_a_failing_code_contradicts_itself(code: str) -> None:
    outcome = changed(code=code)
    assert (outcome.result, outcome.code, outcome.final) == ("error", code, True)
    assert outcome.contradictions[0].startswith(f"The vendor says completed, but gives the code {code}")


@pytest.mark.parametrize("code", ["055", "100"])
def test_a_code_that_ends_no_session_is_never_a_capture(code: str) -> None:
    assert changed(code=code).result in ("none", "error")


@pytest.mark.parametrize("person", [..., None, "", "  ", [], {}, 7, True, ["a"], "x" * 65, "a\nb", "a\x00\x01b"])
def test_a_completed_result_without_a_person_contradicts_itself(person: Any) -> None:
    outcome = changed(aidx_uuid=person)
    assert (outcome.result, outcome.subject, len(outcome.contradictions)) == ("error", "", 1)
    assert "person" in outcome.contradictions[0]


@pytest.mark.parametrize("person", ["23bf11b3-391e-4a78-901c-a1e4573b272c", PERSON, f" {PERSON} "])
def test_both_forms_of_a_persons_id_are_taken(person: str) -> None:
    assert changed(aidx_uuid=person).subject == person.strip()


def test_a_failure_may_name_the_person() -> None:
    outcome = changed(code="029", status=False)
    assert (outcome.result, outcome.subject, outcome.contradictions) == ("liveness_failed", PERSON, ())


@pytest.mark.parametrize("text", ["User liveness check failed", "", None, "QiD Service request completed, 029"])
def test_the_text_decides_nothing(text: Any) -> None:
    assert changed(message=text).result == "captured"
    assert changed(message=text, code="010", status=False, aidx_uuid=...).result == "abandoned"


@pytest.mark.parametrize("text", [["a"], {"a": 1}, True])
def test_a_text_that_is_none_is_noted(text: Any) -> None:
    outcome = changed(message=text)
    assert (outcome.result, outcome.text, len(outcome.contradictions)) == ("captured", "", 1)


@pytest.mark.parametrize("mode, word", [
    (1, "production"), ("1", "production"), (0, "sandbox"), ("0", "sandbox"), (None, ""), (..., ""), ("", ""),
])  # fmt: skip
def test_the_mode_is_a_word_or_missing(mode: Any, word: str) -> None:
    outcome = changed(mode=mode)
    assert (outcome.mode, outcome.result) == (word, "captured")


@pytest.mark.parametrize("mode", [2, "live", True, False, [1], {"mode": 1}, 1.5, -1])
def test_a_mode_that_is_none_makes_the_result_unclear(mode: Any) -> None:
    outcome = changed(mode=mode)
    assert (outcome.mode, outcome.result, len(outcome.contradictions)) == ("", "error", 1)


@pytest.mark.parametrize("body", [
    b'{"status":true,"status":true,"code":"101","webid_key":"K","aidx_uuid":"A"}',
    b'{"status":true,"code":"010","code":"101","webid_key":"K","aidx_uuid":"A"}',
    b'{"status":true,"code":"101","webid_key":"K","aidx_uuid":"B","aidx_uuid":"A"}',
])  # fmt: skip
def test_a_body_that_says_something_twice_is_not_believed(body: bytes) -> None:
    outcome = payloads.read(body)
    assert outcome.result == "error" and "twice" in outcome.contradictions[0]


# ---- what cannot be a webhook


@pytest.mark.parametrize("raw, reason", [
    (b"", "not JSON"), (b"[]", "not an object"), (b"null", "not an object"), (b"\xff", "UTF-8"), (b"[" * 50_000, "deep"),
    (b'{"a":' * 50_000, "deep"), (b"status=true&code=101", "not JSON"), (b"{}", "webid_key"),
    (b'{"webid_key":"K"}', "code"), (b'{"code":"101"}', "webid_key"), (b'{"webid_key":"","code":"101"}', "webid_key"),
    (b'{"webid_key":" ","code":"101"}', "webid_key"), (b'{"webid_key":7,"code":"101"}', "webid_key"),
    (b'{"webid_key":["K"],"code":"101"}', "webid_key"), (b'{"webid_key":"%s","code":"101"}' % (b"K" * 65), "64 characters"),
    (b'{"webid_key":"K","code":null}', "code"), (b'{"webid_key":"K","code":""}', "code"),
    (b'{"webid_key":"K","code":true}', "code"), (b'{"webid_key":"K","code":["101"]}', "code"),
    (b'{"webid_key":"K","code":101.0}', "code"), (b'{"webid_key":"K","code":" "}', "code"),
])  # fmt: skip
def test_what_cannot_be_a_webhook_is_unreadable_with_a_plain_reason(raw: bytes, reason: str) -> None:
    for how in (payloads.identify, payloads.read):
        with pytest.raises(Unreadable, match=reason):
            how(raw)


def test_the_vendors_own_samples_with_comments_are_not_repaired() -> None:
    for raw in (sample("webhook_with_comments"), sample("webhook_011_timed_out").replace(b"'3D", b"\\'3D")):
        with pytest.raises(Unreadable, match=r"not JSON: .* at line \d+, column \d+"):
            payloads.identify(raw)


def test_a_byte_order_mark_and_any_form_of_key_are_taken() -> None:
    raw = b"\xef\xbb\xbf" + sample("webhook_101_completed").replace(KEY.encode(), b"wQaZgd98o77LlGgz")
    assert payloads.read(raw).reference == payloads.identify(raw) == "wQaZgd98o77LlGgz"


@pytest.mark.parametrize("value, code", [
    (6, "006"), (56, "056"), (101, "101"), (0, "000"), ("56", "56"), ("6", "6"), ("056", "056"), (-6, "-06"),
    (2**70, str(2**70)[:20]), ("9" * 99, "9" * 20),
])  # fmt: skip
def test_only_a_number_gets_its_noughts_back(value: Any, code: str) -> None:
    assert changed(code=value, status=False, aidx_uuid=...).code == code


# ---- what is kept


def test_unknown_keys_are_kept_and_disturb_nothing() -> None:
    assert payloads.read(sample("webhook_unknown_keys")).other == {"session_score": 0.5, "extra": {"a": [1]}}


def test_characters_no_database_takes_are_replaced() -> None:
    outcome = changed(
        message="a\x00b", code="01\ud8000", status=False, extra={"\x00": "\udfff"}, metadata={"\x00": "\x00"}
    )
    text = json.dumps([outcome.text, outcome.code, outcome.other, outcome.attributes], ensure_ascii=False)
    text.encode()
    assert "\\u0000" not in text and outcome.result == "error"


def test_the_same_result_has_the_same_key_whatever_its_wording_and_order() -> None:
    same = changed().content_key
    body = json.loads(sample("webhook_101_completed"))
    assert payloads.read(json.dumps(dict(reversed(body.items())), indent=3).encode()).content_key == same
    assert changed(message="Other words").content_key == changed(code=101).content_key == same
    others = [
        changed(aidx_uuid="B"),
        changed(mode=0),
        changed(location="1 2"),
        changed(metadata={"1": "F"}),
        changed(x=1),
    ]
    assert len({same, *(each.content_key for each in others)}) == 6


# ---- held against what the link asked for


def held(outcome: Outcome, **options: Any) -> Outcome:
    return held_against(outcome, kind="liveness", options=Options(**options), expected=Expected())


def test_liveness_that_was_not_asked_for_was_not_passed() -> None:
    assert held(changed()).liveness == "passed"
    assert held(changed(), liveness=False).liveness == ""
    failed = payloads.read(sample("webhook_029_liveness_failed"))
    assert held(failed, liveness=False).liveness == "failed"


def test_a_place_that_was_asked_for_and_did_not_come_is_said() -> None:
    assert held(changed(), location=True).contradictions == (NO_LOCATION,)
    assert held(changed(location="1 2"), location=True).contradictions == ()
    assert held(changed()).contradictions == ()
    assert held(payloads.read(sample("webhook_010_abandoned")), location=True).contradictions == ()
