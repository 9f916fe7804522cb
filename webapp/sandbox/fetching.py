"""Fetching a picture that a customer names by its address, as the vendor does: public hosts, 5 s, 10 MB; no storage."""

import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from requests_hardened.client import HTTPSession
from requests_hardened.config import Config

LIMIT_SECONDS = 5.0
LIMIT_BYTES = 10 * 1024 * 1024
_AGENT = "Vouchdesk-Sandbox"


class NotFetched(Exception):
    """The address could not be had within the limits, or must not be asked."""


def fetch(url: str, own: str) -> bytes:
    """The bytes behind `url`; NotFetched otherwise. Private addresses are refused, except at the origin of `own`."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise NotFetched
    found: list[bytes] = []
    # Time limits of `requests` are for each read: a server that drips is left behind in a thread of its own.
    thread = threading.Thread(
        target=_fetch_into, args=(found, url.strip(), _origin(url) != _origin(own)), name="sandbox-fetch", daemon=True
    )
    thread.start()
    thread.join(LIMIT_SECONDS)
    if not found:
        raise NotFetched
    return found[0]


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url.strip())
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def _fetch_into(found: list[bytes], url: str, only_public: bool) -> None:
    try:
        with _session(only_public) as session, session.get(url, stream=True) as answer:
            if answer.status_code == 200:
                found.append(b"".join(_limited(answer)))
    except (requests.RequestException, NotFetched, ValueError, OSError):
        return  # the caller knows: nothing was found


def _session(only_public: bool) -> HTTPSession:
    config = Config(
        ip_filter_enable=only_public, ip_filter_allow_loopback_ips=False, never_redirect=True,
        default_timeout=(LIMIT_SECONDS, LIMIT_SECONDS), user_agent_override=_AGENT,
    )  # fmt: skip
    session = HTTPSession(config)
    session.trust_env = False
    return session


def _limited(answer: requests.Response) -> Iterator[bytes]:
    size = 0
    for chunk in answer.iter_content(64 * 1024):
        size += len(chunk)
        if size > LIMIT_BYTES:
            raise NotFetched
        yield chunk
