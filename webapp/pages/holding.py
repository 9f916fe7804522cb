"""Holding a session: take, release, skip, take over, and the panel that says who else is here; routes only."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import actor
from webapp.actions import presence, reviews
from webapp.filters import utc_now
from webapp.forms.holding import Hold, HoldWithReason
from webapp.htmx import is_htmx, unchanged
from webapp.queries import holding
from webapp.queries.counts import waiting
from webapp.queries.session_page import SessionPage
from webapp.request_db import close_db, current_database, current_db

bp = Blueprint("holding", __name__)


@bp.post("/sessions/<int:session_id>/take")
def take(session_id: int) -> ResponseReturnValue:
    """Hold a free session."""
    return _do(session_id, reviews.take, Hold(request.form), "You hold this session now.")


@bp.post("/sessions/<int:session_id>/release")
def release(session_id: int) -> ResponseReturnValue:
    """Give a session back to the queue."""
    return _do(session_id, reviews.release, Hold(request.form), "The session is back in the queue.")


@bp.post("/sessions/<int:session_id>/take-over")
def take_over(session_id: int) -> ResponseReturnValue:
    """Hold a session that somebody else holds, with a reason."""
    return _do(session_id, reviews.take_over, HoldWithReason(request.form), "You hold this session now.")


@bp.post("/sessions/<int:session_id>/skip")
def skip(session_id: int) -> ResponseReturnValue:
    """Leave a session to others, with a reason, and go on to the next one."""
    answer = _do(session_id, reviews.skip, HoldWithReason(request.form), "Skipped; it is left to others for a day.")
    if make_response(answer).status_code != 303:
        return answer
    with current_database().writing() as db:
        following = reviews.next_for(db, by=actor())
    return redirect(url_for("session.show", session_id=following) if following else url_for("reviews.index"), 303)


@bp.post("/sessions/<int:session_id>/here")
def here(session_id: int) -> ResponseReturnValue:
    """An open page says that it is open, every minute: the lease of who holds the session goes on; the panel, or 204."""
    found = _here(session_id)
    if found is None:
        abort(404)
    now = utc_now()
    if found.my_seen_at is None or now - found.my_seen_at >= reviews.RENEW_AFTER:
        with current_database().writing() as db:
            presence.stay(db, by=actor(), session_id=session_id, arrives=found.my_seen_at is None)
            if found.mine:
                reviews.renew(db, by=actor(), session_id=session_id)
        close_db()  # what follows has to see it
        found = _here(session_id) or found
    same = unchanged(found.token)
    if same is not None:
        return same
    if not is_htmx():
        return redirect(url_for("session.show", session_id=session_id), 303)
    response = make_response(render_template("session/_here.html", here=found))
    response.vary.add("HX-Request")
    return response


def register(app: Flask) -> None:
    """Let the session page show the panel, whichever route draws the page."""
    app.jinja_env.globals["here_on"] = _here_on


def _here_on(page: SessionPage) -> holding.Here:
    """What the page has read along with its session."""
    return holding.made_of(
        page.session, page.present, queue=waiting(current_db()), user_id=current_user.user_id, now=utc_now()
    )


def _here(session_id: int) -> holding.Here | None:
    return holding.here(current_db(), session_id, user_id=current_user.user_id, now=utc_now())


def _do(session_id: int, action: Callable[..., Any], form: Hold, done: str) -> ResponseReturnValue:
    """Run the action and go back to the session; 422 without a reason, 409 when it is not as the page showed it."""
    if not form.validate():
        return _refused(session_id, action, form, 422)
    try:
        with current_database().writing() as db:
            session = action(db, by=actor(), session_id=session_id, **form.data)
    except reviews.Changed as changed:
        return _refused(session_id, action, form, 409, str(changed))
    if session is None:
        abort(404)
    flash(done, "ok")
    return redirect(url_for("session.show", session_id=session_id), 303)


def _refused(
    session_id: int, action: Callable[..., Any], form: Hold, status: int, changed: str = ""
) -> ResponseReturnValue:
    """What was wrong or has changed, with the same form on the newest state; what was typed is still there."""
    close_db()
    found = _here(session_id)
    if found is None:
        abort(404)
    reason = form.reason.data if isinstance(form, HoldWithReason) else ""
    page = render_template(
        "reviews/refused.html", here=found, form=form, changed=changed, typed={action.__name__: reason}, status=status
    )
    return page, status
