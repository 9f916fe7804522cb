"""Whether a person's look at a picture is on the record already; the record itself is written by the pages."""

from datetime import datetime

from sqlmodel import Session, col, select

from webapp.models import AuditEvent


def viewed_since(db: Session, *, file_id: int, user_id: int | None, since: datetime) -> bool:
    """Whether this person looked at this picture after `since`. One query, by the index on the record's object."""
    query = (
        select(col(AuditEvent.seq))
        .where(
            col(AuditEvent.object_type) == "evidence_file",
            col(AuditEvent.object_id) == file_id,
            col(AuditEvent.action) == "image.view",
            col(AuditEvent.actor_id) == user_id,
            col(AuditEvent.utc) > since,
        )
        .limit(1)
    )
    return db.exec(query).first() is not None
