"""JSON lines as a stream: one object a row, typed (numbers are numbers, what is not there is null), UTF-8."""

import json
from collections.abc import Iterable, Iterator, Sequence

from webapp.exports.base import Column, Rows

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def write_jsonl(columns: Sequence[Column], chunks: Iterable[Rows]) -> Iterator[bytes]:
    """The file in pieces, one for each chunk."""
    names = [column.name for column in columns]
    for rows in chunks:
        text = "\n".join([_encode(dict(zip(names, row, strict=True))) for row in rows])
        yield (text + "\n").encode("utf-8", "replace") if rows else b""
