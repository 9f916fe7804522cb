"""htmx, wrapped once: which answer an in-place action gives, and the headers such answers carry."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request
from htmx_flask import make_response as htmx_response


def is_htmx() -> bool:
    """Whether htmx asks for a piece of the page (a restored history entry wants the whole page)."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]


def partial_or_redirect(template: str, url: str, *, status: int = 200, trigger: str = "", **context: Any) -> Response:
    """Answer an in-place action: the partial for htmx, else 303 to the page (or the partial's page on an error status)."""
    if is_htmx():
        response: Response = htmx_response(render_template(template, **context), trigger=trigger or None)
        response.status_code = status
    else:
        response = make_response(redirect(url, code=303))
    response.vary.add("HX-Request")
    return response


def unchanged(seen_now: str) -> Response | None:
    """For a live region that already shows `seen_now`: an empty 204, else None. The header `X-Seen` carries what it shows."""
    if is_htmx() and request.headers.get("X-Seen") == seen_now:
        return Response(status=204, headers={"Vary": "HX-Request"})
    return None
