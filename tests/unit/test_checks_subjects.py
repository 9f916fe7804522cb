"""The vendor's id of a person against earlier ones, and what a result is routed to because of it."""

from datetime import date

import pytest

from webapp.checks.case import Case, read_case
from webapp.checks.dates import ordinal
from webapp.checks.subjects import Past, compared, matter
from webapp.providers.base import CodeMeaning, Expected, Options, Outcome
from webapp.providers.qid import codes

TODAY = date(2026, 3, 1)


def case(
    code: str = "101", *, subject: str = "", past: Past | None = None, contradictions: tuple[str, ...] = ()
) -> Case:
    result = "error" if contradictions else codes.RESULTS.get(code, "error")
    outcome = Outcome(reference="R", result=result, code=code, subject=subject, contradictions=contradictions)
    return read_case(
        outcome=outcome, options=Options(), expected=Expected(name="Anna Specimen"), code=codes.meaning(code),
        known_checks=(), captured_on=TODAY, flags={}, kind="liveness", past=past or Past(),
    )  # fmt: skip


@pytest.mark.parametrize(("earlier", "word"), [
    ((), "first"), (("A",), "same"), (("A", "A"), "same"), (("B",), "different"), (("A", "B"), "different"),
])  # fmt: skip
def test_an_id_is_the_same_only_where_every_earlier_session_had_it(earlier: tuple[str, ...], word: str) -> None:
    assert compared("A", earlier) == word


def test_a_result_without_an_id_is_compared_with_nothing() -> None:
    assert compared("", ("A",)) == ""
    assert matter("", Past(earlier=("A",), elsewhere=3)) is None


def test_the_first_and_the_same_person_need_nobody() -> None:
    for past in (Past(), Past(earlier=("A", "A"))):
        found = case(subject="A", past=past)
        assert (found.matters, found.route.review) == ((), "not_needed")


def test_another_person_than_before_goes_to_a_person_at_once() -> None:
    found = case(subject="A", past=Past(earlier=("A", "B")))
    [one] = found.matters
    assert (one.kind, one.severity, one.block) == ("subject", "bad", "subject")
    assert one.detail == "1 of 2 earlier sessions had another one."
    assert (found.route.review, found.route.priority) == ("pending", "high")


def test_one_face_under_two_names_goes_to_a_person() -> None:
    found = case(subject="A", past=Past(elsewhere=2))
    [one] = found.matters
    assert one.detail == "The same person was seen in 2 sessions of others."
    assert (found.route.review, found.route.priority) == ("pending", "normal")


def test_both_at_once_are_one_matter() -> None:
    [one] = case(subject="A", past=Past(earlier=("B",), elsewhere=1)).matters
    assert (one.count, one.severity) == (2, "bad")


@pytest.mark.parametrize(("code", "time", "review"), [
    ("030", 1, "not_needed"), ("030", 2, "pending"), ("015", 2, "not_needed"), ("016", 3, "pending"),
    ("010", 9, "not_needed"), ("017", 9, "not_needed"), ("029", 1, "pending"), ("000", 1, "pending"),
])  # fmt: skip
def test_a_result_that_comes_again_and_again_goes_to_a_person(code: str, time: int, review: str) -> None:
    found = case(code, past=Past(time=time))
    assert found.route.review == review
    if review == "pending" and time > 1:
        assert f"the {ordinal(time)} time" in found.matters[0].detail


def test_a_failed_liveness_check_is_urgent() -> None:
    found = case("029")
    assert (found.route.review, found.route.priority) == ("pending", "high")
    assert [each.headline for each in found.matters] == ["The liveness check failed."]


def test_nothing_of_an_identity_check_is_missed_in_a_result_that_is_about_none() -> None:
    for code in (*codes.CODES, "999"):
        kinds = {each.kind for each in case(code, subject="A").matters}
        assert kinds <= {"code"}, code


def test_what_the_vendor_does_not_know_is_said_in_its_meaning() -> None:
    [one] = case("000").matters
    assert one.detail == "Unknown error at the vendor. See the raw result."
    [told] = case("101", contradictions=("It denies itself.",)).matters
    assert told.detail == "The vendor's answer contradicts itself in 1 place."


@pytest.mark.parametrize(
    ("number", "word"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_numbers_in_order_are_said_as_people_say_them(number: int, word: str) -> None:
    assert ordinal(number) == word


def test_a_code_that_asks_for_nobody_is_not_counted() -> None:
    quiet = CodeMeaning(
        code="x", meaning="M", short="m", cause="other", kind="time", route="failed", officer="o", applicant="a"
    )
    assert quiet.review_at == 0 and quiet.final and not quiet.soft
