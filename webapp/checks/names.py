"""Whether a name found is the name expected (product rules 3.3), and whether a result's names agree; no nicknames."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import OSA

from webapp.checks.dates import plural
from webapp.checks.normalise import TITLES, as_text, fold, joined, name_tokens

MAX_WORDS = 30
"""Words of a name that are looked at; longer ones are not names."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A verdict of the comparison table with its note; `hint` is the part without personal values."""

    verdict: str
    note: str = ""
    hint: str = ""


def compare_names(expected: object, found: object) -> Verdict:
    """Same words in any order are the same; so is the expected name with more words. All else is for a person."""
    wanted, given = name_tokens(expected)[:MAX_WORDS], name_tokens(found)[:MAX_WORDS]
    if as_text(expected).casefold() == as_text(found).casefold():
        return Verdict(verdict="same")
    if not wanted or not given:
        return Verdict(verdict="differs", note="no letters to compare", hint="no letters to compare")
    missing, extra = Counter(wanted) - Counter(given), Counter(given) - Counter(wanted)
    if missing:
        return _different(expected, found, list(missing.elements()), list(extra.elements()))
    note = _extra(wanted, given, extra.total()) if extra else _spelling(expected, found, wanted, given)
    return Verdict(verdict="same_normalised", note=note, hint=note)


def _extra(wanted: list[str], given: list[str], count: int) -> str:
    inside = given[0] in wanted and given[-1] in wanted
    word = "middle name" if inside else "name"
    return f"extra {word}" if count == 1 else f"{plural(count, f'extra {word}')}"


def _spelling(expected: object, found: object, wanted: list[str], given: list[str]) -> str:
    """What was levelled out to make the two the same."""
    reasons = {
        "other order": wanted != given,
        "accents or letters": _letters(expected) != _letters(found),
        "title left out": len(fold(expected).split()) != len(fold(found).split()),
    }
    return ", ".join(reason for reason, applies in reasons.items() if applies) or "punctuation"


def _letters(text: object) -> Counter[str]:
    kept = " ".join(word for word in as_text(text).casefold().split() if fold(word) not in TITLES)
    return Counter(letter for letter in unicodedata.normalize("NFC", kept) if letter.isalpha())


def _different(expected: object, found: object, missing: list[str], extra: list[str]) -> Verdict:
    if joined(expected) == joined(found):
        note = "close: same letters, written together or apart"
        return Verdict(verdict="close", note=note, hint=note)
    if all(any(is_spelling(word, other) for other in extra) for word in missing):
        hint = f"close: {plural(len(missing), 'name')} spelled or shortened differently"
        return Verdict(verdict="close", note=f"{hint}: {quoted(missing)}", hint=hint)
    if as_text(expected).isascii() != as_text(found).isascii() and not _share_script(missing, extra):
        note = "written in another script: compare by eye"
        return Verdict(verdict="differs", note=note, hint=note)
    return Verdict(verdict="differs", note=f"{quoted(missing)} {is_are(missing)} missing", hint=_count(missing))


def _count(missing: list[str]) -> str:
    return f"{plural(len(missing), 'expected name')} {is_are(missing)} missing"


def is_spelling(one: str, other: str) -> bool:
    """Whether two folded words differ by one letter at most (two in long ones), or one is the other's initial."""
    if min(len(one), len(other)) == 1:
        return one[:1] == other[:1]
    allowed = 2 if min(len(one), len(other)) > 7 else 1
    return min(len(one), len(other)) > 2 and OSA.distance(one, other, score_cutoff=allowed) <= allowed


def _share_script(missing: list[str], extra: list[str]) -> bool:
    return bool({_script(word) for word in missing} & {_script(word) for word in extra}) or not extra


def _script(word: str) -> str:
    return unicodedata.name(word[0], "").split(" ")[0]


def quoted(words: list[str]) -> str:
    """At most three words in quotation marks, and how many more there are."""
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    return ", ".join(f"“{word}”" for word in words[:3]) + more


def is_are(words: list[str]) -> str:
    """The verb for so many words."""
    return "is" if len(words) == 1 else "are"


def split_name(person: Mapping[str, Any]) -> str:
    """First, middle and last name as one text."""
    parts = (as_text(person.get(key)) for key in ("first_name", "middle_name", "last_name"))
    return " ".join(part for part in parts if part)


def names_disagree(person: Mapping[str, Any]) -> bool:
    """Whether the full name and the split names are two different people's.

    One may hold words that the other leaves out: the vendor often drops the middle name (vendor facts 4.2).
    """
    whole, parts = Counter(name_tokens(person.get("full_name"))), Counter(name_tokens(split_name(person)))
    if not whole or not parts or joined(person.get("full_name")) == joined(split_name(person)):
        return False
    return bool(whole - parts) and bool(parts - whole)
