"""How far an AML list entry and the applicant agree, attribute by attribute, and the strength that follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.checks import attributes
from webapp.checks.entries import LONGEST, first, full_names, sources, texts
from webapp.checks.findings import Attribute
from webapp.checks.normalise import as_text
from webapp.providers.base import PERSON_KEYS

__all__ = ["BASE", "Attribute", "MatchReading", "agree", "agree_all"]

BASE = 40
"""Points that every hit starts with: the vendor found it by an equal name or document number (product rules F8)."""
WITHOUT_IDENTITY = 50
"""The most that an entry can reach whose name and document number do not agree: an equal birth date alone is chance."""


@dataclass(frozen=True, kw_only=True)
class MatchReading:
    """One entry beside the applicant. `strength` is 0 to 100: `BASE` and the points of the attributes, then the cap.

    `schema` and `database` are the vendor's words for what kind of list it is; `kind` is person or legalentity; `limit`
    says that the cap was applied, or is empty. `sources` holds http and https addresses only. `listed` is the day the list
    was made or changed, as the vendor gives it.
    """

    name: str
    aliases: tuple[str, ...]
    schema: str
    database: str
    kind: str
    strength: int
    limit: str
    attributes: tuple[Attribute, ...]
    programs: tuple[str, ...]
    notes: tuple[str, ...]
    sources: tuple[str, ...]
    positions: tuple[str, ...]
    listed: str


def agree(entry: Any, person: Mapping[str, Any]) -> MatchReading:
    """Compare one entry with the applicant (product rules 3.4). Never raises, whatever the entry holds.

    What is missing on either side is unknown, and unknown never gives or takes points.
    """
    return agree_all((entry,), person)[0]


def agree_all(entries: Sequence[Any], person: Mapping[str, Any]) -> tuple[MatchReading, ...]:
    """`agree` for each of the entries."""
    applicant = {key: as_text(person.get(key))[:LONGEST] for key in PERSON_KEYS}
    return tuple(_agree(entry if isinstance(entry, Mapping) else {}, applicant) for entry in entries)


def _agree(entry: Mapping[Any, Any], person: Mapping[str, str]) -> MatchReading:
    found = attributes.compare_all(entry, person)
    points, limit = _strength(found)
    return MatchReading(
        name=next(iter(full_names(entry) + texts(entry, "alias")), ""), aliases=tuple(texts(entry, "alias")),
        schema=first(entry, "schema").lower(), database=first(entry, "database"), kind=first(entry, "entity"),
        strength=points, limit=limit, attributes=found, programs=tuple(texts(entry, "program")),
        notes=tuple(texts(entry, "note")), sources=sources(entry), positions=tuple(texts(entry, "status")),
        listed=first(entry, "time").split("T")[0],
    )  # fmt: skip


def _strength(found: tuple[Attribute, ...]) -> tuple[int, str]:
    total = BASE + sum(attribute.points for attribute in found)
    identified = any(attribute.points > 0 for attribute in found if attribute.key in ("name", "document"))
    if total > WITHOUT_IDENTITY and not identified:
        return WITHOUT_IDENTITY, f"At most {WITHOUT_IDENTITY} without an agreeing name or document number."
    return max(0, min(total, 100)), ""
