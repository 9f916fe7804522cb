"""Pages of A4 with a place where the next thing goes: text, rules, boxes, marks, pictures; each page says whose it is."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from webapp.exports.pdf.embed import Embedded
from webapp.exports.pdf.lines import Line, broken, shortened
from webapp.exports.pdf.marks import draw_mark
from webapp.exports.pdf.tags import Tags

WIDTH, HEIGHT = 595.28, 841.89
LEFT, RIGHT, TOP, BOTTOM = 48.0, WIDTH - 48.0, HEIGHT - 64.0, 62.0
ROOM = RIGHT - LEFT
MOST_PIXELS = 40_000_000
"""A larger picture is none that the console made for the eye."""
INK, SECOND, THIRD = "#1a1b1f", "#54565f", "#696b75"
LINE, LINE_2, SUNKEN = "#e7e7ea", "#cfd0d6", "#f7f7f8"
TONES = {"ok": "#146c3c", "warn": "#855000", "bad": "#b3261e", "alt": "#6739b2", "none": THIRD, "": INK}
TINTS = {"ok": "#e9f5ee", "warn": "#fdf2dd", "bad": "#fdeeec", "alt": "#f3eefb", "none": SUNKEN, "": SUNKEN}


@dataclass(frozen=True)
class Words:
    """Some text in one look. `mark`: a sign before it, always beside words."""

    text: str
    style: str = "regular"
    size: float = 8.5
    color: str = INK
    mark: str = ""

    @property
    def leading(self) -> float:
        """From one line to the next, in points."""
        return self.size * 1.42

    def lines(self, width: float) -> tuple[Line, ...]:
        """The lines in a width, the mark's place left free."""
        return broken(self.text, style=self.style, size=self.size, width=width - self.indent)

    @property
    def indent(self) -> float:
        """The place of the mark."""
        return self.size * 1.45 if self.mark else 0.0


