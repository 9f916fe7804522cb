"""The lines of the sessions list as HTML: drawn by a template, and kept as long as nothing that they show has changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from webapp.filters import visible, when
from webapp.pages.session_words import MATTER_ICONS, as_seen, matter_label, row_label, row_note, row_outcome
from webapp.providers.base import Provider
from webapp.queries.sessions import SessionRow

MOST = 2000
"""Lines kept, of about 1 KB each: what a team has open at one time."""


def drawn_rows(rows: Iterable[SessionRow], *, providers: Mapping[str, Provider], now: datetime) -> list[Markup]:
    """One line of HTML for each row, as this request may see it. An open page asks for the same lines again and again."""
    return [
        _drawn(row, row_note(row, now), _outcome(row, providers), when(row.created_at, now), when(row.finished_at, now))
        for row in map(as_seen, rows)
    ]


@lru_cache(MOST)
def _drawn(row: SessionRow, note: str, outcome: str, created: str, finished: str) -> Markup:
    """All that the line shows is in the arguments, so that a kept line is never an old one, nor one for other eyes."""
    tags = [(matter_label(matter), MATTER_ICONS[matter.kind], matter.severity) for matter in row.matters]
    template = current_app.jinja_env.get_template("sessions/_row.html").module
    line: Markup = template.row(  # type: ignore[attr-defined]
        row, name=visible(row_label(row)), note=note, outcome=outcome, tags=tags, created=created, finished=finished
    )
    return line


def _outcome(row: SessionRow, providers: Mapping[str, Provider]) -> str:
    provider = providers.get(row.provider)
    return row_outcome(row, provider.describe_code(row.outcome_code).short if provider else "")
