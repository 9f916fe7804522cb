"""Cases that are kept: never one that was read from something else, and never more than a few."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from webapp.checks.case import read_case
from webapp.providers.base import Expected, Face, Options, Outcome
from webapp.providers.docupass.codes import fail_code
from webapp.queries import cases
from webapp.queries.cases import Cases

MEANING = fail_code("3")
PERSON = {"full_name": "Ada Specimen", "birth": "1990-01-02", "document_number": "X1"}
ENTRY = {"fullname": ["Ada Specimen"], "dob": ["1990"]}


def inputs(**changes: Any) -> dict[str, Any]:
    outcome = Outcome(
        reference="R1", result="failed", code="3", person=dict(PERSON), face=Face(identical=True, score=0.9),
        matches=(dict(ENTRY),),
    )  # fmt: skip
    given = {
        "version": 3, "outcome": outcome, "options": Options(), "expected": Expected(name="Ada Specimen"),
        "known_checks": ("a",), "code": MEANING, "captured_on": date(2026, 11, 21), "flags": {"late_result": False},
    }  # fmt: skip
    return given | changes


BEFORE = inputs()
OUTCOME: Outcome = BEFORE["outcome"]

CHANGES = {
    "the version": {"version": 4},
    "the outcome's word": {"outcome": replace(OUTCOME, result="passed")},
    "the person": {"outcome": replace(OUTCOME, person=PERSON | {"full_name": "Ida Specimen"})},
    "the face": {"outcome": replace(OUTCOME, face=Face(identical=True, score=0.91))},
    "a list entry": {"outcome": replace(OUTCOME, matches=({**ENTRY, "dob": ["1991"]},))},
    "one list entry more": {"outcome": replace(OUTCOME, matches=(ENTRY, ENTRY))},
    "a verdict on it": {"verdicts": ["not_same"]},
    "the options": {"options": replace(Options(), face_threshold=0.99)},
    "what was expected": {"expected": Expected(name="Ida Specimen")},
    "the known checks": {"known_checks": ("a", "b")},
    "the code's meaning": {"code": replace(MEANING, short="other")},
    "the day": {"captured_on": date(2026, 11, 22)},
    "a flag": {"flags": {"late_result": True}},
}


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was truly read, in order."""
    done: list[dict[str, Any]] = []

    def counting(**given: Any) -> Any:
        done.append(given)
        return read_case(**given)

    monkeypatch.setattr(cases, "read_case", counting)
    return done


def test_the_same_is_read_once(readings: list[dict[str, Any]]) -> None:
    kept = Cases()
    assert kept.read(1, **inputs()) is kept.read(1, **inputs())
    assert len(readings) == 1


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_anything_is_read_anew(change: dict[str, Any], readings: list[dict[str, Any]]) -> None:
    kept = Cases()
    kept.read(1, **inputs())
    kept.read(1, **inputs(**change))
    assert len(readings) == 2
    kept.read(1, **inputs())
    assert len(readings) == 3, "only the last is kept of each session"


def test_another_session_is_read_for_itself(readings: list[dict[str, Any]]) -> None:
    kept = Cases()
    kept.read(1, **inputs())
    kept.read(2, **inputs())
    assert len(readings) == 2


def test_only_the_last_used_are_kept(readings: list[dict[str, Any]]) -> None:
    kept = Cases(most=2)
    for number in (1, 2, 1, 3):  # 2 has not been asked for the longest
        kept.read(number, **inputs())
    assert len(readings) == 3
    kept.read(1, **inputs())
    kept.read(3, **inputs())
    assert len(readings) == 3
    kept.read(2, **inputs())
    assert len(readings) == 4
