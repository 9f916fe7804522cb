"""XLSX: what a spreadsheet must not run, round or reformat, and what it must count as a number or a time."""

import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.sheets import records, sheets
from webapp.exports.base import Column
from webapp.exports.columns import SESSIONS
from webapp.exports.formulas import FORMULA
from webapp.exports.xlsx_cells import LONGEST
from webapp.exports.xlsx_file import write_xlsx

TEXT = (Column("value", foreign=True),)


def one(value: Any, kind: str = "text") -> Any:
    """The value as a spreadsheet reads it back."""
    return records(b"".join(write_xlsx((Column("value", kind),), [[(value,)]])))[0]["value"]


@pytest.mark.parametrize("start", [*FORMULA, "{=", "http://", "mailto:", "file:///"])
def test_nothing_in_a_cell_is_run_or_followed(start: str) -> None:
    hostile = start + "cmd|' /C calc'!A0"
    assert one(hostile) == hostile  # the reader refuses formulas and links


@pytest.mark.parametrize(
    "value",
    [
        "00123", "12345678901234567890", "1E5", "2026-11-01", "TRUE", " spaces ", "two\nlines", "a\rb", "\x00\x07", "<t>&amp;]]>",
        "_x0041_", "محمد \u202e", "李明", "😀", "'quoted",
    ],
)  # fmt: skip
def test_text_comes_back_as_it_was(value: str) -> None:
    assert one(value) == value


def test_numbers_and_times_are_counted_and_ids_are_not() -> None:
    assert (one(0.43, "number"), one(-3, "whole"), one(0, "whole"), one(7, "id")) == (0.43, -3, 0, "7")
    assert one("2026-11-21T14:31:07Z", "time") == "2026-11-21T14:31:07Z"


@pytest.mark.parametrize(
    ("value", "kind"), [(float("inf"), "number"), ("soon", "time"), ("1850-01-01T00:00:00Z", "time"), (10**18, "whole")]
)
def test_what_a_spreadsheet_cannot_count_stays_text(value: Any, kind: str) -> None:
    assert one(value, kind) == str(value)


@pytest.mark.parametrize("letter", ["x", "😀"])
def test_a_text_longer_than_a_cell_is_cut_and_says_so(letter: str) -> None:
    cell = one(letter * 40_000)
    assert cell.endswith("(cut: longer than a cell can hold)")
    assert LONGEST - 1 <= len(cell.encode("utf-16-le")) / 2 <= LONGEST
    assert one("x" * LONGEST) == "x" * LONGEST


def test_rows_that_no_sheet_has_place_for_begin_another_with_its_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.exports.xlsx_file.ROWS_OF_A_SHEET", 3)
    chunks = [[(str(number),) for number in part] for part in (range(2), range(2, 5), range(5, 6))]
    assert sheets(b"".join(write_xlsx(TEXT, chunks))) == [
        [["value"], ["0"], ["1"], ["2"]],
        [["value"], ["3"], ["4"], ["5"]],
    ]


def test_the_heads_stay_in_view_and_columns_are_as_wide_as_their_heads() -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(write_xlsx(SESSIONS, [])))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="1"' in sheet and 'state="frozen"' in sheet
    assert sheet.count("<col ") >= len({column.kind for column in SESSIONS})
    assert "numberStoredAsText" in sheet


def test_a_file_that_fails_on_the_way_gives_no_byte_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def chunks() -> Iterator[list[tuple[str]]]:
        yield [("Anna",)] * 3000
        raise OSError("the database went away")

    given: list[bytes] = []
    with pytest.raises(OSError, match="went away"):
        given.extend(write_xlsx(TEXT, chunks()))
    assert given == []
    assert list(tmp_path.iterdir()) == []
