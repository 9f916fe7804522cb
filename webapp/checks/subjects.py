"""The vendor's id of a person held against earlier ones: the same face as before, another, or one under two names."""

from collections.abc import Collection
from dataclasses import dataclass

from webapp.checks.dates import plural
from webapp.checks.open_matter import OpenMatter, sentence


@dataclass(frozen=True, kw_only=True)
class Past:
    """What is known beside a result itself: of the person's other sessions, and of others with the same face.

    `time`: this is the person's how-manyeth result of its kind. `earlier` are the vendor's ids of the person in earlier
    sessions, once for each. `elsewhere` counts the sessions of other persons that have this one's id.
    """

    time: int = 1
    earlier: tuple[str, ...] = ()
    elsewhere: int = 0


NOTHING_KNOWN = Past()


def compared(subject: str, earlier: Collection[str]) -> str:
    """first | same | different, or empty where the result has no id.

    Same is only what agrees with every earlier session: between two that disagree nobody but a person can choose.
    """
    if not subject:
        return ""
    if not earlier:
        return "first"
    return "same" if set(earlier) == {subject} else "different"


def matter(subject: str, past: Past) -> OpenMatter | None:
    """Another face than before, or a face that other persons have; together they are one matter."""
    different = compared(subject, past.earlier) == "different"
    shared = bool(subject) and past.elsewhere > 0
    if not different and not shared:
        return None
    others = sum(each != subject for each in past.earlier)
    before = f"{others} of {plural(len(past.earlier), 'earlier session')} had another one." if different else ""
    under = f"The same person was seen in {plural(past.elsewhere, 'session')} of others." if shared else ""
    return OpenMatter(
        kind="subject", severity="bad" if different else "warn", count=different + shared, block="subject",
        headline="The vendor sees another person than before." if different else "One person under more than one name.",
        detail=sentence(before, under), causes=frozenset({"subject"}),
    )  # fmt: skip
