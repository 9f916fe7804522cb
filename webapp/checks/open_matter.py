"""One line of "Why this is here": a thing that a person has to settle; how it comes about is in `matters`."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class OpenMatter:
    """One matter.

    `kind` is a word of MATTER_KIND, `severity` bad | warn, `block` where on the page it is settled: face | data |
    pictures | auth | aml | other | raw. `headline` and `detail` are shown after one another and hold no personal value.
    `causes` are our words for what it is about; `own` is true when it only repeats the reason for which the vendor
    failed the session, by a code whose default is a plain failure.
    """

    kind: str
    severity: str
    count: int = 1
    headline: str
    detail: str = ""
    block: str
    causes: frozenset[str] = frozenset()
    own: bool = False


def sentence(*parts: str) -> str:
    """The parts that say something, one after another."""
    return " ".join(part for part in parts if part)
