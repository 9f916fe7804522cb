"""How far an AML list entry and the applicant agree, attribute by attribute, and the strength that follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.checks import attributes
from webapp.checks.entries import first, full_names, sources, texts
from webapp.checks.findings import Attribute

__all__ = ["BASE", "Attribute", "MatchReading", "agree"]

BASE = 40
"""Points that every hit starts with: the vendor found it by an equal name or document number (product rules F8)."""
WITHOUT_IDENTITY = 50
"""The most that an entry can reach whose name and document number do not agree: an equal birth date alone is chance."""
NAME_ONLY = 75
"""The most that an entry can reach by its name, without an agreeing birth date or document number."""


@dataclass(frozen=True, kw_only=True)
class MatchReading:
    """One entry beside the applicant. `strength` is 0 to 100: `BASE` and the points of the attributes, then the caps.

    `schema` and `database` are the vendor's words for what kind of list it is; `kind` is person or legalentity; `limit`
    says which cap was applied, or is empty. `sources` holds http and https addresses only. `listed` is the day the list
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
    entry = entry if isinstance(entry, Mapping) else {}
    found = attributes.compare_all(entry, person)
    points, limit = _strength(found)
    return MatchReading(
        name=next(iter(full_names(entry) + texts(entry, "alias")), ""), aliases=tuple(texts(entry, "alias")),
        schema=first(entry, "schema"), database=first(entry, "database"), kind=first(entry, "entity"),
        strength=points, limit=limit, attributes=found, programs=tuple(texts(entry, "program")),
        notes=tuple(texts(entry, "note")), sources=sources(entry), positions=tuple(texts(entry, "status")),
        listed=first(entry, "time").split("T")[0],
    )  # fmt: skip


def _strength(found: tuple[Attribute, ...]) -> tuple[int, str]:
    total = BASE + sum(attribute.points for attribute in found)
    by_key = {attribute.key: attribute for attribute in found}
    cap, limit = _cap(by_key)
    return max(0, min(total, cap)), limit if total > cap else ""


def _cap(found: Mapping[str, Attribute]) -> tuple[int, str]:
    name, document, birth = found["name"], found["document"], found["birth"]
    if document.points > 0:
        return 100, ""
    if name.points <= 0:
        return WITHOUT_IDENTITY, f"At most {WITHOUT_IDENTITY} without an agreeing name or document number."
    if birth.points <= 0:
        return NAME_ONLY, f"At most {NAME_ONLY} by the name without an agreeing birth date or document number."
    return 100, ""
