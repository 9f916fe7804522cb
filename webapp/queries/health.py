"""What the operator's probes read."""

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from webapp.models import AuditHead, Job, WorkerBeat
from webapp.queries import retention


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


def partly_erased(db: Session) -> tuple[int, int]:
    """How many sessions are erased here and not yet at the vendor, and of how many of these it was asked in vain; counted no
    further than 1,000."""
    return retention.at_vendor(db), retention.vendors_words(db)[0]


def set_aside(db: Session) -> int:
    """How many jobs nobody does any more: faults of ours, and those of which workers stopped."""
    return db.exec(select(func.count(col(Job.id))).where(col(Job.failed_at).is_not(None))).one()


def audit_state(db: Session) -> str:
    """What came of verifying the audit log last: `whole`, `not verified yet`, or `broken at 48`."""
    head = db.exec(select(AuditHead)).first()
    if head is None:
        return "broken at 1"
    if head.broken_why:
        return f"broken at {head.broken_seq}" if head.broken_seq else "broken"
    return "whole" if head.verified_at else "not verified yet"
