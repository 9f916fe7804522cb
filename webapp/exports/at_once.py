"""What is had at once where large files wait for a second person: so many rows, read before the first byte goes."""

from collections.abc import Iterable, Sized
from typing import TypeVar

Chunk = TypeVar("Chunk", bound=Sized)


def at_most(chunks: Iterable[Chunk], most: int) -> list[Chunk] | None:
    """All of the chunks where they have no more rows than `most`; None, having read little more, where they have."""
    kept, rows = [], 0
    for chunk in chunks:
        kept.append(chunk)
        rows += len(chunk)
        if rows > most:
            return None
    return kept
