"""Taking in a delivery: the raw bytes durable and a job queued, in one transaction, before the vendor is answered."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, text

from webapp.actions.jobs import WAKE
from webapp.db import Database

IN_ROW = 256 * 1024
"""Bodies up to this size live in their row, larger ones in a file: a 20 MB row costs ten times a file and its sync."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """One POST as it came. `body` is empty when the bytes are in the file `body_file` (relative to the data folder)."""

    body: bytes
    body_file: str
    sha256: str
    size: int
    headers: dict[str, str] = field(default_factory=dict)
    source_address: str = ""


class TooLarge(Exception):
    """More bytes than are taken."""


def receive(chunks: Iterable[bytes], *, data_dir: Path, limit: int, headers: dict[str, str], address: str) -> Received:
    """Read the body once, hashing on the way; what does not fit in a row goes to a synced file. Raises TooLarge."""
    digest = hashlib.sha256()
    held = bytearray()
    spool: int | None = None
    name, size = "", 0
    folder = data_dir / "deliveries"
    try:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge
            digest.update(chunk)
            if spool is not None:
                _write_all(spool, chunk)
                continue
            held += chunk
            if len(held) > IN_ROW:
                spool, name = tempfile.mkstemp(dir=folder, prefix=".new-")
                _write_all(spool, held)
        if spool is not None:
            os.fsync(spool)
    except BaseException:
        if spool is not None:
            os.close(spool)
            os.unlink(name)
        raise
    sha256 = digest.hexdigest()
    if spool is None:
        return Received(
            body=bytes(held), body_file="", sha256=sha256, size=size, headers=headers, source_address=address
        )
    os.close(spool)
    return Received(
        body=b"", body_file=_place(Path(name), folder, sha256), sha256=sha256, size=size, headers=headers, source_address=address
    )  # fmt: skip


def read_body(body: bytes | None, body_file: str, data_dir: Path) -> bytes:
    """The raw bytes of a delivery, from its row or its file."""
    return (data_dir / body_file).read_bytes() if body_file else body or b""


def take_in(
    database: Database, *, provider: str, link_id: int, received: Received, reference: str, reason: str, now: datetime
) -> None:
    """Store one delivery and queue its job, in one durable transaction; the same bytes again only raise the counter.

    `reason` is why it is put into quarantine at once; empty when it can be read. No ORM here: this is the path that must
    keep up with a vendor's burst.
    """
    values = {
        "provider": provider, "link_id": link_id, "reference": reference[:128], "reason": reason,
        "state": "quarantined" if reason else "received", "body": None if received.body_file else received.body,
        "body_file": received.body_file, "sha": received.sha256, "size": received.size, "address": received.source_address,
        "headers": json.dumps(received.headers), "now": _stamp(now, database), "job": "take_in",
    }  # fmt: skip
    database.write_together(lambda connection: _store(connection, values, wanted=not reason))
    WAKE.set()


def _store(connection: Connection, values: dict[str, object], *, wanted: bool) -> None:
    delivery_id, copies = _run(connection, _INSERT_DELIVERY, values).one()
    if copies == 1 and wanted:
        _run(connection, _INSERT_JOB, {"now": values["now"], "job": values["job"], "subject": delivery_id})


def _run(connection: Connection, statement: str, values: dict[str, object]) -> CursorResult[Any]:
    if connection.dialect.name == "sqlite":  # its driver knows :name; handing it over as it is costs half
        return connection.exec_driver_sql(statement, values)
    return connection.execute(text(statement), values)


def _stamp(now: datetime, database: Database) -> object:
    return now.replace(tzinfo=None).isoformat(" ", "microseconds") if database.is_sqlite else now


def _write_all(descriptor: int, data: bytes | bytearray) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _place(spooled: Path, folder: Path, sha256: str) -> str:
    final = folder / sha256
    os.replace(spooled, final)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return f"deliveries/{final.name}"


_INSERT_DELIVERY = """
INSERT INTO delivery (provider, link_id, reference, state, reason, body, body_file, body_sha256, body_bytes,
                      headers, source_address, received_at, last_seen_at, copies)
VALUES (:provider, :link_id, :reference, :state, :reason, :body, :body_file, :sha, :size,
        :headers, :address, :now, :now, 1)
ON CONFLICT (link_id, body_sha256) DO UPDATE SET copies = delivery.copies + 1, last_seen_at = excluded.last_seen_at
RETURNING id, copies"""
_INSERT_JOB = """
INSERT INTO job (kind, subject_id, due_at, created_at, attempts, leased_by, last_error)
VALUES (:job, :subject, :now, :now, 0, '', '')"""
