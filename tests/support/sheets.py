"""Reads an XLSX file as a spreadsheet would: text is text, numbers are numbers, times come back as ISO 8601."""

import io
import re
import zipfile
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(content: bytes) -> list[list[list[Any]]]:
    """Every sheet's rows, heads first; a cell that is not there is empty text."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        times = _times(ElementTree.fromstring(book.read("xl/styles.xml")))
        return [_rows(ElementTree.fromstring(book.read(name)), times) for name in names]


def records(content: bytes) -> list[dict[str, Any]]:
    """The first sheet's rows by the names of its columns."""
    heads, *rows = sheets(content)[0]
    return [dict(zip(heads, row + [""] * (len(heads) - len(row)), strict=True)) for row in rows]


def _times(styles: ElementTree.Element) -> set[str]:
    """The styles that show a number as a time."""
    formats = {each.attrib["numFmtId"]: each.attrib["formatCode"] for each in styles.iter(f"{MAIN}numFmt")}
    shapes = styles.find(f"{MAIN}cellXfs")
    assert shapes is not None
    return {str(at) for at, shape in enumerate(shapes) if "yyyy" in formats.get(shape.attrib["numFmtId"], "")}


def _rows(sheet: ElementTree.Element, times: set[str]) -> list[list[Any]]:
    assert sheet.find(f".//{MAIN}f") is None, "a cell holds a formula"
    assert sheet.find(f".//{MAIN}hyperlink") is None, "a cell holds a link"
    rows = []
    for row in sheet.iter(f"{MAIN}row"):
        cells = {_column(cell): _value(cell, times) for cell in row}
        rows.append([cells.get(at, "") for at in range(max(cells, default=-1) + 1)])
    return rows


def _column(cell: ElementTree.Element) -> int:
    place = 0
    for letter in re.sub(r"\d", "", cell.attrib["r"]):
        place = place * 26 + ord(letter) - 64
    return place - 1


def _value(cell: ElementTree.Element, times: set[str]) -> Any:
    if cell.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
        return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
    number = float(cell.findtext(f"{MAIN}v") or "nan")
    if cell.get("s") in times:
        moment = datetime(1899, 12, 30) + timedelta(seconds=round(number * 86400))  # noqa: DTZ001 - a cell has no zone
        return moment.isoformat() + "Z"
    return int(number) if number.is_integer() else number