class Sheet:
    """A document being drawn from top to bottom. `y` is where the next thing goes."""

    def __init__(self, *, title: str, language: str, head: tuple[str, str], foot: str) -> None:
        self._file = io.BytesIO()
        self._canvas = Canvas(
            self._file, pagesize=(WIDTH, HEIGHT), pageCompression=1, lang=language, pdfVersion=(1, 7)
        )  # fmt: skip
        self._canvas._preamble = ""  # it would name a font that is not in the file
        self._canvas.setTitle(title)
        self._canvas.setSubject(" \u00b7 ".join(head))
        self._canvas.setAuthor("Vouchdesk")
        self._canvas.setCreator("Vouchdesk")
        self._canvas.setProducer("Vouchdesk")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._head, self._foot = head, foot
        self._fonts = Embedded()
        self.tags = Tags()
        self.pages = 0
        self._begin()

    @property
    def code(self) -> list[str]:
        """The operators of the page."""
        code: list[str] = self._canvas._code
        return code

    def _begin(self) -> None:
        self.tags.page()
        self.pages += 1
        self.y = TOP
        self.code.append("BT ET")  # a page without anything would be dropped

    def next_page(self) -> None:
        """Go on with another page."""
        self._canvas.showPage()
        self._begin()

    def need(self, height: float) -> bool:
        """Another page, if there is less room than that; whether it was needed."""
        if self.y - height >= BOTTOM or self.y == TOP:
            return False
        self.next_page()
        return True

    def text(self, words: Words, *, x: float = LEFT, width: float = ROOM, kind: str = "P", after: float = 0.0) -> None:
        """A paragraph, going on over pages."""
        with self.tags.node(kind):
            lines = list(words.lines(width))
            while lines:
                self.need(words.leading)
                fits = max(1, int((self.y - BOTTOM) / words.leading))
                with self.tags.mark(self.code):
                    self.y = self.draw(words, lines[:fits], x, self.y)
                del lines[:fits]
        self.y -= after

    def draw(
        self, words: Words, lines: Sequence[Line], x: float, y: float, *, first: bool = True, end: float = 0.0
    ) -> float:
        """Lines from a place downward; where they end. `end`: the right edge, for figures that line up there."""
        if words.mark and first:
            draw_mark(self.code, words.mark, x, y - words.leading * 0.72, words.size, TONES.get(words.mark, THIRD))
        ink = color_of(words.color)
        for line in lines:
            y -= words.leading
            left = end - line.width if end else x + words.indent
            base = y + words.leading * 0.28
            drawn = self._fonts.draw(line, words.size, bold=words.style == "bold")
            self.code.append(f"BT {ink} rg {ink} RG {left:.2f} {base:.2f} Td {drawn} ET")
        return y

    @contextmanager
    def cell(self, kind: str) -> Iterator[None]:
        """An element of this kind, drawn on this page alone."""
        with self.tags.node(kind), self.tags.mark(self.code):
            yield

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is drawn within is decoration: nothing to be read out."""
        self.code.append("/Artifact BMC")
        try:
            yield
        finally:
            self.code.append("EMC")

    def rule(self, y: float, *, x: float = LEFT, end: float = RIGHT, color: str = LINE, width: float = 0.6) -> None:
        """A horizontal line."""
        with self.aside():
            self.code.append(f"{color_of(color)} RG {width} w {x:.2f} {y:.2f} m {end:.2f} {y:.2f} l S")

    def box(self, x: float, y: float, width: float, height: float, *, fill: str = "", edge: str = "") -> None:
        """A rectangle from its lower left corner."""
        with self.aside():
            paint = "B" if fill and edge else "f" if fill else "S"
            colors = (f"{color_of(fill)} rg " if fill else "") + (f"{color_of(edge)} RG 0.6 w " if edge else "")
            self.code.append(f"{colors}{x:.2f} {y:.2f} {width:.2f} {height:.2f} re {paint}")

    def picture(self, content: bytes, said: str, x: float, y: float, width: float, height: float) -> float:
        """A picture within a box, from its upper left corner; its height, 0 where its bytes are none."""
        try:
            image = ImageReader(io.BytesIO(content))
            wide, high = image.getSize()
            drawn = high * min(width / wide, height / high)
            if wide * high > MOST_PIXELS:
                return 0.0
            with self.tags.node("Figure", said), self.tags.mark(self.code):
                self._canvas.drawImage(image, x, y - drawn, drawn * wide / high, drawn)
        except Exception:  # Pillow raises many kinds for bytes that are no picture; the report goes on without it
            return 0.0
        return float(drawn)

    def finish(self) -> bytes:
        """The file, each page with its head and foot."""
        self._canvas.showPage()
        document: Any = self._canvas._doc
        pages = document.Pages.pages
        for number, page in enumerate(pages):
            page.stream += "\n".join(self._around(number + 1, len(pages))) + "\n"
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number, pdfdoc.PDFName("S")
        self.tags.add_to(document)
        self._fonts.add_to(document)
        self._canvas._code = []
        self._canvas.save()
        return self._file.getvalue()

    def _around(self, number: int, pages: int) -> list[str]:
        self._canvas._code = code = ["/Artifact <</Type /Pagination>> BDC"]
        left, right = self._head
        self._one(left, LEFT, HEIGHT - 38, ROOM * 0.66, style="bold")
        self._one(right, 0, HEIGHT - 38, ROOM * 0.33, end=RIGHT)
        code.append(f"{color_of(LINE_2)} RG 0.6 w {LEFT} {HEIGHT - 46:.2f} m {RIGHT:.2f} {HEIGHT - 46:.2f} l S")
        code.append(f"{color_of(LINE)} RG 0.6 w {LEFT} 46 m {RIGHT:.2f} 46 l S")
        self._one(self._foot, LEFT, 33, ROOM - 70)
        self._one(f"Page {number} of {pages}", 0, 33, 70, end=RIGHT)
        code.append("EMC")
        return code

    def _one(self, text: str, x: float, y: float, width: float, *, style: str = "regular", end: float = 0.0) -> None:
        words = Words(text, style=style, size=7.5, color=SECOND)
        line = shortened(text, style=style, size=7.5, width=width)
        self.draw(words, [line], x, y + words.leading * 0.72, end=end)


def color_of(value: str) -> str:
    """`#rrggbb` as a PDF writes colours."""
    return " ".join(f"{int(value[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5))
