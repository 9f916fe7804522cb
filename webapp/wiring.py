"""The application factory: wires every part below; the only file that knows them all."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from htmx_flask import Htmx
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from webapp import (
    commands,
    errors,
    filters,
    headers,
    live,
    logs,
    masking,
    members,
    once,
    pages,
    pieces,
    share,
    static_files,
    webhooks,
    worker,
)
from webapp.access import guard
from webapp.audit_keys import signing_key
from webapp.checks.discriminators import LABELS
from webapp.db import Database
from webapp.later import later
from webapp.models.words import MATTER_WORDS, OUTCOME_WORDS, RETENTION_CLASS_WORDS, STATUS_WORDS
from webapp.navigation import navigation
from webapp.pages.links_new import allow_uploads
from webapp.providers.build import build_providers
from webapp.queries.counts import files as file_news
from webapp.queries.counts import seen_of, sidebar_counts
from webapp.request_db import close_db, current_db
from webapp.settings import Settings, load_settings

MAX_FORM = 1024 * 1024
csrf = CSRFProtect()
create_sandbox = later("webapp.sandbox:create_sandbox")  # an installation with its vendors has none


class RowNumber(IntegerConverter):
    """A number in a path that can be a row's: a larger one is an unknown page (404), not a fault of the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": 2**31 - 1, **kwargs})


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. It serves, but does nothing in the background until `start_background`."""
    settings = settings or load_settings()
    settings.prepare_data_dir()
    logs.configure(settings.log_level)
    app = Flask("webapp", template_folder="../templates", static_folder="../static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="vouchdesk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        SESSION_REFRESH_EACH_REQUEST=False,  # a sign-in ends after 12 hours whatever its cookie says: once is enough
        MAX_CONTENT_LENGTH=MAX_FORM,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, which our own policy forbids browsers to send
    )
    app.jinja_options = {"cache_size": -1}  # all templates stay: a page asks for sixty, and each costs a lock otherwise
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.converters["int"] = RowNumber
    _add_parts(app, settings)
    _add_hooks(app)
    _add_context(app, settings)
    pages.register(app)
    app.register_blueprint(share.bp)
    commands.register(app)
    _mount_neighbours(app, settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def start_background(app: Flask) -> Callable[[], None]:
    """Start what runs beside the requests: live hub, worker (if embedded) and sandbox; returns what stops them."""
    settings: Settings = app.extensions["vouchdesk.settings"]
    parts: list[Any] = [app.extensions["vouchdesk.live"]]
    if settings.embedded_worker:
        parts.append(worker.Worker(worker.Context.of(app)))
    if "vouchdesk.sandbox" in app.extensions:
        parts.append(app.extensions["vouchdesk.sandbox"])
    for part in parts:
        part.start()

    def stop() -> None:
        for part in parts:  # streams first: the server waits for them, and kills the process in the end
            part.stop()

    return stop


def _add_parts(app: Flask, settings: Settings) -> None:
    database = Database(settings.database_url, installation_key=settings.installation_key)
    signing_key(settings.data_dir)
    app.extensions["vouchdesk.settings"] = settings
    app.extensions["vouchdesk.database"] = database
    app.extensions["vouchdesk.providers"] = build_providers(settings)
    app.extensions["vouchdesk.live"] = live.Hub(database, max_streams=settings.live_streams)


def _add_hooks(app: Flask) -> None:
    app.before_request(logs.bind_request)
    app.before_request(allow_uploads)  # before csrf, which reads the form
    csrf.init_app(app)
    Htmx(app)
    members.register(app)
    app.before_request(guard)
    app.teardown_appcontext(close_db)
    filters.register(app)
    masking.register(app)
    once.register(app)
    errors.register(app)
    headers.register(app)
    static_files.register(app)


def _add_context(app: Flask, settings: Settings) -> None:
    stamp = _stamp(Path(app.static_folder or ""))

    def asset(path: str) -> str:
        return f"/static/{path}?v={stamp}"

    # Globals, not context: imported macros (templates/components) see no context.
    app.jinja_env.globals.update(
        asset=asset, status_words=STATUS_WORDS, discriminator_words=LABELS, retention_class_words=RETENTION_CLASS_WORDS
    )
    pieces.register(app, sprite=asset("icons.svg"))

    @app.context_processor
    def context() -> dict[str, Any]:
        known = not g.get("without_member") and current_user.is_authenticated
        counts = sidebar_counts(current_db(), current_user.user_id) if known else {}
        news = file_news(current_db(), current_user.user_id) if known else ()
        return {
            "navigation": navigation(counts, current_user.rights) if known else (),
            "side_counts": counts,
            "side_news": news,
            "side_seen": seen_of(counts, news),
            "theme": _theme(),
            "sandbox_on": settings.sandbox_on,
            "company_name": settings.company_name,
            "now": filters.utc_now(),
            "rights": current_user.rights if known else frozenset(),
            "outcome_words": OUTCOME_WORDS,
            "matter_words": MATTER_WORDS,
            "request_id": logs.request_id(),
        }


def _stamp(folder: Path) -> str:
    """Changes when a static file does, so that browsers keep what they have over a restart and fetch what is new."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:8]


def _theme() -> str:
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in ("light", "dark") else "auto"


def _mount_neighbours(app: Flask, settings: Settings) -> None:
    """The webhook endpoint and the sandbox stand beside the pages: WSGI applications of their own."""
    parts = app.extensions
    mounts: dict[str, Any] = {
        webhooks.MOUNT: webhooks.Webhooks(parts["vouchdesk.database"], parts["vouchdesk.providers"], settings)
    }
    if settings.sandbox_on:
        sandbox = create_sandbox(
            data_dir=settings.data_dir, public_url=f"{settings.public_url}/sandbox", clock=settings.sandbox_clock
        )
        parts["vouchdesk.sandbox"] = sandbox
        mounts["/sandbox"] = sandbox.wsgi_app
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, mounts)  # type: ignore[method-assign]
