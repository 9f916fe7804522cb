"""What can tell a list entry from the applicant: which of it really differs, and the two values that were compared."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.checks.agreement import agree
from webapp.checks.countries import country
from webapp.checks.entries import texts
from webapp.checks.findings import Attribute
from webapp.checks.normalise import address_tokens, as_text

LABELS = {
    "name": "name",
    "birth": "date of birth",
    "nationality": "nationality",
    "document": "document number",
    "sex": "sex",
    "place": "place of birth",
    "deceased": "deceased",
    "other": "other",
}
"""Every discriminator in the order of the card, as a sentence names it."""
OF_ATTRIBUTES = ("name", "birth", "nationality", "document", "sex")
LONGEST = 200
"""Characters of a value that are kept with a verdict."""

_DEATH = ("deceased", "dod", "deathdate", "dateofdeath")
_DEAD = re.compile(r"\b(?:deceased|dead|died|killed)\b", re.IGNORECASE)
_DOUBT = re.compile(
    r"\b(?:not|never|possibl[ey]|presum\w+|reported\w*|alleged\w*|believed|unconfirmed|may)\b|\?", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Discriminator:
    """One reason why an entry is somebody else. `holds`: it really differs; else `why` says in a sentence why it does not.

    `brief` are the few words of that sentence for the card; `applicant` and `entry` the values as they were compared.
    """

    key: str
    holds: bool
    applicant: str = ""
    entry: str = ""
    why: str = ""
    brief: str = ""

    @property
    def label(self) -> str:
        """`date of birth`."""
        return LABELS[self.key]

    def captured(self, note: str = "") -> dict[str, str]:
        """What a verdict keeps of it."""
        values = {"key": self.key, "applicant": self.applicant[:LONGEST], "entry": self.entry[:LONGEST]}
        return values | ({"note": note} if note else {})


def discriminators(
    entry: Any, person: Mapping[str, Any], found: Sequence[Attribute] | None = None
) -> tuple[Discriminator, ...]:
    """All eight for one entry, in the order of LABELS. `found` spares comparing again. Never raises, whatever the entry holds.

    Dates of which only the year is known are compared as years. What is missing on either side cannot differ.
    """
    entry = entry if isinstance(entry, Mapping) else {}
    attributes = {each.key: each for each in found or agree(entry, person).attributes}
    return (
        *(_of_attribute(attributes[key]) for key in OF_ATTRIBUTES),
        _place(entry, person),
        _deceased(entry),
        Discriminator(key="other", holds=True),
    )


def _of_attribute(found: Attribute) -> Discriminator:
    if found.agreement == "differs":
        return Discriminator(key=found.key, holds=True, applicant=found.applicant, entry=found.entry)
    if found.agreement == "unknown":
        return _unknown(found.key, found.applicant, found.entry)
    brief = "is the same" if found.agreement == "same" else "is close"
    return Discriminator(
        key=found.key, holds=False, applicant=found.applicant, entry=found.entry, brief=brief,
        why=f"The {LABELS[found.key]} does not differ: {found.note[:1].lower()}{found.note[1:]}. {_ELSE}",
    )  # fmt: skip


_ELSE = "Choose another, or Cannot tell."


def _unknown(key: str, mine: str, listed: str) -> Discriminator:
    """Missing on one side, or nothing that can be compared."""
    label = LABELS[key]
    if not listed:
        why, brief = f"The list entry has no {label}.", "list entry has none"
    elif not mine:
        why, brief = f"The applicant has no {label}.", "applicant has none"
    else:
        why, brief = f"The {label} cannot be compared.", "cannot be compared"
    return Discriminator(key=key, holds=False, applicant=mine, entry=listed, why=f"{why} {_ELSE}", brief=brief)


def _place(entry: Mapping[Any, Any], person: Mapping[str, Any]) -> Discriminator:
    """Only the place of birth: an address may be another one tomorrow. A country against a town says nothing."""
    born, listed = as_text(person.get("place_of_birth"))[:LONGEST], texts(entry, "birthplace")
    shown = ", ".join(listed)[:LONGEST]
    if not born or not listed or len({bool(country(place)) for place in (born, *listed)}) > 1:
        return _unknown("place", born, shown)
    mine = set(address_tokens(born))
    if mine and not any(mine & set(address_tokens(place)) for place in listed):
        return Discriminator(key="place", holds=True, applicant=born, entry=shown)
    return Discriminator(
        key="place", holds=False, applicant=born, entry=shown, brief="has words in common",
        why=f"The two places of birth have words in common. {_ELSE}",
    )  # fmt: skip


def _deceased(entry: Mapping[Any, Any]) -> Discriminator:
    """Whether the entry says, without doubt, that its person is dead; the applicant took part in a check."""
    said = [text for key in ("status", "note", "position") for text in texts(entry, key) if _DEAD.search(text)]
    for key in _DEATH:
        value = entry.get(key)
        said += ["deceased"] if value is True else [text for text in texts(entry, key) if text.casefold() not in _NO]
    sure = [text for text in said if not _DOUBT.search(text)]
    if sure:
        return Discriminator(key="deceased", holds=True, applicant="took part in this check", entry=sure[0][:LONGEST])
    if said:
        why, brief = "The list entry is not sure that its person is dead.", "list entry is not sure"
    else:
        why, brief = "The list entry does not say that its person is dead.", "list entry does not say so"
    return Discriminator(
        key="deceased", holds=False, entry="".join(said[:1])[:LONGEST], why=f"{why} {_ELSE}", brief=brief
    )


_NO = ("no", "false", "0", "n")
