"""Text broken into lines of a width, each line ready to be drawn: glyphs from left to right and how wide they are."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from webapp.exports.pdf.fonts import Face, Glyph, shaped
from webapp.exports.pdf.letters import base_of, clusters, runs

_WIDE = (
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003fffd]"
)
_WORDS = re.compile(rf" +|{_WIDE}[\u3001\u3002\uff0c\uff0e]*|(?:(?!{_WIDE})[^ ])+")
_BREAKS = re.compile("\r\n|[\n\r\u2028\u2029\u0085\x0b\x0c]")


class Piece(NamedTuple):
    """What one font draws in a line, and the text that it stands for."""

    face: Face
    glyphs: tuple[Glyph, ...]
    text: str
    told: bool
    """Whether each glyph tells its own letters."""


class Line(NamedTuple):
    """One line, `width` in points."""

    pieces: tuple[Piece, ...]
    width: float
    text: str


def broken(text: str, *, style: str, size: float, width: float) -> tuple[Line, ...]:
    """The lines of a text. A word wider than the line goes on in the next one; nothing is left out."""
    return _broken(text, style, round(size, 2), round(width, 2))


@lru_cache(512)  # a line is some 20 KB: few are kept, so that a long report leaves little behind
def _broken(text: str, style: str, size: float, width: float) -> tuple[Line, ...]:
    room = width * 1000 / size
    return tuple(
        _line(part, style, size, base_of(paragraph))
        for paragraph in _BREAKS.split(text.replace("\t", " ").replace("\xa0", " "))
        for part in _parts(paragraph, style, room)
    )


def _parts(paragraph: str, style: str, room: float) -> Iterator[str]:
    """What stands in each line."""
    line, used = "", 0.0
    for word in _WORDS.findall(paragraph):
        wide = _width(word, style)
        if used + wide <= room or (word.isspace() and line):
            line, used = line + word, used + wide
            continue
        if line.strip():
            yield line.rstrip()
        line, used = word, wide
        if wide > room:
            *whole, line = _cut(word, style, room)
            yield from whole
            used = _width(line, style)
    yield line.rstrip()


def _cut(word: str, style: str, room: float) -> Iterator[str]:
    """A word without a place to break, broken where the room ends, never between a letter and its marks."""
    line, used = "", 0.0
    for piece in clusters(word):
        wide = _width(piece, style)
        if line and used + wide > room:
            yield line
            line, used = "", 0.0
        line, used = line + piece, used + wide
    yield line


@lru_cache(32768)
def _width(text: str, style: str) -> float:
    return sum(glyph.advance for piece in _pieces(text, style) for glyph in piece.glyphs)


@lru_cache(1024)
def _line(text: str, style: str, size: float, base: int | None = None) -> Line:
    pieces = _pieces(text, style, base)
    return Line(pieces, sum(glyph.advance for piece in pieces for glyph in piece.glyphs) * size / 1000, text)


def _pieces(text: str, style: str, base: int | None = None) -> tuple[Piece, ...]:
    pieces = []
    for run in runs(text, style, base):
        glyphs = shaped(run.face, run.text, run.rtl)
        told = not run.spelled and all(glyph.text for glyph in glyphs)
        pieces.append(Piece(run.face, glyphs, run.spelled or run.text, told))
    return tuple(pieces)


def shortened(text: str, *, style: str, size: float, width: float) -> Line:
    """One line, with an ellipsis where the text goes on."""
    first, *rest = broken(text, style=style, size=size, width=width)
    if not rest:
        return first
    while first.text and _line(first.text + " \u2026", style, size).width > width:
        first = _line("".join(clusters(first.text)[:-1]), style, size)
    return _line(first.text.rstrip() + " \u2026", style, size)
