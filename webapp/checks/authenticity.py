"""The vendor's checks of the document, sorted by what they found, and the score's meaning; no plain words yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.checks.figures import Margin, figure, margin
from webapp.checks.normalise import fold
from webapp.providers.base import Authenticity, AuthenticityCheck, Options


@dataclass(frozen=True, kw_only=True)
class AuthReading:
    """Score, threshold (0 to 1) and every check: failed first, then those that said neither, then passed.

    `verdict` is pass | fail | unknown | not_requested | not_returned, from the score alone; a check may fail while the
    score passes. `warnings` leaves out those that only repeat a failed check's reason.
    """

    score: float | None = None
    threshold: float
    margin: float | None = None
    verdict: str
    words: str
    near: bool = False
    requested: bool
    failed: tuple[AuthenticityCheck, ...] = ()
    unclear: tuple[AuthenticityCheck, ...] = ()
    passed: tuple[AuthenticityCheck, ...] = ()
    not_returned: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many checks were returned."""
        return len(self.failed) + len(self.unclear) + len(self.passed)


def read_authenticity(auth: Authenticity | None, options: Options, known: Sequence[str]) -> AuthReading:
    """Read the vendor's breakdown. `known` are the names of the checks the vendor is known to make."""
    threshold, requested = options.authenticity_threshold, options.authenticity_threshold > 0
    if auth is None:
        words = "Requested but not returned" if requested else "Not requested in this preset"
        verdict = "not_returned" if requested else "not_requested"
        return AuthReading(threshold=threshold, verdict=verdict, words=words, requested=requested)
    found = margin(auth.score, threshold)
    failed = tuple(check for check in auth.checks if check.passed is False)
    return AuthReading(
        score=found.score if found else None, threshold=threshold, margin=found.value if found else None,
        verdict=_verdict(found.reached if found else None, requested),
        words=_words(found, requested), near=bool(found and requested and found.near),
        requested=requested, failed=failed,
        unclear=tuple(check for check in auth.checks if check.passed is None),
        passed=tuple(check for check in auth.checks if check.passed),
        not_returned=tuple(name for name in known if name not in {check.name for check in auth.checks}),
        warnings=_own_warnings(auth.warnings, failed),
    )  # fmt: skip


def _words(found: Margin | None, requested: bool) -> str:
    if found is None:
        return "No score was returned"
    return found.words if requested else f"{figure(found.score)}, no minimum in this preset"


def _verdict(reached: bool | None, requested: bool) -> str:
    if not requested:
        return "not_requested"
    return {True: "pass", False: "fail"}[reached] if reached is not None else "unknown"


def _own_warnings(warnings: Sequence[str], failed: Sequence[AuthenticityCheck]) -> tuple[str, ...]:
    told = {fold(check.reason) for check in failed}
    return tuple(dict.fromkeys(warning for warning in warnings if fold(warning) not in told))
