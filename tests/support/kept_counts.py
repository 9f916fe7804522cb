"""Counts that a page keeps until a change is announced, held each time against counting again: a change that is not is found."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite

from webapp.queries import counts


def hold_against_counting_again(patch: pytest.MonkeyPatch) -> None:
    """From now on whoever is told a kept count that is no longer true fails."""
    kept = counts._unless_changed

    def checked(connection: Connection, *, needing: bool) -> counts.Waiting:
        told = kept(connection, needing=needing)
        if connection.dialect.name == "sqlite":
            whole = told.needing is not None
            again = counts.Waiting(*connection.connection.cursor().execute(*_question(whole)).fetchone())
            assert replace(told, since=None) == replace(again, since=None), "it changed, and nobody announced it"
        return told

    patch.setattr(counts, "_unless_changed", checked)


@cache
def _question(needing: bool) -> tuple[str, list[Any]]:
    """Past SQLAlchemy, as tests count what goes through it."""
    query = counts._WITH_NEEDING if needing else counts._WAITING
    compiled = query.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    return str(compiled), [compiled.params[name] for name in compiled.positiontup or []]
