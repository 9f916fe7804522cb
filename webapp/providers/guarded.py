"""An HTTP session that cannot be led astray or held up: no redirects, proxies or cookies, and a deadline over all."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from requests.adapters import HTTPAdapter
from requests_hardened.client import HTTPSession
from requests_hardened.config import Config
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

USER_AGENT = "Vouchdesk"
DEFAULT_TIMEOUT = (4.0, 20.0)


class TookTooLong(Exception):
    """The time given to `time_limit` was over before the exchange was."""


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
    def __init__(self) -> None:
        self.over = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()

    def watch(self, opened: socket.socket) -> None:
        # A duplicate: TLS detaches the original, shutting the duplicate ends the same connection.
        with self._lock:
            self._sockets.append(opened.dup())

    def end(self) -> None:
        self.over = True
        with self._lock:
            for each in self._sockets:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster

    def close(self) -> None:
        with self._lock:
            for each in self._sockets:
                each.close()
            self._sockets.clear()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Shut every connection opened inside when the time is over, and raise TookTooLong.

    Timeouts of `requests` are per read: one byte every few seconds, in the TLS handshake, the headers or the body,
    holds a worker for ever. Name resolution has the resolver's own limit.
    """
    guard = _Guard()
    timer = threading.Timer(seconds, guard.end)
    timer.daemon = True
    _current.guard = guard
    timer.start()
    try:
        yield
    except Exception:
        if guard.over:
            raise TookTooLong from None
        raise
    finally:
        timer.cancel()
        _current.guard = None
        guard.close()
    if guard.over:
        raise TookTooLong


class _Guarded(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        opened = super()._new_conn()
        guard: _Guard | None = getattr(_current, "guard", None)
        if guard is not None:
            guard.watch(opened)
        return opened


class _GuardedTls(_Guarded, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls
