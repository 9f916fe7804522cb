"""The load generator, a process of its own: keep-alive connections on one epoll loop; it reads its plan from stdin.

One thread on raw sockets, so that it is not the limit: `peers/bare.py` shows what it can do.
"""

import json
import random
import selectors
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

FILLER = {f"field{number}": "specimen value " * 6 for number in range(60)}
SMALL = 64 * 1024
RECENT = 64
"""A repeat is one of the last 64 bodies: some are still on their way, as when a vendor sends again too soon."""


@dataclass
class Plan:
    """What to send. `paths` and `customids` belong together; `body_bytes` is the size of each body."""

    port: int
    paths: list[str]
    customids: list[str]
    connections: int = 16
    seconds: float = 5.0
    warm_up: float = 0.5
    repeats: float = 0.3
    body_bytes: int = 4096
    first: int = 0
    acknowledged: str = ""

    def __post_init__(self) -> None:
        self.fillers = [_filler(customid, self.body_bytes) for customid in self.customids]

    def request(self, number: int) -> list[memoryview]:
        """The request with this number, in pieces; the same number is the same bytes. A big body is never copied."""
        which = number % len(self.paths)
        start = b'{"reference": "BENCH%07d", ' % number
        head = (
            f"POST {self.paths[which]} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUser-Agent: bench\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(start) + len(self.fillers[which])}\r\n\r\n"
        )
        first = head.encode() + start
        if self.body_bytes > SMALL:
            return [memoryview(first), memoryview(self.fillers[which])]
        return [memoryview(first + self.fillers[which])]


def _filler(customid: str, size: int) -> bytes:
    """The rest of a body after its reference: a result as a vendor would write it, made up to `size` bytes."""
    rest: dict[str, Any] = {
        "hash": "0" * 32, "success": True, "customid": customid,
        "data": {"fullName": "ANNA SPECIMEN", "documentNumber": "1234561", "dob": "1974/08/12", "documentType": "P"},
        "face": {"isIdentical": True, "confidence": "0.901"}, "verification": {"passed": True, "result": {"face": True}},
        "vaultid": "", "extra": {},
    }  # fmt: skip
    for key, value in FILLER.items():
        if len(json.dumps(rest)) + 140 > size:
            break
        rest["extra"][key] = value
    left = size - len(b'{"reference": "BENCH0000000", ') - len(json.dumps(rest)[1:])
    rest["vaultid"] = "v" * max(left, 0)
    return json.dumps(rest).encode()[1:]


@dataclass
class Connection:
    """One client: sends, waits for the whole answer, sends again."""

    socket: socket.socket
    number: int = 0
    sent_at: float = 0.0
    unsent: list[memoryview] = field(default_factory=list)
    received: bytearray = field(default_factory=bytearray)
    again: bool = False


