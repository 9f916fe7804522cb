"""What one typed value means, for forms and the command line alike; each raises ValueError with words for people."""

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime

import phonenumbers
from phonenumbers import PhoneNumberType

from webapp.checks.countries import country

SHORTEST, LONGEST = 600, 15_552_000
"""Seconds a link may work (seed "Creating DocuPass Identity Verification Session", `expiry`)."""
MOST_ATTEMPTS = 10
LARGEST_QR = 50
LONGEST_WELCOME = 1000
LONGEST_REGION = 60
OLDEST_YEAR = 1900
NO_MOBILE = {
    PhoneNumberType.FIXED_LINE: "This is the number of a landline, which gets no SMS.",
    PhoneNumberType.PREMIUM_RATE: "This is a premium-rate number, which gets no SMS.",
    PhoneNumberType.SHARED_COST: "This is a shared-cost number, which gets no SMS.",
    PhoneNumberType.TOLL_FREE: "This is a toll-free number, which gets no SMS.",
}


def clean(text: str | None) -> str:
    """The text on one line without control characters (PostgreSQL refuses NUL) and without spaces around it."""
    kept = ("" if unicodedata.category(c) in ("Cc", "Cs") and not c.isspace() else c for c in text or "")
    return " ".join("".join(kept).split())


def clean_lines(text: str | None) -> str:
    """The text without control characters, its lines kept."""
    lines = [re.sub(r"[^\S\n]+", " ", clean(line)) for line in re.split(r"\r\n|\r|\n", text or "")]
    return "\n".join(lines).strip()


def score(text: str) -> float:
    """A number from 0 to 1; a comma is taken for the point."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise ValueError("This is not a number. Use one from 0 to 1, such as 0.4") from None
    if not math.isfinite(value) or not 0 <= value <= 1:
        raise ValueError("Use a number from 0 to 1, such as 0.4")
    return round(value, 3)


def whole(text: str, low: int, high: int) -> int:
    """A whole number within the range, both ends included."""
    wrong = ValueError(f"Use a whole number from {low} to {high}.")
    try:
        value = int(text)
    except ValueError:
        raise wrong from None
    if not low <= value <= high:
        raise wrong
    return value


def hours(text: str) -> int:
    """A length of time in hours, as whole seconds."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise ValueError("This is not a number of hours. Example: 36") from None
    if not math.isfinite(value):
        raise ValueError("This is not a number of hours. Example: 36")
    return round(value * 3600)


def day(text: str) -> date:
    """A date as day/month/year (also with dots, dashes or spaces) or as year-month-day."""
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text, re.ASCII)
    parts = found.groups() if found else None
    if parts is None:
        found = re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", text, re.ASCII)
        parts = found.groups()[::-1] if found else None
    if parts is None:
        raise ValueError("Write day, month and year, such as 31/12/1989, or year-month-day, such as 1989-12-31.")
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        raise ValueError("There is no such day. Check day and month: day first, such as 31/12/1989.") from None


def possible_birth(born: date) -> None:
    """Born, and not impossibly long ago; else ValueError."""
    if born > datetime.now(UTC).date():
        raise ValueError("This day is in the future. Check the year.")
    if born.year < OLDEST_YEAR:
        raise ValueError(f"This is before {OLDEST_YEAR}. Check the year.")


def ages(text: str) -> str:
    """Two ages as `18-99`, the first not above the second, both 0 to 150."""
    found = re.fullmatch(r"(\d{1,3})\s*[-–]\s*(\d{1,3})", text, re.ASCII)
    if not found:
        raise ValueError("Write two ages with a dash between them, such as 18-99.")
    low, high = (int(part) for part in found.groups())
    if low > high or high > 150:
        raise ValueError("The first age must not be above the second, and neither above 150. Example: 18-99.")
    return f"{low}-{high}"


def countries(text: str) -> tuple[str, ...]:
    """Countries by name or code with commas between them, as ISO 3166-1 alpha-2 codes."""
    parts = _country_parts(text)
    unknown = [part for part in parts if not country(part)]
    if unknown:
        raise ValueError(f"No country is called {_quoted(unknown)}. Use names or two-letter codes, such as Canada, US.")
    return tuple(dict.fromkeys(country(part) for part in parts))


def _country_parts(text: str) -> list[str]:
    """Split at commas, but keep official names that hold a comma ("Korea, Republic of") together."""
    parts: list[str] = []
    pieces = _pieces(text)
    while pieces:
        pair = ", ".join(pieces[:2])
        together = len(pieces) > 1 and bool(country(pair))
        parts.append(pair if together else pieces[0])
        pieces = pieces[2 if together else 1 :]
    return parts


def regions(text: str) -> tuple[str, ...]:
    """States or regions as words or abbreviations with commas between them, such as California, TX."""
    parts = _pieces(text)
    wrong = [part for part in parts if len(part) > LONGEST_REGION or not re.fullmatch(r"[^\W\d_][^\d_<>{}]*", part)]
    if wrong:
        raise ValueError(f"{_quoted(wrong)} is not the name of a state or region. Example: California, TX.")
    return tuple(dict.fromkeys(parts))


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in re.split("[,;]", text) if piece.strip()]


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word[:40]}”" for word in words[:5])


def colour(text: str) -> str:
    """Six hexadecimal digits, with or without #; kept without it, in capitals."""
    found = re.fullmatch(r"#?([0-9A-Fa-f]{6})", text, re.ASCII)
    if not found:
        raise ValueError("Use six digits from 0 to 9 and A to F, such as 1A3C5E.")
    return found[1].upper()


def phone(text: str, *, for_sms: bool = False) -> str:
    """An existing number in international form, as E.164 (`+15551234567`); for SMS one that can get them."""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise ValueError("Write the number with + and its country, such as +44 7400 123456.") from None
    if number.extension:
        raise ValueError("Leave the extension out: it can be neither called nor written to.")
    if not phonenumbers.is_valid_number(number):
        raise ValueError("There is no such number. Check its digits and the country code, such as +44 7400 123456.")
    wrong = NO_MOBILE.get(phonenumbers.number_type(number)) if for_sms else None
    if wrong:
        raise ValueError(f"{wrong} Use a mobile number.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
