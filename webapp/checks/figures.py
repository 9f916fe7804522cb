"""A score with its meaning: the threshold in force and the margin in words; what was scored is not known here."""

from dataclasses import dataclass

NEAR = 0.05
"""A score this close to its threshold, above or below, is for a person to look at."""


@dataclass(frozen=True, kw_only=True)
class Margin:
    """How far a score is from its threshold; all figures are 0 to 1, `value` is negative below the threshold."""

    score: float
    threshold: float

    @property
    def value(self) -> float:
        """Score less threshold, without the dust of binary fractions."""
        return round(self.score - self.threshold, 6)

    @property
    def reached(self) -> bool:
        """Whether the score is at least the threshold: the vendor's own "minimum score to pass"."""
        return self.value >= 0

    @property
    def near(self) -> bool:
        """Whether the score is within 0.05 of its threshold."""
        return abs(self.value) <= NEAR

    @property
    def words(self) -> str:
        """`0.43, needs 0.40: above by 0.03`."""
        # Three digits, unless they would make two different figures look the same.
        digits = 6 if 0 < abs(self.value) < 0.001 else 3
        return f"{figure(self.score, digits)}, needs {figure(self.threshold, digits)}: {self.distance(digits)}"

    def distance(self, digits: int = 3) -> str:
        """`above by 0.03`, `below by 0.309` or `exactly what is needed`."""
        if not self.value:
            return "exactly what is needed"
        return f"{'above' if self.reached else 'below'} by {figure(abs(self.value), digits)}"


def margin(score: object, threshold: float) -> Margin | None:
    """The margin of a score, or None for what is no number from 0 to 1."""
    if isinstance(score, bool) or not isinstance(score, (int, float)):
        return None
    # NaN is in no range, infinity is outside of this one.
    return Margin(score=float(score), threshold=threshold) if 0 <= score <= 1 else None


def figure(value: float, digits: int = 3) -> str:
    """At least two digits after the point, and no more than are needed: `0.10`, `0.091`."""
    whole, _, rest = f"{value:.{digits}f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"
