"""One cell of an XLSX sheet, from its value to the XML after `<c r="A2"`; never a formula, whatever the value says."""

import re
from datetime import date
from functools import lru_cache
from typing import Any

LONGEST = 32_767
"""How many UTF-16 units a cell may have."""
CUT = " ... (cut: longer than a cell can hold)"
TIME_STYLE = 2
"""Where the workbook keeps its format of times: after the plain one and that of the heads, which is used first."""

_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def text_cell(value: Any) -> str:
    """Text as it is, spaces at its ends and all."""
    text = str(value)
    if len(text) > LONGEST // 2:
        text = _cut(text)
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    if _SPECIAL.search(text):
        text = _SPECIAL.sub(_escaped, text)
    return f' t="inlineStr"><is><t{kept}>{text}</t></is></c>'


def number_cell(value: Any) -> str:
    """A number; whatever is none, or none that a spreadsheet knows (infinity), is text."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value - value == 0 and abs(value) < 1e15:
        return f"><v>{value!r}</v></c>"
    return text_cell(value)


def time_cell(value: Any) -> str:
    """A time as spreadsheets count it; text where they cannot."""
    serial = serial_of(str(value))
    return f' s="{TIME_STYLE}"><v>{serial!r}</v></c>' if serial else text_cell(value)


def serial_of(iso: str) -> float:
    """Days since 1899-12-30 of `2026-11-21T14:31:00Z`; 0 for what is no time, and before March 1900."""
    try:
        hours, minutes, seconds = int(iso[11:13]), int(iso[14:16]), int(iso[17:19])
        day = _day(iso[:10])
    except ValueError:
        return 0
    return day + (hours * 3600 + minutes * 60 + seconds) / 86400 if day > 60 else 0


@lru_cache(4096)
def _day(iso: str) -> int:
    return (date.fromisoformat(iso) - date(1899, 12, 30)).days


def _escaped(found: re.Match[str]) -> str:
    """Characters that XML has no place for as spreadsheets write them, and text that looks so already kept as it is."""
    special = found.group()
    if len(special) > 1:
        return f"_x005F{special}"
    if "\ud800" <= special <= "\udfff":
        return "?"
    return _ENTITIES.get(special) or f"_x{ord(special):04X}_"


def _cut(text: str) -> str:
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * LONGEST:
        return text
    return units[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore") + CUT
