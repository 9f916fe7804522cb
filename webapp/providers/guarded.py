"""An HTTP session that cannot be led astray or held up: no redirects, proxies or cookies, and a deadline over all."""

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

import requests
from requests.adapters import HTTPAdapter
from requests_hardened.client import HTTPSession
from requests_hardened.config import Config
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

T = TypeVar("T")
USER_AGENT = "Vouchdesk"
DEFAULT_TIMEOUT = (4.0, 20.0)


class TookTooLong(Exception):
    """The time given to `within` was over before the exchange was."""


class GuardedSession(HTTPSession):  # type: ignore[misc]  # the library is not marked as typed
    """A session for one exchange: nothing is shared between threads, no cookie outlives its answer.

    `only_public` refuses private addresses and pins the address that was checked; `allow_loopback` excepts loopback.
    """

    def __init__(self, *, only_public: bool = False, allow_loopback: bool = False) -> None:
        super().__init__(
            Config(
                ip_filter_enable=only_public,
                ip_filter_allow_loopback_ips=allow_loopback,
                never_redirect=True,
                default_timeout=DEFAULT_TIMEOUT,
                user_agent_override=USER_AGENT,
            )
        )
        self.trust_env = False  # neither proxies nor netrc
        self.headers["Accept-Encoding"] = "identity"
        for adapter in self.adapters.values():
            if isinstance(adapter, HTTPAdapter):
                adapter.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: `requests` would read a redirect's whole body, however long, before finding that it must not go."""
        return


_current = threading.local()


class _Guard:
    """The connections of one exchange, so that they can be ended from outside it."""

    def __init__(self) -> None:
        self._over = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()

    def check(self) -> None:
        """Refuse to connect once nobody waits any more: a name may have taken longer than all the time there was."""
        if self._over:
            raise TookTooLong

    def watch(self, opened: socket.socket) -> None:
        # A duplicate: TLS detaches the original, shutting the duplicate ends the same connection.
        with self._lock:
            self._sockets.append(opened.dup())
        if self._over:
            self.end()

    def end(self) -> None:
        """Shut every connection, now and for what is still to come."""
        self._over = True
        with self._lock:
            for each in self._sockets:
                with suppress(OSError):  # the other side was faster
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
            self._sockets.clear()


def within(seconds: float, work: Callable[[], T]) -> T:
    """Do an exchange in at most this time: its result or its error, else TookTooLong with every connection shut.

    Timeouts of `requests` are per read: one byte every few seconds, in the TLS handshake, the headers or the body,
    holds a worker for ever. The exchange has a thread of its own because a name server that does not answer cannot be
    interrupted at all: that thread is left to the resolver's own limit (about 30 s) and then sends nothing.
    """
    guard, answer = _Guard(), Future[T]()

    def run() -> None:
        _current.guard = guard
        try:
            answer.set_result(work())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=run, name="exchange", daemon=True).start()
    try:
        return answer.result(timeout=seconds)
    except TimeoutError:
        if not answer.done():
            raise TookTooLong from None
        return answer.result()  # the error was the exchange's own
    finally:
        guard.end()


class _Guarded(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        guard: _Guard | None = getattr(_current, "guard", None)
        if guard is None:
            return super()._new_conn()
        guard.check()
        opened = super()._new_conn()
        guard.watch(opened)
        return opened


class _GuardedTls(_Guarded, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls
