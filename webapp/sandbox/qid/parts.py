"""What a request to the QiD part needs at hand, kept in the app's extensions; no behaviour."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from .service import Service
from .store import QidStore
from .tokens import Tokens


@dataclass(frozen=True)
class QidParts:
    store: QidStore
    tokens: Tokens
    service: Service
    public_url: str


def qid_parts() -> QidParts:
    """The parts of the current app."""
    return cast(QidParts, current_app.extensions["sandbox.qid"])
