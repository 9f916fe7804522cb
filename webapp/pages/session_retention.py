"""How long a session's data are kept: the end of the relationship, a hold, restricting, erasing on request; routes only."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from webapp.access import actor
from webapp.actions import erasures, retention
from webapp.filters import utc_now
from webapp.forms.retention import EndForm, EraseForm, HoldForm
from webapp.pages.retention import WORDS
from webapp.queries import retention as queries
from webapp.queries.link_list import LARGEST_ID
from webapp.request_db import close_db, current_database, current_db

bp = Blueprint("session_retention", __name__)


@bp.get("/sessions/<int:session_id>/retention")
def show(session_id: int) -> ResponseReturnValue:
    """From when each class may be erased, and why not yet."""
    return _page(session_id)


@bp.post("/sessions/<int:session_id>/relationship-end")
def relationship_end(session_id: int) -> ResponseReturnValue:
    """Note when the business with the person ended, or that it has not."""
    form = EndForm(request.form)
    if not form.validate():
        return _page(session_id, end=form), 422
    day = form.ended.data
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
    words = "Noted: the relationship has ended." if at else "Noted: the relationship has not ended."
    return _do(
        session_id,
        lambda db: retention.set_relationship_end(db, by=actor(), session_id=session_id, at=at),
        words,
        end=form,
    )


@bp.post("/sessions/<int:session_id>/hold")
def hold(session_id: int) -> ResponseReturnValue:
    """Place a legal hold."""
    form = HoldForm(request.form)
    if not form.validate():
        return _page(session_id, hold=form), 422
    return _do(
        session_id,
        lambda db: retention.place_hold(
            db, by=actor(), session_id=session_id, whole_person=form.on.data == "person", reason=form.reason.data,
            owner=form.owner.data,
        ),
        "The hold is placed: nothing of it is erased.", hold=form,
    )  # fmt: skip


@bp.post("/sessions/<int:session_id>/restrict")
def restrict(session_id: int) -> ResponseReturnValue:
    """Restrict the person's data, or no longer."""
    wanted = request.form.get("restricted") == "1"
    words = "The person’s data are restricted." if wanted else "The person’s data are not restricted any more."
    return _do(
        session_id, lambda db: retention.restrict(db, by=actor(), session_id=session_id, wanted=wanted), words
    )  # fmt: skip


@bp.post("/sessions/<int:session_id>/erase")
def erase(session_id: int) -> ResponseReturnValue:
    """Ask for an erasure: what the law keeps is refused with its date, the rest waits for a second person."""
    form = EraseForm(request.form)
    if not form.validate():
        return _page(session_id, erase=form), 422
    minimum = current_app.extensions["vouchdesk.settings"].retention_minimum_days
    return _do(
        session_id,
        lambda db: erasures.request(
            db, by=actor(), session_id=session_id, reason=form.reason.data, minimum_days=minimum
        ),
        "Asked for. What may be erased waits for a second person; what may not says until when.", erase=form,
    )  # fmt: skip


def _do(session_id: int, take: Callable[[Session], Any], words: str, **forms: Any) -> ResponseReturnValue:
    try:
        with current_database().writing() as db:
            done = take(db)
    except retention.NotPossible as refused:
        close_db()
        return _page(session_id, message=str(refused), **forms), 409
    if done is None:
        abort(404)
    flash(words, "ok")
    return redirect(url_for("session_retention.show", session_id=session_id), 303)


def _page(session_id: int, **more: Any) -> str:
    minimum = current_app.extensions["vouchdesk.settings"].retention_minimum_days
    known = session_id <= LARGEST_ID
    found = queries.standing(current_db(), session_id, minimum_days=minimum, now=utc_now()) if known else None
    if found is None:
        abort(404)
    ended = found.person.relationship_ended_at if found.person else None
    forms = {
        "end": EndForm(ended=ended.date() if ended else None), "hold": HoldForm(on="person" if found.person else "session"),
        "erase": EraseForm(),
    }  # fmt: skip
    sent = [each for key, each in more.items() if key in forms and each.errors]
    return render_template(
        "session/retention.html", found=found, session=found.session, wrong=sent[0] if sent else None,
        **{"message": "", **WORDS, **forms, **more},
    )  # fmt: skip
