"""The table of expected against extracted: all rows, the vendor's verdict beside ours, what is wrong first."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from webapp.checks import document_rows, person_rows
from webapp.checks.facts import Facts
from webapp.checks.fields import LABELS, FieldComparison, Mark
from webapp.providers.base import Expected, Options

__all__ = ["FieldComparison", "Mark", "compare"]

ROWS: tuple[Callable[[Facts], FieldComparison], ...] = (
    document_rows.expiry_row, person_rows.name_row, person_rows.birth_row, person_rows.age_row,
    document_rows.document_number_row, person_rows.address_row, document_rows.postcode_row, document_rows.issuer_row,
    document_rows.document_type_row, person_rows.nationality_row,
)  # fmt: skip
_GOOD = ("same", "same_normalised", "same_year", "in_range")
_SPOKEN_OF = {"birth": "the date of birth is", "expiry": "the expiry date is", "age": "age disagrees"}
"""How a sentence of `Outcome.contradictions` names the row it belongs to."""
_TONES = ("bad", "warn", "ok", "none")


def compare(
    *, expected: Expected, options: Options, person: dict[str, Any], vendor_checks: Mapping[str, bool | None],
    contradictions: tuple[str, ...], captured_on: date,
) -> tuple[FieldComparison, ...]:  # fmt: skip
    """Compare what was expected with what was read (product rules 3.3), one row a field.

    What is not settled comes first, then what passed, then what was not asked. A row is not settled when our verdict
    and the vendor's differ, or when the vendor's data disagree with themselves, even if nothing was asked.
    `captured_on` is the day of capture: expiry and age are those of that day. No rows if there is nothing to compare:
    no data, no expectation, no verdict of the vendor. Never raises, whatever `person` holds.
    """
    if not person and not vendor_checks and expected == Expected():
        return ()
    facts = Facts(expected=expected, options=options, person=person, captured_on=captured_on)
    rows = (_with_doubts(make(facts), contradictions) for make in ROWS)
    judged = [_with_vendor(row, vendor_checks.get(row.key)) for row in rows]
    return tuple(sorted(judged, key=_order))


def _with_doubts(row: FieldComparison, contradictions: tuple[str, ...]) -> FieldComparison:
    """The provider saw a disagreement that our own reading of the row did not."""
    phrase = _SPOKEN_OF.get(row.key)
    said = next((each for each in contradictions if phrase and phrase in each.casefold()), "")
    if not said or not row.settled:
        return row
    return replace(row, verdict="disagree", settled=False, note=said, hint="the vendor's own data")


def _with_vendor(row: FieldComparison, passed: bool | None) -> FieldComparison:
    if not isinstance(passed, bool):
        return row
    row = replace(row, vendor="pass" if passed else "fail")
    if row.verdict == "not_asked":
        return row if passed else _doubted(row, "the vendor failed it, though nothing was asked", "nothing was asked")
    if row.verdict == "disagree" or passed == (row.verdict in _GOOD):
        return row
    return _doubted(row, f"the vendor disagrees: {row.vendor}")


def _doubted(row: FieldComparison, note: str, hint: str = "") -> FieldComparison:
    joined = {"note": (row.note, note), "hint": (row.hint, hint or note)}
    texts = {key: "; ".join(part for part in parts if part) for key, parts in joined.items()}
    return replace(row, note=texts["note"], hint=texts["hint"], settled=False)


def _order(row: FieldComparison) -> tuple[bool, bool, int, int]:
    asked = row.verdict != "not_asked"
    return row.settled, not asked, _TONES.index(row.tone), list(LABELS).index(row.key)
