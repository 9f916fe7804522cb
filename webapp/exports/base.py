"""What every export format is: a name for people, a media type, and a function from columns and rows to bytes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Rows = Collection[Sequence[Any]]


@dataclass(frozen=True)
class Column:
    """One column. `kind` is text, number, whole, time, or id: a number only by its looks. `foreign`: text from outside,
    which may be a formula.

    `mask` stands in its place for those who may not see personal data.
    """

    name: str
    kind: str = "text"
    foreign: bool = False
    mask: Callable[[str], str] | None = None


Write = Callable[[Sequence[Column], Iterable[Rows]], Iterator[bytes]]


@dataclass(frozen=True)
class Format:
    """One export format. `write` streams: it takes chunks of rows and gives the file's bytes piece by piece.

    `whole`: nothing is given before all was written, as the file's end says what its beginning holds.
    """

    label: str
    media_type: str
    write: Write
    headers: dict[str, str] = field(default_factory=dict)
    whole: bool = False
