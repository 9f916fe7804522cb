"""The AML matches of all sessions, and the dismissals that are remembered, with their end; routes only."""

from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import actor
from webapp.actions import aml_dismissals
from webapp.checks.entries import full_names
from webapp.forms.aml_verdicts import EndDismissal
from webapp.forms.matches import LABELS, MatchFilterForm
from webapp.masks import RESTRICTED
from webapp.models.words import LIST_KIND_WORDS, VERDICT_WORDS
from webapp.queries import matches as queries
from webapp.queries import policies
from webapp.queries.counts import capped
from webapp.queries.matches import MatchFilter, MatchRow
from webapp.queries.session_filter import Position
from webapp.request_db import current_database, current_db

bp = Blueprint("matches", __name__)


@bp.get("/matches")
def index() -> ResponseReturnValue:
    """The matches of the filter, newest first."""
    db = current_db()
    form = MatchFilterForm.read(request.args, {code: list_name(code) for code in queries.databases(db)})
    page = queries.page(db, form.filter, form.bounds)
    return render_template(
        "matches/index.html", form=form, page=page, open=capped(queries.open_matches(db)), labels=LABELS, url=_url,
        verdict_words=VERDICT_WORDS, list_words=LIST_KIND_WORDS, entry_name=entry_name, list_name=list_name,
    )  # fmt: skip


@bp.get("/matches/remembered")
def remembered() -> ResponseReturnValue:
    """The dismissals that are remembered for a person, newest first."""
    return _remembered()


@bp.post("/matches/remembered/<int:dismissal_id>/end")
def end(dismissal_id: int) -> ResponseReturnValue:
    """Remember one no longer, with the reason."""
    form = EndDismissal(request.form)
    if not form.validate():
        return _remembered(wrong=(dismissal_id, form)), 422
    with current_database().writing() as db:
        ended = aml_dismissals.end(db, by=actor(), dismissal_id=dismissal_id, why=form.why.data)
    if ended is None:
        abort(404)
    flash("It is remembered no longer. Matches that it settled stay as they are.", "ok")
    return redirect(url_for("matches.remembered"), 303)


def _remembered(wrong: tuple[int, EndDismissal] | None = None) -> str:
    db, asked = current_db(), request.args.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    rows = queries.dismissals(db, after=after, size=queries.PAGE_SIZE + 1)
    return render_template(
        "matches/remembered.html", rows=rows[: queries.PAGE_SIZE], more=len(rows) > queries.PAGE_SIZE, after=after,
        policy=policies.remembering(db), wrong=wrong,
    )  # fmt: skip


def entry_name(row: MatchRow) -> str:
    """What the list calls its entry."""
    named = next(iter(full_names(row.entry)), "") or "Entry without a name"
    return RESTRICTED + named if row.restricted else named


def list_name(code: str) -> str:
    """A list in plain words, by the vendor's code."""
    provider = current_app.extensions["vouchdesk.providers"].get("docupass")
    return str(provider.describe_database(code).name) if provider else code


def _url(wanted: MatchFilter, **places: Position | None) -> str:
    """The address of the list for a filter and a place; "" when the place is not there."""
    if any(place is None for place in places.values()):
        return ""
    params = wanted.params() + [(name, str(place)) for name, place in places.items()]
    return url_for("matches.index") + ("?" + urlencode(params) if params else "")
