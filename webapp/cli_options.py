"""Reading `--option KEY=VALUE` of `flask links create`: the same options as the form, as words."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from webapp.providers.base import Expected, Options

PERSON = ("name", "own_reference", "email")
EXPECTED = {f"expected_{item.name}": item.name for item in fields(Expected)}
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
            expected[EXPECTED[key]] = value
        else:
            options[key] = _option(key, value)
    return Wanted(**person, options=Options(**options), expected=Expected(**expected))


def _option(key: str, value: str) -> Any:
    default = {item.name: item.default for item in fields(Options)}.get(key)
    if default is None:
        known = ", ".join((*PERSON, *EXPECTED, *(item.name for item in fields(Options))))
        raise WrongOption(f"{key!r} is not an option. Known: {known}.")
    try:
        return _converted(default, value)
    except ValueError:
        raise WrongOption(f"{key}={value!r} does not fit: {key} is of the kind {default!r}.") from None


def _converted(default: Any, value: str) -> Any:
    if isinstance(default, bool):
        if value.lower() not in TRUE + FALSE:
            raise ValueError
        return value.lower() in TRUE
    if isinstance(default, tuple):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return type(default)(value)
