"""Reading `--option KEY=VALUE` of `flask links create`: the same options as the form, as words."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from webapp.checks.countries import country
from webapp.forms.links import BIOMETRICS, DOCUMENTS, LANGUAGES, LONGEST, MOST_ATTEMPTS, SHORTEST
from webapp.providers.base import Expected, Options

PERSON = ("name", "own_reference", "email")
EXPECTED = {f"expected_{item.name}": item.name for item in fields(Expected)}
ALLOWED = {
    "biometric": tuple(word for word, _ in BIOMETRICS), "document_types": tuple(word for word, _ in DOCUMENTS),
    "language": tuple(word for word, _ in LANGUAGES),
}  # fmt: skip
LIMITS = {
    "face_threshold": (0, 1), "authenticity_threshold": (0, 1), "attempts": (1, MOST_ATTEMPTS), "expires_in": (SHORTEST, LONGEST),
}  # fmt: skip
TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class WrongOption(ValueError):
    """An option that is unknown or whose value does not fit; the message says which and how."""


@dataclass(frozen=True)
class Wanted:
    """What the words ask for."""

    name: str
    own_reference: str
    email: str
    options: Options
    expected: Expected


def read_options(words: Sequence[str]) -> Wanted:
    """Read the words; raises WrongOption."""
    person = dict.fromkeys(PERSON, "")
    expected: dict[str, str] = {}
    options: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise WrongOption(f"{word!r} is not KEY=VALUE.")
        if key in person:
            person[key] = value
        elif key in EXPECTED:
            expected[EXPECTED[key]] = _expected(key, value)
        else:
            options[key] = _option(key, value)
    return Wanted(**person, options=Options(**options), expected=Expected(**expected))


def _option(key: str, value: str) -> Any:
    default = {item.name: item.default for item in fields(Options)}.get(key)
    if default is None:
        known = ", ".join((*PERSON, *EXPECTED, *(item.name for item in fields(Options))))
        raise WrongOption(f"{key!r} is not an option. Known: {known}.")
    try:
        read = _converted(default, value)
    except ValueError:
        raise WrongOption(f"{key}={value!r} does not fit: {key} is of the kind {default!r}.") from None
    _check(key, value, read)
    return read


def _check(key: str, text: str, value: Any) -> None:
    """The same limits as the form's (the seed's create table); raises WrongOption."""
    if key in ALLOWED and not set(value if isinstance(value, tuple) else (value,)) <= set(ALLOWED[key]):
        raise WrongOption(f"{key}={text!r} does not fit: use {', '.join(ALLOWED[key])}.")
    if key in LIMITS and not LIMITS[key][0] <= value <= LIMITS[key][1]:
        raise WrongOption(f"{key}={text!r} does not fit: use {LIMITS[key][0]} to {LIMITS[key][1]}.")
    if key == "countries" and not all(country(part) == part for part in value):
        raise WrongOption(f"{key}={text!r} does not fit: use two-letter codes such as PT,CA.")


def _expected(key: str, value: str) -> str:
    if key == "expected_birth":
        try:
            date.fromisoformat(value)
        except ValueError:
            raise WrongOption(f"{key}={value!r} does not fit: use YYYY-MM-DD, such as 1990-01-31.") from None
    low, _, high = value.partition("-")
    if key == "expected_age" and not (low.isdigit() and high.isdigit() and int(low) <= int(high)):
        raise WrongOption(f"{key}={value!r} does not fit: use a range such as 18-99.")
    return value


def _converted(default: Any, value: str) -> Any:
    if isinstance(default, bool):
        if value.lower() not in TRUE + FALSE:
            raise ValueError
        return value.lower() in TRUE
    if isinstance(default, tuple):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return type(default)(value)
