"""Names of what only some work needs, such as PDF and workbooks: loaded when it is first used, so that a server starts small.

A registry names its entries with `later`; nothing else defers an import. `tests/rules/test_later.py` loads every one.
"""

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import Any


class Later:
    """A function or object by its place, `module:name`; calling it calls what is there."""

    def __init__(self, place: str) -> None:
        self.place = place

    @cached_property
    def it(self) -> Any:
        """What is there."""
        module, _, name = self.place.partition(":")
        return getattr(import_module(module), name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.it(*args, **kwargs)


def later(place: str) -> Callable[..., Any]:
    """The function at that place, as long as nobody calls it a name only."""
    return Later(place)