class Load:
    """Drives the plan and counts."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.selector = selectors.DefaultSelector()
        self.random = random.Random(7)
        self.next = plan.first
        self.recent: list[int] = []
        self.times: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.acknowledged: set[int] = set()
        self.measuring_since = 0.0

    def run(self) -> dict[str, Any]:
        """Send until the time is over, let what is on its way come back, and say how it went."""
        began = time.perf_counter()
        self.measuring_since = began + self.plan.warm_up
        until = self.measuring_since + self.plan.seconds
        for _ in range(self.plan.connections):
            self._send(self._open())
        open_now = self.plan.connections
        while open_now and time.perf_counter() < until + 60:
            for key, events in self.selector.select(timeout=1):
                connection: Connection = key.data
                if events & selectors.EVENT_WRITE:
                    self._flush(connection)
                elif not self._receive(connection):
                    continue
                elif time.perf_counter() < until:
                    self._send(connection)
                else:
                    self.selector.unregister(connection.socket)
                    connection.socket.close()
                    open_now -= 1
        return self._result(min(time.perf_counter(), until) - self.measuring_since, unanswered=open_now)

    def _open(self) -> Connection:
        made = socket.create_connection(("127.0.0.1", self.plan.port), timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setblocking(False)
        connection = Connection(made)
        self.selector.register(made, selectors.EVENT_READ, connection)
        return connection

    def _number(self) -> int:
        if self.recent and self.random.random() < self.plan.repeats:
            return self.random.choice(self.recent)
        number, self.next = self.next, self.next + 1
        self.recent.append(number)
        if len(self.recent) > RECENT:
            del self.recent[0]
        return number

    def _send(self, connection: Connection) -> None:
        connection.number = self._number()
        connection.received.clear()
        connection.again = False
        connection.unsent = self.plan.request(connection.number)
        connection.sent_at = time.perf_counter()
        self._flush(connection)

    def _flush(self, connection: Connection) -> None:
        try:
            while connection.unsent:
                left = connection.unsent[0][connection.socket.send(connection.unsent[0]) :]
                connection.unsent[:1] = [left] if left else []
        except BlockingIOError:
            pass
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if connection.unsent else 0)
        if self.selector.get_key(connection.socket).events != wanted:
            self.selector.modify(connection.socket, wanted, connection)

    def _receive(self, connection: Connection) -> bool:
        """Take what has come; True when the answer is whole (or the connection was lost)."""
        try:
            piece = connection.socket.recv(65536)
        except BlockingIOError:
            return False
        except OSError:
            piece = b""
        if not piece and not connection.received and not connection.again:
            self._renew(connection)  # it was closed between two requests, as after an error of the server's: ask again
            connection.again = True
            connection.unsent = self.plan.request(connection.number)
            self._flush(connection)
            return False
        if not piece:
            self._note(connection, "reset")
            self._renew(connection)
            return True
        connection.received += piece
        status, whole, stays = answer(connection.received)
        if not whole:
            return False
        self._note(connection, status)
        if not stays:
            self._renew(connection)
        return True

    def _renew(self, connection: Connection) -> None:
        self.selector.unregister(connection.socket)
        connection.socket.close()
        connection.socket = socket.create_connection(("127.0.0.1", self.plan.port), timeout=30)
        connection.socket.setblocking(False)
        self.selector.register(connection.socket, selectors.EVENT_READ, connection)

    def _note(self, connection: Connection, status: str) -> None:
        now = time.perf_counter()
        if status == "200":
            self.acknowledged.add(connection.number)
        if connection.sent_at >= self.measuring_since:
            self.statuses[status] += 1
            self.times.append(now - connection.sent_at)

    def _result(self, seconds: float, *, unanswered: int) -> dict[str, Any]:
        times = sorted(self.times) or [0.0]
        if self.plan.acknowledged:
            with open(self.plan.acknowledged, "a") as file:  # noqa: PTH123 - appended to, round by round
                file.writelines(f"BENCH{number:07d}\n" for number in sorted(self.acknowledged))
        return {
            "rate": self.statuses["200"] / seconds, "p50_ms": times[len(times) // 2] * 1000,
            "p99_ms": times[int(len(times) * 0.99)] * 1000, "max_ms": times[-1] * 1000,
            "statuses": dict(self.statuses), "unanswered": unanswered, "next": self.next,
        }  # fmt: skip


def answer(received: bytearray) -> tuple[str, bool, bool]:
    """Status, whether the answer is whole, and whether the connection stays."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return "", False, True
    head = bytes(received[:end]).lower()
    status = head[9:12].decode()
    stays = b"connection: close" not in head
    at = head.find(b"content-length:")
    if at < 0:
        return status, received.endswith(b"0\r\n\r\n"), stays
    length = int(head[at + 15 :].split(b"\r", 1)[0])
    return status, len(received) >= end + 4 + length, stays


if __name__ == "__main__":
    print(json.dumps(Load(Plan(**json.load(sys.stdin))).run()))
