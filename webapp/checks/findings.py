"""One attribute of an AML entry beside the applicant's: its shape, and the best of several findings; no rules."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One line of a hit card.

    `agreement` is same | close | differs | unknown, `note` the words for it, `points` its weight.
    `entry` is the best agreeing of the listed values, with the number of further ones.
    """

    key: str
    label: str
    applicant: str
    entry: str
    agreement: str = "unknown"
    note: str = "Unknown"
    points: int = 0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How one listed value (`value`, as shown) agrees with the applicant's."""

    agreement: str
    note: str
    points: int
    value: str


def attribute(key: str, label: str, applicant: str, listed: Sequence[str], findings: Sequence[Finding]) -> Attribute:
    """The finding with the most points, or unknown if nothing could be compared."""
    if not findings:
        first = with_more(listed[0], listed) if listed else ""
        return Attribute(key=key, label=label, applicant=applicant, entry=first)
    best = max(findings, key=lambda finding: finding.points)
    return Attribute(
        key=key, label=label, applicant=applicant, entry=with_more(best.value, listed), agreement=best.agreement,
        note=best.note, points=best.points,
    )  # fmt: skip


def with_more(value: str, listed: Sequence[str]) -> str:
    """`value, +2 more`, when so many others are listed."""
    return f"{value}, +{len(listed) - 1} more" if len(listed) > 1 else value
