"""Verdicts on the list entries of a session: one, several at once, and taking one back; routes only."""

import json
from collections.abc import Sequence

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from webapp.access import actor
from webapp.actions import aml_verdicts
from webapp.actions.aml_verdicts import Given, Incomplete, NoSuchMatch, NotNow
from webapp.forms.aml_verdicts import VerdictForm
from webapp.htmx import is_htmx
from webapp.models import VerificationSession
from webapp.models.words import VERDICT_WORDS
from webapp.pages import session
from webapp.providers.base import Provider
from webapp.queries import session_page
from webapp.queries.session_page import SessionPage
from webapp.request_db import close_db, current_database, current_db

bp = Blueprint("session_matches", __name__)
NAMED = 5
"""Left matches that a message names; a cookie holds 4 KB."""


@bp.post("/sessions/<int:session_id>/matches/<int:match_id>/verdict")
def give(session_id: int, match_id: int) -> ResponseReturnValue:
    """A verdict on one match; refused, its card comes back with the reason and all that was typed."""
    form = VerdictForm(request.form, match_id=match_id)
    try:
        done = _give(session_id, [match_id], form)
    except Incomplete as wrong:
        return _refused(session_id, form.refuse(wrong), 422)
    except NotNow as closed:
        form.conflict = str(closed)
        return _refused(session_id, form, 409)
    words = f"{VERDICT_WORDS[form.said().verdict]}: saved.{' The session is escalated.' if done.escalated else ''}"
    return _done(session_id, words, from_match=match_id)


@bp.post("/sessions/<int:session_id>/matches/verdict")
def give_several(session_id: int) -> ResponseReturnValue:
    """One verdict for all that are ticked; where it does not hold they stay open, and that is said."""
    form = VerdictForm(request.form)
    try:
        if not form.ticked:
            raise Incomplete({"match": "Tick at least one hit that is open."})
        done = _give(session_id, form.ticked, form, several=True)
        if not done.settled:
            raise Incomplete({"match": f"It holds for none of them. {_left(done)}"})
    except Incomplete as wrong:
        return _refused(session_id, form.refuse(wrong), 422)
    except NotNow as closed:
        form.conflict = str(closed)
        return _refused(session_id, form, 409)
    count = len(done.settled)
    words = f"{VERDICT_WORDS[form.said().verdict]}: {count} {'hit' if count == 1 else 'hits'} settled."
    return _done(session_id, f"{words} {_left(done)}".strip())


@bp.post("/sessions/<int:session_id>/matches/<int:match_id>/undo")
def undo(session_id: int, match_id: int) -> ResponseReturnValue:
    """Take a verdict back."""
    try:
        with current_database().writing() as db:
            aml_verdicts.undo(db, by=actor(), session_id=session_id, match_id=match_id, provider=_provider(session_id))
    except NoSuchMatch:
        abort(404)
    except NotNow as closed:
        form = VerdictForm(match_id=match_id)
        form.conflict = str(closed)
        return _refused(session_id, form, 409)
    return _done(session_id, "The verdict is undone; the hit is open.", to_match=match_id)


def _give(session_id: int, match_ids: Sequence[int], form: VerdictForm, *, several: bool = False) -> Given:
    provider = _provider(session_id)
    try:
        with current_database().writing() as db:
            return aml_verdicts.give(
                db, by=actor(), session_id=session_id, match_ids=match_ids, said=form.said(), provider=provider,
                several=several,
            )  # fmt: skip
    except NoSuchMatch:
        abort(404)


def _provider(session_id: int) -> Provider:
    found = current_db().get(VerificationSession, session_id)
    if found is None:
        abort(404)
    close_db()  # what is drawn afterwards is read after the write
    provider: Provider = current_app.extensions["vouchdesk.providers"][found.provider]
    return provider


def _left(done: Given) -> str:
    """`Left open: IMA CARDHOLDER (the list entry has no date of birth).`"""
    if not done.left:
        return ""
    each = [
        f"{left.name[:60]}: {left.why.removesuffix(' Choose another, or Cannot tell.')}" for left in done.left[:NAMED]
    ]
    more = f" And {len(done.left) - NAMED} more." if len(done.left) > NAMED else ""
    return f"Left open: {' '.join(each)}{more}"


def _done(session_id: int, words: str, *, from_match: int = 0, to_match: int = 0) -> ResponseReturnValue:
    """The pieces that changed for htmx, with the focus on the next open hit; else the page, there."""
    if not is_htmx():
        flash(words, "ok")
        page = _page(session_id)
        place = (
            f"match-{to_match or _next_open(page, from_match)}" if to_match or _next_open(page, from_match) else "aml"
        )
        return redirect(url_for("session.show", session_id=session_id, _anchor=place), 303)
    page = _page(session_id)
    focus = to_match or _next_open(page, from_match) or from_match
    response = _pieces(page, None, 200)
    after = {"toast": {"text": words, "tone": "ok"}, "focus-on": {"id": f"match-{focus}" if focus else "aml"}}
    response.headers["HX-Trigger-After-Settle"] = json.dumps(after)
    return response


def _next_open(page: SessionPage, after: int) -> int:
    """The open match that comes next on the page, from the first again after the last; 0 when none is open."""
    shown = [card for card in page.matches if card.open]
    return next((card.match.id or 0 for card in shown if card.match.id != after), 0)


def _refused(session_id: int, form: VerdictForm, status: int) -> ResponseReturnValue:
    close_db()
    if is_htmx():
        return _pieces(_page(session_id), form, status)
    return session.again(session_id, sent_verdict=form, status=status)


def _page(session_id: int) -> SessionPage:
    page = session_page.detail(current_db(), session_id, providers=current_app.extensions["vouchdesk.providers"])
    if page is None:
        abort(404)
    return page


def _pieces(page: SessionPage, form: VerdictForm | None, status: int) -> Response:
    """Blocks A and F, from which htmx takes the card and the counts."""
    response = make_response(render_template("session/_verdict_answer.html", page=page, sent_verdict=form), status)
    response.vary.add("HX-Request")
    return response
