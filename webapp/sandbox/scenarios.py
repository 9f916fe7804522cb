"""What a tester or a magic name makes the vendor find: scenarios bend what is shown; nothing is judged here."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .countries import COMMON, country
from .names import folded
from .options import Options
from .people import DOCUMENTS, document_number
from .showing import Showing

Bend = Callable[[Showing, Options, date], Showing]

FAILURES = {
    0: "Session expired",
    1: "Document not recognized or supported",
    2: "Authenticity check failed",
    3: "Face photo does not match with provided document.",
    4: "Document expired",
    5: "Name verification failed",
    6: "Date of birth verification failed",
    7: "Address verification failed",
    8: "Postcode verification failed",
    9: "Age verification failed",
    10: "Key information missing from document",
    11: "Information mismatch between front and back of document",
    12: "Document was not issued by one of the specified countries",
    13: "Document was not issued by one of the specified regions",
    14: "Document of this type is not accepted",
    15: "Phone verification failed",
    16: "ID number verification failed",
    99: "Other error",
}
EXPIRED = "expired"


@dataclass(frozen=True)
class Scenario:
    """One thing the vendor can find; `magic` is the last name that chooses it, `code` None for a pass."""

    key: str
    label: str
    magic: str
    code: int | None
    bend: Bend


def _person(showing: Showing, **changes: object) -> Showing:
    return replace(showing, person=replace(showing.person, **changes))  # type: ignore[arg-type]


def _plain(showing: Showing, options: Options, today: date) -> Showing:
    return showing


def _aml(count: int) -> Bend:
    return lambda showing, options, today: replace(showing, aml_matches=count)


def _suspicious(showing: Showing, options: Options, today: date) -> Showing:
    return replace(showing, authenticity=0.42, failed_checks=("security_feature_check",))


def _narrow(showing: Showing, options: Options, today: date) -> Showing:
    return replace(showing, face_score=min(options.biometric_threshold + 0.03, 1.0))


def _unreadable(showing: Showing, options: Options, today: date) -> Showing:
    return replace(showing, readable=False)


def _fake(showing: Showing, options: Options, today: date) -> Showing:
    return replace(showing, authenticity=0.1, failed_checks=("exif_check", "publicity_check"))


def _other_face(showing: Showing, options: Options, today: date) -> Showing:
    return replace(showing, face_score=round(1 - showing.face_score, 3), same_face=False)


def _no_face(showing: Showing, options: Options, today: date) -> Showing:
    return replace(showing, face_score=0.0, face_error=(6, "No face was found in the selfie photo."))


def _out_of_date(showing: Showing, options: Options, today: date) -> Showing:
    return _person(showing, issued=today - timedelta(days=3_850), expiry=today - timedelta(days=197))


def _other_name(showing: Showing, options: Options, today: date) -> Showing:
    return _person(showing, first="Robin", middle="", last="Otherperson", local_name="")


def _other_birthday(showing: Showing, options: Options, today: date) -> Showing:
    born = showing.person.dob
    return _person(showing, dob=born.replace(year=born.year - 2, day=min(born.day, 28) % 28 + 1))


def _other_address(showing: Showing, options: Options, today: date) -> Showing:
    return _person(showing, address="99 Elsewhere Road", town="Otherham")


def _other_postcode(showing: Showing, options: Options, today: date) -> Showing:
    return _person(showing, postcode="ZZ99 9ZZ")


def _too_young(showing: Showing, options: Options, today: date) -> Showing:
    low = int(options.verify_age.split("-")[0]) if options.verify_age else 18
    years = low - 2 if low > 2 else int(options.verify_age.split("-")[1]) + 2
    return _person(showing, dob=date(today.year - years, 1, 1))


def _incomplete(showing: Showing, options: Options, today: date) -> Showing:
    return replace(showing, missing=("dob", "documentNumber"))


def _other_back(showing: Showing, options: Options, today: date) -> Showing:
    return replace(showing, back_matches=False, number_on_back=document_number(showing.person.document, "back"))


def _other_country(showing: Showing, options: Options, today: date) -> Showing:
    refused = [*options.countries, showing.person.country.iso2]
    place = country(next((iso2 for iso2 in COMMON if iso2 not in refused), "UY"))
    return _person(showing, country=place, nationality=place, region=("", ""))


def _other_region(showing: Showing, options: Options, today: date) -> Showing:
    return _person(showing, region=("Elsewhere Province", "EW"))


def _other_type(showing: Showing, options: Options, today: date) -> Showing:
    accepted = options.documenttype or DOCUMENTS[showing.person.document]
    other = next((name for name, letter in DOCUMENTS.items() if letter not in accepted), showing.person.document)
    return _person(
        showing, document=other, number=options.verify_documentno or document_number(other, showing.person.face)
    )


def _phone_silent(showing: Showing, options: Options, today: date) -> Showing:
    return replace(showing, phone_reached=False)


def _other_number(showing: Showing, options: Options, today: date) -> Showing:
    return _person(showing, number=document_number(showing.person.document, showing.person.number, "other"))


SCENARIOS = (
    Scenario("passed", "Passed", "", None, _plain),
    Scenario("aml1", "Passed, one AML match", "Amlmatch", None, _aml(1)),
    Scenario("aml3", "Passed, three AML matches", "Amlmany", None, _aml(3)),
    Scenario("suspicious", "Passed, authenticity 0.42 with a warning", "Suspicious", None, _suspicious),
    Scenario("narrow", "Passed, face just above the threshold", "Narrowface", None, _narrow),
    Scenario("fail1", "Document not recognised", "Unreadable", 1, _unreadable),
    Scenario("fail2", "Authenticity check failed", "Fakedoc", 2, _fake),
    Scenario("fail3", "Face does not match", "Facefail", 3, _other_face),
    Scenario("noface", "No face found in the selfie", "Noface", 3, _no_face),
    Scenario("fail4", "Document out of date", "Expireddoc", 4, _out_of_date),
    Scenario("fail5", "Another name", "Wrongname", 5, _other_name),
    Scenario("fail6", "Another date of birth", "Wrongdob", 6, _other_birthday),
    Scenario("fail7", "Another address", "Wrongaddress", 7, _other_address),
    Scenario("fail8", "Another postcode", "Wrongpostcode", 8, _other_postcode),
    Scenario("fail9", "Age outside the range", "Wrongage", 9, _too_young),
    Scenario("fail10", "Key information missing", "Missingdata", 10, _incomplete),
    Scenario("fail11", "Front and back differ", "Backmismatch", 11, _other_back),
    Scenario("fail12", "Country not accepted", "Wrongcountry", 12, _other_country),
    Scenario("fail13", "Region not accepted", "Wrongregion", 13, _other_region),
    Scenario("fail14", "Type of document not accepted", "Wrongtype", 14, _other_type),
    Scenario("fail15", "Phone not verified", "Phonefail", 15, _phone_silent),
    Scenario("fail16", "Another document number", "Wrongnumber", 16, _other_number),
    Scenario("fail99", "Other error", "Othererror", 99, _plain),
    Scenario(EXPIRED, "The session expires now", "Expiredlink", 0, _plain),
)
BY_KEY = {scenario.key: scenario for scenario in SCENARIOS}
_BY_MAGIC = {scenario.magic.casefold(): scenario for scenario in SCENARIOS if scenario.magic}


def choose(key: str, *names: str) -> Scenario | None:
    """The scenario of a key, None if unknown; `auto` goes by the last word of each name, else it is a pass."""
    if key != "auto":
        return BY_KEY.get(key)
    for name in names:
        words = folded(name).split()
        if words and words[-1] in _BY_MAGIC:
            return _BY_MAGIC[words[-1]]
    return BY_KEY["passed"]


def bend(scenario: Scenario, showing: Showing, options: Options, today: date) -> Showing:
    """What is shown under this scenario, which insists on its code even where no such check was asked."""
    return replace(scenario.bend(showing, options, today), insists_on=scenario.code)
