"""For operators' probes: is the process up, and can it do its work."""

from datetime import timedelta

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from webapp.models.columns import utc_now
from webapp.queries.health import audit_state, partly_erased, set_aside, store_answers, worker_seen_at
from webapp.request_db import current_db

bp = Blueprint("health", __name__)
WORKER_SILENT = timedelta(seconds=30)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process is up."""
    return jsonify(status="up")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Database, worker and storage; 503 when one of them is away. A broken audit log is told, and stops nothing;
    so are sessions whose copy at the vendor is still there after they were erased here, how many of these copies the vendor
    refused to delete or could not be asked about, and jobs that were set aside."""
    audit, left, in_vain, aside = "", 0, 0, 0
    parts = {"database": store_answers(current_db()), "worker": False, "storage": _storage()}
    if parts["database"]:
        seen = worker_seen_at(current_db())
        parts["worker"] = seen is not None and utc_now() - seen < WORKER_SILENT
        audit, aside = audit_state(current_db()), set_aside(current_db())
        left, in_vain = partly_erased(current_db())
    ready = all(parts.values())
    status = "ready" if ready else "not ready"
    told = {"audit": audit, "partly_erased": left, "partly_erased_in_vain": in_vain, "jobs_set_aside": aside}
    return jsonify(status=status, **parts, **told), 200 if ready else 503


def _storage() -> bool:
    folder = current_app.extensions["vouchdesk.settings"].data_dir / "evidence"
    probe = folder / ".probe"
    try:
        probe.write_bytes(b"ok")
        probe.unlink()
    except OSError:
        return False
    return True
