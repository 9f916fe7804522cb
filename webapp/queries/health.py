"""What the operator's probes read."""

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from webapp.models import WorkerBeat


def store_answers(db: Session) -> bool:
    """Whether the database answers."""
    try:
        db.exec(select(1)).one()
    except SQLAlchemyError:
        return False
    return True


def worker_seen_at(db: Session) -> datetime | None:
    """When a worker was last seen alive."""
    return db.exec(select(func.max(col(WorkerBeat.seen_at)))).one()
