"""Sockets closed except to this machine: a test that reaches further fails, even when the code swallows the error."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any


class OutsideCall(AssertionError):
    """A test tried to reach another machine. No OSError, so that "vendor unreachable" handling does not hide it."""


ATTEMPTS: list[str] = []
"""Addresses that were refused since the last look; the guard fixture fails the test when there is one."""

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


def is_here(family: int, address: Any) -> bool:
    """Whether the address is on this machine: a Unix socket, loopback, or the name `localhost`."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    return is_loopback(str(address[0]))


def is_loopback(host: str) -> bool:
    """Whether the host is `localhost` or a loopback literal; `""` and `0.0.0.0` mean this machine too."""
    if host in ("localhost", "", "0.0.0.0", "::"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(real: Callable[..., Any]) -> Callable[..., Any]:
    def connect(self: socket.socket, address: Any) -> Any:
        if not is_here(self.family, address):
            ATTEMPTS.append(str(address))
            raise OutsideCall(f"a test tried to connect to {address}; only loopback is open")
        return real(self, address)

    return connect


def _no_names(host: Any, *args: Any, **kwargs: Any) -> Any:
    """Resolve literals and localhost only; any other name does not exist, at once and without asking a name server."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and not is_loopback(name):
        try:
            ipaddress.ip_address(name.partition("%")[0])
        except ValueError:
            raise socket.gaierror(socket.EAI_NONAME, f"no names are resolved in tests ({name})") from None
    return _getaddrinfo(host, *args, **kwargs)


def close() -> None:
    """Close the sockets for this process."""
    socket.socket.connect = _guarded(_connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded(_connect_ex)  # type: ignore[method-assign]
    socket.getaddrinfo = _no_names


def open_again() -> None:
    """Put the real functions back."""
    socket.socket.connect = _connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = _getaddrinfo
