"""One blueprint for each sidebar word; routes only."""

from flask import Flask

from webapp.pages import (
    account,
    audit,
    deliveries,
    evidence,
    exports,
    health,
    holding,
    links,
    matches,
    overview,
    packs,
    policy,
    presets,
    retention,
    reveal,
    reviews,
    rules,
    session,
    session_decide,
    session_matches,
    session_retention,
    sessions,
    sign_in,
    stream,
    theme,
    users,
)
from webapp.pages import links_new as links_new  # its routes stand on the blueprint of `links`


def register(app: Flask) -> None:
    """Add every page to the application."""
    for module in (
        overview,
        reviews,
        holding,
        sessions,
        session,
        session_decide,
        session_matches,
        session_retention,
        retention,
        matches,
        reveal,
        evidence,
        links,
        deliveries,
        exports,
        packs,
        presets,
        rules,
        policy,
        sign_in,
        stream,
        health,
        theme,
        account,
        users,
        audit,
    ):
        app.register_blueprint(module.bp)
    app.register_blueprint(reviews.approvals)
    holding.register(app)
