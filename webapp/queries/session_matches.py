"""The AML matches of one session as the page shows them: our reading beside the entry as received, open ones first."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from webapp.checks.agreement import MatchReading
from webapp.checks.case import Case
from webapp.models import AmlMatch
from webapp.providers.base import DatabaseMeaning, Provider

_KINDS = ("sanction", "crime", "pep")


@dataclass(frozen=True, kw_only=True)
class MatchCard:
    """One AML match: our reading of it, the list it is from, our verdict so far, and the entry as it was received."""

    match: AmlMatch
    reading: MatchReading
    database: DatabaseMeaning
    raw: str


def cards(rows: Sequence[AmlMatch], case: Case, provider: Provider) -> tuple[MatchCard, ...]:
    """Open ones first; among them sanctions before crime before politicians, then by strength."""
    made = [
        MatchCard(
            match=row, reading=reading, database=provider.describe_database(reading.database),
            raw=_indented(json.dumps(row.entry, ensure_ascii=False)),
        )
        for row, reading in zip(rows, case.matches, strict=True)
    ]  # fmt: skip
    return tuple(sorted(made, key=_urgency))


@lru_cache(256)
def _indented(entry: str) -> str:
    """The entry on lines of its own; kept, because indenting is many times the work of writing it in one."""
    return json.dumps(json.loads(entry), indent=2, ensure_ascii=False)


def _urgency(card: MatchCard) -> tuple[bool, int, int]:
    kind = card.reading.schema or card.database.kind
    rank = _KINDS.index(kind) if kind in _KINDS else len(_KINDS)
    return card.match.verdict != "open", rank, -card.reading.strength
