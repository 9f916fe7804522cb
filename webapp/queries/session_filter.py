"""What a list of sessions is narrowed to, and where in the list one stands; plain values, no SQL and no URL parsing."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Position:
    """A place in a list that is ordered by (created_at, id); its text is the cursor in the URL."""

    created_at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}~{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Position | None":
        """The position a cursor names, or None when it is no cursor of ours."""
        moment, _, number = text.partition("~")
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            return None
        try:
            created_at = datetime.strptime(moment + "+0000", "%Y-%m-%dT%H:%M:%S.%f%z")
        except ValueError:
            return None
        return cls(created_at=created_at, id=int(number))


@dataclass(frozen=True, kw_only=True)
class SessionFilter:
    """Every part narrows; within `statuses`, `outcomes`, `matters` any word fits. Days are UTC, both included."""

    q: str = ""
    references_only: bool = False
    """`q` is a whole reference, the team's or the vendor's: for who may not find people by their names."""
    statuses: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    created_from: date | None = None
    created_to: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it shows everything."""
        return not self.params()

    def without(self, part: str, word: str = "") -> "SessionFilter":
        """The same filter with one part taken away, or only one of its words."""
        default = next(field.default for field in fields(self) if field.name == part)
        left: Any = tuple(each for each in getattr(self, part) if each != word) if word else default
        return replace(self, **{part: left})

    def params(self) -> list[tuple[str, str]]:
        """The filter as URL parameters; parsing them gives the filter back."""
        days = (("created_from", self.created_from), ("created_to", self.created_to))
        return [
            *([("q", self.q)] if self.q else []),
            *(("status", word) for word in self.statuses),
            *(("outcome", word) for word in self.outcomes),
            *(("matter", word) for word in self.matters),
            *((name, day.isoformat()) for name, day in days if day),
        ]
