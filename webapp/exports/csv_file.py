"""CSV (RFC 4180) as a stream: UTF-8, CR LF, text quoted and numbers bare, and no cell that a spreadsheet would run."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from webapp.exports.base import Column, Rows
from webapp.exports.cells import Cells, encoded
from webapp.exports.formulas import SUSPECT, disarmed
from webapp.queries.by_columns import columns_of

BOM = b"\xef\xbb\xbf"
END = b"\r\n"
_APART = "\0"
_NUMBERS = (int, float, Decimal)  # asked for each number: a union of types takes three times as long
_BEYOND_QUOTES = ';\t\r\n"'
"""What takes more than quotes around a text; without these a formula can only stand at its beginning."""


def write_csv(columns: Sequence[Column], chunks: Iterable[Rows]) -> Iterator[bytes]:
    """The file in pieces, one for each chunk. Text is quoted, so that long numbers stay text where a program asks."""
    makers = [_cells(column) for column in columns]
    lines = [",".join(_text(column.name) for column in columns).encode()]
    for rows in chunks:
        if rows:
            cells = [make(values) for make, values in zip(makers, columns_of(rows), strict=True)]
            lines += encoded(cells)
            yield END.join(lines) + END
            lines = []
    if lines:
        yield lines[0] + END


def write_csv_for_excel(columns: Sequence[Column], chunks: Iterable[Rows]) -> Iterator[bytes]:
    """The same after a byte order mark: without it Excel takes UTF-8 for the local code page and garbles names.

    It is a format of its own because scripts would read the mark as part of the first column's name.
    """
    yield BOM
    yield from write_csv(columns, chunks)


def _cells(column: Column) -> Cells:
    one = _foreign if column.foreign else _cell

    def many(values: Sequence[Any]) -> list[str]:
        try:
            together = _APART.join(values)
        except TypeError:
            values = ["" if value is None else value for value in values]  # both are an empty text
            together = _APART.join(values)
        if together.count(_APART) != len(values) - 1 or any(sign in together for sign in _BEYOND_QUOTES):
            return list(map(one, values))
        if column.foreign and not SUSPECT.isdisjoint([text[:1] for text in values]):
            return list(map(one, values))
        return _text(together).replace(_APART, '"\0"').split(_APART)

    return Cells(column, one, many)


def _foreign(value: Any) -> str:
    return _text(disarmed(value)) if value else _cell(value)


def _cell(value: Any) -> str:
    if value is None:
        return '""'
    return str(value) if isinstance(value, _NUMBERS) else _text(str(value))


def _text(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
