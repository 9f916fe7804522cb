"""Job 5, the files themselves: XLSX beside XlsxWriter's own cell by cell, CSV, and pages of a report, one after the other."""

import argparse
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import xlsxwriter
from pypdf import PdfReader

from tests.bench.report import emit, short
from tests.support.records import sample, saying
from webapp.exports import FORMATS
from webapp.exports.columns import SESSIONS
from webapp.exports.pdf_report import session_report

CHUNK = 2500
PAGES_A_SECOND = 30.0


def main() -> None:
    """Write the same rows in turns, and reports of some length; print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    writers: dict[str, Callable[[], object]] = {
        "xlsx": lambda: [len(piece) for piece in FORMATS["xlsx"].write(SESSIONS, chunks(wanted.rows))],
        "csv": lambda: [len(piece) for piece in FORMATS["csv"].write(SESSIONS, chunks(wanted.rows))],
        "xlsxwriter": lambda: plain(wanted.rows),
    }
    rates: dict[str, list[float]] = {name: [] for name in (*writers, "pages")}
    for number in range(wanted.rounds):
        for name, write in writers.items():
            rates[name].append(wanted.rows / seconds(write))
        rates["pages"].append(pages(number))
    middle = {name: sorted(each)[len(each) // 2] for name, each in rates.items()}
    ratio = middle["xlsx"] / middle["xlsxwriter"]
    emit(
        "exports", unit="a CPU second", xlsx_rows=short(middle["xlsx"]), xlsxwriter_rows=short(middle["xlsxwriter"]),
        ratio=short(ratio), csv_rows=short(middle["csv"]), pdf_pages=short(middle["pages"]),
        goal=f"XLSX >= 1x XlsxWriter, PDF >= {PAGES_A_SECOND:.0f} pages", met=ratio >= 1 and middle["pages"] >= PAGES_A_SECOND,
    )  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """How long it keeps the processor, whatever else the machine does."""
    start = time.process_time()
    work()
    return time.process_time() - start


def chunks(rows: int) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of the sessions list."""
    for first in range(0, rows, CHUNK):
        yield [row(number) for number in range(first, min(first + CHUNK, rows))]


def row(number: int) -> tuple[Any, ...]:
    """One row, different from the others as far as rows are."""
    values = {
        "id": number, "whole": number % 4, "number": 0.43, "time": f"2026-11-{1 + number % 28:02d}T14:35:10Z",
        "text": f"Sample {number % 977}",
    }  # fmt: skip
    return tuple(values[column.kind] for column in SESSIONS)


def plain(rows: int) -> None:
    """As users of XlsxWriter write it."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(io.BytesIO(), options) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [column.name for column in SESSIONS])
        for place, cells in enumerate((cells for chunk in chunks(rows) for cells in chunk), 1):
            sheet.write_row(place, 0, cells)


def pages(number: int) -> float:
    """Pages a second of a common report and of one of long texts, no text of which was drawn before."""
    made: list[bytes] = []
    word = f"Something that was said at length in round {number}, "

    def work() -> None:
        made.append(session_report(replace(sample(), session_id=number, name=f"Maria Sample {number}")))
        made.append(session_report(saying(word * 12)))

    spent = seconds(work)
    return sum(len(PdfReader(io.BytesIO(file)).pages) for file in made) / spent


if __name__ == "__main__":
    main()
