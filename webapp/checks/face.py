"""The comparison of portrait and selfie, read against the threshold in force; the pictures are not looked at here."""

from dataclasses import dataclass

from webapp.checks.figures import margin
from webapp.providers.base import Face, Options


@dataclass(frozen=True, kw_only=True)
class FaceReading:
    """Score, threshold (0 to 1) and what follows.

    `verdict` is match | no_match | unknown | not_requested | not_returned. `words` is the score with its meaning, or
    why there is none. `vendor_words` says that the vendor's own verdict agrees, `disagreement` that it does not.
    """

    score: float | None = None
    threshold: float
    margin: float | None = None
    verdict: str
    words: str
    near: bool = False
    vendor_words: str = ""
    disagreement: str = ""


def read_face(face: Face | None, options: Options) -> FaceReading:
    """Read the vendor's face comparison against the link's threshold. A missing score is never a match."""
    threshold = options.face_threshold
    if face is None:
        asked = options.biometric != "none"
        words = "Requested but not returned" if asked else "Not requested in this preset"
        return FaceReading(threshold=threshold, verdict="not_returned" if asked else "not_requested", words=words)
    found = margin(face.score, threshold)
    if found is None:
        return _without_score(face, threshold)
    return FaceReading(
        score=found.score, threshold=threshold, margin=found.value, verdict="match" if found.reached else "no_match",
        words=found.words, near=found.near, vendor_words=_agreement(face.identical, found.reached),
        disagreement=_disagreement(face.identical, found.reached),
    )  # fmt: skip


def _without_score(face: Face, threshold: float) -> FaceReading:
    # "Identical" without a score cannot be held against our threshold; "not identical" needs no score to count.
    says = "" if face.identical is None else f"The vendor says {'identical' if face.identical else 'not identical'}."
    return FaceReading(
        threshold=threshold, verdict="no_match" if face.identical is False else "unknown", vendor_words=says,
        words=f"No score: {face.error.rstrip('.')}" if face.error else "No score was returned",
    )  # fmt: skip


def _agreement(identical: bool | None, reached: bool) -> str:
    if identical is None or identical is not reached:
        return ""
    return f"The vendor agrees: {'identical' if identical else 'not identical'}."


def _disagreement(identical: bool | None, reached: bool) -> str:
    if identical is None or identical is reached:
        return ""
    if identical:
        return "The vendor says identical, but the score is below the threshold."
    return "The vendor says not identical, but the score reaches the threshold."
