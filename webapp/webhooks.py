"""Where the vendors post results: store first, trust later. The only writer without sign-in and CSRF check."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from functools import lru_cache

import structlog
from flask import Blueprint, Response, current_app, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.actions.intake import Received, TooLarge, read_body, receive, take_in
from webapp.db import Database
from webapp.filters import utc_now
from webapp.logs import bind_request
from webapp.providers.base import Provider, Unreadable
from webapp.request_db import current_database
from webapp.settings import Settings

bp = Blueprint("webhooks", __name__)
LARGEST = 32 * 1024 * 1024
TOO_LARGE = "The body is larger than 32 MB."
STORED = '{"status": "stored"}'
CHUNK = 256 * 1024
KEPT_HEADERS = ("Content-Type", "Content-Length", "User-Agent", "X-Forwarded-For", "Date")
log = structlog.get_logger()


@bp.post("/webhooks/<provider>/<token>", endpoint="receive")
def receive_delivery(provider: str, token: str) -> Response:
    """Answer as the table of the threat model says; 200 only when the raw bytes are durable."""
    bind_request()
    database = current_database()
    try:
        link_id = _link_of(database, provider, token)
        if link_id is None:
            log.info("delivery.unknown_address")
            return _answer(404, "There is nothing at this address.")
        return _take(database, provider, link_id)
    except (SQLAlchemyError, OSError) as error:
        log.error("delivery.not_stored", error=error)
        response = _answer(503, "The result could not be stored. Please send it again.")
        response.headers["Retry-After"] = "60"
        return response


def _take(database: Database, provider: str, link_id: int) -> Response:
    settings: Settings = current_app.extensions["vouchdesk.settings"]
    if (request.content_length or 0) > LARGEST:
        return _answer(413, TOO_LARGE)
    request.max_content_length = LARGEST + 1  # the application's own limit is for forms
    headers = {name: request.headers[name][:500] for name in KEPT_HEADERS if name in request.headers}
    try:
        received = receive(
            _chunks(), data_dir=settings.data_dir, limit=LARGEST, headers=headers, address=request.remote_addr or ""
        )
    except (TooLarge, RequestEntityTooLarge):
        return _answer(413, TOO_LARGE)
    except OSError:
        raise
    except Exception as error:  # broken framing is a bare Exception in some servers
        log.info("delivery.broken_framing", error=error)
        return _answer(400, "The body could not be read: its framing is broken.")
    reference, reason = _identify(current_app.extensions["vouchdesk.providers"][provider], received, settings)
    take_in(
        database,
        provider=provider,
        link_id=link_id,
        received=received,
        reference=reference,
        reason=reason,
        now=utc_now(),
    )
    return _answer(400, reason) if reason else _answer(200, "")


def _identify(provider: Provider, received: Received, settings: Settings) -> tuple[str, str]:
    body = read_body(received.body, received.body_file, settings.data_dir)
    if request.content_length is not None and len(body) != request.content_length:
        return "", f"The body has {len(body)} bytes, its header says {request.content_length}."
    try:
        return provider.identify(body), ""
    except Unreadable as error:
        return "", error.reason


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(CHUNK):
        yield chunk


def _link_of(database: Database, provider: str, token: str) -> int | None:
    if provider not in current_app.extensions["vouchdesk.providers"]:
        return None
    key = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    cache = current_app.extensions.setdefault("vouchdesk.webhook_keys", lru_cache(maxsize=4096)(_Lookup(database)))
    try:
        found: tuple[int, str, str] = cache(key)
    except LookupError:
        return None
    link_id, owner, stored = found
    return link_id if hmac.compare_digest(stored, key) and owner == provider else None


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


def _answer(status: int, reason: str) -> Response:
    body = STORED if status == 200 else json.dumps({"error": reason})
    return Response(body, status, mimetype="application/json")
