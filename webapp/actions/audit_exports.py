"""Exporting the audit log: the export is on the record and the end of the log signed before its first byte."""

from collections.abc import Sequence

from sqlmodel import col, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.audit_checks import checkpoint
from webapp.db import Database
from webapp.models import AuditCheckpoint
from webapp.settings import Settings


def begin(
    database: Database, settings: Settings, *, by: Actor, format: str, wanted: Sequence[tuple[str, str]]
) -> AuditCheckpoint:
    """Record that the log is exported and sign its end; the export holds rows up to there, its own record among them."""
    with database.writing() as db:
        record(
            db, by=by, action="export.download", object_type="audit",
            after={"format": format, "filter": [list(part) for part in wanted]},
        )  # fmt: skip
    return signed_end(database, settings)


def signed_end(database: Database, settings: Settings) -> AuditCheckpoint:
    """Sign the end of the log as it is now."""
    made = checkpoint(database, settings)
    if made is not None:
        return made
    with database.reading() as db:  # another process signed our row meanwhile
        return db.exec(select(AuditCheckpoint).order_by(col(AuditCheckpoint.id).desc()).limit(1)).one()
