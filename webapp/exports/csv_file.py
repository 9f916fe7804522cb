"""CSV (RFC 4180) as a stream: UTF-8, CR LF, text quoted and numbers bare, and no cell that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from webapp.exports.base import Column, Rows
from webapp.exports.formulas import SUSPECT, disarmed, may_hide_cells

BOM = b"\xef\xbb\xbf"


class _Lines(list[str]):
    """Takes what the csv writer writes."""

    def write(self, text: str) -> None:
        self.append(text)


def write_csv(columns: Sequence[Column], chunks: Iterable[Rows]) -> Iterator[bytes]:
    """The file in pieces, one for each chunk. Text is quoted, so that long numbers stay text where a program asks."""
    lines = _Lines()
    writer = csv.writer(lines, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    guarded = [place for place, column in enumerate(columns) if column.foreign]
    for rows in chunks:
        before = len(lines)
        writer.writerows(_guard(row, guarded) for row in rows)
        text = "".join(lines)
        if may_hide_cells(text, len(lines)):
            del lines[before:]
            writer.writerows(_disarm(row, guarded) for row in rows)
            text = "".join(lines)
        yield text.encode("utf-8", "replace")
        lines.clear()
    if lines:
        yield "".join(lines).encode()


def write_csv_for_excel(columns: Sequence[Column], chunks: Iterable[Rows]) -> Iterator[bytes]:
    """The same after a byte order mark: without it Excel takes UTF-8 for the local code page and garbles names.

    It is a format of its own because scripts would read the mark as part of the first column's name.
    """
    yield BOM
    yield from write_csv(columns, chunks)


def _guard(row: Sequence[Any], guarded: Sequence[int]) -> Sequence[Any]:
    """Most rows as they are: only one of which a cell has a suspect first letter is gone through."""
    for place in guarded:
        value = row[place]
        if value and value[0] in SUSPECT:
            return _disarm(row, guarded)
    return row


def _disarm(row: Sequence[Any], guarded: Sequence[int]) -> Sequence[Any]:
    return [disarmed(cell) if at in guarded and cell else cell for at, cell in enumerate(row)]
