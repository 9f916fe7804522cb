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

from sqlalchemy import Connection, text

from webapp.actions.burst import BURST
from webapp.actions.jobs import WAKE
from webapp.db import Database

SMALL, KEEPS_INTERPRETER = 16 * 1024, 2047
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
            _hash(digest, chunk)
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


def _hash(digest: Any, chunk: bytes) -> None:
    """Feed a small chunk in pieces: hashlib gives the interpreter away above 2,047 bytes, and getting it back costs more."""
    if len(chunk) > SMALL:
        digest.update(chunk)
        return
    for start in range(0, len(chunk), KEEPS_INTERPRETER):
        digest.update(chunk[start : start + KEEPS_INTERPRETER])


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
    stamp = _stamp(now, database)
    row = {
        "provider": provider, "link_id": link_id, "reference": reference[:128], "reason": reason,
        "state": "quarantined" if reason else "received", "body": None if received.body_file else received.body,
        "body_file": received.body_file, "body_sha256": received.sha256, "body_bytes": received.size,
        "headers": json.dumps(received.headers), "source_address": received.source_address, "received_at": stamp,
        "last_seen_at": stamp,
    }  # fmt: skip
    database.write_together(row, _store_all if database.is_sqlite else _store_each)
    BURST.note()
    if not WAKE.is_set():
        WAKE.set()


def _store_all(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """SQLite: three statements however many rows. While it runs one, other threads take the interpreter from us."""
    raw = connection.connection.driver_connection  # the statements are fixed: nothing for the toolkit to add
    assert raw is not None
    (newest,) = raw.execute("SELECT COALESCE(MAX(id), 0) FROM delivery").fetchone()
    values = ", ".join([_PLACES] * len(rows))
    raw.execute(_INSERT.format(values=values), tuple(row[name] for row in rows for name in _COLUMNS))
    raw.execute(_INSERT_NEW_JOBS, (newest,))


def _store_each(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """PostgreSQL: it groups the commits of its connections itself, and takes no row twice in one statement."""
    for row in rows:
        delivery_id, copies = connection.execute(_INSERT_ONE, row).one()
        if copies == 1 and not row["reason"]:
            connection.execute(_INSERT_JOB, {"subject": delivery_id, "now": row["received_at"]})


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


_COLUMNS = (
    "provider", "link_id", "reference", "reason", "state", "body", "body_file", "body_sha256", "body_bytes", "headers",
    "source_address", "received_at", "last_seen_at",
)  # fmt: skip
_PLACES = f"({'?, ' * len(_COLUMNS)}1)"
_INSERT = (
    f"INSERT INTO delivery ({', '.join(_COLUMNS)}, copies) VALUES {{values}} "  # noqa: S608 - names and places only
    "ON CONFLICT (link_id, body_sha256) DO UPDATE SET copies = delivery.copies + 1, last_seen_at = excluded.last_seen_at"
)
_INSERT_ONE = text(
    _INSERT.format(values=f"({', '.join(f':{name}' for name in _COLUMNS)}, 1)") + " RETURNING id, copies"
)
_INSERT_JOB = text(
    "INSERT INTO job (kind, subject_id, due_at, created_at, attempts, leased_by, last_error) "
    "VALUES ('take_in', :subject, :now, :now, 0, '', '')"
)
_INSERT_NEW_JOBS = (
    "INSERT INTO job (kind, subject_id, due_at, created_at, attempts, leased_by, last_error) "
    "SELECT 'take_in', id, received_at, received_at, 0, '', '' FROM delivery WHERE id > ? AND state = 'received'"
)
