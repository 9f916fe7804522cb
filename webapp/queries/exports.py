"""The files that people asked for: the newest, one of them, and who may see or have it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from webapp.masks import Sight
from webapp.models import Export, ExportDownload

PAGE = 50
WAITING = ("queued", "running")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One file as its page shows it. `had_at`: when the one who looks downloaded it."""

    export: Export
    had_at: datetime | None = None

    @property
    def waiting(self) -> bool:
        """Whether it is still to be made."""
        return self.export.state in WAITING

    @property
    def held(self) -> bool:
        """Whether it waits for a second person."""
        return self.export.state == "waiting"

    @property
    def percent(self) -> int | None:
        """How much of it is done; None where nobody knows yet."""
        export = self.export
        return min(100, 100 * export.rows_done // export.rows_total) if export.rows_total else None

    def seconds_left(self, now: datetime) -> float | None:
        """How long it takes at the speed so far; None where that cannot be said yet."""
        export = self.export
        if not (export.started_at and export.rows_total and export.rows_done) or export.state != "running":
            return None
        passed = (now - export.started_at).total_seconds()
        return max(passed * (export.rows_total - export.rows_done) / export.rows_done, 0) if passed > 1 else None

    def is_there(self, now: datetime) -> bool:
        """Whether there is a file to download."""
        export = self.export
        return export.state == "ready" and export.expires_at is not None and export.expires_at > now

    @property
    def can_be_asked_again(self) -> bool:
        """Whether its filter is still known: what was searched for is forgotten with the file."""
        return all(value for _, value in self.export.filter)


def newest(
    db: Session, *, user_id: int, all_of_them: bool, before: int | None = None
) -> tuple[Sequence[Asked], int | None]:
    """Up to 50 files, newest first, of this user or of everybody; and the number to go on from. One query."""
    query = _query(user_id).order_by(col(Export.id).desc()).limit(PAGE + 1)
    if not all_of_them:
        query = query.where(Export.requested_by_id == user_id)
    if before is not None:
        query = query.where(col(Export.id) < before)
    rows = [Asked(export=row[0], had_at=row[1]) for row in db.execute(query)]
    return rows[:PAGE], rows[PAGE - 1].export.id if len(rows) > PAGE else None


def one(db: Session, *, export_id: int, user_id: int, rights: Collection[str]) -> Asked | None:
    """One file that this user asked for, is to confirm or answered, or anybody's for who reads the audit log; None else."""
    row = db.execute(_query(user_id).where(Export.id == export_id)).first()
    if row is None or not (may_take(row[0], user_id, rights) or may_look(row[0], user_id)):
        return None
    return Asked(export=row[0], had_at=row[1])


def to_answer(db: Session, *, user_id: int) -> Sequence[Export]:
    """What others asked for that waits for a second person, oldest first, 50 at most. One query."""
    query = select(Export).where(Export.state == "waiting", col(Export.requested_by_id) != user_id)
    return db.exec(query.order_by(col(Export.expires_at), col(Export.id)).limit(PAGE)).all()


def may_take(export: Export, user_id: int, rights: Collection[str]) -> bool:
    """Whether a file is this person's to download: who asked, and who reads the audit log. Confirming it does not give it."""
    return export.requested_by_id == user_id or "read_audit" in rights


def may_look(export: Export, user_id: int) -> bool:
    """Whether somebody who may export sees what another asked for: while it waits for him, and what he answered."""
    return export.needs_second and (export.state == "waiting" or export.answered_by_id == user_id)


def may_have(export: Export, sight: Sight) -> bool:
    """Whether somebody may see all that the file shows: it was made for the eyes of whoever asked."""
    made_for = Sight(**export.sight)
    return all(
        getattr(sight, part) or not getattr(made_for, part)
        for part in ("personal", "images", "document_numbers", "restricted")
    )


def _query(user_id: int) -> Any:
    return select(Export, ExportDownload.at).outerjoin(
        ExportDownload,
        (ExportDownload.export_id == Export.id) & (ExportDownload.user_id == user_id),  # type: ignore[arg-type]
    )
