"""Files that people ask for: asking, cancelling, having one, removing it after its time; making is in `export_making`."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import exists
from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import keyed, record
from webapp.actions.export_making import COUNTED, JOB, KEPT_FOR, exports_folder
from webapp.actions.jobs import enqueue
from webapp.db import Database
from webapp.masks import Sight
from webapp.models import Export, ExportDownload, User
from webapp.models.changes import NOBODY, announce
from webapp.models.columns import utc_now
from webapp.queries import eligible
from webapp.queries.policies import LARGE_EXPORT

SAME_FOR = timedelta(minutes=1)
"""For so long the same file asked for twice is one, though it was made at once; later ones show newer data."""
LONGEST_KEPT = KEPT_FOR + timedelta(hours=2)
SEARCHED = "q"
"""The part of a filter that may be somebody's name."""


class Gone(Exception):
    """The file cannot be had; the message says why."""


def request(
    db: Session, *, by: Actor, kind: str, format: str, filter: Sequence[tuple[str, str]], options: dict[str, Any],
    sight: Sight, purpose: str, purpose_text: str, session_id: int | None = None, profile: str = "",
    rows: int | None = None,
) -> Export:  # fmt: skip
    """Have a file made. The same one asked for twice by the same person, while it is made or within a minute, is one.

    `rows`: how many the filter shows now, or packs a sample has. Over 100 it waits for a second person where the policy says
    so; who does not count gets no file of more (`export_making`).
    """
    if by.id is not None:
        db.get(User, by.id, with_for_update=True)  # one request of a person at a time
    export = Export(
        kind=kind, format=format, profile=profile, filter=[list(part) for part in filter], options=options,
        sight={name: value for name, value in asdict(sight).items() if name != "until"}, purpose=purpose,
        purpose_text=purpose_text, session_id=session_id, requested_by_id=by.id, requested_by_name=by.name,
        requested_by_role=by.role, rows_asked=rows,
    )  # fmt: skip
    export.needs_second = _needs_second(db, export)
    export.state = "waiting" if export.needs_second else "queued"
    export.same_key = _same_key(export)
    same = _same(db, export)
    if same is not None:
        return same
    db.add(export)
    db.flush()
    if not export.needs_second:
        enqueue(db, kind=JOB, subject_id=export.id or 0)
    announce(db.connection(), NOBODY)
    record(
        db, by=by, action="export.request", object_type="export", object_id=export.id, session_id=session_id,
        after={
            "kind": kind, "format": format, "profile": profile, "purpose": purpose, "rows": rows,
            "second_person": export.needs_second,
            "filter": [[name, keyed(db, value) if name == SEARCHED else value] for name, value in filter],
        },
    )  # fmt: skip
    return export


def cancel(db: Session, *, by: Actor, export_id: int) -> Export | None:
    """Stop making a file that this person asked for, or take it back before a second person answered; None where there is
    none. One that is made already stays."""
    export = db.get(Export, export_id, with_for_update=True)
    if export is None or export.requested_by_id != by.id:
        return None
    if export.state not in ("waiting", "queued", "running") or export.cancel_asked:
        return export
    export.cancel_asked = True
    if export.state != "running":
        export.state, export.finished_at, export.expires_at = "cancelled", utc_now(), utc_now() + KEPT_FOR
    announce(db.connection(), NOBODY)
    record(db, by=by, action="export.cancel", object_type="export", object_id=export_id, session_id=export.session_id)
    return export


def download(db: Session, *, by: Actor, export_id: int, data_dir: Path) -> Path:
    """Note that this person has the file, and say where it is. Raises Gone the second time, and when it is not there."""
    export = db.get_one(Export, export_id, with_for_update=True)
    path = exports_folder(data_dir) / export.path
    if export.state != "ready" or (export.expires_at and export.expires_at <= utc_now()) or not path.is_file():
        raise Gone("The file is not here any more. Files are deleted 24 hours after they were made.")
    if db.get(ExportDownload, (export_id, by.id)) is not None:
        raise Gone("You have downloaded this file already. Each person gets a file once.")
    db.add(ExportDownload(export_id=export_id, user_id=by.id or 0))
    announce(db.connection(), NOBODY)
    record(
        db, by=by, action="export.download", object_type="export", object_id=export_id, session_id=export.session_id,
        after={"kind": export.kind, "format": export.format, "sha256": export.sha256, "purpose": export.purpose},
    )  # fmt: skip
    return path


def expire_due(database: Database, data_dir: Path) -> None:
    """Remove the files whose time is over, and what was searched for in them; and files that no row tells of."""
    folder = exports_folder(data_dir)
    too_old = (utc_now() - LONGEST_KEPT).timestamp()
    for left in folder.iterdir():
        if left.is_file() and left.stat().st_mtime < too_old:
            left.unlink(missing_ok=True)
    with database.writing() as db:
        over = select(Export).where(
            col(Export.state).in_(("ready", "failed", "cancelled", "refused", "lapsed")),
            col(Export.expires_at) <= utc_now(),
        )
        for export in db.exec(over.limit(100).with_for_update(skip_locked=True)).all():
            if export.path:
                (folder / export.path).unlink(missing_ok=True)
            export.filter = [[name, "" if name == SEARCHED else value] for name, value in export.filter]
            export.expires_at = None
            announce(db.connection(), NOBODY)
            if export.state == "ready":
                export.state, export.path = "expired", ""
                record(db, by=SYSTEM, action="export.expire", object_type="export", object_id=export.id)


def _needs_second(db: Session, export: Export) -> bool:
    large = export.kind in COUNTED and export.rows_asked is not None and export.rows_asked > LARGE_EXPORT
    return large and eligible.large_exports(db)


def _same_key(export: Export) -> str:
    parts = {
        name: getattr(export, name) for name in (
            "kind", "format", "profile", "filter", "options", "sight", "purpose", "purpose_text", "session_id",
            "requested_by_id",
        )
    }  # fmt: skip
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _same(db: Session, export: Export) -> Export | None:
    had = exists().where(col(ExportDownload.export_id) == Export.id)
    query = select(Export).where(
        Export.same_key == export.same_key, col(Export.state).in_(("waiting", "queued", "running", "ready")),
        col(Export.cancel_asked).is_(False), ~had,
    )  # fmt: skip
    for found in db.exec(query.order_by(col(Export.id).desc()).limit(5)):
        if found.state != "ready" or found.created_at > utc_now() - SAME_FOR:
            return found
    return None
