"""Error pages: what happened, what it means, what to do, and the request's number; never a traceback."""

import structlog
from flask import Flask, Response, g, make_response, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from webapp.request_db import close_db

PAGES = (400, 403, 404, 405, 409, 410, 413, 429, 500, 503)
log = structlog.get_logger()


def page(code: int, **context: object) -> Response:
    """The designed page for this status. It asks the database nothing: that may be what went wrong."""
    close_db()
    g.without_member = True
    shown = code if code in PAGES else (500 if code >= 500 else 400)
    return make_response(render_template(f"errors/{shown}.html", **context), code)


def register(app: Flask) -> None:
    """Answer every error with its page."""

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if error.code is not None and error.code < 400:
            return make_response(error.get_response())
        response = page(error.code or 500, description=error.description)
        if error.code == 405 and getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
        return response

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> Response:
        log.info("csrf.refused", reason=error.description)
        return page(403, description="send this form", csrf=True)

    @app.errorhandler(StaleDataError)
    def changed(error: StaleDataError) -> Response:
        log.info("stale", error=error)
        return page(409)

    @app.errorhandler(OperationalError)
    def store_away(error: OperationalError) -> Response:
        log.error("store.away", error=error)
        response = page(503)
        response.headers["Retry-After"] = "5"
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.error("unexpected", error=error)
        return page(500)
