"""Rows of an export as somebody may see them: personal columns masked, whatever the format."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from webapp.exports.base import Column, Rows
from webapp.masks import RESTRICTED, Sight
from webapp.queries.by_columns import ByColumns, columns_of

NAMES = "person"
"""The column in which a mark says that the row is about somebody whose data may only be kept."""


def masked(columns: Sequence[Column], chunks: Iterable[Rows], sight: Sight) -> Iterable[Rows]:
    """The chunks as they come for who sees personal data, else with the mask of each column that has one.

    Whose data may only be kept is masked for all but those who manage that.
    """
    if not sight.personal:
        return _masked(columns, chunks)
    names = [column.name for column in columns]
    return _but_restricted(columns, chunks, names.index(NAMES), sight) if NAMES in names else chunks


def _masked(columns: Sequence[Column], chunks: Iterable[Rows]) -> Iterator[Rows]:
    for rows in chunks:
        yield ByColumns([
            [column.mask(cell) if cell else cell for cell in cells] if column.mask else cells
            for column, cells in zip(columns, columns_of(rows), strict=True)
        ]) if rows else rows  # fmt: skip


def _but_restricted(columns: Sequence[Column], chunks: Iterable[Rows], name: int, sight: Sight) -> Iterator[Rows]:
    """Most chunks have nobody of that kind, and a look at all names at once costs next to nothing."""
    masks = [column.mask if not sight.restricted else None for column in columns]

    def seen(row: Sequence[Any]) -> Sequence[Any]:
        if not row[name].startswith(RESTRICTED):
            return row
        plain = [*row[:name], row[name].removeprefix(RESTRICTED), *row[name + 1 :]]
        return [mask(cell) if mask and cell else cell for mask, cell in zip(masks, plain, strict=True)]

    for rows in chunks:
        marked = len(rows) and RESTRICTED in "".join(columns_of(rows)[name])
        yield [seen(row) for row in rows] if marked else rows
