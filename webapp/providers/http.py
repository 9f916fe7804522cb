"""Talking to vendors over HTTP: one hardened way to post (a form, JSON, headers), one to fetch a file; clients say what."""

import ipaddress
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import parse_url

from webapp.providers.base import ProviderError, Unreadable
from webapp.providers.form_body import HEADERS, encoded
from webapp.providers.guarded import GuardedSession, TookTooLong, within
from webapp.providers.untrusted import parse_object

CONNECT_SECONDS = 4.0
MAX_ANSWER = 1_000_000
"""Largest answer (bytes) of a vendor's API: real ones are under 5 kB."""
MAX_FILE = 20 * 1024 * 1024
FILE_SECONDS = 20.0
PORTS = {"http": 80, "https": 443}


class FetchRefused(Exception):
    """The file will not be fetched, now or later: its address is not allowed, or the file is too big."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FetchFailed(Exception):
    """The file could not be fetched this time; asking again may help."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _TooBig(Exception):
    pass


@dataclass(frozen=True)
class FetchedFile:
    """A file as it came. `content_type` is what the server called it: never believe it."""

    content: bytes
    content_type: str


def post_form(url: str, data: Mapping[str, str], *, timeout: float) -> dict[str, Any]:
    """POST a form and return the JSON object answered, unless it is not exactly that.

    `timeout` is seconds for the whole exchange, looking up the name included. Raises ProviderError(permanent=False)
    with code `unreachable`, `timeout` or `bad_answer`. Asks once: whether asking again is harmless is for the caller to
    know. Neither the form nor the answer is ever in the message.
    """
    return _post(url, lambda: encoded(data), HEADERS, timeout)


def post_json(
    url: str, data: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None, timeout: float
) -> dict[str, Any]:
    """POST a JSON object, or nothing but the headers where `data` is None; all else is as for `post_form`."""
    body = b"" if data is None else json.dumps(dict(data)).encode()
    content_type = {} if data is None else {"Content-Type": "application/json"}
    return _post(url, lambda: body, {**content_type, **(headers or {})}, timeout)


def _post(url: str, body: Callable[[], bytes], headers: Mapping[str, str], timeout: float) -> dict[str, Any]:
    """One POST. The body is made within the time given: a picture takes a while."""
    waits = (min(CONNECT_SECONDS, timeout), timeout)

    def ask() -> tuple[int, bytes]:
        with (
            GuardedSession() as session,
            session.post(url, data=body(), headers=headers, timeout=waits, stream=True) as response,
        ):
            return response.status_code, _read(response, MAX_ANSWER)

    try:
        status, content = within(timeout, ask)
    except (TookTooLong, requests.Timeout):
        raise ProviderError("The vendor did not answer in time.", code="timeout", permanent=False) from None
    except _TooBig:
        raise misunderstood("it is over 1 MB") from None
    except (requests.RequestException, HTTPError, OSError, ValueError):
        raise ProviderError("The vendor could not be reached.", code="unreachable", permanent=False) from None
    if 300 <= status < 400:
        raise misunderstood(f"it points elsewhere (HTTP {status}), and Vouchdesk does not follow")
    if status != 200:
        raise misunderstood(f"HTTP {status}")
    return _object(content)


def _object(content: bytes) -> dict[str, Any]:
    try:
        parsed = parse_object(content)
    except Unreadable:
        raise misunderstood("it is not a JSON object") from None
    if parsed.repeated:
        raise misunderstood("it says the same thing twice")
    return parsed.value


def misunderstood(why: str) -> ProviderError:
    """An answer that is none."""
    text = f"The vendor's answer could not be understood: {why}."
    return ProviderError(text, code="bad_answer", permanent=False)


def fetch_file(
    url: str, *, origins: Collection[str], inside: Collection[str] = (), max_bytes: int = MAX_FILE,
    deadline: float = FILE_SECONDS,
) -> FetchedFile:  # fmt: skip
    """Fetch a vendor's file from one of the listed origins (`https://host[:port]`), over the address that was checked.

    A private address is refused unless the origin is one of `inside` (the sandbox, which may be asked to stand on a local
    network) or the listed origin's host is itself a literal loopback address.
    `deadline` is seconds for all of it, looking up the name included.
    Raises FetchRefused (never asked, a redirect, or over `max_bytes`) and FetchFailed (try again).
    """
    host = _allowed_host(url, (*origins, *inside))
    ours = _origin(url) in {_origin(origin) for origin in inside}
    waits = (min(CONNECT_SECONDS, deadline), deadline)

    def ask() -> FetchedFile:
        with (
            GuardedSession(only_public=not ours, allow_loopback=_is_loopback(host)) as session,
            session.get(url, timeout=waits, stream=True) as response,
        ):
            _check_status(response.status_code)
            return FetchedFile(_read(response, max_bytes), response.headers.get("Content-Type", "")[:200])

    try:
        return within(deadline, ask)
    except InvalidIPAddress:
        raise FetchRefused("The address leads into a private network.") from None
    except _TooBig:
        raise FetchRefused(f"The file is over {max_bytes / 1024 / 1024:g} MB.") from None
    except (TookTooLong, requests.Timeout):
        raise FetchFailed(f"The file did not arrive within {deadline:g} seconds.") from None
    except (requests.RequestException, HTTPError, OSError, ValueError):
        raise FetchFailed("The server that holds the file could not be reached, or broke off.") from None


def _check_status(status: int) -> None:
    if 300 <= status < 400:
        raise FetchRefused("The address redirects elsewhere.")
    if status != 200:
        raise FetchFailed(f"The server that holds the file answered HTTP {status}.")


def _allowed_host(url: str, origins: Collection[str]) -> str:
    scheme, host, port = _origin(url)
    allowed = {_origin(origin) for origin in origins}
    if (scheme, host, port) not in allowed:
        raise FetchRefused("The address is not on the list of allowed origins (EVIDENCE_ORIGINS).")
    return host


def _origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port, read by the parser that will also connect; refuses what parsers may read differently."""
    if not url.isascii() or not url.isprintable() or any(letter in url for letter in " \\"):
        raise FetchRefused("The address has characters that do not belong in an address.")
    try:
        parts = parse_url(url)
    except LocationParseError:
        raise FetchRefused("The address cannot be read.") from None
    if parts.scheme not in PORTS or not parts.host:
        raise FetchRefused("The address is not an http or https address.")
    if "@" in url.partition("//")[2].partition("/")[0]:
        raise FetchRefused("The address carries a user name.")
    return parts.scheme, parts.host.lower(), parts.port or PORTS[parts.scheme]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _read(response: requests.Response, limit: int) -> bytes:
    declared = response.headers.get("Content-Length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise _TooBig
    content = bytearray()
    # urllib3 inflates only as much as is asked for, so that a compressed bomb ends here as well.
    for chunk in response.iter_content(64 * 1024):
        content += chunk
        if len(content) > limit:
            raise _TooBig
    return bytes(content)
