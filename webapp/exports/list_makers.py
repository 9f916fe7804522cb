"""Makes the file of a list: every row of a page's filter, as whoever asked may see it."""

from collections.abc import Callable, Iterator
from typing import IO, Any

from werkzeug.datastructures import MultiDict

from webapp.actions.export_making import Making, told
from webapp.exports import FORMATS
from webapp.exports.lists import ALL_ROWS, LISTS
from webapp.exports.masked import masked
from webapp.later import later

OTHERWISE = {("audit", "jsonl"): later("webapp.exports.audit_proved:proved")}
"""Lists that are written in a way of their own in one format."""


def make_list(making: Making, file: IO[bytes]) -> None:
    """Write the list, with its heads even where the filter shows nothing."""
    export, found = making.export, LISTS[making.export.kind]
    with making.database.reading() as db:
        wanted = found.read(db, MultiDict((name, value) for name, value in export.filter), making.sight)
        making.progress(0, found.count(db, wanted, ALL_ROWS))
    pieces: Callable[[Making, Any], Iterator[bytes]] = OTHERWISE.get((export.kind, export.format), _pieces)
    for piece in pieces(making, wanted):
        file.write(piece)


def _pieces(making: Making, wanted: Any) -> Iterator[bytes]:
    export, found = making.export, LISTS[making.export.kind]
    columns = found.profiles[export.profile].columns
    rows = found.chunks(making, wanted, [column.name for column in columns])
    return FORMATS[export.format].write(columns, told(making, masked(columns, rows, making.sight)))
