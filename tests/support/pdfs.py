"""Reads a PDF as a reader would: the text of each page, where it stands, its structure, and whatever in it could act."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject, StreamObject

_PAIR = re.compile(r"<([0-9A-F]{4})> <([0-9A-F]+)>")


@dataclass
class Said:
    """One piece of text as it is drawn: what it says, from where to where, in points; and whether it is content."""

    text: str
    x: float
    y: float
    end: float
    mark: int | None


class Pdf:
    """One file."""

    def __init__(self, content: bytes) -> None:
        self.reader = PdfReader(io.BytesIO(content), strict=True)
        self._said: dict[int, list[Said]] = {}

    @property
    def pages(self) -> list[str]:
        """The text of each page, in the order in which it is drawn, a line a piece."""
        return ["\n".join(said.text for said in self.said(page)) for page in self.reader.pages]

    @property
    def text(self) -> str:
        """The text of all pages, without where its lines end."""
        return "".join(self.pages).replace("\n", "")

    def said(self, page: PageObject) -> list[Said]:
        """Every piece of text of a page; fails where marked content is not closed."""
        number = page.page_number or 0
        if number not in self._said:
            self._said[number] = self._read(page)
        return self._said[number]

    def _read(self, page: PageObject) -> list[Said]:
        fonts = {name: _Font(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}  # type: ignore[index, union-attr]
        pieces, stack = [], []
        for operands, operator in ContentStream(page.get_contents(), self.reader).operations:
            match operator:
                case b"BDC" | b"BMC":
                    properties = operands[1] if operator == b"BDC" else {}
                    stack.append((properties.get("/MCID"), properties.get("/ActualText")))
                    if stack[-1][1] is not None:
                        pieces[-1].text += stack[-1][1]
                case b"EMC":
                    stack.pop()
                case b"Td":
                    mark = next((mark for mark, _ in reversed(stack) if mark is not None), None)
                    assert stack, "text is drawn that is neither content nor decoration"
                    pieces.append(Said("", float(operands[0]), float(operands[1]), float(operands[0]), mark))
                case b"Tf":
                    font, size = fonts[operands[0]], float(operands[1])
                case b"TJ":
                    replaced = any(actual is not None for _, actual in stack)
                    for part in operands[0]:
                        if isinstance(part, int | float):
                            pieces[-1].end -= float(part) * size / 1000
                        else:
                            codes = _codes(part)
                            pieces[-1].end += sum(font.widths[code] for code in codes) * size / 1000
                            pieces[-1].text += "" if replaced else "".join(font.text[code] for code in codes)
        assert not stack, "marked content is not closed"
        return pieces

    def actions(self) -> list[str]:
        """Everything that could run, open or fetch."""
        return [
            f"{key} in {kind}" for found in self._dictionaries() for kind in [found.get("/Type", "a dictionary")]
            for key in ("/JS", "/JavaScript", "/URI", "/OpenAction", "/AA", "/Launch", "/EmbeddedFiles", "/XFA", "/F")
            if key in found
        ]  # fmt: skip

    def _dictionaries(self) -> Iterator[DictionaryObject]:
        for number in range(1, int(self.reader.trailer["/Size"])):
            yield from _within(self.reader.get_object(IndirectObject(number, 0, self.reader)))

    def elements(self) -> list[tuple[str, list[str]]]:
        """The structure, from the top: the kind of each element, and the text of its own content."""
        root: Any = self.reader.trailer["/Root"]
        drawn = [{said.mark: "" for said in self.said(page)} for page in self.reader.pages]
        for page, texts in zip(self.reader.pages, drawn, strict=True):
            for said in self.said(page):
                texts[said.mark] += said.text
        places = {page.indirect_reference: texts for page, texts in zip(self.reader.pages, drawn, strict=True)}
        return list(_elements(root["/StructTreeRoot"]["/K"].get_object(), places))


class _Font:
    def __init__(self, font: Any) -> None:
        inner = font["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in inner["/FontDescriptor"], "a font is not in the file"
        self.widths = dict(enumerate(map(float, inner["/W"][1]), 1))
        said = font["/ToUnicode"].get_data().decode()
        self.text = dict.fromkeys(self.widths, "")
        self.text |= {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in _PAIR.findall(said)}
        assert len(inner["/CIDToGIDMap"].get_data()) == 2 * len(self.widths) + 2


def _codes(part: Any) -> list[int]:
    raw = getattr(part, "original_bytes", None) or bytes(part)
    return [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]


def _within(found: Any) -> Iterator[DictionaryObject]:
    if isinstance(found, DictionaryObject):
        yield found
        for each in found.values():
            if not isinstance(each, IndirectObject):
                yield from _within(each)
    elif isinstance(found, ArrayObject):
        for each in found:
            if not isinstance(each, IndirectObject):
                yield from _within(each)
    elif isinstance(found, StreamObject):
        yield from ()


def _elements(element: Any, places: dict[Any, dict[int | None, str]]) -> Iterator[tuple[str, list[str]]]:
    kids = [kid.get_object() for kid in element.get("/K", [])]
    own = [
        places[kid.raw_get("/Pg")][kid["/MCID"]]
        for kid in kids
        if kid.get("/Type") == "/MCR" and kid["/MCID"] in places[kid.raw_get("/Pg")]
    ]
    yield element["/S"], own
    for kid in kids:
        if kid.get("/Type") != "/MCR":
            yield from _elements(kid, places)
