"""One row of the comparison table and its words; how rows come about is in `rows`, their order in `comparison`."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import SequenceMatcher

from webapp.checks.normalise import as_text, raw_words

LABELS = {
    "expiry": "Expiry", "name": "Name", "birth": "Date of birth", "age": "Age", "document_number": "Document no.",
    "address": "Address", "postcode": "Postcode", "issuer": "Issuer", "document_type": "Document type",
    "nationality": "Nationality",
}  # fmt: skip
"""Every row by its key, in their natural order."""

WORDS = {
    "same": "Same", "same_normalised": "Same after normalising", "same_year": "Same year", "close": "Differs",
    "differs": "Differs", "missing": "Missing", "disagree": "Data disagree", "expired": "Expired",
    "in_range": "In range", "out_of_range": "Out of range", "not_asked": "Not asked",
}  # fmt: skip
_OWN_WORDS = {
    ("expiry", "in_range"): "Valid", ("issuer", "in_range"): "Accepted", ("issuer", "out_of_range"): "Not accepted",
    ("document_type", "in_range"): "Accepted", ("document_type", "out_of_range"): "Not accepted",
}  # fmt: skip
SETTLED = ("same", "same_normalised", "in_range", "not_asked")
BAD = ("differs", "expired", "out_of_range")
COMPARABLE = 400
"""Characters up to which differences are marked letter by letter; longer values are marked as a whole."""


@dataclass(frozen=True)
class Mark:
    """A piece of the value found; pieces that differ from what was expected are underlined on screen."""

    text: str
    differs: bool = False


@dataclass(frozen=True, kw_only=True)
class FieldComparison:
    """One field: what was expected, what was found, our verdict and the vendor's (`pass`, `fail` or empty).

    `verdict` is a key of `WORDS`. `note` is for the table and may hold values; `hint` is the part of it that holds no
    personal value, for the list of reasons. `settled` is true when nothing is left for a person to judge.
    """

    key: str
    expected: str
    found: str
    verdict: str
    note: str = ""
    hint: str = ""
    vendor: str = ""
    settled: bool = True
    marks: tuple[Mark, ...] = ()

    @property
    def label(self) -> str:
        """The field's name on screen."""
        return LABELS.get(self.key, self.key)

    @property
    def word(self) -> str:
        """The verdict on screen."""
        return _OWN_WORDS.get((self.key, self.verdict), WORDS[self.verdict])

    @property
    def tone(self) -> str:
        """ok | warn | bad | none, for icon and colour."""
        if self.verdict in BAD or (self.verdict in ("close", "missing") and self.vendor == "fail"):
            return "bad"
        if not self.settled:
            return "warn"
        return "none" if self.verdict == "not_asked" else "ok"


def row(
    key: str, expected: object, found: object, verdict: str, *, note: str = "", hint: str = "",
    settled: bool | None = None, marks: tuple[Mark, ...] | None = None,
) -> FieldComparison:  # fmt: skip
    """A row of which nothing is marked, and which is settled as its verdict says, unless told otherwise."""
    shown = as_text(found)
    if marks is None:
        marks = (Mark(shown),) if shown else ()
    return FieldComparison(
        key=key, expected=as_text(expected), found=shown, verdict=verdict, note=note, hint=hint, marks=marks,
        settled=verdict in SETTLED if settled is None else settled,
    )  # fmt: skip


def mark_words(found: str, expected: Collection[str], tokens: Callable[[str], list[str]]) -> tuple[Mark, ...]:
    """The words of a value; those of which a part has no counterpart among the expected ones are marked."""
    left, marks = Counter(expected), list[Mark]()
    for word in raw_words(found):
        parts = Counter(tokens(word))
        if marks:
            marks.append(Mark(" "))
        marks.append(Mark(word, bool(parts - left)))
        left -= parts
    return tuple(marks)


def mark_letters(found: str, expected: str) -> tuple[Mark, ...]:
    """The letters of a value; those that differ from what was expected are marked."""
    if len(found) + len(expected) > COMPARABLE:
        return (Mark(found, True),)
    matcher = SequenceMatcher(None, expected.upper(), found.upper(), autojunk=False)
    if len(found.upper()) != len(found):  # Some letters grow in capitals; positions would no longer fit.
        matcher = SequenceMatcher(None, expected, found, autojunk=False)
    pieces = [(found[start:end], kind != "equal") for kind, _, _, start, end in matcher.get_opcodes()]
    return tuple(Mark(text, differs) for text, differs in pieces if text)
