"""One blueprint for each sidebar word; routes only."""

from flask import Flask

from webapp.pages import (
    deliveries,
    evidence,
    health,
    links,
    overview,
    policy,
    presets,
    reveal,
    session,
    sessions,
    sign_in,
    stream,
    theme,
)
from webapp.pages import links_new as links_new  # its routes stand on the blueprint of `links`


def register(app: Flask) -> None:
    """Add every page to the application."""
    for module in (
        overview,
        sessions,
        session,
        reveal,
        evidence,
        links,
        deliveries,
        presets,
        policy,
        sign_in,
        stream,
        health,
        theme,
    ):
        app.register_blueprint(module.bp)
