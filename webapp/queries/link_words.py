"""What a link asks, in plain words: for the officer, the applicant's page and the e-mail; nothing is read here."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime

from webapp.checks.countries import country_name
from webapp.models import Person
from webapp.providers.base import Expected, Options

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DOCUMENT_WORDS = {"passport": "passport", "card": "ID card", "licence": "driving licence"}
DETAIL_WORDS = {
    "name": "name", "birth": "date of birth", "address": "address", "postcode": "postcode",
    "document_number": "document number", "age": "age",
}  # fmt: skip
LONGEST_FIRST_NAME = 40


def day_in_words(day: date | None) -> str:
    """`3 August 1989`: a date read back so that day and month cannot be mistaken."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else ""


def moment_in_words(moment: datetime | None, *, short: bool = False) -> str:
    """`Saturday 28 November 2026, 14:31 UTC`; short: `Sat 28 Nov 2026, 14:31 UTC`."""
    if moment is None:
        return ""
    at = moment.astimezone(UTC)
    day, month = DAYS[at.weekday()], MONTHS[at.month - 1]
    return f"{day[:3] if short else day} {at.day} {month[:3] if short else month} {at.year}, {at:%H:%M} UTC"


def length_in_words(seconds: int) -> str:
    """`7 days`, `1 hour`, `10 minutes`, `1 day 12 hours`."""
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    parts = [(days, "day"), (hours, "hour"), (round(rest / 60), "minute")]
    return " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)


def from_now(moment: datetime | None, now: datetime) -> str:
    """`7 days from now`, `3 hours ago`: one unit, rounded."""
    if moment is None:
        return ""
    seconds = (moment - now).total_seconds()
    unit = next((size for size in (86400, 3600, 60) if abs(seconds) >= 1.5 * size), 60)
    words = length_in_words(max(unit, round(abs(seconds) / unit) * unit))
    return f"{words} from now" if seconds > 0 else f"{words} ago"


def documents(options: Options) -> str:
    """`passport, ID card or driving licence`."""
    taken = options.document_types or tuple(DOCUMENT_WORDS)
    return _either([word for kind, word in DOCUMENT_WORDS.items() if kind in taken])


def asked(options: Options, expected: Expected) -> list[tuple[str, str]]:
    """Label and sentence for each thing that is checked; what is off is said to be off."""
    return [
        ("Documents", f"{documents(options)}, {'not expired' if options.check_expiry else 'expired ones too'}"),
        ("Countries", ", ".join(country_name(code) for code in options.countries) or "all"),
        ("Face", _face(options)),
        ("Authenticity", _passes_at(options.authenticity_threshold) if options.authenticity_threshold else "off"),
        ("AML", _aml(options)),
        ("Compared", ", ".join(compared(expected)) or "nothing; details are read but not compared"),
    ]


def compared(expected: Expected) -> list[str]:
    """Names of the details that are compared, in the form's order."""
    return [word for key, word in DETAIL_WORDS.items() if getattr(expected, key)]


def details(expected: Expected) -> list[tuple[str, str]]:
    """Name and value of each detail that is compared; the birthday read back in words."""
    values = {key: getattr(expected, key) for key in DETAIL_WORDS}
    values["birth"] = _birth(expected.birth)
    return [(word.capitalize(), values[key]) for key, word in DETAIL_WORDS.items() if values[key]]


def _birth(text: str) -> str:
    try:
        return day_in_words(date.fromisoformat(text))
    except ValueError:  # the command line takes any text
        return text


def steps(options: Options, company: str) -> list[str]:
    """What the person will do, one line each."""
    face = {"photo": ["Take a selfie"], "video": ["Take a short video of the face"]}.get(options.biometric, [])
    return [f"Read one page from {company}", f"Photograph the {documents(options)}", *face]


def minutes(options: Options) -> int:
    """How long it takes the person, roughly."""
    return {"none": 2, "photo": 3}.get(options.biometric, 4)


def needs(options: Options) -> list[dict[str, str]]:
    """What the person should have ready, for the applicant's page: icon, title and text of each."""
    face = {"photo": " and of your face", "video": " and a short video of your face"}.get(options.biometric, "")
    light = "Take off sunglasses and hats" if face else "So that the document can be read"
    where = f" from {_either([country_name(code) for code in options.countries])}" if options.countries else ""
    return [
        {"icon": "id", "title": f"Your {documents(options)}{where}", "text": "The real one, not a copy"},
        {"icon": "camera", "title": "A phone with a camera", "text": f"You take a photo of the document{face}"},
        {"icon": "sun", "title": "A bright place", "text": light},
    ]


def first_name(person: Person | None) -> str:
    """The first word of the name, to greet with; empty when there is none or it is not plain letters."""
    words = (person.name if person else "").split()
    word = words[0] if len(words) > 1 else ""
    plain = all(unicodedata.category(c)[0] in "LM" or c in "'’-" for c in word)
    return word if plain and len(word) <= LONGEST_FIRST_NAME else ""


def mail_subject(company: str) -> str:
    """The subject of the ready e-mail."""
    return f"{company}: please confirm who you are"


def mail_text(*, person: Person | None, company: str, options: Options, address: str, until: datetime | None) -> str:
    """The ready e-mail: who asks, what to have ready, the address, until when, what to do if it was not expected."""
    name = first_name(person)
    lines = [
        f"Hello {name}," if name else "Hello,",
        f"{company} asks you to confirm who you are. It takes about {minutes(options)} minutes. "
        f"Have your {documents(options)} ready.",
        address,
        f"The link works until {moment_in_words(until)}. If you did not expect this, please ignore it, "
        "or call us on the number on our website.",
    ]
    return "\n\n".join(lines)


def _face(options: Options) -> str:
    if options.biometric == "none":
        return "not asked"
    return f"{'a photo' if options.biometric == 'photo' else 'a short video'}, {_passes_at(options.face_threshold)}"


def _passes_at(threshold: float) -> str:
    return f"passes at {threshold:.2f}" if round(threshold, 2) == threshold else f"passes at {threshold:.3f}"


def _aml(options: Options) -> str:
    if not options.aml:
        return "off"
    strict = ", strict: only the same nationality and birthday" if options.aml_strict else ""
    return f"all lists{strict}; any match goes to review"


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)
