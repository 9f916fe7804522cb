"""Specimen persons and documents: invented, recognisably so, shaped by what a session expects; no pictures."""

import hashlib
import random
from dataclasses import dataclass
from datetime import date, timedelta

from .countries import Country, country
from .names import is_latin, latin
from .options import Options

DOCUMENTS = {"passport": "P", "licence": "D", "card": "I"}
_YEARS_VALID = {"passport": 10, "licence": 15, "card": 10}

# first, last, sex, born, address, postcode, town: placeholder names of each country, never real people.
_DEFAULTS: dict[str, tuple[str, str, str, str, str, str, str]] = {
    "GB": ("Sarah Jane", "Specimen", "F", "1986-04-17", "1 Example Terrace", "EX4 4PL", "Sampleford"),
    "DE": ("Erika", "Mustermann", "F", "1983-08-12", "Beispielweg 7", "01234", "Musterstadt"),
    "FR": ("Léa", "Spécimen", "F", "1990-02-03", "3 rue de l’Exemple", "00100", "Exempleville"),
    "NL": ("Willeke", "Voorbeeld", "F", "1978-11-30", "Voorbeeldlaan 12", "0000 AA", "Voorbeeldstad"),
    "ES": ("Carmen", "Muestra", "F", "1975-06-21", "Calle Ejemplo 5", "00000", "Villamuestra"),
    "IT": ("Mario", "Esempio", "M", "1969-09-09", "Via Esempio 9", "00000", "Esempia"),
    "SE": ("Åsa", "Exempelsson", "F", "1992-12-24", "Exempelgatan 4", "000 00", "Provstad"),
    "PL": ("Łukasz", "Wzorowy", "M", "1988-03-15", "ul. Przykładowa 8", "00-000", "Wzorowo"),
    "IE": ("Niamh", "Sampleton", "F", "1995-07-01", "2 Specimen Row", "X00 XX00", "Ballysample"),
    "US": ("Samuel", "Sample", "M", "1981-01-05", "100 Specimen Ave", "00000", "Anytown"),
    "CA": ("Taylor", "Specimen", "X", "1991-05-19", "12 Sample Street", "X0X 0X0", "Exampleton"),
}
_ANYBODY = ("Alex", "Specimen", "M", "1984-10-08", "1 Specimen Street", "00000", "Sampletown")
_REGIONS = {"US": ("California", "CA"), "CA": ("British Columbia", "BC")}


@dataclass(frozen=True)
class Person:
    """One specimen holder with one document; `face` seeds the drawn portrait."""

    first: str
    middle: str
    last: str
    sex: str
    dob: date
    country: Country
    nationality: Country
    document: str
    number: str
    issued: date
    expiry: date
    address: str
    town: str
    postcode: str
    face: str
    personal_number: str = ""
    local_name: str = ""
    region: tuple[str, str] = ("", "")
    height: int = 172

    @property
    def given(self) -> str:
        return f"{self.first} {self.middle}".strip()

    @property
    def full(self) -> str:
        return f"{self.given} {self.last}".strip()

    @property
    def kind(self) -> str:
        return DOCUMENTS[self.document]

    def age(self, today: date) -> int:
        return today.year - self.dob.year - ((today.month, today.day) < (self.dob.month, self.dob.day))


def _seeded(*parts: str) -> random.Random:
    return random.Random(hashlib.sha256("\0".join(parts).encode()).digest())  # noqa: S311 - looks, not secrets


def split_name(name: str) -> tuple[str, str, str]:
    """First, middle and last name of a full one; `Last, First` is turned round. One word is a last name."""
    if "," in name:
        last, _, given = name.partition(",")
        name = f"{given} {last}"
    words = name.split()
    if len(words) < 2:
        return "", "", name.strip()
    return words[0], " ".join(words[1:-1]), words[-1]


def document_number(document: str, *seed: str) -> str:
    """A number of the usual shape for the kind of document; passports and cards fit nine characters."""
    dice = _seeded(document, *seed)
    digits = "".join(dice.choice("0123456789") for _ in range(9))
    letters = "".join(dice.choice("CFGHJKLMNPRTVWXYZ") for _ in range(2))
    return {"passport": f"{letters}{digits[:7]}", "card": f"{letters[0]}{digits[:8]}", "licence": f"{letters}{digits}"}[
        document
    ]


def _birthday(options: Options, default: str, today: date) -> date:
    if options.verify_dob:
        year, month, day = (int(part) for part in options.verify_dob.split("/"))
        return date(year, month, day)
    born = date.fromisoformat(default)
    if options.verify_age:
        low, high = (int(part) for part in options.verify_age.split("-"))
        return date(max(today.year - (low + high + 1) // 2, 1), 1, 1)
    return born


def person_for(options: Options, *, document: str, iso2: str, name: str, today: date) -> Person:
    """The holder a session would like to see: expected values where given, a specimen's own otherwise."""
    place = country(iso2)
    first, last, sex, born, address, postcode, town = _DEFAULTS.get(place.iso2, _ANYBODY)
    wanted = name or options.verify_name
    one, middle, final = split_name(wanted) if wanted else (first, "", last)
    if not is_latin(wanted):
        one, middle, final = split_name(latin(wanted) or "Holder Specimen")
    dice = _seeded(wanted or f"{first} {last}", place.iso2)
    born_on = _birthday(options, born, today)
    issued = today - timedelta(days=dice.randint(200, 1_500))
    # Nobody has a document from before his birth.
    issued = issued if issued > born_on else today - timedelta(days=1)
    region = _REGIONS.get(place.iso2, ("", ""))
    if options.regions:
        region = (options.regions[0], options.regions[0][:3].upper())
    return Person(
        first=one, middle=middle, last=final, sex=sex if not wanted else _seeded(wanted).choice("MF"),
        dob=born_on, country=place, nationality=place, document=document,
        number=options.verify_documentno or document_number(document, wanted or last, place.iso2),
        issued=issued, expiry=issued.replace(year=issued.year + _YEARS_VALID[document], day=min(issued.day, 28)),
        address=options.verify_address or address, town="" if options.verify_address else town,
        postcode=options.verify_postcode or postcode, face=wanted or f"{first} {last}",
        personal_number="".join(dice.choice("0123456789") for _ in range(9)),
        local_name="" if is_latin(wanted) else wanted, region=region, height=dice.randint(156, 192),
    )  # fmt: skip
