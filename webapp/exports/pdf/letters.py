"""From text to runs that one font draws in one direction. What cannot be seen, or turns text around, is spelled out."""

import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple

from bidi import algorithm

from webapp.exports.pdf.fonts import Face, face_for

ZWNJ, ZWJ = "\u200c", "\u200d"
_JOINING = {"Mn", "Mc", "Me"}
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_RTL = {"R", "AL", "AN"}
_SEEN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2\u0890\u0891\U000110bd\U000110cd")
"""Format characters that are drawn: signs around numbers."""


BRACKETS = dict(
    zip(
        "([{\u2329\u3008\u300a\u300c\u300e\u3010\u3014\uff08\uff3b\uff5b",
        ")]}\u232a\u3009\u300b\u300d\u300f\u3011\u3015\uff09\uff3d\uff5d",
        strict=True,
    )
)


class Run(NamedTuple):
    """Letters of one font in one direction. `spelled`: stands for a character that is not drawn as itself."""

    text: str
    face: Face
    rtl: bool
    spelled: str = ""


def spelled(character: str) -> str:
    """A character that has no look of its own, in words: `[U+202E]`."""
    return f"[U+{ord(character):04X}]"


@lru_cache(1024)
def clusters(text: str) -> tuple[str, ...]:
    """The text in the pieces that belong together: a letter and its marks, an emoji sequence."""
    pieces: list[str] = []
    for character in text:
        if pieces and _continues(pieces[-1], character):
            pieces[-1] += character
        else:
            pieces.append(character)
    return tuple(pieces)


def _continues(before: str, character: str) -> bool:
    last = before[-1]
    if last in "\n\t " or spells(last):
        return False
    if unicodedata.category(character) in _JOINING or character in (ZWJ, ZWNJ) or _is_selector(character):
        return True
    if "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f":
        return ord(last) > 0x2000
    if last == ZWJ or unicodedata.combining(last) == 9:  # a virama binds the next consonant
        return True
    return _is_flag(character) and len(before) == 1 and _is_flag(last)


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


@lru_cache(8192)
def spells(character: str) -> bool:
    """Whether a character standing alone is spelled out: controls, directions, what nobody has assigned."""
    return character in "\u115f\u1160\u3164\uffa0\u2800\u034f" or (
        (kind := unicodedata.category(character)) in _HIDDEN
        and character not in _SEEN_FORMATS
        and not (kind == "Cn" and face_for(frozenset((ord(character),)), "regular"))  # newer than this Python knows
    )


def base_of(paragraph: str) -> int:
    """The direction of a paragraph, by its first strong letter: 0 from left to right, 1 from right to left."""
    return 0 if paragraph.isascii() else int(algorithm.get_base_level(_plain(paragraph)))


def runs(text: str, style: str, base: int | None = None) -> list[Run]:
    """The runs of a line from left to right as they are seen; `base` is its paragraph's direction."""
    levels = _levels(text, base_of(text) if base is None else base)
    found: list[tuple[Run, int]] = []
    place = 0
    for piece in clusters(text):
        for run in _of_cluster(piece, style, levels[place]):
            previous = found[-1] if found else None
            if previous and previous[1] == levels[place] and _joins(previous[0], run):
                found[-1] = (previous[0]._replace(text=previous[0].text + run.text), previous[1])
            else:
                found.append((run, levels[place]))
        place += len(piece)
    return _seen(found)


def _joins(one: Run, other: Run) -> bool:
    return one.face is other.face and not one.spelled and not other.spelled


def _of_cluster(piece: str, style: str, level: int) -> list[Run]:
    rtl = bool(level % 2)
    drawn = [character for character in piece if not _is_silent(character)]
    hidden = spells(piece[0]) or (not drawn) or (len(drawn) < len(piece) and not _may_hide(piece))
    if not hidden:
        face = face_for(frozenset(map(ord, drawn)), style)
        if face:
            return [Run(piece, face, rtl)]
    return [run for character in piece for run in _alone(character, style, rtl)]


def _alone(character: str, style: str, rtl: bool) -> list[Run]:
    face = None if spells(character) or _is_silent(character) else face_for(frozenset((ord(character),)), style)
    if face:
        return [Run(character, face, rtl)]
    mono = face_for(frozenset(map(ord, "[U+0]")), "mono")
    assert mono is not None
    return [Run(spelled(character), mono, False, character)]


def _is_silent(character: str) -> bool:
    return character in (ZWJ, ZWNJ) or _is_selector(character) or "\U000e0020" <= character <= "\U000e007f"


def _may_hide(piece: str) -> bool:
    """Joiners and selectors do their work unseen in scripts that need them; between plain letters they are shown."""
    return ord(piece[0]) >= 0x590


@lru_cache(1024)
def _levels(text: str, base: int) -> tuple[int, ...]:
    """The direction level of each character: odd is right to left."""
    if not base and not any(unicodedata.bidirectional(character) in _RTL for character in text):
        return (0,) * len(text)
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, "LR"[base]
    algorithm.get_embedding_levels(_plain(text), storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    _resolve_brackets(storage["chars"], storage["base_dir"])
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    levels = [each["level"] for each in storage["chars"]]
    return tuple(levels) if len(levels) == len(text) else (0,) * len(text)


def _plain(text: str) -> str:
    """Directions that a text brings along are spelled out, so they must not turn anything."""
    return "".join("\ufffd" if _is_neutral(character) else character for character in text)


def _is_neutral(character: str) -> bool:
    return spells(character) or _is_silent(character) or unicodedata.bidirectional(character) in ("", "BN", "B")


def _resolve_brackets(characters: list[dict[str, Any]], base: str) -> None:
    """Rule N0, which the library leaves out: a pair of brackets goes with what it holds, so that it stays a pair."""
    strong = [{"EN": "R", "AN": "R"}.get(each["type"], each["type"]) for each in characters]
    for start, end in _pairs([each["ch"] for each in characters], [each["orig"] for each in characters]):
        inside = set(strong[start + 1 : end])
        other = "L" if base == "R" else "R"
        before = next((each for each in reversed(strong[:start]) if each in "LR"), base)
        if base not in inside and other not in inside:
            continue
        way = other if base not in inside and before == other else base
        for place in (start, end):
            characters[place]["type"] = strong[place] = way


def _pairs(characters: list[str], kinds: list[str]) -> list[tuple[int, int]]:
    waiting: list[tuple[str, int]] = []
    pairs = []
    for place, (character, kind) in enumerate(zip(characters, kinds, strict=True)):
        if kind != "ON":
            continue
        if character in BRACKETS:
            waiting.append((BRACKETS[character], place))
        elif any(character == closing for closing, _ in waiting):
            while waiting[-1][0] != character:
                waiting.pop()
            pairs.append((waiting.pop()[1], place))
    return sorted(pairs)


def _seen(found: list[tuple[Run, int]]) -> list[Run]:
    """Rule L2 of the Unicode bidirectional algorithm: from the highest level down, stretches are turned around."""
    highest = max((level for _, level in found), default=0)
    for level in range(highest, 0, -1):
        at = 0
        while at < len(found):
            end = at
            while end < len(found) and found[end][1] >= level:
                end += 1
            found[at:end] = found[at:end][::-1]
            at = end + 1
    return [run for run, _ in found]
