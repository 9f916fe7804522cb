"""A thousand hostile names in every list, asked for by page, made, downloaded and read: nothing runs, nothing is lost."""

import csv
import io
import re
import zipfile
from typing import Any

import pytest

from tests.support.export_files import exported_file, rows_of
from tests.support.hostile import fill, is_run
from tests.support.names import hostile_thousand
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.db import Database
from webapp.exports import FORMATS

NAMES = hostile_thousand()
COLUMNS: dict[str, dict[str, int]] = {
    "sessions": {
        "person": 200, "own_reference": 100, "code": 64, "code_text": 99_999, "decided_by": 99_999, "document_type": 99_999,
        "issuer": 99_999,
    },
    "links": {"person": 200, "own_reference": 100, "label": 200, "error_code": 99_999, "created_by": 99_999},
    "deliveries": {"person": 200, "own_reference": 100, "reason": 99_999},
    "matches": {"person": 200, "own_reference": 100, "entry_name": 500, "database": 99_999, "decided_by": 99_999},
    "decisions": {"person": 200, "own_reference": 100, "by": 99_999, "note": 99_999},
}  # fmt: skip
"""The columns of each list that hold a name from outside, and how much of it."""


def test_there_are_a_thousand_names_and_most_of_them_are_hostile() -> None:
    assert len(NAMES) == 1000
    assert sum(is_run(name) for name in NAMES) > 150
    assert sum("<script>" in name for name in NAMES) >= 20
    assert max(len(name) for name in NAMES) > 1000


@pytest.mark.parametrize("format", FORMATS)
def test_a_thousand_hostile_names_run_nowhere_and_lose_no_letter(
    format: str, rachel: PageClient, database: Database, worker: TestWorker
) -> None:
    fill(database, NAMES)
    for kind, columns in COLUMNS.items():
        file = exported_file(rachel, worker, f"/exports/new?list={kind}", format=format)
        rows = sorted(rows_of(format, file), key=lambda row: int(row["id"]))
        assert len(rows) == len(NAMES)
        for name, row in zip(NAMES, rows, strict=True):
            for column, most in columns.items():
                assert same(format, row[column], read(column, name)[:most]), (kind, column, row[column])
        assert run_by_a_spreadsheet(format, file) == []


def run_by_a_spreadsheet(format: str, file: bytes) -> list[str]:
    """What a spreadsheet would run: of a CSV file whichever separator it takes for the one between cells."""
    if format == "xlsx":
        with zipfile.ZipFile(io.BytesIO(file)) as book:
            written = "".join([*book.namelist(), *(book.read(part).decode() for part in book.namelist())])
        return re.findall("<f[ >/]|<script|ddeLink|hyperlink|external|macro|vba|embeddings|connections", written)
    found = []
    for separator in ",;\t" if format.endswith("csv") else "":
        lines = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=separator)
        found += [cell for row in lines for cell in row if is_run(cell)]
    return found


def read(column: str, name: str) -> str:
    """The name as its column has it: the name of a list's entry is one line."""
    return " ".join(name.split()) if column == "entry_name" else name


def same(format: str, cell: Any, name: str) -> bool:
    """Whether the cell has the whole name: as it is, or in CSV with nothing more than apostrophes that disarm it."""
    if format.endswith("csv"):
        return (
            bool(cell == name)
            if cell[:1] != "'" and "'" not in cell
            else cell.replace("'", "") == name.replace("'", "")
        )
    return bool(cell == name)
