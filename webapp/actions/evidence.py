"""Saving what a result shows: files fetched at once, hashed, sniffed, re-encoded for display; the original kept."""

import hashlib
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import record
from webapp.actions.intake import read_body
from webapp.actions.jobs import TryAgain, enqueue
from webapp.actions.pictures import UNKNOWN, NotAPicture, display_copy, sniff, sniff_contract
from webapp.actions.saved_files import save
from webapp.db import Database
from webapp.models import Delivery, EvidenceFile, Job, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import Provider, SourceFile
from webapp.providers.http import FetchFailed, FetchRefused, fetch_file

VENDOR_KEEPS = timedelta(days=7)
"""Hosted pictures are deleted by the vendor after this time (DocuPass seed, `return_type`)."""
STOP_TRYING = timedelta(days=6)
"""A day before that, so that the last tries still find something."""

GIVEN_UP = "Five attempts to save it ended with the worker stopped."
UNOPENED = "Kept as it came and not opened: five attempts to open it ended with the worker stopped."


def expect_files(
    db: Session, *, session: VerificationSession, delivery: Delivery, files: Collection[SourceFile]
) -> None:
    """Note the files of a result and queue the fetching of each."""
    for position, source in enumerate(files):
        row = EvidenceFile(
            session_id=session.id or 0, delivery_id=delivery.id or 0, position=position, kind=source.kind,
            side=source.side[:20], source_url=source.url, pointer=list(source.pointer),
            vendor_deletes_at=delivery.received_at + VENDOR_KEEPS if source.url else None,
        )  # fmt: skip
        db.add(row)
        db.flush()
        enqueue(db, kind="fetch_evidence", subject_id=row.id or 0)


def refresh_sources(
    db: Session, *, session: VerificationSession, delivery: Delivery, files: Collection[SourceFile]
) -> None:
    """The same result came again: its newer addresses serve the files that are still missing."""
    query = select(EvidenceFile).where(
        EvidenceFile.session_id == session.id, col(EvidenceFile.state).in_(("pending", "failed"))
    )
    fresh = {(source.kind, source.side, place): source for place, source in enumerate(files)}
    for row in db.exec(query):
        source = fresh.get((row.kind, row.side, row.position))
        if source is not None and source.url and source.url != row.source_url:
            row.source_url, row.state, row.attempts = source.url, "pending", 0
            row.vendor_deletes_at = delivery.received_at + VENDOR_KEEPS
            _ask_now(db, row.id or 0)


def retry(db: Session, *, by: Actor, file_id: int) -> EvidenceFile | None:
    """Queue another try for a file that could not be saved, asked for by a person."""
    row = db.get(EvidenceFile, file_id)
    if row is None or row.path:
        return row
    row.state, row.reason = "pending", ""
    _ask_now(db, file_id)
    _changed(db, row)
    record(db, by=by, action="evidence.retry", object_type="evidence", object_id=file_id, session_id=row.session_id)
    return row


def fetch(
    database: Database,
    *,
    file_id: int,
    provider: Provider,
    origins: Collection[str],
    inside: Collection[str],
    data_dir: Path,
    unopened: bool = False,
) -> None:
    """Fetch and save one file. Safe to run again. Raises TryAgain while the vendor is away and still has the file.

    The file is written, synced and renamed before its row says "saved": a row never promises a file that is not there.
    `unopened`: without a look at what it is, as workers died of that.
    """
    with database.reading() as db:
        row = db.get(EvidenceFile, file_id)
        if row is None or row.path:
            return
        delivery = db.get_one(Delivery, row.delivery_id)
    try:
        content = _embedded(row, delivery, provider, data_dir)
        if content is None:
            content = fetch_file(row.source_url, origins=origins, inside=inside).content
    except FetchFailed as error:
        _note_failure(database, row, "failed", error.reason)
        if row.vendor_deletes_at is None or utc_now() < row.vendor_deletes_at:
            raise TryAgain("the file could not be fetched") from None
        return
    except FetchRefused as error:
        _note_failure(database, row, "refused", error.reason)
        return
    _keep(database, file_id, content, data_dir, unopened=unopened)


