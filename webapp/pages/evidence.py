"""A session's pictures and files, through our own routes: the vendor's addresses never reach a browser."""

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import actor, deny
from webapp.actions import evidence
from webapp.actions.audit import record
from webapp.htmx import partial_or_redirect
from webapp.masking import look_at
from webapp.models import EvidenceFile
from webapp.models.columns import utc_now
from webapp.queries import session_page
from webapp.queries.evidence_files import EXTENSIONS, download_name, stem
from webapp.queries.viewing import viewed_since
from webapp.request_db import close_db, current_database, current_db
from webapp.settings import Settings

bp = Blueprint("evidence", __name__)

LOOKED = timedelta(hours=1)
"""A person's look at a picture is put on the record once in this time: an open page shows it again and again."""
CLOSED = "default-src 'none'; sandbox"
"""The content security policy of a file: it may do nothing, whatever it turns out to be."""


@bp.get("/evidence/<int:file_id>")
def picture(file_id: int) -> ResponseReturnValue:
    """The display copy: a JPEG that we encoded ourselves. Who looked at it is on the record before it is sent."""
    file = _seen(file_id)
    if file.state != "saved" or not file.display_path:
        abort(404)
    if not viewed_since(current_db(), file_id=file_id, user_id=current_user.user_id, since=utc_now() - LOOKED):
        _on_record("image.view", file)
    return _send(file.display_path, "image/jpeg", f"{stem(file)}.jpg", attachment=False)


@bp.get("/evidence/<int:file_id>/original")
def original(file_id: int) -> ResponseReturnValue:
    """The bytes as the vendor gave them, only ever as a download, and on the record."""
    file = _seen(file_id)
    _on_record("image.download", file)
    kind = file.media_type if file.media_type in EXTENSIONS else "application/octet-stream"
    return _send(file.path, kind, download_name(file), attachment=True)


@bp.post("/evidence/<int:file_id>/retry")
def retry(file_id: int) -> ResponseReturnValue:
    """Ask for a file again: the pictures' block for htmx, else 303 back to it or to the list it was asked from."""
    with current_database().writing() as db:
        file = evidence.retry(db, by=actor(), file_id=file_id)
    if file is None:
        abort(404)
    if request.form.get("back") == "at_risk":
        flash("The file is being fetched again. This list says what came of it.", "ok")
        return redirect(url_for("deliveries.at_risk"), 303)
    close_db()  # what this request read before does not know that the file is asked for again
    look_at(file.session_id)
    page = session_page.detail(current_db(), file.session_id, providers=current_app.extensions["vouchdesk.providers"])
    back = url_for(
        "session.show", session_id=file.session_id, _anchor="contract" if file.kind == "contract" else "pictures"
    )
    return partial_or_redirect("session/_pictures.html", back, page=page)


def _kept(file_id: int) -> EvidenceFile:
    """The file, if its bytes are here; what is no picture is kept too, but only to be downloaded."""
    file = current_db().get(EvidenceFile, file_id)
    if file is None or not file.path:
        abort(404)
    return file


def _seen(file_id: int) -> EvidenceFile:
    """The same, for who may see pictures or has uncovered its session; others are refused, on the record."""
    file = _kept(file_id)
    if not look_at(file.session_id).images:
        deny("see_images")
    return file


def _on_record(action: str, file: EvidenceFile) -> None:
    with current_database().writing() as db:
        record(
            db, by=actor(), action=action, object_type="evidence_file", object_id=file.id, session_id=file.session_id
        )


def _send(stored: str, kind: str, name: str, *, attachment: bool) -> Response:
    settings: Settings = current_app.extensions["vouchdesk.settings"]
    folder = (settings.data_dir / "evidence").resolve()
    path = (folder / stored).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        abort(404)
    response = Response(path.read_bytes(), mimetype=kind)
    how = "attachment" if attachment else "inline"
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    response.headers["Content-Security-Policy"] = CLOSED
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
