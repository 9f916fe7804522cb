"""The second person of a large export: confirming that it is made, refusing it with a note; and what lapses by itself."""

from datetime import datetime

from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import record
from webapp.actions.export_making import JOB, KEPT_FOR
from webapp.actions.jobs import enqueue
from webapp.actions.second_person import AT_ONCE, LAPSES, NotNow, admit, refuse_empty, why_over
from webapp.db import Database
from webapp.models import Export
from webapp.models.changes import NOBODY, announce
from webapp.models.columns import utc_now

RIGHT = "export"


def approve(db: Session, *, by: Actor, export_id: int) -> Export | None:
    """Have the file made, as its asker's and this person's; None when there is none. Confirmed once, it is one job.

    What has waited too long, or whose asker may not export any more, lapses instead. Raises a `second_person.Refused`.
    """
    export = _awaited(db, by=by, export_id=export_id)
    if export is None:
        return None
    why = _why_over(db, export, utc_now())
    if why:
        return _lapse(db, export, why)
    _answer(export, by, "queued")
    enqueue(db, kind=JOB, subject_id=export_id)
    _tell(db, by, export, "export.approve")
    return export


def refuse(db: Session, *, by: Actor, export_id: int, note: str) -> Export | None:
    """Have it not made, and say why. Raises as `approve`, and NoNote."""
    export = _awaited(db, by=by, export_id=export_id)
    if export is None:
        return None
    refuse_empty(note)
    _answer(export, by, "refused")
    export.answer_note = note
    _end(export)
    _tell(db, by, export, "export.refuse")
    return export


def note_refusal(db: Session, *, by: Actor, export_id: int) -> None:
    """Keep on record that a person tried to answer what he asked for himself."""
    record(
        db, by=by, action="export.approve", object_type="export", object_id=export_id, after={"reason": "asker"},
        outcome="denied",
    )  # fmt: skip


def lapse_due(database: Database, now: datetime | None = None) -> int:
    """Let lapse what has waited too long, or whose asker may not export any more; how many. One indexed read when none waits."""
    now, lapsed = now or utc_now(), 0
    query = select(Export).where(Export.state == "waiting").order_by(col(Export.expires_at), col(Export.id))
    with database.reading() as db:
        due = [export.id for export in db.exec(query.limit(AT_ONCE)) if _why_over(db, export, now)]
    for export_id in due:
        with database.writing() as db:
            export = db.get_one(Export, export_id, with_for_update=True)
            why = _why_over(db, export, now) if export.state == "waiting" else ""
            if why:
                _lapse(db, export, why)
                lapsed += 1
    return lapsed


def _awaited(db: Session, *, by: Actor, export_id: int) -> Export | None:
    export = db.get(Export, export_id, with_for_update=True)
    if export is None or not export.needs_second:
        return None
    if export.state != "waiting":
        raise NotNow("This export does not wait for a second person any more.")
    admit(by, asked_by=export.requested_by_id, right=RIGHT)
    return export


def _why_over(db: Session, export: Export, now: datetime) -> str:
    return why_over(db, asked_by=export.requested_by_id, right=RIGHT, at=export.created_at, now=now)


def _answer(export: Export, by: Actor, state: str) -> None:
    export.state, export.answered_at = state, utc_now()
    export.answered_by_id, export.answered_by_name = by.id, by.name


def _end(export: Export) -> None:
    """Over without a file: after a day what was searched for in it is forgotten too."""
    export.finished_at, export.expires_at = utc_now(), utc_now() + KEPT_FOR


def _lapse(db: Session, export: Export, why: str) -> Export:
    export.state, export.answer_note = "lapsed", LAPSES[why]
    _end(export)
    _tell(db, SYSTEM, export, "export.lapse", why=why)
    return export


def _tell(db: Session, by: Actor, export: Export, action: str, **more: str) -> None:
    announce(db.connection(), NOBODY)
    record(
        db, by=by, action=action, object_type="export", object_id=export.id,
        after={"kind": export.kind, "rows": export.rows_asked, "asked_by": export.requested_by_id, **more},
    )  # fmt: skip
