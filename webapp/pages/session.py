"""The session page, saying who it is about, and one raw delivery; routes only, what they show is in queries.session_page."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import actor, deny
from webapp.actions import persons
from webapp.actions.audit import record
from webapp.actions.intake import read_body
from webapp.forms.decide import StepForm
from webapp.forms.identify import Identify
from webapp.htmx import is_htmx, unchanged
from webapp.masking import look, restrict, uncovers
from webapp.models import Delivery
from webapp.models.words import FINAL_STATUSES, RETENTION_CLASS_WORDS
from webapp.pages import session_panel
from webapp.pages.raw_view import as_file, record_raw_view
from webapp.queries import retention, session_page, session_seen
from webapp.queries.raw_text import readable
from webapp.request_db import current_database, current_db
from webapp.settings import Settings

bp = Blueprint("session", __name__)
STOP_POLLING = 286


@bp.get("/sessions/<int:session_id>")
def show(session_id: int) -> ResponseReturnValue:
    """One session. A live region asks with `X-Seen`: 204 when nothing changed, 286 (stop asking) at a final status."""
    db = current_db()
    seen = session_seen.seen(db, session_id, uncovered_for=uncovers())
    if seen is None:
        abort(404)
    last_poll = request.headers.get("X-Poll") == "1" and seen.status in FINAL_STATUSES
    token = _token(seen)
    same = unchanged(token)
    if same is not None:
        same.status_code = STOP_POLLING if last_poll else same.status_code
        return same
    if not _refetch() or not session_seen.viewed_by(db, session_id, current_user.user_id):
        record_view(session_id)
    page = session_page.detail(db, session_id, providers=current_app.extensions["vouchdesk.providers"])
    if seen.status == "erased":
        return _tombstone(page)
    panel = session_panel.context(page, seen)
    response = make_response(render_template("session/show.html", page=page, seen=token, **panel))
    response.vary.add("HX-Request")
    if last_poll:
        response.status_code = STOP_POLLING
    return response


@bp.get("/sessions/<int:session_id>/raw/<int:delivery_id>")
def raw(session_id: int, delivery_id: int) -> ResponseReturnValue:
    """One delivery as it came, indented, not interpreted; `?download=1` gives the bytes. Each view is on the record."""
    db = current_db()
    delivery = db.get(Delivery, delivery_id)
    seen = session_seen.seen(db, session_id)
    if seen is None or delivery is None or not session_page.belongs(db, delivery, session_id):
        abort(404)
    if seen.restricted and "manage_retention" not in current_user.rights:
        deny("manage_retention")
    settings: Settings = current_app.extensions["vouchdesk.settings"]
    body = read_body(delivery.body, delivery.body_file, settings.data_dir)
    download = request.args.get("download") == "1"
    record_raw_view(delivery_id=delivery_id, session_id=session_id, download=download)
    if download:
        return as_file(body, f"session-{session_id}-delivery-{delivery_id}.json")
    text, cut = readable(body)
    return render_template("session/raw.html", delivery=delivery, session_id=session_id, text=text, cut=cut)


@bp.post("/sessions/<int:session_id>/identify")
def identify(session_id: int) -> ResponseReturnValue:
    """Say who a session of a reusable link is about: somebody known, or (`new`) a person made from its result."""
    form = Identify(request.form)
    if not form.validate():
        return again(session_id, identify_error=str(form.person.errors[0]))
    try:
        with current_database().writing() as db:
            session = persons.identify(db, by=actor(), session_id=session_id, person_id=form.person_id)
    except persons.NotToIdentify as refused:
        abort(409, description=str(refused))
    if session is None:
        abort(404)
    flash("The session has its person now.", "ok")
    return redirect(url_for("session.show", session_id=session_id, _anchor="person"), 303)


def again(session_id: int, *, sent: StepForm | None = None, status: int = 422, **wrong: Any) -> ResponseReturnValue:
    """The page again, with what was wrong and what was typed; `sent` is a refused form of the decision column."""
    seen = session_seen.seen(current_db(), session_id, uncovered_for=uncovers())
    if seen is None:
        abort(404)
    token = _token(seen)
    record_view(session_id)
    page = session_page.detail(current_db(), session_id, providers=current_app.extensions["vouchdesk.providers"])
    panel = session_panel.context(page, seen, sent=sent)
    return render_template("session/show.html", page=page, seen=token, **panel, **wrong), status


def _token(seen: session_seen.Seen) -> str:
    """What the page shows: another after a change, and when its masked data are uncovered or covered again."""
    look(seen.uncovered_until)
    return f"{seen.token}.{restrict(seen.restricted).key}"


def _tombstone(page: Any) -> str:
    """What stays of an erased session."""
    done = retention.erased(current_db(), page.session.id)
    return render_template("session/erased.html", page=page, erasures=done, class_words=RETENTION_CLASS_WORDS)


def _refetch() -> bool:
    """Whether an open page asks for its own changes; a person who opens the page sends no `X-Seen`."""
    return is_htmx() and "X-Seen" in request.headers


def record_view(session_id: int) -> None:
    """On the record before a byte of it is sent."""
    with current_database().writing() as db:
        record(
            db, by=actor(), action="session.view", object_type="session", object_id=session_id, session_id=session_id
        )