def _keep(database: Database, file_id: int, content: bytes, data_dir: Path, *, unopened: bool) -> None:
    """Save the bytes whatever they are; only a picture gets a copy for the screen, all else is only downloaded."""
    with database.reading() as db:
        contract = db.get_one(EvidenceFile, file_id).kind == "contract"
    found, display, refusal = UNKNOWN, "", ""
    try:
        if unopened:
            raise NotAPicture(UNOPENED)
        found = sniff_contract(content) if contract else sniff(content)
        display = save(display_copy(content), data_dir, "display.jpg") if found.is_picture else ""
    except NotAPicture as error:
        refusal = error.reason
    path = save(content, data_dir, found.extension)
    with database.writing() as db:
        row = db.get_one(EvidenceFile, file_id)
        row.state, row.reason, row.saved_at = "refused" if refusal else "saved", refusal, utc_now()
        row.sha256, row.bytes, row.attempts = hashlib.sha256(content).hexdigest(), len(content), row.attempts + 1
        row.media_type, row.width, row.height = found.media_type, found.width, found.height
        row.path, row.display_path = path, display
        _changed(db, row)
        record(db, by=SYSTEM, action=f"evidence.{row.state}", object_type="evidence", object_id=file_id,
               session_id=row.session_id, after={"sha256": row.sha256, "bytes": row.bytes})  # fmt: skip


def _embedded(row: EvidenceFile, delivery: Delivery, provider: Provider, data_dir: Path) -> bytes | None:
    """The file inside the delivered body, or None when the vendor gave an address."""
    if row.source_url:
        return None
    body = read_body(delivery.body, delivery.body_file, data_dir)
    try:
        return provider.embedded_file(body, tuple(row.pointer))
    except ValueError:
        raise FetchRefused("The picture inside the result could not be decoded.") from None


def _note_failure(database: Database, seen: EvidenceFile, state: str, reason: str) -> None:
    """Count the try; on the record goes only what differs from the try before, of which there may be 150."""
    with database.writing() as db:
        row = db.get_one(EvidenceFile, seen.id)
        if row.path:
            return
        same, row.state, row.reason = (row.state, row.reason) == (state, reason), state, reason
        row.attempts += 1
        if same:
            return
        _changed(db, row)
        record(db, by=SYSTEM, action="evidence.failed", object_type="evidence", object_id=row.id,
               session_id=row.session_id, after={"state": state, "attempts": row.attempts}, outcome="error")  # fmt: skip


def give_up(db: Session, row: EvidenceFile) -> bool:
    """Note that workers die of saving this file; a person may have it tried again. False where it is saved after all."""
    if row.path:
        return False
    row.state, row.reason = "failed", GIVEN_UP
    _changed(db, row)
    record(db, by=SYSTEM, action="evidence.failed", object_type="evidence", object_id=row.id, session_id=row.session_id,
           after={"state": "failed", "attempts": row.attempts}, outcome="error")  # fmt: skip
    return True


def _ask_now(db: Session, file_id: int) -> None:
    """Have the file fetched at once and with its delays begun anew, by the job that waits for it or else by a new one.

    Never a second job beside the first: each would come back with its own delays, for days.
    """
    now = utc_now()
    found = db.connection().execute(
        update(Job)
        .where(col(Job.kind) == "fetch_evidence", col(Job.subject_id) == file_id, col(Job.failed_at).is_(None))
        .values(due_at=now, created_at=now, attempts=0)
    )
    assert isinstance(found, CursorResult)
    if not found.rowcount:
        enqueue(db, kind="fetch_evidence", subject_id=file_id)


def _changed(db: Session, row: EvidenceFile) -> None:
    session = db.get_one(VerificationSession, row.session_id)
    session.changed_at = utc_now()
