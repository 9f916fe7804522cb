"""The files of the export formats, from rows to bytes."""

import csv
import io
import json
from typing import Any

import pytest

from tests.support.sheets import sheets
from webapp.exports import FORMATS
from webapp.exports.base import Column
from webapp.exports.columns import SESSIONS
from webapp.queries.session_export import CONTRACT

COLUMNS = (Column("id", "whole"), Column("person", foreign=True), Column("kind"), Column("score", "number"))


def written(name: str, *chunks: list[tuple[Any, ...]]) -> bytes:
    return b"".join(FORMATS[name].write(COLUMNS, chunks))


def test_csv_is_rfc_4180_with_text_quoted_and_numbers_bare() -> None:
    body = written("csv", [(1, 'Anna "Ann"\nSpecimen, Dr', "identity", 0.43), (2, "", "identity", None)])
    assert body == (
        b'"id","person","kind","score"\r\n'
        b'1,"Anna ""Ann""\nSpecimen, Dr","identity",0.43\r\n'
        b'2,"","identity",""\r\n'
    )  # fmt: skip


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(start: str) -> None:
    rows = list(
        csv.reader(io.StringIO(written("csv", [(1, start + "cmd|' /C calc'!A0", "x", 1.0)]).decode(), newline=""))
    )
    assert rows[1][1] == "'" + start + "cmd|' /C calc'!A0"


def test_words_that_are_no_formula_stay_as_they_are() -> None:
    rows = list(csv.reader(io.StringIO(written("csv", [(-1, "O'Brien-Smith", "a=b", -0.5)]).decode(), newline="")))
    assert rows[1] == ["-1", "O'Brien-Smith", "a=b", "-0.5"]


def test_the_excel_file_alone_begins_with_a_byte_order_mark() -> None:
    rows = [(1, "Σίσυφος", "x", 1.0)]
    assert written("excel.csv", rows) == b"\xef\xbb\xbf" + written("csv", rows)


def test_json_lines_are_typed_and_keep_every_script() -> None:
    body = written("jsonl", [(1, "محمد \u2028=1", "identity", None)], [(2, "Σ", "identity", 0.5)])
    lines = [json.loads(line) for line in body.decode().split("\n")[:-1]]
    assert lines == [
        {"id": 1, "person": "محمد \u2028=1", "kind": "identity", "score": None},
        {"id": 2, "person": "Σ", "kind": "identity", "score": 0.5},
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_export_is_still_a_whole_file(name: str) -> None:
    body = written(name)
    if name == "xlsx":
        assert sheets(body) == [[["id", "person", "kind", "score"]]]
        return
    assert body.decode("utf-8-sig") == ('"id","person","kind","score"\r\n' if name.endswith("csv") else "")


@pytest.mark.parametrize("name", FORMATS)
def test_text_that_utf_8_cannot_hold_does_not_break_the_file(name: str) -> None:
    body = written(name, [(1, "lone \ud800", "x", 1.0)])
    assert (sheets(body)[0][1][1] == "lone ?") if name == "xlsx" else (b"?" in body)


def test_every_format_gives_the_file_piece_by_piece_unless_it_must_be_whole_first() -> None:
    for name, format in FORMATS.items():
        if format.whole:
            continue
        drawn: list[int] = []

        def chunks(drawn: list[int] = drawn) -> Any:
            for number in range(3):
                drawn.append(number)
                yield [(number, "x", "x", 1.0)]

        pieces = format.write(COLUMNS, chunks())
        next(pieces)
        assert len(drawn) <= 1, f"{name} read everything before it gave anything"


def test_column_names_are_distinct_and_the_contract_keeps_its_own() -> None:
    names = [column.name for column in SESSIONS]
    assert len(set(names)) == len(names)
    assert CONTRACT == (
        "id", "reference", "provider", "kind", "status", "capture", "outcome", "review", "decision", "customid",
        "deliveries", "created_at", "finished_at",
    )  # fmt: skip
