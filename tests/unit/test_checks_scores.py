"""Face, authenticity and the margins of their scores."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.checks.authenticity import read_authenticity
from webapp.checks.face import read_face
from webapp.checks.figures import figure, margin
from webapp.providers.base import Authenticity, AuthenticityCheck, Face, Options

KNOWN = ("data_visibility", "exif_check", "recapture_check")


@pytest.mark.parametrize(
    ("score", "threshold", "words", "near"),
    [
        (0.43, 0.4, "0.43, needs 0.40: above by 0.03", True),
        (0.091, 0.4, "0.091, needs 0.40: below by 0.309", False),
        (0.1, 0.3, "0.10, needs 0.30: below by 0.20", False),
        (0.4, 0.4, "0.40, needs 0.40: exactly what is needed", True),
        (0.3996, 0.4, "0.3996, needs 0.40: below by 0.0004", True),
        (0.45, 0.4, "0.45, needs 0.40: above by 0.05", True),
        (0.451, 0.4, "0.451, needs 0.40: above by 0.051", False),
        (1, 0.5, "1.00, needs 0.50: above by 0.50", False),
    ],
)
def test_a_score_is_told_with_its_threshold_and_margin(score: float, threshold: float, words: str, near: bool) -> None:
    reading = read_face(Face(score=score), Options(face_threshold=threshold))
    assert (reading.words, reading.near) == (words, near)
    assert reading.verdict == ("match" if score >= threshold else "no_match")


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -0.1, 1.01, True, None, "0.5"])
def test_what_is_no_score_has_no_margin(score: object) -> None:
    assert margin(score, 0.4) is None


@given(st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_the_words_never_call_a_score_below_its_threshold_enough(score: float, threshold: float) -> None:
    found = margin(score, threshold)
    assert found is not None
    if round(score - threshold, 6) < 0:
        assert "below by" in found.words
        assert not found.reached
        assert not found.words.endswith(" 0.00")


def test_figures_have_two_digits_at_least() -> None:
    assert [figure(value) for value in (0, 1, 0.5, 0.125, 0.1239)] == ["0.00", "1.00", "0.50", "0.125", "0.124"]


def test_a_face_that_was_not_asked_for_and_one_that_was_not_returned_are_told_apart() -> None:
    assert read_face(None, Options(biometric="none")).verdict == "not_requested"
    missing = read_face(None, Options())
    assert (missing.verdict, missing.words) == ("not_returned", "Requested but not returned")


def test_the_vendor_agreeing_and_disagreeing_is_said() -> None:
    agrees = read_face(Face(score=0.091, identical=False), Options())
    assert (agrees.vendor_words, agrees.disagreement) == ("The vendor agrees: not identical.", "")
    disagrees = read_face(Face(score=0.43, identical=False), Options())
    assert disagrees.verdict == "match"
    assert disagrees.disagreement == "The vendor says not identical, but the score reaches the threshold."
    assert read_face(Face(score=0.1, identical=True), Options()).disagreement.startswith("The vendor says identical")


def test_a_face_without_a_score_never_matches() -> None:
    assert read_face(Face(identical=True), Options()).verdict == "unknown"
    assert read_face(Face(identical=False), Options()).verdict == "no_match"
    failed = read_face(Face(error="no face found"), Options())
    assert (failed.verdict, failed.words) == ("unknown", "No score: no face found")


def checks(**passed: bool | None) -> tuple[AuthenticityCheck, ...]:
    """Checks by name; a failed one has a reason."""
    return tuple(
        AuthenticityCheck(name=name, passed=value, reason="Edited" if value is False else "")
        for name, value in passed.items()
    )


def test_checks_are_sorted_by_what_they_found_and_missing_ones_are_named() -> None:
    auth = Authenticity(
        score=0.1, checks=checks(data_visibility=True, exif_check=False, odd_check=None), warnings=("Edited", "Other")
    )
    reading = read_authenticity(auth, Options(), KNOWN)
    assert [check.name for check in reading.failed] == ["exif_check"]
    assert [check.name for check in reading.unclear] == ["odd_check"]
    assert [check.name for check in reading.passed] == ["data_visibility"]
    assert reading.not_returned == ("recapture_check",)
    assert reading.warnings == ("Other",)
    assert (reading.verdict, reading.words, reading.total) == ("fail", "0.10, needs 0.30: below by 0.20", 3)


def test_an_authenticity_that_was_not_asked_for_and_one_not_returned_are_told_apart() -> None:
    off = Options(authenticity_threshold=0)
    assert read_authenticity(None, off, KNOWN).verdict == "not_requested"
    assert read_authenticity(None, Options(), KNOWN).verdict == "not_returned"
    shown = read_authenticity(Authenticity(score=0.02), off, KNOWN)
    assert (shown.verdict, shown.words, shown.near) == ("not_requested", "0.02, no minimum in this preset", False)


def test_an_authenticity_without_a_score_is_unknown() -> None:
    reading = read_authenticity(Authenticity(checks=checks(data_visibility=True)), Options(), KNOWN)
    assert (reading.verdict, reading.words) == ("unknown", "No score was returned")
