"""Rows kept by columns: what makes a file of many rows takes a column at a time, and not a cell."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

Columns = Sequence[Sequence[Any]]


class ByColumns(Collection[Sequence[Any]]):
    """Rows as any others to who goes through them; `columns` spares turning them round."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return zip(*self.columns, strict=True)

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def __contains__(self, row: object) -> bool:
        return any(each == row for each in self)


def columns_of(rows: Collection[Sequence[Any]]) -> Columns:
    """The columns of rows, however these are kept; none where there is no row."""
    return rows.columns if isinstance(rows, ByColumns) else list(zip(*rows, strict=True))
