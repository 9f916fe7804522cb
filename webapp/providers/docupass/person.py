"""The person and the document that DocuPass read, in our keys, and where these data disagree with themselves."""

import re
from datetime import date
from typing import Any

from webapp.providers.shapes import Notes, integer_of, is_absent, shown, text_of

AGE_TOLERANCE = 1  # years: a birthday between capture and receipt
DAYS_TOLERANCE = 2  # days: time zones, and the vendor's retries over a day and a half

DOCUMENT_TYPES = {"P": "passport", "D": "licence", "I": "card", "V": "visa", "R": "residence"}
PLAIN = {
    "first_name": "firstName", "middle_name": "middleName", "last_name": "lastName", "sex": "sex",
    "document_number": "documentNumber", "personal_number": "personalNumber", "issuer_name": "issuerOrg_full",
    "nationality_name": "nationality_full", "postcode": "postcode", "place_of_birth": "placeOfBirth",
}  # fmt: skip
"""Our key -> the vendor's, where nothing but trimming is to be done (vendor facts 2.1)."""
TEXT_KEYS = (
    *PLAIN.values(), "fullName", "fullName_local", "documentType", "documentSide", "issuerOrg_iso2", "nationality_iso2",
    "issuerOrg_region_full", "issuerOrg_region_abbr", "address1", "address2", "dob", "expiry", "issued",
)  # fmt: skip
NUMBER_KEYS = ("age", "daysToExpiry")
DATE_WORDS = {"dob": "date of birth", "expiry": "expiry date", "issued": "date of issue"}


def read_person(data: dict[str, Any], today: date, notes: Notes) -> dict[str, Any]:
    """`data` in the keys of `PERSON_KEYS`, without those that the document lacks; disagreements go to `notes.data`."""
    _note_wrong_types(data, notes)
    birth, birth_parts = _date(data, "dob", notes)
    expiry, _ = _date(data, "expiry", notes)
    person: dict[str, Any] = {ours: text_of(data.get(vendors)) for ours, vendors in PLAIN.items()}
    person |= {
        "full_name": _full_name(data, ""),
        "full_name_local": _full_name(data, "_local"),
        "birth": birth,
        "birth_parts": birth_parts,
        "expiry": expiry,
        "issued": _date(data, "issued", notes)[0],
        "age": integer_of(data.get("age")),
        "days_to_expiry": integer_of(data.get("daysToExpiry")),
        "document_type": _document_type(text_of(data.get("documentType"))),
        "document_side": text_of(data.get("documentSide")).lower(),
        "issuer": _country(data.get("issuerOrg_iso2")),
        "issuer_region": text_of(data.get("issuerOrg_region_full")) or text_of(data.get("issuerOrg_region_abbr")),
        "nationality": _country(data.get("nationality_iso2")),
        "address": "\n".join(part for part in (text_of(data.get("address1")), text_of(data.get("address2"))) if part),
    }
    _compare_derived(person, today, notes)
    return {key: value for key, value in person.items() if value not in ("", None)}


def _note_wrong_types(data: dict[str, Any], notes: Notes) -> None:
    for key in TEXT_KEYS:
        if not is_absent(data.get(key)) and not text_of(data[key]):
            notes.data.append(f"“{key}” in the document's data is not text, so it cannot be read.")
    for key in NUMBER_KEYS:
        if not is_absent(data.get(key)) and integer_of(data[key]) is None:
            notes.data.append(f"“{key}” in the document's data is “{shown(data[key])}”, which is not a whole number.")


def _full_name(data: dict[str, Any], suffix: str) -> str:
    parts = (text_of(data.get(f"{key}{suffix}")) for key in ("firstName", "middleName", "lastName"))
    return text_of(data.get(f"fullName{suffix}")) or " ".join(part for part in parts if part)


def _date(data: dict[str, Any], key: str, notes: Notes) -> tuple[str, str]:
    """The date under `key` in ISO form (else the vendor's text), and what its `_year _month _day` add up to."""
    whole, parts = _iso(text_of(data.get(key))), _from_parts(data, key)
    if whole and parts and whole != parts:
        notes.data.append(
            f"The vendor's data disagree with themselves: the {DATE_WORDS[key]} is {shown(whole)}, but its day, month "
            f"and year make {shown(parts)}."
        )
    elif (whole or parts) and not parse_iso(whole or parts):
        notes.data.append(f"The {DATE_WORDS[key]} is “{shown(whole or parts)}”, which is not a date.")
    return whole or parts, parts


def _from_parts(data: dict[str, Any], key: str) -> str:
    numbers = [integer_of(data.get(f"{key}_{part}")) for part in ("year", "month", "day")]
    if any(number is None for number in numbers):
        return ""
    year, month, day = (number or 0 for number in numbers)
    return f"{year:04d}-{month:02d}-{day:02d}"


def _iso(text: str) -> str:
    # The callback writes 1998/08/18, the vault 1998-08-18.
    match = re.fullmatch(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", text, re.ASCII)
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}" if match else text


def parse_iso(text: str) -> date | None:
    """The date an ISO text stands for, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _compare_derived(person: dict[str, Any], today: date, notes: Notes) -> None:
    birth, expiry = parse_iso(person["birth"]), parse_iso(person["expiry"])
    if birth and person["age"] is not None:
        age = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
        if abs(age - person["age"]) > AGE_TOLERANCE:
            notes.data.append(
                f"The vendor's age disagrees with its own date of birth: it says {person['age']}, but "
                f"{person['birth']} makes {age}."
            )
    if expiry and person["days_to_expiry"] is not None:
        days = (expiry - today).days
        if abs(days - person["days_to_expiry"]) > DAYS_TOLERANCE:
            notes.data.append(
                f"The vendor's days to expiry disagree with its own expiry date: it says {person['days_to_expiry']}, "
                f"but {person['expiry']} makes {days}."
            )


def _document_type(letter: str) -> str:
    return DOCUMENT_TYPES.get(letter.upper(), "other") if letter else ""


def _country(value: Any) -> str:
    code = text_of(value).upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""
