"""Birth, nationality, document, sex and place of an AML entry against the applicant's; the name is in `entry_names`."""

from collections.abc import Mapping
from typing import Any

from rapidfuzz.distance import OSA

from webapp.checks import entry_names
from webapp.checks.countries import country, country_name
from webapp.checks.dates import PartialDate, parse_date, plural
from webapp.checks.entries import document_numbers, texts
from webapp.checks.findings import Attribute, Finding, attribute
from webapp.checks.normalise import address_tokens, as_text, confusion, document_number

BIRTH, BIRTH_YEAR, BIRTH_SWAPPED, BIRTH_NEAR, BIRTH_DIFFERS = 20, 8, 10, -10, -25
NATIONALITY, NATIONALITY_DIFFERS = 5, -10
DOCUMENT, DOCUMENT_CLOSE, DOCUMENT_DIFFERS = 30, 15, -5
SEX_DIFFERS, PLACE = -15, 5
"""Points of each finding. Equal sex gives none: half of all people have it. Unknown is always 0."""


def compare_all(entry: Mapping[Any, Any], person: Mapping[str, Any]) -> tuple[Attribute, ...]:
    """Name, birth, nationality, document number, sex and place, always all six."""
    return tuple(
        compare(entry, person) for compare in (entry_names.compare, _birth, _nationality, _document, _sex, _place)
    )


def _birth(entry: Mapping[Any, Any], person: Mapping[str, Any]) -> Attribute:
    mine, listed = parse_date(person.get("birth")), texts(entry, "dob")
    dates = [(text, found) for text in listed if (found := parse_date(text))]
    findings = [_by_birth(mine, found, _shown_date(text)) for text, found in dates] if mine else []
    shown = [_shown_date(text) for text in listed]
    return attribute("birth", "Birth", as_text(person.get("birth")), shown, findings)


def _shown_date(text: str) -> str:
    found = parse_date(text)
    return f"{text}, year only" if found and not found.month else text


def _by_birth(mine: PartialDate, listed: PartialDate, value: str) -> Finding:
    agreement, note, points = _judge_birth(mine, listed)
    return Finding(agreement=agreement, note=note, points=points, value=value)


def _judge_birth(mine: PartialDate, listed: PartialDate) -> tuple[str, str, int]:
    years = abs(mine.year - listed.year)
    if years:
        return "differs", f"Differs by {plural(years, 'year')}", BIRTH_NEAR if years == 1 else BIRTH_DIFFERS
    if mine == listed and mine.day:
        return "same", "Same", BIRTH
    if not mine.month or not listed.month:
        return "close", "Same year, no more is known", BIRTH_YEAR
    if mine.month == listed.month and not (mine.day and listed.day):
        return "close", "Same year and month, no more is known", BIRTH_YEAR
    if mine.day and (mine.month, mine.day) == (listed.day, listed.month):
        return "close", "Close: day and month swapped", BIRTH_SWAPPED
    return "differs", "Differs: same year, another day", BIRTH_NEAR


def _nationality(entry: Mapping[Any, Any], person: Mapping[str, Any]) -> Attribute:
    given = as_text(person.get("nationality"))
    mine, listed = country(given) or country(person.get("nationality_name")), texts(entry, "nationality")
    findings = [_by_country(mine, country(text)) for text in listed if mine and country(text)]
    shown = [country_name(country(text)) or text for text in listed]
    return attribute("nationality", "Nationality", country_name(mine) or given, shown, findings)


def _by_country(mine: str, listed: str) -> Finding:
    if mine == listed:
        return Finding(agreement="same", note="Same", points=NATIONALITY, value=country_name(listed))
    return Finding(agreement="differs", note="Differs", points=NATIONALITY_DIFFERS, value=country_name(listed))


def _document(entry: Mapping[Any, Any], person: Mapping[str, Any]) -> Attribute:
    mine = [as_text(person.get(key)) for key in ("document_number", "personal_number")]
    mine = [number for number in mine if document_number(number)]
    listed = [number for number in document_numbers(entry) if document_number(number)]
    findings = [_by_number(own, number) for own in mine for number in listed]
    return attribute("document", "Document no.", mine[0] if mine else "", listed, findings)


def _by_number(own: str, listed: str) -> Finding:
    mine, theirs = document_number(own), document_number(listed)
    if mine == theirs:
        return Finding(agreement="same", note="Same", points=DOCUMENT, value=listed)
    how = _nearly(mine, theirs)
    if how:
        return Finding(agreement="close", note=f"Close: {how}", points=DOCUMENT_CLOSE, value=listed)
    return Finding(agreement="differs", note="Differs", points=DOCUMENT_DIFFERS, value=listed)


def _nearly(mine: str, theirs: str) -> str:
    """How two numbers are nearly the same; empty if they are not, or too short to say so."""
    if min(len(mine), len(theirs)) < 5:
        return ""
    if mine[1:] == theirs or theirs[1:] == mine or mine[1:] == theirs[1:]:
        return "same but for the first letter"
    if doubt := confusion(mine, theirs):
        return f"same but for {doubt.replace('?', '')}"
    return "same but for one character" if OSA.distance(mine, theirs, score_cutoff=1) <= 1 else ""


def _sex(entry: Mapping[Any, Any], person: Mapping[str, Any]) -> Attribute:
    given, listed = as_text(person.get("sex")), texts(entry, "gender")
    pairs = [(given.upper()[:1], text.upper()[:1], text) for text in listed]
    findings = [
        Finding(agreement="same", note="Same", points=0, value=text)
        if mine == theirs
        else Finding(agreement="differs", note="Differs", points=SEX_DIFFERS, value=text)
        for mine, theirs, text in pairs
        if mine in ("M", "F") and theirs in ("M", "F")
    ]
    return attribute("sex", "Sex", given, listed, findings)


def _place(entry: Mapping[Any, Any], person: Mapping[str, Any]) -> Attribute:
    """Place of birth, and address. People move: another place proves nothing, so it is unknown, never different."""
    born, home = as_text(person.get("place_of_birth")), as_text(person.get("address"))
    births, homes = texts(entry, "birthplace"), texts(entry, "address")
    pairs = [(born, place) for place in births] + [(home, place) for place in homes]
    same = [(own, place) for own, place in pairs if _same_place(own, place)]
    findings = [Finding(agreement="same", note="Same", points=PLACE, value=place) for _, place in same]
    mine = same[0][0] if same else born if births else home
    return attribute("place", "Place", mine or home or born, [*births, *homes], findings)


def _same_place(own: str, listed: str) -> bool:
    mine, theirs = set(address_tokens(own)), set(address_tokens(listed))
    return bool(mine) and bool(theirs) and (mine <= theirs or theirs <= mine)
