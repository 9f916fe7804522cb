"""The ready e-mail that an officer sends: its subject and text for each kind of link; it sends nothing."""

import unicodedata
from datetime import datetime

from webapp.models import Person
from webapp.providers.base import Options
from webapp.queries import liveness_words
from webapp.queries.link_steps import MINUTES
from webapp.queries.option_words import documents
from webapp.queries.time_words import moment_in_words

LONGEST_FIRST_NAME = 40
SUBJECTS = {"signature": "please sign a document", "liveness": liveness_words.SUBJECT}


def first_name(person: Person | None) -> str:
    """The first word of the name, to greet with; empty when there is none or it is not plain letters."""
    words = (person.name if person else "").split()
    word = words[0] if len(words) > 1 else ""
    plain = all(unicodedata.category(c)[0] in "LM" or c in "'’-" for c in word)
    return word if plain and len(word) <= LONGEST_FIRST_NAME else ""


def mail_subject(company: str, *, kind: str = "identity") -> str:
    """The subject of the ready e-mail."""
    return f"{company}: {SUBJECTS.get(kind, 'please confirm who you are')}"


def mail_text(
    *, person: Person | None, company: str, options: Options, address: str, until: datetime | None,
    kind: str = "identity", minutes: int = 0, document_given: bool = False, why_again: str = "",
) -> str:  # fmt: skip
    """The ready e-mail: who asks, what to have ready, the address, until when, what to do if it was not expected.

    `minutes` is how long it takes, said when not 0; `document_given` that nobody has to photograph a document;
    `why_again` is said to somebody who is asked once more.
    """
    name = first_name(person)
    long = minutes or _usual(options, kind)
    lasts = f" It takes about {long} minute{'' if long == 1 else 's'}."
    lines = [
        f"Hello {name}," if name else "Hello,",
        f"{company} asks you to {_what(options, kind)}.{lasts}{_ready(options, kind, given=document_given)}",
        *([f"We have to ask you once more. {why_again}"] if why_again else []),
        address,
        f"The link works until {moment_in_words(until)}. If you did not expect this, please ignore it, "
        "or call us on the number on our website.",
    ]
    return "\n\n".join(lines)


def _what(options: Options, kind: str) -> str:
    if kind == "liveness":
        return liveness_words.mail_what()
    if kind == "signature":
        return "read and sign a document"
    return "confirm who you are" + (" and to sign a document" if options.contract == "sign" else "")


def _ready(options: Options, kind: str, *, given: bool) -> str:
    if kind == "liveness":
        return liveness_words.mail_ready(options)
    return "" if kind == "signature" or given else f" Have your {documents(options)} ready."


def _usual(options: Options, kind: str) -> int:
    return MINUTES.get(kind) or {"none": 2, "photo": 3}.get(options.biometric, 4)
