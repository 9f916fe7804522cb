"""Dates as documents and lists give them, whole or in part, and the words for them; the clock is never read here."""

import re
from dataclasses import dataclass
from datetime import date

from webapp.checks.normalise import as_text, fold

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBERS = {name.casefold(): number for number, name in enumerate(MONTHS, start=1)}
_NUMERIC = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:T.*)?)?)?", re.ASCII)
_WORDED = re.compile(r"(?:(\d{1,2}) )?([a-z]{3})[a-z]* (\d{4})", re.ASCII)
_ABOUT = re.compile(r"(?:circa|approximately|approx\.?|about|c\.|ca\.?)\s*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class PartialDate:
    """A date of which the day, or the day and the month, may be unknown (0)."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def whole(self) -> date | None:
        """The full date, if all of it is known."""
        return date(self.year, self.month, self.day) if self.day else None

    def __str__(self) -> str:
        parts = (f"{self.year:04d}", f"{self.month:02d}" if self.month else "", f"{self.day:02d}" if self.day else "")
        return "-".join(part for part in parts if part)


def parse_date(value: object) -> PartialDate | None:
    """Read `1989`, `1989-08`, `1989-08-03`, `1989/08/03`, a timestamp, `3 Aug 1989` or `circa 1989`; else None."""
    text = _ABOUT.sub("", as_text(value)[:40], count=1).strip()
    match = _NUMERIC.fullmatch(text)
    if match:
        return _partial(*(int(part or 0) for part in match.groups()))
    match = _WORDED.fullmatch(fold(text))
    if match and match[2] in _NUMBERS:
        return _partial(int(match[3]), _NUMBERS[match[2]], int(match[1] or 0))
    return None


def _partial(year: int, month: int, day: int) -> PartialDate | None:
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return PartialDate(year=year, month=month, day=day if month else 0)


def whole_date(value: object) -> date | None:
    """The full date a value stands for, or None."""
    found = parse_date(value)
    return found.whole if found else None


def age_on(birth: date, day: date) -> int:
    """Whole years from the birth to the day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def in_words(day: date) -> str:
    """`30 Nov 2017`, the same in every locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def span(start: date, end: date) -> str:
    """The time from one day to a later one: `8 years 11 months`, `3 months`, `12 days`."""
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    years, rest = divmod(max(months, 0), 12)
    parts = [plural(count, word) for count, word in ((years, "year"), (rest, "month")) if count]
    return " ".join(parts) or plural(max((end - start).days, 0), "day")


def plural(count: int, word: str) -> str:
    """`1 day`, `2 days`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
