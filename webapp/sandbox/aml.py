"""Specimen AML entities in the vendor's shape, cut to what the session asks; no real person is on these lists."""

from typing import Any

from .options import Options
from .people import Person

_POLITICIANS = {"eu_cor", "eu_cors", "eu_meps", "global_politicians"}
_SOURCES = {
    "us_ofac": ("SDN List", "https://sanctions.example/us-ofac/specimen"),
    "eu_fsf": ("EU specimen regime", "https://sanctions.example/eu-fsf/specimen"),
    "un_sc": ("UN specimen committee", "https://sanctions.example/un-sc/specimen"),
    "global_politicians": ("Assembly of Sampleland", "https://politicians.example/specimen"),
}
_USUAL = ("us_ofac", "eu_fsf", "global_politicians")


def _schema(database: str) -> str:
    if database in _POLITICIANS:
        return "PEP"
    return "crime" if database == "interpol_red" else "sanction"


def _entity(person: Person, database: str, time: str) -> dict[str, Any]:
    program, source = _SOURCES.get(database, ("Specimen list", f"https://lists.example/{database}/specimen"))
    return {
        "entity": "person",
        "fullname": [person.full.upper()],
        "firstname": [person.first.upper()],
        "lastname": [person.last.upper()],
        "gender": [person.sex],
        "program": [program],
        "note": ["Specimen entry made by the sandbox. It is about nobody."],
        "time": time,
        "source": [source],
        "database": database,
        "schema": _schema(database),
    }


def _close(person: Person, database: str) -> dict[str, Any]:
    """The same name, birthday, nationality and document."""
    number = {
        "id": person.number,
        "id_formatted": person.number,
        "country": person.country.iso2.lower(),
        "type": person.kind,
    }
    return _entity(person, database, "2024-09-03T22:00:00.000Z") | {
        "alias": [person.full.upper(), f"{person.last} {person.first}".upper()],
        "dob": [f"{person.dob:%Y-%m-%d}"],
        "nationality": [person.nationality.iso2],
        "birthplace": ["Sampletown"],
        "documentnumber": [number],
    }


def _likely(person: Person, database: str) -> dict[str, Any]:
    """The same name; only the year of birth is known, and an address."""
    return _entity(person, database, "2022-02-15T10:30:00.000Z") | {
        "alias": [f"{person.first[:1]}. {person.last}".upper(), f"{person.last} SPECIMEN".upper()],
        "dob": [str(person.dob.year)],
        "nationality": [person.nationality.iso2],
        "address": [f"{person.address}, {person.town} (possibly)"],
    }


def _doubtful(person: Person, database: str) -> dict[str, Any]:
    """The same name on somebody born in another year elsewhere."""
    return _entity(person, database, "2019-06-30T00:00:00.000Z") | {
        "middlename": ["PLACEHOLDER"],
        "dob": [f"{person.dob.year - 21}-04"],
        "nationality": ["UY"],
        "status": ["Former member of the Assembly of Sampleland"],
    }


def matches(person: Person, count: int, options: Options) -> list[dict[str, Any]]:
    """At most `count` entities; strict keeps the same nationality and full birthday (seed, aml_strict_match)."""
    databases = options.databases or _USUAL
    makers = (_close, _likely, _doubtful)
    found = [make(person, databases[index % len(databases)]) for index, make in enumerate(makers)][:count]
    if options.aml_strict_match:
        found = [entity for entity in found if entity["dob"] == [f"{person.dob:%Y-%m-%d}"]]
    return found
