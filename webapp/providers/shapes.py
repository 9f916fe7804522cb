"""Values of uncertain type from a vendor, read tolerantly, with a note of each that is not what it should be."""

from dataclasses import dataclass, field
from typing import Any

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

MAX_SENTENCES = 50
LONGEST_ADDRESS = 2000


@dataclass
class Notes:
    """What is wrong with one body, as sentences for the officer.

    `verdict` holds what makes the vendor's verdict itself unbelievable: one of those and the result is `error`. `data`
    holds what is odd or contradictory beside the verdict: the result stands, and a person looks.
    """

    verdict: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them, the grave ones first, each once, and no more than a person would read."""
        every = tuple(dict.fromkeys(self.verdict + self.data))
        left_out = len(every) - MAX_SENTENCES
        return every if left_out <= 0 else (*every[:MAX_SENTENCES], f"There are {left_out} more of this kind.")


def is_absent(value: Any) -> bool:
    """Whether the vendor said nothing: null, empty text, or `[]`, which is how PHP writes an empty map."""
    return value is None or value in ("", [], {})


def text_of(value: Any) -> str:
    """The value as one trimmed text; empty for what is neither text nor number."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def texts_of(value: Any) -> list[str]:
    """The value as a list of texts: one text becomes a list of one, what is no text is left out."""
    items = value if isinstance(value, list) else [value]
    return [text for text in map(text_of, items) if text]


def integer_of(value: Any) -> int | None:
    """The whole number a number or a text of digits stands for, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
        return int(number) if number.is_integer() and abs(number) < 2**53 else None
    except ValueError:
        return None


def object_of(body: dict[str, Any], key: str, wrong: list[str]) -> dict[str, Any]:
    """The object under `key`; empty when absent, and empty with a note in `wrong` when it is something else."""
    value = body.get(key)
    if isinstance(value, dict):
        return value
    if not is_absent(value):
        wrong.append(f"“{key}” in the result is not a list of named values, so it cannot be read.")
    return {}


def score_of(value: Any, what: str, wrong: list[str]) -> float | None:
    """A score from 0 to 1, given as number or text; anything else is None with a note in `wrong`."""
    if is_absent(value):
        return None
    try:
        score = -1.0 if isinstance(value, bool | list | dict) else float(value)
    except ValueError:
        score = -1.0
    if 0 <= score <= 1:
        return score
    wrong.append(f"The {what} is “{shown(value)}”, which is not a number from 0 to 1.")
    return None


def shown(value: Any) -> str:
    """A value as it may stand in a sentence: short, without line breaks, true and false spelled as in JSON."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


def is_web_address(url: str) -> bool:
    """Whether people can be sent there: http or https, with a host, without spaces and control characters."""
    if len(url) > LONGEST_ADDRESS or not url.isprintable() or " " in url:
        return False
    try:
        parts = parse_url(url)
    except LocationParseError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.host)
