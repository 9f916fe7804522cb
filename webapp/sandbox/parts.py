"""What a request of the sandbox's app needs at hand, kept in the app's extensions; no behaviour."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from .callbacks import Clock
from .making import Maker
from .sessions import Sessions
from .store import Store
from .tester import Tester


@dataclass(frozen=True)
class Parts:
    store: Store
    clock: Clock
    sessions: Sessions
    maker: Maker
    tester: Tester
    public_url: str


def parts() -> Parts:
    """The parts of the current app."""
    return cast(Parts, current_app.extensions["sandbox"])
