"""What the rows of the comparison are made of; the rows themselves are in `person_rows` and `document_rows`."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.checks.normalise import as_text
from webapp.providers.base import Expected, Options

DAYS = 2
"""Days by which the vendor's derived figures may be off: time zones, and its retries over a day and a half."""
NO_DATE = "no date we can read"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One result and what was asked of it. `captured_on` is the day of capture, UTC."""

    expected: Expected
    options: Options
    person: dict[str, Any]
    captured_on: date

    def found(self, key: str) -> str:
        """A value of the person as text; empty if the document lacks it."""
        return as_text(self.person.get(key))

    def number(self, key: str) -> int | None:
        """A whole number of the person, or None."""
        value = self.person.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None
