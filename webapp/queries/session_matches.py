"""The AML matches of one session as the page shows them: our reading beside the entry as received, what was said of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from webapp.checks.agreement import MatchReading
from webapp.checks.case import Case
from webapp.checks.discriminators import Discriminator, discriminators
from webapp.checks.normalise import as_text
from webapp.models import AmlMatch
from webapp.providers.base import DatabaseMeaning, Provider
from webapp.queries.aml_verdicts import LastVerdict, SeenBefore, Told

_KINDS = ("sanction", "crime", "pep")
_NOTHING = LastVerdict()


@dataclass(frozen=True, kw_only=True)
class MatchCard:
    """One AML match: our reading of it, the list it is from, our verdict so far, and the entry as it was received.

    `differs` are the discriminators, whether or not they hold; `last` is beside the verdict in force, `before` what was said
    of the entry in another session of the person.
    """

    match: AmlMatch
    reading: MatchReading
    database: DatabaseMeaning
    raw: str
    differs: tuple[Discriminator, ...] = ()
    last: LastVerdict = _NOTHING
    before: SeenBefore | None = None
    remember_until: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has given a verdict on it."""
        return self.match.verdict == "open"

    @property
    def list_kind(self) -> str:
        """What the list is: sanction, crime, pep; or other."""
        kind = self.reading.schema if self.reading.schema in _KINDS else self.database.kind
        return kind if kind in _KINDS else "other"

    @property
    def likely_kind(self) -> str:
        """What the same person would be, going by the list: sanction, pep or other."""
        return self.list_kind if self.list_kind in ("sanction", "pep") else "other"


def cards(
    rows: Sequence[AmlMatch], case: Case, provider: Provider, *, person: Mapping[str, Any], told: Told
) -> tuple[MatchCard, ...]:
    """Those that are the same person first, open ones next, dismissed ones last; sanctions before crime before
    politicians, then by strength. `person` is the applicant as the result names him."""
    born = as_text(person.get("place_of_birth"))
    made = [
        MatchCard(
            match=row, reading=reading, database=provider.describe_database(reading.database),
            raw=raw, differs=differs if row.verdict == "open" else (), last=told.last.get(row.id or 0, _NOTHING),
            before=told.before.get(row.id or 0), remember_until=told.remember_until,
        )
        for row, reading in zip(rows, case.matches, strict=True)
        for raw, differs in [_worked_out(json.dumps(row.entry, ensure_ascii=False), reading, born)]
    ]  # fmt: skip
    return tuple(sorted(made, key=_urgency))


@lru_cache(256)
def _worked_out(entry: str, reading: MatchReading, born: str) -> tuple[str, tuple[Discriminator, ...]]:
    """The entry on lines of its own, and what can tell it from the applicant; kept, because both are the same again and
    again. Of the applicant only his place of birth counts beside what the reading holds."""
    told = json.loads(entry)
    return json.dumps(told, indent=2, ensure_ascii=False), discriminators(
        told, {"place_of_birth": born}, reading.attributes
    )


_ORDER = ("same", "open", "unclear", "not_same")


def _urgency(card: MatchCard) -> tuple[int, int, int]:
    kind = card.list_kind
    rank = _KINDS.index(kind) if kind in _KINDS else len(_KINDS)
    return _ORDER.index(card.match.verdict), rank, -card.reading.strength
