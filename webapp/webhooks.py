"""Where the vendors post results: store first, trust later. The only writer without sign-in and CSRF check.

A WSGI application of its own, mounted beside the pages: a vendor's post needs no session, no page and no hook of theirs, and
at a burst these would cost more than storing it.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_content_length, get_input_stream

from webapp.actions import unclaimed
from webapp.actions.intake import Received, TooLarge, read_body, receive, take_in
from webapp.db import Database
from webapp.filters import utc_now
from webapp.logs import bind_request
from webapp.providers.base import Provider, Unreadable
from webapp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MOUNT = "/webhooks"
LARGEST = 32 * 1024 * 1024
TOO_LARGE = "The body is larger than 32 MB."
STORED = b'{"status": "stored"}'
CHUNK = 256 * 1024
KEPT_HEADERS = {
    "CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length", "HTTP_USER_AGENT": "User-Agent",
    "HTTP_X_FORWARDED_FOR": "X-Forwarded-For", "HTTP_DATE": "Date",
}  # fmt: skip
STATUSES = {
    200: "200 OK", 400: "400 Bad Request", 404: "404 Not Found", 405: "405 Method Not Allowed", 413: "413 Content Too Large",
    422: "422 Unprocessable Content", 503: "503 Service Unavailable",
}  # fmt: skip
MORE_HEADERS = {405: ("Allow", "POST"), 503: ("Retry-After", "60")}
NOT_ISSUED = "No link of this console has this reference. The result is kept in quarantine."
INSTALLATION = 0
"""Stands for the installation's own address, where the link of each result is found by its reference."""
log = structlog.get_logger()
Answer = tuple[int, str]
"""A status of `STATUSES` and, unless it is 200, the reason in words."""


class Webhooks:
    """Answers `POST /<provider>/<token>` below its mount, as the table of the threat model says.

    The token is a link's, or the installation's own where the provider has one.
    """

    def __init__(self, database: Database, providers: dict[str, Provider], settings: Settings) -> None:
        self._database = database
        self._providers = providers
        self._data_dir = settings.data_dir
        self._find = lru_cache(maxsize=4096)(_Lookup(database))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        """Answer one request, in JSON."""
        status, reason = self._answer(environ)
        body = STORED if status == 200 else json.dumps({"error": reason}).encode()
        headers = [
            ("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("X-Content-Type-Options", "nosniff"),
        ]  # fmt: skip
        if status in MORE_HEADERS:
            headers.append(MORE_HEADERS[status])
        start_response(STATUSES[status], headers)
        return [body]

    def _answer(self, environ: "WSGIEnvironment") -> Answer:
        """200 only when the raw bytes are durable."""
        try:
            link_id, provider = self._link_of(environ.get("PATH_INFO", ""))
            if link_id is None:
                _note("delivery.unknown_address")
                return 404, "There is nothing at this address."
            if environ["REQUEST_METHOD"] != "POST":
                return 405, "Results are posted to this address."
            return self._take(environ, self._providers[provider], link_id)
        except Exception as error:  # a fault of ours too: the vendor sends it again, and the log says where it was
            _note("delivery.not_stored", error=error)
            return 503, "The result could not be stored. Please send it again."

    def _take(self, environ: "WSGIEnvironment", provider: Provider, link_id: int) -> Answer:
        declared = get_content_length(environ)
        if (declared or 0) > LARGEST:
            return 413, TOO_LARGE
        headers = {name: str(environ[key])[:500] for key, name in KEPT_HEADERS.items() if environ.get(key)}
        address = environ.get("REMOTE_ADDR", "")
        try:
            received = receive(
                _chunks(environ, declared), data_dir=self._data_dir, limit=LARGEST, headers=headers, address=address
            )
        except (TooLarge, RequestEntityTooLarge):
            return 413, TOO_LARGE
        except OSError:
            raise
        except Exception as error:  # broken framing is a bare Exception in some servers
            _note("delivery.broken_framing", error=error)
            return 400, "The body could not be read: its framing is broken."
        reference, reason = self._identify(provider, received, declared)
        issued = self._link_with(provider, reference) if reference and provider.issues_references else link_id
        link_id = link_id or issued
        if link_id == INSTALLATION:
            unclaimed.keep(self._database, provider=provider.key, received=received, reference=reference, reason=reason)
        else:
            take_in(
                self._database, provider=provider.key, link_id=link_id, received=received, reference=reference,
                reason=reason, now=utc_now(),
            )  # fmt: skip
        if reason:
            return 400, reason
        return (200, "") if issued else (422, NOT_ISSUED)

    def _link_with(self, provider: Provider, reference: str) -> int:
        """The link that was given this reference when it was made, or INSTALLATION for none."""
        with self._database.reader.connect() as connection:
            return unclaimed.link_of(connection, provider.key, reference) or INSTALLATION

    def _identify(self, provider: Provider, received: Received, declared: int | None) -> tuple[str, str]:
        """The reference that the body names, and why it goes to quarantine; one of them is empty."""
        if declared is not None and received.size != declared:
            return "", f"The body has {received.size} bytes, its header says {declared}."
        try:
            return provider.identify(read_body(received.body, received.body_file, self._data_dir)), ""
        except Unreadable as error:
            return "", error.reason

    def _link_of(self, path: str) -> tuple[int | None, str]:
        """The link whose address this is, INSTALLATION, or None. Constant time: what is compared is a hash of the token."""
        provider, _, token = path.strip("/").partition("/")
        if provider not in self._providers:
            return None, provider
        key = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
        if hmac.compare_digest(self._providers[provider].installation_key, key):
            return INSTALLATION, provider
        try:
            link_id, owner, stored = self._find(key)
        except LookupError:
            return None, provider
        return (link_id if hmac.compare_digest(stored, key) and owner == provider else None), provider


class _Lookup:
    """Finds a link by the SHA-256 of its token; a link's token never changes, so that what is found may be remembered.

    A miss raises LookupError, which the cache does not keep: a flood of guesses must not push real links out.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __call__(self, key: str) -> tuple[int, str, str]:
        with self._database.reader.connect() as connection:
            row = connection.execute(
                text("SELECT id, provider, webhook_key FROM link WHERE webhook_key = :key"), {"key": key}
            ).first()
        if row is None:
            raise LookupError
        return row[0], row[1], row[2]


def _chunks(environ: "WSGIEnvironment", declared: int | None) -> Iterator[bytes]:
    """The body in pieces; of a body that says its length never more than that is asked for."""
    if declared is None:
        stream = get_input_stream(environ, max_content_length=LARGEST + 1)
        while chunk := stream.read(CHUNK):
            yield chunk
        return
    source, left = environ["wsgi.input"], declared
    while left and (chunk := source.read(min(left, CHUNK))):
        left -= len(chunk)
        yield chunk


def _note(event: str, **facts: Any) -> None:
    bind_request()
    log.warning(event, **facts)
