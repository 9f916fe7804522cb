"""QiD's 39 codes, each by itself: what it means, what follows from it and what the person is told."""

import json
import tomllib
from pathlib import Path

import pytest

from webapp.providers.base import CAUSES
from webapp.providers.qid import codes, payloads

SEED = tomllib.loads((Path(__file__).parent.parent / "rules" / "seed_qid.toml").read_text())
KINDS = ("time", "capture", "fraud", "policy", "mismatch", "contact", "device", "setup", "unknown")
NOTHING_OF_FRAUD = ("fraud", "fake", "forged", "tamper", "authentic", "sanction", "aml", "suspic", "liveness", "alive")
AGAIN = "Make a new link."
SUPPORT = "Contact the vendor's support."


@pytest.mark.parametrize("code, result, kind, cause, route, priority, ask_again, final, alarm, remedy, hint", [
    ("000", "error", "unknown", "other", "review", "high", "yes", True, True, SUPPORT, ""),
    ("001", "error", "setup", "other", "review", "high", "no", True, True, "Provide a subscriber ID.", ""),
    ("002", "error", "setup", "other", "review", "high", "no", True, True, SUPPORT, ""),
    ("003", "error", "setup", "other", "review", "high", "no", True, True, SUPPORT, ""),
    ("004", "error", "setup", "other", "review", "high", "no", True, True, "Ask from a valid network address.", ""),
    ("005", "error", "setup", "other", "review", "high", "no", True, True, "Ask from a registered network address.", ""),
    ("006", "expired", "time", "other", "expired", "normal", "yes", True, False, AGAIN, ""),
    ("007", "error", "time", "other", "review", "normal", "yes", True, False, AGAIN, ""),
    ("008", "none", "device", "other", "failed", "low", "yes", False, False, "Open it on a mobile phone.", "mobile phone"),
    ("009", "none", "device", "other", "failed", "low", "yes", False, False, "Install a compatible browser.", "browser"),
    ("010", "abandoned", "time", "other", "failed", "normal", "yes", True, False, AGAIN, ""),
    ("011", "timed_out", "time", "capture", "failed", "normal", "yes", True, False, AGAIN, "eye level"),
    ("012", "abandoned", "time", "capture", "failed", "normal", "yes", True, False, AGAIN, "eye level"),
    ("013", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "whole face"),
    ("014", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "whole face"),
    ("015", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "own face"),
    ("016", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "own face"),
    ("017", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "more light"),
    ("018", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "more light"),
    ("019", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "bright light"),
    ("020", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "bright light"),
    ("021", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "sunglasses"),
    ("022", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "sunglasses"),
    ("023", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "still"),
    ("024", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "still"),
    ("025", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "straight at the camera"),
    ("026", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "straight at the camera"),
    ("027", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "arm's length"),
    ("028", "abandoned", "capture", "capture", "failed", "normal", "yes", True, False, AGAIN, "arm's length"),
    ("029", "liveness_failed", "fraud", "liveness", "review", "high", "after_review", True, False, AGAIN, ""),
    ("030", "inconclusive", "capture", "liveness", "failed", "normal", "yes", True, False, AGAIN, "more light"),
    ("051", "error", "setup", "other", "review", "high", "no", True, True, SUPPORT, ""),
    ("052", "error", "setup", "other", "review", "high", "no", True, True, SUPPORT, ""),
    ("053", "error", "setup", "other", "review", "high", "yes", True, True, SUPPORT, ""),
    ("054", "error", "setup", "other", "review", "high", "yes", True, True, SUPPORT, ""),
    ("055", "error", "setup", "other", "review", "normal", "yes", True, False, "", ""),
    ("056", "error", "setup", "other", "review", "high", "yes", True, True, "Refresh the token or make a new one", ""),
    ("100", "none", "time", "other", "review", "normal", "no", False, False, "", ""),
    ("101", "captured", "capture", "other", "review", "normal", "no", True, False, "", ""),
])  # fmt: skip
def test_every_code_follows_the_product_table_and_the_remedy_of_the_reference(
    code: str, result: str, kind: str, cause: str, route: str, priority: str, ask_again: str, final: bool, alarm: bool,
    remedy: str, hint: str,
) -> None:  # fmt: skip
    each = codes.meaning(code)
    assert (each.code, each.kind, each.cause, each.route, each.priority) == (code, kind, cause, route, priority)
    assert (each.ask_again, each.final, each.alarm) == (ask_again, final, alarm)
    assert each.remedy.startswith(remedy) and bool(each.remedy) is bool(remedy)
    assert hint in each.hint and bool(each.hint) is bool(hint)
    assert delivered(code) == (result, final)


