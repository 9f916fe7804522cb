"""Rows of an export as somebody may see them: personal columns masked, whatever the format."""

from collections.abc import Iterable, Iterator, Sequence

from webapp.exports.base import Column, Rows
from webapp.masks import Sight


def masked(columns: Sequence[Column], chunks: Iterable[Rows], sight: Sight) -> Iterable[Rows]:
    """The chunks as they come for who sees personal data, else with the mask of each column that has one."""
    return chunks if sight.personal else _masked(columns, chunks)


def _masked(columns: Sequence[Column], chunks: Iterable[Rows]) -> Iterator[Rows]:
    masks = [column.mask for column in columns]
    for rows in chunks:
        yield [[mask(cell) if mask and cell else cell for mask, cell in zip(masks, row, strict=True)] for row in rows]
