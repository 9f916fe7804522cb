"""Parts of a page that are drawn once: a template with plain values is kept, and given again for the same values.

So are addresses, and, for one request, its token: a page asks for either dozens of times.
"""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from webapp.masking import sight
from webapp.masks import Sight

MOST = 1024
"""Parts kept, of up to some 15 KB each: what a team has open at one time."""


def once(template: str, **values: Any) -> Markup:
    """The template drawn with these values alone; they are hashable, and compared whole, so a kept part is never an old one.

    It must read nothing else: not who asks, not the time, no token. What he may see is part of what is compared.
    """
    return _drawn(template, sight(), **values)


@lru_cache(MOST, typed=True)  # typed: 1 equals True, and a Markup equals a text that is not safe
def _drawn(template: str, seen_by: Sight, **values: Any) -> Markup:
    return Markup(current_app.jinja_env.get_template(template).render(values))  # noqa: S704 - a template escapes


def address(endpoint: str, **values: Any) -> str:
    """`url_for`, kept where nothing but its arguments counts."""
    if "_external" in values or endpoint.startswith(".") or not has_request_context():
        return url_for(endpoint, **values)
    return _address(request.script_root, endpoint, **values)


@lru_cache(4096, typed=True)
def _address(_root: str, endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)


def token() -> str:
    """The csrf token of this request."""
    if "form_token" not in g:
        g.form_token = generate_csrf()
    found: str = g.form_token
    return found


def register(app: Flask) -> None:
    """Let templates draw parts once; after csrf, whose token this hands out."""
    app.jinja_env.globals.update(once=once, url_for=address, csrf_token=token)
    app.context_processor(lambda: {"csrf_token": token})  # Flask-WTF hands out its own in both ways
