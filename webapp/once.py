"""Parts of a page that are drawn once: a template with plain values is kept, and given again for the same values."""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app
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


def register(app: Flask) -> None:
    """Let templates draw parts once."""
    app.jinja_env.globals["once"] = once
