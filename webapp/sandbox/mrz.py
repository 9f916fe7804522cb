"""Machine-readable zones of passports (TD3) and cards (TD1) with their check digits, by ICAO 9303; no drawing here."""

from dataclasses import dataclass
from datetime import date

from .names import zone

_WEIGHTS = (7, 3, 1)


@dataclass(frozen=True)
class Holder:
    """What a zone carries; country codes are the three-letter ones of the zone, sex is M, F or anything else."""

    last: str
    given: str
    number: str
    issuer: str
    nationality: str
    dob: date
    sex: str
    expiry: date
    optional: str = ""


def check_digit(text: str) -> str:
    """The modulus-10 check digit with weights 7 3 1 (ICAO 9303 part 3, section 4.9)."""
    values = (0 if c == "<" else int(c) if c.isdigit() else ord(c) - 55 for c in text)
    return str(sum(value * _WEIGHTS[index % 3] for index, value in enumerate(values)) % 10)


def _fill(text: str, length: int) -> str:
    return zone(text)[:length].ljust(length, "<")


def _names(holder: Holder, length: int) -> str:
    """Last and given names; a last name too long leaves at least the first given letter (ICAO 9303 part 4, 4.2.3)."""
    last, given = zone(holder.last), zone(holder.given)
    if len(last) + 2 + len(given) > length and given:
        last = last[: max(length - 3, 1)] if len(last) > length - 3 else last
    return f"{last}<<{given}"[:length].ljust(length, "<")


def _checked(text: str) -> str:
    return text + check_digit(text)


def _dates(holder: Holder) -> tuple[str, str]:
    return _checked(f"{holder.dob:%y%m%d}"), _checked(f"{holder.expiry:%y%m%d}")


def _sex(holder: Holder) -> str:
    return holder.sex if holder.sex in {"M", "F"} else "<"


def td3(holder: Holder) -> tuple[str, str]:
    """Two lines of 44 for a passport."""
    first = "P<" + _fill(holder.issuer, 3) + _names(holder, 39)
    number, (dob, expiry) = _checked(_fill(holder.number, 9)), _dates(holder)
    optional = _checked(_fill(holder.optional, 14)) if holder.optional else "<" * 15
    second = number + _fill(holder.nationality, 3) + dob + _sex(holder) + expiry + optional
    return first, second + check_digit(number + dob + expiry + optional)


def td1(holder: Holder) -> tuple[str, str, str]:
    """Three lines of 30 for an identity card; a number over nine characters runs on into the optional field."""
    number, optional = zone(holder.number), zone(holder.optional)
    if len(number) > 9:
        head = number[:9] + "<" + _checked(number[9:]) + "<" + optional
    else:
        head = _checked(number.ljust(9, "<")) + optional
    first = "I<" + _fill(holder.issuer, 3) + head[:25].ljust(25, "<")
    dob, expiry = _dates(holder)
    tail = "<" * 11
    second = dob + _sex(holder) + expiry + _fill(holder.nationality, 3) + tail
    return first, second + check_digit(first[5:] + dob + expiry + tail), _names(holder, 30)
