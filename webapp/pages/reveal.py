"""Uncovering the masked data of a session, and covering it again; routes only, the page itself is in `session`."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import actor
from webapp.actions import reveals
from webapp.forms.reveal import RevealForm
from webapp.pages import session
from webapp.request_db import current_database

bp = Blueprint("reveal", __name__)
bp.add_app_template_global(RevealForm, "new_reveal_form")


@bp.post("/sessions/<int:session_id>/reveal")
def show(session_id: int) -> ResponseReturnValue:
    """Uncover it for ten minutes; without a reason the page comes back with what was typed."""
    form = RevealForm(request.form)
    if not form.validate():
        return session.again(session_id, reveal_form=form)
    with current_database().writing() as db:
        until = reveals.reveal(
            db, by=actor(), session_id=session_id, reason=form.reveal_reason.data, words=form.reveal_words.data
        )
    if until is None:
        abort(404)
    return redirect(url_for("session.show", session_id=session_id, _anchor="sight"), 303)


@bp.post("/sessions/<int:session_id>/hide")
def hide(session_id: int) -> ResponseReturnValue:
    """Cover it again now."""
    with current_database().writing() as db:
        hidden = reveals.hide(db, by=actor(), session_id=session_id)
    if hidden:
        flash("The data are masked again.", "ok")
    return redirect(url_for("session.show", session_id=session_id), 303)
