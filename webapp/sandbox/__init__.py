"""The sandbox: DocuPass and QiD as strangers, with their own store, pages and callbacks; nothing of the console is here."""

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, render_template

from .api import api
from .callbacks import Clock, Sender
from .files import Host
from .hosted import hosted
from .making import Maker
from .pages import POLICY
from .panel import panel
from .parts import Parts
from .qid import wiring as qid
from .sessions import Sessions
from .steps import steps
from .store import Store
from .tester import Tester

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LARGEST = 64 * 1024 * 1024


class Sandbox:
    """The app and its background thread: `wsgi_app` to mount or serve, `start()` to post callbacks, `stop()` to end."""

    def __init__(self, app: Flask, sender: Sender) -> None:
        self.app = app
        self._sender = sender

    @property
    def wsgi_app(self) -> "WSGIApplication":
        return self.app.wsgi_app

    def start(self) -> None:
        """Post what is due, also from before a restart, and expire sessions by the clock. Safe to repeat."""
        self._sender.start()

    def stop(self) -> None:
        """End the thread; what was not yet sent stays due in the store."""
        self._sender.stop()


def create_sandbox(*, data_dir: Path, public_url: str, clock: float = 1.0) -> Sandbox:
    """Build the sandbox around `data_dir`/sandbox.sqlite.

    `public_url` is where it is reached, without a slash at the end; every address it hands out begins with it.
    `clock` divides durations in seconds: at 600 the first retry comes after 1 s instead of 10 minutes.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    time = Clock(clock)
    store, base = Store(data_dir / "sandbox.sqlite"), public_url.rstrip("/")
    host = Host(store, time, base)
    maker = Maker(time, host)
    sessions = Sessions(store, time, host, maker)
    qid_parts = qid.build(data_dir / "sandbox.sqlite", time, base)

    def expire() -> None:
        sessions.expire_due()
        qid_parts.service.expire_due()

    sender = Sender(store, time, expire)
    sessions.on_due = qid_parts.service.on_due = sender.wake
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=_LARGEST, MAX_FORM_MEMORY_SIZE=_LARGEST)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["sandbox"] = Parts(store, time, sessions, maker, Tester(store, time, host, maker, sessions), base)
    for blueprint in (api, hosted, steps, panel):
        app.register_blueprint(blueprint)
    qid.join(app, qid_parts)
    app.after_request(_guard)
    app.register_error_handler(404, _lost)
    return Sandbox(app, sender)


def _lost(_: Exception) -> tuple[str, int]:
    return render_template("sandbox/lost.html"), 404


def _guard(response: Response) -> Response:
    """The same strict policy as the console's; a page may name further form targets for its redirects."""
    response.headers.setdefault(
        "Content-Security-Policy",
        POLICY + " form-action 'self'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
