"""JSON lines as a stream: one object a row, typed (numbers are numbers, what is not there is null), UTF-8."""

import json
from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring
from typing import Any

from webapp.exports.base import Column, Rows
from webapp.exports.cells import Cells, encoded
from webapp.queries.by_columns import columns_of

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def write_jsonl(columns: Sequence[Column], chunks: Iterable[Rows]) -> Iterator[bytes]:
    """The file in pieces, one for each chunk."""
    makers = [_cells(column) for column in columns]
    for rows in chunks:
        if rows:
            cells = [make(values) for make, values in zip(makers, columns_of(rows), strict=True)]
            yield b"{%b}\n" % b"}\n{".join(encoded(cells))


def _cells(column: Column) -> Cells:
    """Cells with their names before them."""
    name = f"{_encode(column.name)}:"
    nothing = f"{name}null"

    def many(values: Sequence[Any]) -> list[str]:
        return [nothing if value is None else name + encode_basestring(value) for value in values]

    return Cells(column, lambda value: name + _encode(value), many)