def delivered(code: str) -> tuple[str, bool]:
    """What a webhook with this code becomes, whatever its text says."""
    body = {
        "webid_key": "K",
        "code": code,
        "status": code in ("055", "100", "101"),
        "message": "Something else",
        "mode": 1,
    }
    outcome = payloads.read(json.dumps(body | ({"aidx_uuid": "A"} if code == "101" else {})).encode())
    assert not outcome.contradictions
    return outcome.result, outcome.final


def test_every_code_of_the_reference_has_its_case_above_and_its_words() -> None:
    marks = test_every_code_follows_the_product_table_and_the_remedy_of_the_reference.pytestmark  # type: ignore[attr-defined]
    assert [case[0] for case in marks[0].args[1]] == SEED["codes"] == list(codes.CODES)
    assert len(codes.CODES) == 39


@pytest.mark.parametrize("code", codes.CODES)
def test_each_meaning_is_whole_and_in_the_words_of_the_house(code: str) -> None:
    each = codes.CODES[code]
    assert each.meaning and not each.meaning.endswith(".") and 0 < len(each.short) <= 22
    assert each.kind in KINDS and each.cause in CAUSES
    assert each.officer.endswith(".") and each.applicant.endswith(".")
    assert not each.remedy or each.remedy.endswith(".")
    assert not each.hint or (each.hint.endswith(".") and each.hint not in each.remedy)


@pytest.mark.parametrize("code", ["42", "-1", "17", "1", "0101", " 101", "101 ", "077", "999", ""])
def test_an_unknown_or_missing_code_goes_to_review_with_an_alarm(code: str) -> None:
    each = codes.meaning(code)
    assert (each.code, each.route, each.alarm, each.kind, each.final) == (code, "review", True, "unknown", True)


def test_what_happens_again_and_again_goes_to_a_person() -> None:
    assert {each.code: each.review_at for each in codes.CODES.values() if each.review_at} == {
        "015": 3,
        "016": 3,
        "030": 2,
    }


def test_only_what_the_vendor_itself_does_not_know_is_overtaken_by_a_later_result() -> None:
    assert [each.code for each in codes.CODES.values() if each.soft] == ["000"]
    assert codes.meaning("999").soft and codes.meaning("").soft


def test_the_two_codes_of_one_fault_differ_only_in_when_the_person_left() -> None:
    for number in range(13, 29, 2):
        during, after = codes.meaning(f"{number:03d}"), codes.meaning(f"{number + 1:03d}")
        assert (during.hint, during.short, during.officer) == (after.hint, after.short, after.officer)
        assert during.meaning.startswith("Left while") and after.meaning.startswith("Left after")


def test_the_applicant_is_never_told_a_fraud_reason() -> None:
    told = " ".join(each.applicant.lower() for each in codes.CODES.values())
    assert not [word for word in NOTHING_OF_FRAUD if word in told]


def test_a_refusal_says_what_to_set_or_do() -> None:
    for code, word in (("001", "QID_SUBSCRIBER_ID"), ("002", "QID_SUBSCRIBER_ID"), ("005", "address"), ("052", "PUBLIC_URL"),
                       ("056", "clock"), ("unreachable", "minutes")):  # fmt: skip
        assert word in codes.error_help(code)
    assert codes.error_help("4711") == codes.error_help("") == ""
    assert all(codes.error_help(code).endswith(".") for code in (*codes.CODES, *codes.OUR_CODES))
