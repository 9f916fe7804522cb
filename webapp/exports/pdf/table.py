"""Tables that go on over pages with their heads repeated; a row longer than a page goes on too, and nothing is cut off."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from webapp.exports.pdf.lines import Line
from webapp.exports.pdf.sheet import BOTTOM, LEFT, LINE, LINE_2, RIGHT, SECOND, TOP, Sheet, Words
from webapp.exports.pdf.tags import Node

GAP = 10.0
PAD = 3.6
SPLIT = 130.0
"""A row higher than that may begin at the foot of a page; a lower one moves to the next whole."""

Cell = Words | Sequence[Words]


@dataclass(frozen=True)
class Head:
    """One column: its heading and its share of the width. Figures line up at the right."""

    label: str
    share: float
    right: bool = False


@dataclass
class _Place:
    """What is left of one cell to draw, and its element, which goes on over pages."""

    x: float
    width: float
    right: bool
    parts: list[tuple[Words, list[Line], bool]]
    node: Node | None = None


def draw_table(sheet: Sheet, heads: Sequence[Head], rows: Iterable[Sequence[Cell]], *, left: float = LEFT) -> None:
    """Draw the rows under their heads."""
    columns = _columns(heads, left)
    with sheet.tags.node("Table"):
        sheet.need(60)
        _heads(sheet, heads, columns, left)
        for row in rows:
            _row(sheet, heads, columns, row, left)
    sheet.y -= 8


def _columns(heads: Sequence[Head], left: float) -> list[tuple[float, float]]:
    """Where each column begins and how wide it is."""
    room = RIGHT - left - GAP * (len(heads) - 1)
    total = sum(head.share for head in heads)
    places, x = [], left
    for head in heads:
        width = room * head.share / total
        places.append((x, width))
        x += width + GAP
    return places


def _heads(
    sheet: Sheet, heads: Sequence[Head], columns: Sequence[tuple[float, float]], left: float, *, again: bool = False
) -> None:
    looks = [Words(head.label, style="bold", size=7.5, color=SECOND) for head in heads]
    lines = [look.lines(width) for look, (_, width) in zip(looks, columns, strict=True)]
    low = sheet.y
    with sheet.aside() if again else sheet.tags.node("TR"):
        for head, look, part, (x, width) in zip(heads, looks, lines, columns, strict=True):
            with nullcontext() if again else sheet.cell("TH"):
                end = sheet.draw(look, part, x, sheet.y, end=x + width if head.right else 0)
            low = min(low, end)
    sheet.y = low - PAD
    sheet.rule(sheet.y, x=left, color=LINE_2)


def _row(
    sheet: Sheet, heads: Sequence[Head], columns: Sequence[tuple[float, float]], row: Sequence[Cell], left: float
) -> None:
    places = [_place(cell, head, *column) for cell, head, column in zip(row, heads, columns, strict=True)]
    height = max(_height(place) for place in places) + 2 * PAD
    if sheet.y - height < BOTTOM and (height < SPLIT or sheet.y - BOTTOM < 60) and sheet.y < TOP - 60:
        sheet.next_page()
        _heads(sheet, heads, columns, left, again=True)
    with sheet.tags.node("TR"):
        _draw(sheet, places, ["TD"] * len(places), lambda: _heads(sheet, heads, columns, left, again=True))
    sheet.rule(sheet.y, x=left, color=LINE)


def _draw(
    sheet: Sheet, places: Sequence[_Place], kinds: Sequence[str], again: Callable[[], None] = lambda: None
) -> None:
    """Draw the cells of a row, over as many pages as they need; `again` draws the heads of each further page."""
    for place, kind in zip(places, kinds, strict=True):
        place.node = sheet.tags.add(kind)
    _slice(sheet, places)
    while any(place.parts for place in places):
        sheet.next_page()
        again()
        _slice(sheet, places)


def _place(cell: Cell, head: Head, x: float, width: float) -> _Place:
    parts = (cell,) if isinstance(cell, Words) else cell
    return _Place(x, width, head.right, [(words, list(words.lines(width)), True) for words in parts])


def _height(place: _Place) -> float:
    return sum(len(lines) * words.leading for words, lines, _ in place.parts)


def _slice(sheet: Sheet, places: Sequence[_Place]) -> None:
    """As much of each cell as the page has room for."""
    top = sheet.y - PAD
    low = top
    for place in places:
        y = top
        assert place.node is not None
        with sheet.tags.within(place.node):
            while place.parts:
                words, lines, first = place.parts[0]
                fits = int((y - BOTTOM) / words.leading)
                if fits <= 0:
                    break
                with sheet.tags.mark(sheet.code):
                    end = place.x + place.width if place.right else 0
                    y = sheet.draw(words, lines[:fits], place.x, y, first=first, end=end)
                if fits >= len(lines):
                    place.parts.pop(0)
                else:
                    place.parts[0] = (words, lines[fits:], False)
                    break
        low = min(low, y)
    sheet.y = low - PAD


def draw_facts(sheet: Sheet, pairs: Sequence[tuple[str, Words]], *, label: float = 118.0) -> None:
    """Labels and values in two columns, without lines."""
    with sheet.tags.node("Table"):
        for name, value in pairs:
            look = Words(name, size=value.size, color=SECOND)
            places = [
                _place(look, Head("", 0), LEFT, label - GAP),
                _place(value, Head("", 0), LEFT + label, RIGHT - LEFT - label),
            ]
            sheet.need(min(max(_height(place) for place in places), SPLIT))
            sheet.y += PAD  # rows without lines stand closer
            with sheet.tags.node("TR"):
                _draw(sheet, places, ("TH", "TD"))
            sheet.y += PAD - 2.2
    sheet.y -= 6
