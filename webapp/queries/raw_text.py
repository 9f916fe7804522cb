"""A delivered body as readable text: JSON indented without being parsed, so that nothing in it is changed or lost."""

import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|"', re.DOTALL)
_LONG = re.compile(rb'"([^"\\]{200})([^"\\]{1800,})"')
"""A string of 2,000 characters or more; base64 pictures would bury the rest."""
_LEVELS = 40


def readable(body: bytes, *, limit: int = 200_000) -> tuple[str, bool]:
    """The body as text of at most `limit` bytes, indented where it looks like JSON, and whether anything was left out.

    It is not parsed: duplicate keys, odd numbers and broken JSON stay visible as they arrived. Only the white space
    between tokens is ours, and very long strings say how much of them is not shown.
    """
    short = _LONG.sub(_shorten, body)
    text = short[:limit].decode("utf-8", errors="replace").removeprefix("\ufeff")
    looks_like_json = text.lstrip().startswith(("{", "["))
    return (indent(text) if looks_like_json else text), len(short) < len(body) or len(short) > limit


def _shorten(found: "re.Match[bytes]") -> bytes:
    return b'"' + found.group(1) + f' [{len(found.group(2)):,} more characters]"'.encode()


def indent(text: str) -> str:
    """The text's JSON tokens, one member a line, two spaces a level (at most 40 levels are indented)."""
    pieces: list[str] = []
    level, previous = 0, ""
    for piece in _TOKEN.findall(text):
        if piece in "}]":
            level = max(0, level - 1)
        if previous and (previous in "{[," or piece in "}]") and previous + piece not in ("{}", "[]"):
            pieces.append("\n" + "  " * min(level, _LEVELS))
        pieces.append(": " if piece == ":" else piece)
        if piece in "{[":
            level += 1
        previous = piece
    return "".join(pieces)
