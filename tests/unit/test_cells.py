"""What a file says of a value does not depend on what its column said before, nor on how many rows are made at a time."""

import csv
import io
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from webapp.exports import FORMATS
from webapp.exports.base import Column
from webapp.exports.formulas import disarmed
from webapp.queries.by_columns import ByColumns

COLUMNS = (
    Column("id", "id"), Column("person", foreign=True), Column("status"), Column("score", "number"), Column("at", "time"),
    Column("count", "whole"), Column("note", foreign=True),
)  # fmt: skip
WORDS = (
    "", "passed", "Anna Specimen", 'Anna "Ann" Specimen', "=1+1", "a;=1", "\ttab", "one\ntwo", "one\r\ntwo", "a\\b", "\x00",
    "a\x00b", "محمد", "𝒜nna", "\u2028", "'", '"', "},{", '"},{"id":', "0", "1", "1.0", "null",
)  # fmt: skip
NUMBERS = (0, 1, -1, 1.0, 0.0, -0.0, 0.43, 1e300, 12345678901234567890, True, False, None)
Row = tuple[Any, ...]


def rows(seed: int, *, varied: bool) -> list[Row]:
    """Rows of which a column says the same again and again, or nearly always something new."""
    chance = random.Random(seed)

    def word() -> str | None:
        text = chance.choice((*WORDS, None))
        return f"{text}{chance.random()}" if varied and text is not None and chance.random() < 0.9 else text

    numbers = NUMBERS if chance.random() < 0.5 else (*(chance.random() for _ in range(60)), None)
    return [
        (
            number,
            word(),
            chance.choice((*WORDS, *NUMBERS)),
            chance.choice(numbers),
            word(),
            chance.choice(NUMBERS[:3]),
            word(),
        )
        for number in range(chance.randrange(1, 90))
    ]


def pieces(made: list[Row], size: int) -> Iterator[list[Row]]:
    return (made[first : first + size] for first in range(0, len(made), size))


def read_csv(body: bytes) -> list[list[str]]:
    text = body.decode().replace("\0", "\ue000")  # which the reader of this Python does not take
    return [[cell.replace("\ue000", "\0") for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]


def in_csv(column: Column, value: Any) -> str:
    text = "" if value is None else str(value)
    return disarmed(text) if column.foreign else text


every_kind = pytest.mark.parametrize(("seed", "varied"), [(seed, seed % 2 == 0) for seed in range(60)])


@every_kind
def test_a_csv_file_says_each_value_and_nothing_else(seed: int, varied: bool) -> None:
    made = rows(seed, varied=varied)
    body = b"".join(FORMATS["csv"].write(COLUMNS, pieces(made, 7)))
    expected = [[in_csv(column, value) for column, value in zip(COLUMNS, row, strict=True)] for row in made]
    assert read_csv(body) == [[column.name for column in COLUMNS], *expected]


@every_kind
def test_numbers_stand_bare_in_csv_and_all_else_is_quoted(seed: int, varied: bool) -> None:
    made = rows(seed, varied=varied)
    body = b"".join(FORMATS["csv"].write(COLUMNS, pieces(made, 7)))
    theirs = io.StringIO(newline="")
    writer = csv.writer(theirs, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([column.name for column in COLUMNS])
    for row in made:
        cells = [
            disarmed(value) if column.foreign and value else value for column, value in zip(COLUMNS, row, strict=True)
        ]
        writer.writerow(cells)
    assert body.decode() == theirs.getvalue()


@every_kind
def test_json_lines_say_each_value_and_its_type(seed: int, varied: bool) -> None:
    made = rows(seed, varied=varied)
    lines = b"".join(FORMATS["jsonl"].write(COLUMNS, pieces(made, 7))).decode().split("\n")
    assert lines.pop() == ""
    names = [column.name for column in COLUMNS]
    expected = [dict(zip(names, row, strict=True)) for row in made]
    assert [repr(json.loads(line)) for line in lines] == [repr(row) for row in expected]  # 1, 1.0 and True are equal


@pytest.mark.parametrize("format", [name for name, format in FORMATS.items() if not format.whole])
@pytest.mark.parametrize("seed", range(6))
def test_a_file_is_the_same_whatever_the_chunks_and_however_they_are_kept(format: str, seed: int) -> None:
    made = [row for number in range(10) for row in rows(seed * 10 + number, varied=bool(number % 2))]
    whole = b"".join(FORMATS[format].write(COLUMNS, [made]))
    for size in (1, 2, 50):
        assert b"".join(FORMATS[format].write(COLUMNS, pieces(made, size))) == whole
    by_columns = (ByColumns(list(zip(*each, strict=True))) for each in pieces(made, 50))
    assert b"".join(FORMATS[format].write(COLUMNS, by_columns)) == whole
