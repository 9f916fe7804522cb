"""What a link asks, in plain words; the person's steps, the e-mail, times and single options have their own files."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from webapp.checks.countries import country_name
from webapp.providers.base import Expected, Options
from webapp.providers.docupass.codes import AML_DATABASES, database
from webapp.queries import liveness_words, option_words
from webapp.queries.link_mail import first_name as first_name
from webapp.queries.link_mail import mail_subject as mail_subject
from webapp.queries.link_mail import mail_text as mail_text
from webapp.queries.link_steps import minutes as minutes
from webapp.queries.link_steps import needs as needs
from webapp.queries.link_steps import spared as spared
from webapp.queries.link_steps import steps as steps
from webapp.queries.option_words import AUTHENTICITY_WORDS
from webapp.queries.option_words import documents as documents
from webapp.queries.time_words import day_in_words as day_in_words
from webapp.queries.time_words import from_now as from_now
from webapp.queries.time_words import length_in_words as length_in_words
from webapp.queries.time_words import moment_in_words as moment_in_words

DETAIL_WORDS = {
    "name": "name", "birth": "date of birth", "address": "address", "postcode": "postcode",
    "document_number": "document number", "age": "age", "phone": "phone number",
}  # fmt: skip
ASKED_PHONE, MUST_BE_CONFIRMED = "Phone", " must be confirmed"
MOST_NAMED = 3
SAID = frozenset({
    "biometric", "face_threshold", "authenticity_threshold", "authenticity_module", "document_types", "countries",
    "regions", "check_expiry", "both_sides", "ask_phone", "aml", "aml_strict", "aml_databases", "contract",
    "contract_template", "contract_format", "contract_prefill", "expires_in", "language",
})  # fmt: skip
"""Options that have a sentence of their own, or stand beside it on every page."""


def asked(options: Options, expected: Expected, *, kind: str = "identity") -> list[tuple[str, str]]:
    """Label and sentence for each thing that is checked; what is off is said to be off."""
    if kind == "liveness":
        return liveness_words.asked(options)
    if kind == "signature":
        return [
            ("To sign", _contract(replace(options, contract="none"))),
            *_filled(options),
            ("Identity", "not checked: a signature alone cannot"),
            *_also(options, kind),
        ]
    return [
        ("Documents", _documents(options)),
        ("Countries", _countries(options)),
        ("Face", _face(options)),
        ("Authenticity", _authenticity(options)),
        ("AML", _aml(options)),
        *([(ASKED_PHONE, _phone(options, expected))] if options.ask_phone or expected.phone else []),
        *([("Contract", _contract(options)), *_filled(options)] if options.contract != "none" else []),
        ("Compared", ", ".join(compared(expected)) or "nothing; details are read but not compared"),
        *_also(options, kind),
    ]


def compared(expected: Expected) -> list[str]:
    """Names of the details that are compared with the document, in the form's order."""
    return [word for key, word in DETAIL_WORDS.items() if key != "phone" and getattr(expected, key)]


def details(expected: Expected) -> list[tuple[str, str]]:
    """Name and value of each detail that is compared or confirmed; the birthday read back in words."""
    values = {key: getattr(expected, key) for key in DETAIL_WORDS}
    values["birth"] = _birth(expected.birth)
    return [(word.capitalize(), values[key]) for key, word in DETAIL_WORDS.items() if values[key]]


def _birth(text: str) -> str:
    try:
        return day_in_words(date.fromisoformat(text))
    except ValueError:  # links of the first release took any text from the command line
        return text


def _documents(options: Options) -> str:
    expiry = "not expired" if options.check_expiry else "expired ones too"
    return f"{documents(options)}, {expiry}{'; front and back must agree' if options.both_sides else ''}"


def _countries(options: Options) -> str:
    where = ", ".join(country_name(code) for code in options.countries) or "all"
    return f"{where}; only {', '.join(options.regions)}" if options.regions else where


def _face(options: Options) -> str:
    if options.biometric == "none":
        return "not asked"
    return f"{option_words.FACE_WORDS[options.biometric]}, {_passes_at(options.face_threshold)}"


def _authenticity(options: Options) -> str:
    if not options.authenticity_threshold:
        return "off"
    how = "" if options.authenticity_module == "2" else f"; {AUTHENTICITY_WORDS.get(options.authenticity_module)}"
    return f"{_passes_at(options.authenticity_threshold)}{how}"


def _passes_at(threshold: float) -> str:
    return f"passes at {option_words.score(threshold)}"


def _aml(options: Options) -> str:
    if not options.aml:
        return "off"
    strict = ", strict: only the same nationality and birthday" if options.aml_strict else ""
    return f"{lists(options.aml_databases)}{strict}; any match goes to review"


def lists(codes: Sequence[str]) -> str:
    """Where AML entries are looked for: `all lists`, `only` and their names, or how many of how many."""
    if not codes:
        return "all lists"
    if len(codes) > MOST_NAMED:
        return f"{len(codes)} of {len(AML_DATABASES)} lists"
    return f"only {'; '.join(database(code).name for code in codes)}"


def _phone(options: Options, expected: Expected) -> str:
    return f"{expected.phone}{MUST_BE_CONFIRMED}" if expected.phone else "typed by the person and confirmed with a code"


def _contract(options: Options) -> str:
    signed = {"generate": "filled, not signed: ", "sign": "filled and signed: "}.get(options.contract, "")
    in_format = f", as {options.contract_format}" if options.contract_format else ""
    return f"{signed}template {options.contract_template or '(not named yet)'}{in_format}"


def _filled(options: Options) -> list[tuple[str, str]]:
    keys = list(json.loads(options.contract_prefill)) if options.contract_prefill else []
    more = f" and {len(keys) - 5} more" if len(keys) > 5 else ""
    return [("Filled in", ", ".join(keys[:5]) + more)] if keys else []


def _also(options: Options, kind: str) -> list[tuple[str, str]]:
    """What else differs from the usual, by name alone."""
    known = option_words.OF_KIND.get(kind, tuple(option_words.LABELS))
    names = [
        each.label[0].lower() + each.label[1:] if each.label[1:2].islower() else each.label
        for each in option_words.changes(Options(), options)
        if each.name in known and each.name not in SAID
    ]
    return [("Also set", ", ".join(names))] if names else []
