"""Asking for a page over one kept connection, and how long the answer took; what is asked is the jobs' own."""

import gzip
import http.client
import time
from dataclasses import dataclass, field


@dataclass
class Fetched:
    """One answer: `ms` from the first byte sent to the last received, `wire` bytes of the body as they came."""

    status: int
    ms: float
    wire: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def gz(self) -> int:
        """Size of the body under gzip, whether or not it came so."""
        return self.wire if "content-encoding" in self.headers else len(gzip.compress(self.body))


class Visitor:
    """A client that keeps its connection and its cookie."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._port = port
        self._headers = {"Accept-Encoding": "gzip", **({"Cookie": cookie} if cookie else {})}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> Fetched:
        """Fetch once; a connection that the server has closed meanwhile is opened again."""
        try:
            return self._get(path)
        except (http.client.RemoteDisconnected, ConnectionError):
            self._connection.close()
            return self._get(path)

    def _get(self, path: str) -> Fetched:
        began = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        response = self._connection.getresponse()
        body = response.read()
        ms = (time.perf_counter() - began) * 1000
        headers = {name.lower(): value for name, value in response.getheaders()}
        if "set-cookie" in headers and "Cookie" in self._headers:  # a browser keeps what it is given
            self._headers["Cookie"] = headers["set-cookie"].split(";", 1)[0]
        return Fetched(response.status, ms, len(body), body, headers)


def cookie_of(cookies: dict[str, str]) -> str:
    """The header for these cookies."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
