"""How the QiD part joins the sandbox's app: its store, its pages, its share of the one sender."""

from pathlib import Path

from flask import Flask

from ..callbacks import Clock
from .api import qid_api
from .desk import qid_desk
from .pages import WebidConverter, qid_pages
from .parts import QidParts
from .service import Service
from .store import QidStore
from .tokens import Tokens


def build(path: Path, clock: Clock, public_url: str) -> QidParts:
    """The parts, around the sandbox's own file."""
    store = QidStore(path)
    return QidParts(store, Tokens(store, clock), Service(store, clock), public_url)


def join(app: Flask, found: QidParts) -> None:
    """Add the calls and pages to the app."""
    app.extensions["sandbox.qid"] = found
    app.url_map.converters["webid"] = WebidConverter
    for blueprint in (qid_api, qid_pages, qid_desk):
        app.register_blueprint(blueprint)
