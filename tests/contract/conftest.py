"""A sandbox on a real loopback socket and a receiver for its callbacks; no test is here."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from webapp.sandbox import create_sandbox
from webapp.sandbox.qid.serving import KeepsUnderscores


class Quiet(KeepsUnderscores):
    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: the tests' output is for failures."""


class Receiver:
    """Keeps what is posted to it; answers the statuses it was told, then 200."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.delay = 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(receiver.delay)
                receiver.headers.append(dict(self.headers))
                status = receiver.answers.pop(0) if receiver.answers else 200
                receiver.raw.append(body)
                receiver.bodies.append(_object(body))
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing, as above."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/callback"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def wait(self, count: int = 1, seconds: float = 10.0) -> list[dict[str, Any]]:
        """The bodies, once there are `count`; fails when they do not come."""
        until = time.monotonic() + seconds
        while len(self.bodies) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.bodies) >= count, f"{len(self.bodies)} of {count} callbacks came within {seconds} s"
        return self.bodies

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _object(body: bytes) -> dict[str, Any]:
    """The body, or nothing in its place when it is no JSON."""
    try:
        found: dict[str, Any] = json.loads(body)
    except ValueError:
        return {}
    return found


class Running:
    """A sandbox under /sandbox of a real server; `restart()` is what a crash and a new start do."""

    def __init__(self, folder: Path, clock: float) -> None:
        self._folder, self._clock = folder, clock
        self._server = make_server("127.0.0.1", 0, self._app, threaded=True, request_handler=Quiet)
        self.base = f"http://127.0.0.1:{self._server.server_port}/sandbox/"
        self.start()
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _app(self, environ: Any, start_response: Any) -> Any:
        return self._mounted(environ, start_response)

    def start(self) -> None:
        self.sandbox = create_sandbox(data_dir=self._folder, public_url=self.base.rstrip("/"), clock=self._clock)
        self._mounted = DispatcherMiddleware(Response("not here", 404), {"/sandbox": self.sandbox.wsgi_app})
        self.sandbox.start()

    def restart(self) -> None:
        self.sandbox.stop()
        self.start()

    def stop(self) -> None:
        self._server.shutdown()
        self.sandbox.stop()
        self._server.server_close()

    def post(self, path: str, **how: Any) -> dict[str, Any]:
        answer = requests.post(self.base + path, timeout=10, **how)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def create(self, **options: Any) -> dict[str, Any]:
        usual = {"apikey": "sandbox", "companyname": "Specimen Bank", "type": 1, "customid": "case-1"}
        return self.post("docupass/create", json=usual | options)

    def sign(self, **options: Any) -> dict[str, Any]:
        usual = {"apikey": "sandbox", "companyname": "Specimen Bank", "template_id": "TPL1", "customid": "case-1"}
        return self.post("docupass/sign", json=usual | options)

    def complete(self, created: dict[str, Any], **fields: Any) -> requests.Response:
        return requests.post(f"{created['url']}/complete", data=fields, timeout=10, allow_redirects=False)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where callbacks go."""
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def run_sandbox(tmp_path: Path) -> Iterator[Callable[[float], Running]]:
    """Starts a sandbox with a clock of one's choice."""
    started: list[Running] = []

    def start(clock: float) -> Running:
        started.append(Running(tmp_path / "sandbox", clock))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def sandbox(run_sandbox: Callable[[float], Running]) -> Running:
    """A sandbox whose retries come 6,000 times faster: after 0.1, 0.6, 7.2 and 14.4 s."""
    return run_sandbox(6_000)
