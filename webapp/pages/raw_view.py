"""What the views of raw deliveries share: putting the view on the record, and the bytes as a download."""

from flask import Response

from webapp.access import actor
from webapp.actions.audit import record
from webapp.request_db import current_database


def record_raw_view(*, delivery_id: int, session_id: int | None = None, download: bool = False) -> None:
    """Put on the record that this person sees a raw delivery; committed before a byte of it is sent."""
    with current_database().writing() as db:
        record(
            db, by=actor(), action="raw.view", object_type="delivery", object_id=delivery_id, session_id=session_id,
            after={"download": True} if download else None,
        )  # fmt: skip


def as_file(body: bytes, name: str) -> Response:
    """Bytes of a stranger: only ever a download, of no kind that a browser would open."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(body, mimetype="application/octet-stream", headers=headers)
