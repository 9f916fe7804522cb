"""The session page and the view of one raw delivery; routes only, what they show comes from queries.session_page."""

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import actor
from webapp.actions.audit import record
from webapp.actions.intake import read_body
from webapp.htmx import is_htmx, unchanged
from webapp.models import Delivery
from webapp.models.words import FINAL_STATUSES
from webapp.queries import session_page, session_seen
from webapp.queries.raw_text import readable
from webapp.request_db import current_database, current_db
from webapp.settings import Settings

bp = Blueprint("session", __name__)
STOP_POLLING = 286


@bp.get("/sessions/<int:session_id>")
def show(session_id: int) -> ResponseReturnValue:
    """One session. A live region asks with `X-Seen`: 204 when nothing changed, 286 (stop asking) at a final status."""
    db = current_db()
    seen = session_seen.seen(db, session_id)
    if seen is None:
        abort(404)
    last_poll = request.headers.get("X-Poll") == "1" and seen.status in FINAL_STATUSES
    same = unchanged(seen.token)
    if same is not None:
        same.status_code = STOP_POLLING if last_poll else same.status_code
        return same
    if not _refetch() or not session_seen.viewed_by(db, session_id, current_user.user_id):
        _record_view("session.view", session_id=session_id)
    page = session_page.detail(db, session_id, providers=current_app.extensions["vouchdesk.providers"])
    response = make_response(render_template("session/show.html", page=page, seen=seen.token))
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
    settings: Settings = current_app.extensions["vouchdesk.settings"]
    body = read_body(delivery.body, delivery.body_file, settings.data_dir)
    download = request.args.get("download") == "1"
    _record_view("raw.view", session_id=session_id, delivery_id=delivery_id, download=download)
    if download:
        return _as_file(body, f"session-{session_id}-delivery-{delivery_id}.json")
    text, cut = readable(body)
    return render_template("session/raw.html", delivery=delivery, session_id=session_id, text=text, cut=cut)


def _refetch() -> bool:
    """Whether an open page asks for its own changes; a person who opens the page sends no `X-Seen`."""
    return is_htmx() and "X-Seen" in request.headers


def _record_view(action: str, *, session_id: int, delivery_id: int | None = None, download: bool = False) -> None:
    with current_database().writing() as db:
        record(
            db, by=actor(), action=action, object_type="delivery" if delivery_id else "session",
            object_id=delivery_id or session_id, session_id=session_id, after={"download": True} if download else None,
        )  # fmt: skip


def _as_file(body: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(body, mimetype="application/octet-stream", headers=headers)
