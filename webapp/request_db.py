"""This request's reading session, and the application's Database; for pages only: actions and queries are given theirs."""

from flask import current_app, g
from sqlmodel import Session

from webapp.db import Database


def current_database() -> Database:
    """The application's Database."""
    database: Database = current_app.extensions["vouchdesk.database"]
    return database


def current_db() -> Session:
    """This request's reading session, opened on first use and closed with the request.

    It shows the database as it was at its first read: to see a write of this same request, `close_db()` first.
    """
    if "db" not in g:
        g.db = current_database().reading()
    session: Session = g.db
    return session


def close_db(_error: BaseException | None = None) -> None:
    """Close this request's reading session."""
    session = g.pop("db", None)
    if session is not None:
        session.close()
