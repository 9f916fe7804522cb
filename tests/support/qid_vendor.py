"""A stand-in for QiD's API on a real socket, from the standard library: it keeps header names with underscores."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CREATE, REFRESH, INITIATE = "/api/token/create", "/api/token/refresh", "/api/initiate"
KEY = "66af-2613-df8d-5614-6392-16ab"
Answer = dict[str, Any] | tuple[int, bytes] | None


@dataclass(frozen=True)
class Call:
    """One request as it arrived: header names as they were spelled."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class QidVendor:
    """Gives out `token-1`, `token-2`, ... and links. `answers[path]` are given first, one after another.

    An answer is an object, or a status with bytes; None in a list stands for the usual one.
    """

    calls: list[Call] = field(default_factory=list)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    wait: float = 0.0
    _made: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._answer))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Close the socket."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def paths(self) -> list[str]:
        """The last word of each call's path, in order: create, refresh, initiate."""
        return [call.path.rpartition("/")[2] for call in self.calls]

    @property
    def tokens(self) -> list[str]:
        """The token of each request for a link."""
        return [call.headers.get("Authorization", "") for call in self.calls if call.path == INITIATE]

    def _answer(self, call: Call) -> tuple[int, bytes]:
        with self._lock:
            self.calls.append(call)
            planned = self.answers.get(call.path)
            answer = planned.pop(0) if planned else None
        time.sleep(self.wait)
        if answer is None:
            answer = self._usual(call)
        return answer if isinstance(answer, tuple) else (200, json.dumps(answer).encode())

    def _usual(self, call: Call) -> dict[str, Any]:
        if call.path.endswith("/initiate"):
            url = "https://web.qid.bio/6GtRdjIG"
            return {"status": True, "code": "100", "message": "queued", "webid_key": KEY, "webid_url": url}
        with self._lock:
            self._made += 1
            return {"status": True, "code": "055", "message": "made", "token": f"token-{self._made}"}


def refused(code: str, message: str = "Refused") -> dict[str, Any]:
    """A refusal as the vendor's samples have it."""
    return {"status": False, "code": code, "message": message}


def _handler(answer: Callable[[Call], tuple[int, bytes]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            status, content = answer(Call(self.path, dict(self.headers.items()), body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests' output is for failures."""

    return Handler
