"""The matters that come from the comparison table: document, data, and data that disagree with themselves."""

from collections.abc import Callable, Mapping, Sequence

from webapp.checks.dates import plural
from webapp.checks.fields import FieldComparison
from webapp.checks.open_matter import OpenMatter, sentence
from webapp.providers.base import Outcome

DOCUMENT_ROWS = ("expiry", "issuer", "document_type")
IDENTITY_ROWS = ("name", "birth", "document_number", "age")
"""Rows whose difference speaks against the person; an address or a postcode may simply be old (product rules 5.3)."""
ROW_CHECKS = ("expiry", "name", "birth", "age", "document_number", "address", "postcode", "issuer", "document_type",
              "nationality", "face", "authenticity")  # fmt: skip
_DISAGREE = {
    "age": "The vendor’s age disagrees with its own date of birth.",
    "birth": "The vendor’s date of birth disagrees with its own day, month and year.",
    "expiry": "The vendor’s days to expiry disagree with its own expiry date.",
    "name": "The vendor’s full name disagrees with its own first and last name.",
}


def document(rows: Sequence[FieldComparison], outcome: Outcome, by_vendor: Callable[[str], str]) -> OpenMatter | None:
    """An expired document, one from elsewhere or of another type, and checks of the vendor that we have no row for."""
    mine = [row for row in rows if row.key in DOCUMENT_ROWS and row.verdict != "disagree"]
    others = [key for key, passed in outcome.vendor_checks.items() if passed is False and key not in ROW_CHECKS]
    if not mine and not others:
        return None
    said = [_document_words(row) for row in mine]
    if others:
        names = ", ".join(key[:40].replace("_", " ") for key in others[:3])
        named = f"{names[:1].upper()}{names[1:]}."
        said.append((f"The vendor failed {plural(len(others), 'check')} of its own.", named))
    headline, detail = said[0]
    told = (by_vendor(row.key) for row in mine)
    bad = bool(others) or any(row.tone == "bad" for row in mine)
    rest = (f"{head.rstrip('.')}{' ' if more[:1].islower() else '. '}{more}" for head, more in said[1:])
    return OpenMatter(
        kind="document", severity="bad" if bad else "warn", count=len(said), headline=headline,
        detail=sentence(detail, *rest, *told), block="data",
        causes=frozenset([row.key for row in mine] + (["vendor_check"] if others else [])),
    )  # fmt: skip


def _document_words(row: FieldComparison) -> tuple[str, str]:
    if row.verdict == "expired":
        return "Document expired", f"{row.hint}."
    what = {"expiry": "Expiry date", "issuer": "Issuing country", "document_type": "Document type"}[row.key]
    state = {"out_of_range": "not accepted", "missing": "missing"}.get(row.verdict, "judged differently by the vendor")
    return f"{what} is {state}.", _ended(_capital(row.hint)) if row.hint else ""


def differences(rows: Sequence[FieldComparison], total: int) -> OpenMatter | None:
    """Data that are not as expected, in one line: `Address differs.`, `Name and date of birth differ.`"""
    mine = [row for row in rows if row.key not in DOCUMENT_ROWS and row.verdict != "disagree"]
    if not mine:
        return None
    groups = [words for words in (_group(mine, name, one, many) for name, one, many in _GROUPS) if words]
    hints = [_hint(row, alone=len(mine) == 1) for row in mine if row.hint]
    detail = sentence(*hints) or f"{len(mine)} of {plural(total, 'row')}."
    bad = any(row.tone == "bad" and row.key in IDENTITY_ROWS for row in mine)
    return OpenMatter(
        kind="data", severity="bad" if bad else "warn", count=len(mine), headline=f"{_capital('; '.join(groups))}.",
        detail=detail, block="data", causes=frozenset(row.key for row in mine),
    )  # fmt: skip


def _hint(row: FieldComparison, *, alone: bool) -> str:
    if alone:
        return _ended(_capital(row.hint))
    return _ended(f"{row.label.rstrip('.')}: {row.hint.replace(': ', ', ')}")


def _ended(text: str) -> str:
    return text if text.endswith(("?", ".")) else f"{text}."


_GROUPS = (
    (("differs", "close"), "differs", "differ"),
    (("out_of_range",), "is out of range", "are out of range"),
    (("missing",), "is missing", "are missing"),
    (("same_year",), "agrees in the year only", "agree in the year only"),
    (("not_asked",), "was failed by the vendor", "were failed by the vendor"),
    (("same", "same_normalised", "in_range"), "is judged differently by the vendor",
     "are judged differently by the vendor"),
)  # fmt: skip


_NAMES = {"document_number": "document number"}


def _group(rows: Sequence[FieldComparison], verdicts: tuple[str, ...], one: str, many: str) -> str:
    names = [_NAMES.get(row.key, row.label.lower()) for row in rows if row.verdict in verdicts]
    if not names:
        return ""
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return f"{listed} {one if len(names) == 1 else many}"


def no_data() -> OpenMatter:
    """A result that should hold the data of a document, but holds none."""
    return OpenMatter(
        kind="data", severity="bad", headline="No data from the document.", detail="Requested but not returned.",
        block="data", causes=frozenset({"no_data"}),
    )  # fmt: skip


def inconsistency(rows: Sequence[FieldComparison], outcome: Outcome, flags: Mapping[str, bool]) -> OpenMatter | None:
    """The vendor's data disagree with themselves, or the same result came again with other data."""
    mine = [row for row in rows if row.verdict == "disagree"]
    # An unclear result lists its contradictions already.
    others = 0 if outcome.result == "error" else len(outcome.contradictions)
    if not mine and not others and not flags.get("inconsistent_data"):
        return None
    said = sentence(*(_DISAGREE.get(row.key, f"{row.label}: {row.hint}.") for row in mine))
    count = len(mine) or others or 1
    again = "The same result came again with other data."
    if outcome.contradictions:  # the flag alone does not tell which of the two it was
        again = "It contradicts itself, or came again with other data: the raw results show which."
    general = f"In {plural(count, 'place')}." if others else again
    return OpenMatter(
        kind="inconsistent", severity="warn", count=count, headline="The vendor's data disagree with themselves.",
        detail=said or general, block="data" if mine else "raw", causes=frozenset({"inconsistent"}),
    )  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
