"""The matters that come from a score: face, authenticity, and scores that pass but only just."""

from collections.abc import Callable

from webapp.checks.authenticity import AuthReading
from webapp.checks.dates import plural
from webapp.checks.face import FaceReading
from webapp.checks.figures import NEAR, figure
from webapp.checks.open_matter import OpenMatter, sentence

ByVendor = Callable[[str], str]
"""From a cause to `The vendor failed the session for this, code 3.`, or to nothing if it did not."""


def face(reading: FaceReading, vendor_passed: bool | None, *, complete: bool, by_vendor: ByVendor) -> OpenMatter | None:
    """A face that does not match, one on which score and vendor disagree, or none where one was asked for."""
    told = _face_words(reading, vendor_passed, complete)
    if told is None:
        return None
    # Why the vendor gave no score is its own free text: it stays in the face block.
    scored = reading.score is not None or reading.verdict in ("not_returned", "not_requested")
    figures = f"{reading.words}." if scored else "No score was returned."
    unsaid = vendor_passed is False and reading.verdict == "match" and not reading.disagreement
    doubt = "The vendor's own face check failed." if unsaid else reading.disagreement
    return OpenMatter(
        kind="face", severity="bad" if by_vendor("face") else told[1], headline=told[0], block="face",
        detail=sentence(figures, doubt, by_vendor("face")), causes=frozenset({"face"}),
    )  # fmt: skip


def _face_words(reading: FaceReading, vendor_passed: bool | None, complete: bool) -> tuple[str, str] | None:
    if reading.verdict == "no_match" and not reading.disagreement:
        return "Face does not match.", "bad"
    if reading.disagreement or (vendor_passed is False and reading.verdict == "match"):
        return "Score and vendor disagree about the face.", "bad"
    if vendor_passed is False:
        return "Face does not match.", "bad"
    if reading.verdict in ("unknown", "not_returned") and complete:
        return "No face comparison.", "warn"
    return None


def authenticity(
    reading: AuthReading, vendor_passed: bool | None, *, complete: bool, by_vendor: ByVendor
) -> OpenMatter | None:
    """A score below the minimum, single checks that failed, or no score where one was asked for."""
    told = _authenticity_words(reading, vendor_passed, complete)
    if told is None:
        return None
    detail = sentence(f"{reading.words}.", _failed_checks(reading), by_vendor("authenticity"))
    severity = "bad" if by_vendor("authenticity") else told[1]
    return OpenMatter(
        kind="authenticity", severity=severity, count=max(len(reading.failed) + len(reading.unclear), 1), block="auth",
        headline=told[0], detail=detail, causes=frozenset({"authenticity"}),
    )  # fmt: skip


def _authenticity_words(reading: AuthReading, vendor_passed: bool | None, complete: bool) -> tuple[str, str] | None:
    if reading.verdict == "fail" or vendor_passed is False:
        return "Authenticity is low.", "bad"
    if reading.requested and (reading.failed or reading.unclear):
        return "Authenticity passed, but not every check.", "warn"
    if reading.verdict in ("unknown", "not_returned") and complete:
        return "No document authentication.", "warn"
    return None


def _failed_checks(reading: AuthReading) -> str:
    of = f" of {plural(reading.total, 'check')}"
    failed = f"{len(reading.failed)}{of} failed." if reading.failed else ""
    unclear = f"{len(reading.unclear)}{of} said neither passed nor failed." if reading.unclear else ""
    return sentence(failed, unclear)


def near(face_reading: FaceReading, auth_reading: AuthReading) -> OpenMatter | None:
    """Scores that pass, but only just; one that fails is a matter of its own, with its margin."""
    found = []
    if face_reading.near and face_reading.verdict == "match":
        found.append(("Face", face_reading.words, "face"))
    if auth_reading.near and auth_reading.verdict == "pass":
        found.append(("Authenticity", auth_reading.words, "auth"))
    if not found:
        return None
    names = " and ".join(name for name, _, _ in found).capitalize()
    words = (f"{words}." for _, words, _ in found)
    return OpenMatter(
        kind="near_threshold", severity="warn", count=len(found), block=found[0][2], causes=frozenset({"near"}),
        headline=f"{names} {'is' if len(found) == 1 else 'are'} near the threshold.",
        detail=sentence(*words, f"Within margin {figure(NEAR)}."),
    )  # fmt: skip
