"""Template filters: times in words and in UTC, sizes, and text whose invisible characters must be seen."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import humanize
from flask import Flask


def utc_now() -> datetime:
    """Now in UTC; one place, so that tests can travel."""
    return datetime.now(UTC)


def when(moment: datetime | None, now: datetime | None = None) -> str:
    """`20 min ago`, `in 2 h 10 min`, `just now`; seen from `now`, if it was read already."""
    if moment is None:
        return ""
    seconds = ((now or utc_now()) - moment).total_seconds()
    if abs(seconds) < 45:
        return "just now" if seconds >= 0 else "in a moment"
    words = duration(abs(seconds))
    return f"{words} ago" if seconds > 0 else f"in {words}"


def duration(seconds: float) -> str:
    """`45 s`, `18 min`, `2 h 10 min`, `3 d 4 h`, `8 years`: two units at most, small ones dropped."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{int(seconds)} s"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest and hours < 6 else f"{hours} h"
    days, hours = divmod(hours, 24)
    if days < 60:
        return f"{days} d {hours} h" if hours and days < 4 else f"{days} d"
    return f"{days // 30} months" if days < 730 else f"{days // 365} years"


def utc(moment: datetime | None) -> str:
    """`2026-11-21 14:31:00 UTC`."""
    return f"{moment.astimezone(UTC).isoformat(' ', 'seconds')[:19]} UTC" if moment else ""


def day(moment: datetime | date | None) -> str:
    """`21 Nov 2026`."""
    return f"{moment.day} {moment:%b} {moment.year}" if moment else ""


def short(moment: datetime, today: date) -> str:
    """`14:31` today, `21 Nov` this year, `2025-11` before."""
    if moment.date() == today:
        return utc(moment)[11:16]
    return day(moment)[:-5] if moment.year == today.year else utc(moment)[:7]


def iso(moment: datetime | None) -> str:
    """`2026-11-21T14:31:00Z`, for `datetime` attributes."""
    return f"{moment.astimezone(UTC).isoformat(timespec='seconds')[:19]}Z" if moment else ""


def filesize(size: int) -> str:
    """`3.4 kB`."""
    return humanize.naturalsize(size, format="%.1f") if size >= 1000 else f"{size} B"


def signed(number: int) -> str:
    """`+20`, `−15`, `0`: with a true minus sign."""
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


_ODD = re.compile(r"[^\x20-\x7e\n\t\xa0-\xac\xae-\u02ff\u2010-\u2027]")
"""All but ASCII, Latin letters and punctuation, none of which hides or joins another: most text is only these."""


def visible(text: Any) -> str:
    """The text with control, bidirectional and zero-width characters shown as `⟨U+202E⟩`, and long runs of marks cut.

    Against names that reorder or hide what an officer reads (Unicode TR 36).
    """
    plain = str(text if text is not None else "")
    if not _ODD.search(plain):
        return plain
    shown: list[str] = []
    marks = 0
    for character in plain:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > 4:
            continue
        hidden = category in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp") and character not in "\n\t"
        shown.append(f"⟨U+{ord(character):04X}⟩" if hidden else character)
    return "".join(shown)


FILTERS = {
    "when": when, "duration": duration, "utc": utc, "day": day, "short": short, "iso": iso, "filesize": filesize,
    "signed": signed, "visible": visible,
}  # fmt: skip


def register(app: Flask) -> None:
    """Add the filters to the application's templates."""
    app.jinja_env.filters.update(FILTERS)
