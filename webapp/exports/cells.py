"""Cells of text files, made a column at a time: what a column has said before is looked up, and not made again."""

from collections.abc import Callable, Sequence
from typing import Any

from webapp.exports.base import Column

NUMBERS = ("id", "whole", "number")
VARIED = 0.5
"""A column of which more than this share is new in one chunk is not looked up any more."""
MOST = 10_000
"""Cells kept of one column."""
One = Callable[[Any], str]
Many = Callable[[Sequence[Any]], list[str]]


def encoded(cells: Sequence[Sequence[str]]) -> list[bytes]:
    """Columns of cells as lines in UTF-8; each by itself, as one long text would be as wide as its rarest letter."""
    return [line.encode("utf-8", "replace") for line in map(",".join, zip(*cells, strict=True))]


class _Known(dict[Any, str]):
    """Cells of values of one kind and of None. That of 0.0 is not kept: -0.0 is equal to it, and reads otherwise."""

    def __init__(self, kind: type, one: One) -> None:
        self._kind, self._one = kind, one

    def __missing__(self, value: Any) -> str:
        cell = self._one(value)
        lasting = value is None or (type(value) is self._kind and (self._kind is not float or value))
        if lasting and len(self) < MOST:
            self[value] = cell
        return cell


class Cells:
    """Makes the cells of one column, chunk after chunk.

    `one` makes one cell. `many` makes those of many texts, faster; it raises TypeError where something is neither text nor None.
    """

    def __init__(self, column: Column, one: One, many: Many) -> None:
        self._one, self._many, self._number = one, many, column.kind in NUMBERS
        self._known: dict[type, _Known] = {}
        self._varied = False

    def __call__(self, values: Sequence[Any]) -> list[str]:
        """The cells of these values, in order."""
        try:
            return self._numbers(values) if self._number else self._texts(values)
        except TypeError:  # something else among them, or what cannot be looked up
            return list(map(self._one, values))

    def _numbers(self, values: Sequence[Any]) -> list[str]:
        kinds = set(map(type, values)) - {type(None)}
        if self._varied or len(kinds) > 1:  # 1 and 1.0 are equal, and read otherwise
            return list(map(self._one, values))
        return self._looked_up(kinds.pop() if kinds else type(None), values)

    def _texts(self, values: Sequence[Any]) -> list[str]:
        return self._many(values) if self._varied else self._looked_up(str, values)

    def _looked_up(self, kind: type, values: Sequence[Any]) -> list[str]:
        known = self._known.setdefault(kind, _Known(kind, self._one))
        before = len(known)
        cells = list(map(known.__getitem__, values))
        if len(known) - before > VARIED * len(values):
            self._varied = True
            known.clear()
        return cells
