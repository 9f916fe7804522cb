"""Lists as files: every row of a page's filter, as whoever asked may see it; asking for one is in `actions.exports`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from werkzeug.datastructures import MultiDict

from webapp.actions.export_making import Making
from webapp.exports import FORMATS
from webapp.exports.base import Column, Rows
from webapp.exports.columns import SESSIONS
from webapp.exports.masked import masked
from webapp.forms.sessions import SessionFilterForm
from webapp.queries import session_export


@dataclass(frozen=True)
class ListOf:
    """One list: its columns by profile, and its rows."""

    profiles: dict[str, tuple[Column, ...]]
    chunks: Callable[[Making, Sequence[Column]], Iterable[Rows]]


def filter_of(making: Making) -> MultiDict[str, str]:
    """The filter as its page's form reads it."""
    return MultiDict((name, value) for name, value in making.export.filter)


def _sessions(making: Making, columns: Sequence[Column]) -> Iterable[Rows]:
    wanted = SessionFilterForm.read(filter_of(making), references_only=not making.sight.personal).filter
    return session_export.chunks(making.database, wanted, [column.name for column in columns])


LISTS = {"sessions": ListOf({"": SESSIONS}, _sessions)}


def make_list(making: Making, file: IO[bytes]) -> None:
    """Write the list, with its heads even where the filter shows nothing."""
    found = LISTS[making.export.kind]
    columns = found.profiles[making.export.profile]
    rows = _told(making, masked(columns, found.chunks(making, columns), making.sight))
    for piece in FORMATS[making.export.format].write(columns, rows):
        file.write(piece)


def _told(making: Making, chunks: Iterable[Rows]) -> Iterator[Rows]:
    done = 0
    for rows in chunks:
        yield rows
        done += len(rows)
        making.progress(done)
