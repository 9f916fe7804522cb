"""Taking in a delivery: the raw bytes durable and a job queued, in one transaction, before the vendor is answered."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, TextClause, text

from webapp.actions.burst import BURST
from webapp.actions.jobs import WAKE
from webapp.audit_chain import append
from webapp.db import Database, on_driver

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
    database.write_together((row, now), _store_on_sqlite if database.is_sqlite else _store_on_postgresql)
    BURST.note()
    if not WAKE.is_set():
        WAKE.set()


Arrival = tuple[dict[str, Any], datetime]
"""One delivery as a row, and when it came."""
Stored = dict[tuple[int, str], tuple[int, int]]
"""By link and hash: the delivery's id, and how many copies had come before these."""


def _store_on_sqlite(connection: Connection, arrivals: list[Arrival]) -> None:
    """Few statements however many rows. While it runs one, other threads take the interpreter from us."""
    values = ", ".join([_PLACES] * len(arrivals))
    with on_driver(connection) as driver:
        found = driver.execute(
            _INSERT.format(values=values), [row[name] for row, _ in arrivals for name in _COLUMNS]
        ).fetchall()
        stored: Stored = {}
        for delivery_id, link_id, sha256, copies in found:  # in no promised order
            key = link_id, sha256
            stored[key] = delivery_id, min(copies - 1, stored.get(key, (0, copies))[1])
        fresh = _fresh(arrivals, stored)
        if fresh:
            driver.execute(_INSERT_JOBS + ", ".join([_JOB] * len(fresh)), [value for job in fresh for value in job])
    append(connection, _received(arrivals, stored))


def _store_on_postgresql(connection: Connection, arrivals: list[Arrival]) -> None:
    """It takes no row twice in one statement: copies are counted before. Sorted: two processes must not lock each other out."""
    distinct: dict[tuple[int, str], dict[str, Any]] = {}
    for row, _ in arrivals:
        distinct.setdefault((row["link_id"], row["body_sha256"]), {**row, "copies": 0})["copies"] += 1
    rows = [distinct[key] for key in sorted(distinct)]
    names = (*_COLUMNS, "copies")
    values = {f"{name}{place}": row[name] for place, row in enumerate(rows) for name in names}
    stored: Stored = {}
    for delivery_id, link_id, sha256, copies in connection.execute(_insert_many(len(rows)), values):
        stored[link_id, sha256] = delivery_id, copies - distinct[link_id, sha256]["copies"]
    for delivery_id, received_at, _ in _fresh(arrivals, stored):
        connection.execute(_INSERT_JOB, {"subject": delivery_id, "now": received_at})
    append(connection, _received(arrivals, stored))


def _fresh(arrivals: list[Arrival], stored: Stored) -> list[tuple[int, Any, Any]]:
    """The jobs to queue: one for each delivery that is new and can be read."""
    jobs: dict[int, tuple[int, Any, Any]] = {}
    for row, _ in arrivals:
        delivery_id, before = stored[row["link_id"], row["body_sha256"]]
        if not before and row["state"] == "received":
            jobs.setdefault(delivery_id, (delivery_id, row["received_at"], row["received_at"]))
    return list(jobs.values())


def _received(arrivals: list[Arrival], stored: Stored) -> list[dict[str, Any]]:
    """An audit row for each post, the repeated ones too."""
    rows, count = [], {key: before for key, (_, before) in stored.items()}
    for row, now in arrivals:
        key = row["link_id"], row["body_sha256"]
        count[key] += 1
        rows.append(received_row(row, now, delivery_id=stored[key][0], copies=count[key]))
    return rows


def received_row(row: dict[str, Any], now: datetime, *, delivery_id: int, copies: int) -> dict[str, Any]:
    """The audit row of one post."""
    return {
        "utc": now, "actor_type": "vendor", "actor_name_at_time": row["provider"], "ip": row["source_address"],
        "action": "delivery.received", "object_type": "delivery", "object_id": delivery_id,
        "after": {"sha256": row["body_sha256"], "bytes": row["body_bytes"], "copies": copies, "state": row["state"]},
    }  # fmt: skip


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
    "ON CONFLICT (link_id, body_sha256) DO UPDATE SET copies = delivery.copies + excluded.copies, "
    "last_seen_at = excluded.last_seen_at RETURNING id, link_id, body_sha256, copies"
)
_INSERT_JOBS = "INSERT INTO job (kind, subject_id, due_at, created_at, attempts, leased_by, last_error) VALUES "
_JOB = "('take_in', ?, ?, ?, 0, '', '')"
_INSERT_JOB = text(f"{_INSERT_JOBS} ('take_in', :subject, :now, :now, 0, '', '')")


@lru_cache(256)
def _insert_many(count: int) -> TextClause:
    names = (*_COLUMNS, "copies")
    rows = [f"({', '.join(f':{name}{place}' for name in names)})" for place in range(count)]
    return text(_INSERT.format(values=", ".join(rows)))
