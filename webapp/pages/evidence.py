"""A session's pictures and files, through our own routes: the vendor's addresses never reach a browser."""

from flask import Blueprint, Response, abort, current_app, url_for
from flask.typing import ResponseReturnValue

from webapp.access import actor
from webapp.actions import evidence
from webapp.actions.audit import record
from webapp.htmx import partial_or_redirect
from webapp.models import EvidenceFile
from webapp.queries import session_page
from webapp.request_db import close_db, current_database, current_db
from webapp.settings import Settings

bp = Blueprint("evidence", __name__)

EXTENSIONS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "application/pdf": "pdf",
}  # fmt: skip
CLOSED = "default-src 'none'; sandbox"
"""The content security policy of a file: it may do nothing, whatever it turns out to be."""


@bp.get("/evidence/<int:file_id>")
def picture(file_id: int) -> ResponseReturnValue:
    """The display copy: a JPEG that we encoded ourselves."""
    file = _kept(file_id)
    if file.state != "saved" or not file.display_path:
        abort(404)
    return _send(file.display_path, "image/jpeg", f"{_name(file)}.jpg", attachment=False)


@bp.get("/evidence/<int:file_id>/original")
def original(file_id: int) -> ResponseReturnValue:
    """The bytes as the vendor gave them, only ever as a download, and on the record."""
    file = _kept(file_id)
    with current_database().writing() as db:
        record(
            db, by=actor(), action="image.download", object_type="evidence_file", object_id=file.id,
            session_id=file.session_id,
        )  # fmt: skip
    kind = file.media_type if file.media_type in EXTENSIONS else "application/octet-stream"
    return _send(file.path, kind, f"{_name(file)}.{EXTENSIONS.get(kind, 'bin')}", attachment=True)


@bp.post("/evidence/<int:file_id>/retry")
def retry(file_id: int) -> ResponseReturnValue:
    """Ask for a file again: the pictures' block for htmx, else 303 back to it."""
    with current_database().writing() as db:
        file = evidence.retry(db, by=actor(), file_id=file_id)
    if file is None:
        abort(404)
    close_db()  # what this request read before does not know that the file is asked for again
    page = session_page.detail(current_db(), file.session_id, providers=current_app.extensions["vouchdesk.providers"])
    back = url_for("session.show", session_id=file.session_id, _anchor="pictures")
    return partial_or_redirect("session/_pictures.html", back, page=page)


def _kept(file_id: int) -> EvidenceFile:
    """The file, if its bytes are here; what is no picture is kept too, but only to be downloaded."""
    file = current_db().get(EvidenceFile, file_id)
    if file is None or not file.path:
        abort(404)
    return file


def _name(file: EvidenceFile) -> str:
    """A file name of our own words; nothing of the vendor's enters a header."""
    side = f"-{file.side}" if file.side.isalnum() and file.side.isascii() else ""
    return f"session-{file.session_id}-{file.kind}{side}-{file.id}"


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
