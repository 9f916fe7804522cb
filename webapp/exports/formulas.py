"""What a spreadsheet would run in a CSV cell, and how it is told that the cell is text: by an apostrophe before it."""

import re

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet runs (the last four are the full-width forms of the first four)."""
_SIGNS = "[=+@\uff1d\uff0b\uff0d\uff20-]"
_HIDDEN = (
    ("\x00", " "), ("\x7f", "\xa0"), ("\xad", "\xad"), ("\u061c", "\u061c"), ("\u1680", "\u1680"), ("\u180e", "\u180e"),
    ("\u2000", "\u200f"), ("\u2028", "\u202f"), ("\u205f", "\u206f"), ("\u3000", "\u3000"), ("\ufeff", "\ufeff"),
    ("\ufff9", "\ufffb"), ("\U000e0000", "\U000e007f"),
)  # fmt: skip
"""What a program may leave out before it looks for a sign, from and to: spaces, control characters, what has no width."""
_ANY = "".join(f"{first}-{last}" for first, last in _HIDDEN)
_BEGINS = re.compile(f"[\t\r\n]|[{_ANY}]*{_SIGNS}")
_AFTER_SEPARATOR = re.compile(f'([;\t\r\n][{_ANY}"]*)(?={_SIGNS})')
"""Where the local separator is another than the comma, a program opens our file with cells that begin within ours."""
SUSPECT = frozenset(FORMULA) | {chr(sign) for first, last in _HIDDEN for sign in range(ord(first), ord(last) + 1)}
"""First letters of which a cell is to be looked at."""


def disarmed(text: str) -> str:
    """The text with an apostrophe before each place where a spreadsheet would begin a formula; most have none."""
    within = _AFTER_SEPARATOR.sub(r"\1'", text)
    return f"'{within}" if _BEGINS.match(text) else within
