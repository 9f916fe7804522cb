"""One blueprint for each sidebar word; routes only."""

from flask import Flask

from webapp.pages import evidence, health, links, overview, session, sessions, sign_in, stream, theme


def register(app: Flask) -> None:
    """Add every page to the application."""
    for module in (overview, sessions, session, evidence, links, sign_in, stream, health, theme):
        app.register_blueprint(module.bp)
