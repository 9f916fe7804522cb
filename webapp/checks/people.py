"""Who a result is about: the name and the day of birth under which a person is known again."""

from collections.abc import Mapping
from datetime import date

from webapp.checks.normalise import as_text


def name_of(person: Mapping[str, object]) -> str:
    """The name on the document: in full, else first and last; empty if it has none."""
    full = as_text(person.get("full_name"))
    return full or " ".join(part for part in (as_text(person.get(key)) for key in ("first_name", "last_name")) if part)


def names_of(person: Mapping[str, object]) -> tuple[str, ...]:
    """The ways in which somebody may have typed this name: in full, and without middle names."""
    short = " ".join(part for part in (as_text(person.get(key)) for key in ("first_name", "last_name")) if part)
    return tuple(dict.fromkeys(name for name in (name_of(person), short) if name))


def birth_of(person: Mapping[str, object]) -> str:
    """The day of birth as ISO `YYYY-MM-DD`; empty when there is none or it is no date."""
    text = as_text(person.get("birth"))
    try:
        return date.fromisoformat(text).isoformat() if len(text) == len("2000-01-01") else ""
    except ValueError:
        return ""
