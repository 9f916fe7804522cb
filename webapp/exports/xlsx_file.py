"""XLSX: every value text, or a true number or time where the column says so; no cell is ever a formula or a link.

XlsxWriter makes the workbook, with its heads, widths and styles; the rows are written here, several times as fast as cell by
cell. The file waits on disk, so that memory stays flat, and nothing is given before the whole of it is there.
"""

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from webapp.exports.base import Column, Rows
from webapp.exports.xlsx_cells import number_cell, text_cell, time_cell

PIECE = 256 * 1024
ROWS_OF_A_SHEET = 1_048_575
"""Under the heads; what comes after begins another sheet."""
WIDTHS = {"id": 10, "whole": 11, "number": 11, "time": 19, "text": 18}
"""In characters, by kind; a longer heading widens its column."""
CELLS: dict[str, Callable[[Any], str]] = {"whole": number_cell, "number": number_cell, "time": time_cell}
END = "</sheetData>"

Row = Sequence[Any]


def write_xlsx(columns: Sequence[Column], chunks: Iterable[Rows]) -> Iterator[bytes]:
    """The file in pieces of 256 KB, after all of it was written: what fails before gives nothing."""
    with tempfile.TemporaryFile(prefix="vouchdesk-") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=2) as archive:
            sheets = _rows(archive, columns, chunks)
            _rest(archive, columns, sheets)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _rows(archive: zipfile.ZipFile, columns: Sequence[Column], chunks: Iterable[Rows]) -> int:
    """Write every sheet; their number. There is one at least, with its heads."""
    before, after = _around(columns)
    cells = [(f'<c r="{xl_col_to_name(at)}', CELLS.get(column.kind, text_cell)) for at, column in enumerate(columns)]
    rows, sheets = chain.from_iterable(chunks), 0
    first = next(rows, None)
    while first is not None or not sheets:
        sheets += 1
        with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as out:
            out.write((before if sheets == 1 else before.replace(' tabSelected="1"', "")).encode())
            first = _sheet(out, cells, chain(() if first is None else (first,), rows))
            out.write(after.encode())
    return sheets


def _sheet(out: IO[bytes], cells: Sequence[tuple[str, Callable[[Any], str]]], rows: Iterable[Row]) -> Row | None:
    """Write rows until the sheet is full; the first row of the next, if there is one."""
    lines: list[str] = []
    for place, row in enumerate(rows, 2):
        if place > ROWS_OF_A_SHEET + 1:
            out.write("".join(lines).encode())
            return row
        lines.append(
            f'<row r="{place}">'
            + "".join([
                f'{start}{place}"{cell(value)}'
                for (start, cell), value in zip(cells, row, strict=True) if value is not None and value != ""
            ])
            + "</row>"
        )  # fmt: skip
        if len(lines) == 500:
            out.write("".join(lines).encode())
            lines.clear()
    out.write("".join(lines).encode())
    return None


def _around(columns: Sequence[Column]) -> tuple[str, str]:
    """A sheet's XML before its rows, heads included, and after them."""
    with zipfile.ZipFile(_book(columns, 1)) as book:
        before, after = book.read("xl/worksheets/sheet1.xml").decode().split(END)
    start, _, rest = before.partition("<dimension ")  # it would tell of the heads alone
    return start + rest.partition("/>")[2], END + after


def _rest(archive: zipfile.ZipFile, columns: Sequence[Column], sheets: int) -> None:
    """Everything but the sheets: styles, relations, properties."""
    with zipfile.ZipFile(_book(columns, sheets)) as book:
        for name in book.namelist():
            if not name.startswith("xl/worksheets/"):
                archive.writestr(name, book.read(name))


def _book(columns: Sequence[Column], sheets: int) -> io.BytesIO:
    """A workbook of heads without rows. In constant memory its text stands in the cells, as ours does."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        time, head = (
            book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            book.add_format({"bold": True, "bottom": 1}),
        )
        for _ in range(sheets):
            sheet = book.add_worksheet()
            sheet.freeze_panes(1, 0)
            sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # long numbers are text on purpose
            for at, column in enumerate(columns):
                shape = time if column.kind == "time" else None
                sheet.set_column(at, at, max(WIDTHS[column.kind], len(column.name) + 2), shape)
            sheet.write_row(0, 0, [column.name for column in columns], head)
    file.seek(0)
    return file
