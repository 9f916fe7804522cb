"""What a decision needs: reasons against the vendor, a second person by policy, notes without what outlives erasure."""

import pytest

from webapp.checks import deciding
from webapp.checks.deciding import DECIDING, FROM, REASONS, Standing
from webapp.models.words import REASON_WORDS, REVIEW
from webapp.queries.policies import DECISIONS, MUST_BE_CONFIRMED

CLEAN = Standing(outcome="passed")
FACE = Standing(outcome="failed", failed=frozenset({"face"}))


def test_a_clean_approval_needs_neither_reason_nor_note() -> None:
    assert deciding.missing("approve", CLEAN, reasons=(), note="") == {}


@pytest.mark.parametrize(
    ("kind", "standing"),
    [
        ("reject", CLEAN), ("reopen", CLEAN), ("approve", FACE), ("approve", Standing(outcome="error")),
        ("approve", Standing(outcome="passed", failed=frozenset({"data"}))), ("approve", Standing(outcome="passed", real_hits=1)),
    ],
)  # fmt: skip
def test_what_goes_against_something_needs_both(kind: str, standing: Standing) -> None:
    assert set(deciding.missing(kind, standing, reasons=(), note="Nine char")) == {"reasons", "note"}
    assert deciding.missing(kind, standing, reasons=REASONS[kind][:1], note="Ten chars.") == {}


def test_spaces_are_no_note() -> None:
    assert "note" in deciding.missing("reject", CLEAN, reasons=("other",), note=" " * 30)


def test_an_escalation_needs_words_and_no_code() -> None:
    assert set(deciding.missing("escalate", CLEAN, reasons=(), note="")) == {"note"}


def test_a_reason_that_is_not_offered_is_not_taken() -> None:
    assert "reasons" in deciding.missing("approve", CLEAN, reasons=("document_fake",), note="")


@pytest.mark.parametrize(
    ("kind", "standing", "keys"),
    [
        ("approve", CLEAN, ()),
        ("approve", FACE, ("approve_failed_check", "approve_failed")),
        ("approve", Standing(outcome="passed", failed=frozenset({"authenticity"})), ("approve_failed_check",)),
        ("approve", Standing(outcome="passed", failed=frozenset({"data"})), ()),
        ("approve", Standing(outcome="passed", real_hits=2), ("approve_with_match",)),
        ("reject", CLEAN, ("reject_passed",)),
        ("reject", FACE, ()),
        ("reopen", CLEAN, ("reopen",)),
        ("escalate", FACE, ()),
    ],
)
def test_what_falls_under_the_policy(kind: str, standing: Standing, keys: tuple[str, ...]) -> None:
    assert deciding.confirmable(kind, standing) == keys
    assert set(keys) <= set(DECISIONS)


def test_only_what_the_policy_names_is_in_force() -> None:
    assert deciding.in_force("approve", FACE, {"approve_failed"}) == ("approve_failed",)
    assert deciding.in_force("approve", FACE, ()) == ()


def test_the_preview_says_why_and_by_which_policy() -> None:
    assert deciding.second_words((), 4) == "Second approval: not needed."
    assert deciding.second_words(("reopen",), 4).endswith("reopening is confirmed by a second person (policy 4).")
    assert deciding.second_words(("reopen",), 0).endswith("(the policy as it came).")
    assert set(deciding.BECAUSE) == set(DECISIONS) < set(MUST_BE_CONFIRMED)


@pytest.mark.parametrize("review", REVIEW)
@pytest.mark.parametrize("kind", FROM)
def test_a_step_is_taken_only_from_the_states_that_the_rules_name(kind: str, review: str) -> None:
    said = deciding.state_of_review(
        kind, review=review, status="needs_review", erased=False, decided=True, may_decide_escalated=True
    )
    assert (said == "") == (review in FROM[kind])


def test_nothing_is_decided_about_an_erased_session() -> None:
    for kind in FROM:
        assert "erased" in deciding.state_of_review(
            kind, review=FROM[kind][0], status="erased", erased=True, decided=True, may_decide_escalated=True
        )


def test_an_escalated_session_waits_for_who_may_decide_it() -> None:
    for kind in DECIDING:
        assert deciding.state_of_review(
            kind, review="escalated", status="escalated", erased=False, decided=False, may_decide_escalated=False
        )


@pytest.mark.parametrize(
    "note",
    ["Passport L898902C3 shown", "seen 1234567 in the file", "AB1234567", "Führerschein B072RRE2I55 gesehen"],
)
def test_a_document_number_in_a_note_is_seen(note: str) -> None:
    assert any("document number" in said for said in deciding.note_warnings(note))


@pytest.mark.parametrize(
    "note", ["born 12.8.1974", "1974-08-12", "12/08/74", "12 August 1974", "Aug 12, 1974", "3. Mai, then 3 May 1980"]
)
def test_a_date_of_birth_in_a_note_is_seen(note: str) -> None:
    assert any("date of birth" in said for said in deciding.note_warnings(note))


@pytest.mark.parametrize(
    "note",
    ["SAR filed", "two STRs", "a suspicious transaction report", "Suspicious report", "suspicious activity reports"],
)
def test_a_report_to_the_authorities_is_seen(note: str) -> None:
    assert any("restricted file" in said for said in deciding.note_warnings(note))


@pytest.mark.parametrize(
    "note",
    [
        "Called the bank at 14:30; they know the customer for 12 years.", "See CASE-2001 and session 48.",
        "The sari in the picture is red.", "Score 0.43, needs 0.40.", "Reference VQTAPZN, attempt 2 of 3.", "",
    ],
)  # fmt: skip
def test_plain_notes_pass(note: str) -> None:
    assert deciding.note_warnings(note) == ()


def test_every_reason_that_is_offered_has_words() -> None:
    assert {code for codes in REASONS.values() for code in codes} <= set(REASON_WORDS)
