"""Making a backup of the running console: one moment of the database, every file that its rows name, and the keys."""

import hmac
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.audit_checks import read_heads
from webapp.audit_chain import canonical_time
from webapp.audit_verifier import canonical
from webapp.backup_archive import BackupFailed, Writer
from webapp.backup_tables import counters, counts, files_named, moment, revision
from webapp.db import Database
from webapp.models.columns import utc_now
from webapp.settings import Settings

VERSION = 1
FAULTS = (OSError, sqlite3.Error, psycopg.Error, SQLAlchemyError)


@dataclass(frozen=True)
class Made:
    """What a backup holds; `missing` are files that rows name and that were not in the data folder."""

    path: Path
    size: int
    sha256: str
    rows: int
    files: int
    missing: list[str]
    has_secret_key: bool


def make(database: Database, settings: Settings, out: Path, *, by: Actor) -> Made:
    """Write the archive, whole or not at all, for this user's eyes only. Raises BackupFailed.

    The database comes first: a file is saved before the row that names it, and is never changed.
    """
    if out.exists():
        raise BackupFailed(f"{out} is there already. Give another name, or move it away.")
    with _said(out), tempfile.TemporaryDirectory(dir=out.parent, prefix=".vouchdesk-backup-") as name:
        made = _write(settings, Path(name), out)
    told = {"bytes": made.size, "rows": made.rows, "files": made.files, "missing": len(made.missing)}
    with database.writing() as db:
        record(db, by=by, action="backup.make", object_type="backup", after={"sha256": made.sha256, **told})
    return made


def key_mark(settings: Settings) -> str:
    """By which a secret key is known again without being shown."""
    return hmac.new(settings.installation_key, b"backup", "sha256").hexdigest()[:16]


def _write(settings: Settings, work: Path, out: Path) -> Made:
    archive = work / "backup.tar"
    with moment(settings.database_url, work) as (connection, parts), _private(archive) as target:
        writer = Writer(target)
        about = _about(connection, settings)
        for part in parts:
            writer.add(f"database/{part.name}", part)
            part.unlink()
        missing = [name for name in files_named(connection) if not _added(writer, name, settings.data_dir / name)]
        for name in ("keys/audit-signing.pem", "keys/audit-public.pem", "secret_key"):
            _added(writer, name, settings.data_dir / name)
        writer.add_bytes("audit-heads.jsonl", _heads(settings, about["audit_head"]["seq"]))
        sha256 = writer.close({**about, "missing": missing})
    size, rows = archive.stat().st_size, sum(about["tables"].values())
    os.replace(archive, out)
    _sync_folder(out.parent)
    return Made(out, size, sha256, rows, len(writer.files), missing, "secret_key" in writer.files)


def _about(connection: Connection, settings: Settings) -> dict[str, Any]:
    head = connection.execute(text("SELECT seq, hash FROM audit_head")).first()
    return {
        "vouchdesk_backup": VERSION, "made_at": canonical_time(utc_now()), "database": connection.dialect.name,
        "revision": revision(connection), "tables": counts(connection), "counters": counters(connection),
        "audit_head": {"seq": head[0] if head else 0, "hash": head[1] if head else ""}, "secret_key": key_mark(settings),
    }  # fmt: skip


def _added(writer: Writer, name: str, path: Path) -> bool:
    try:
        writer.add(name, path)
    except FileNotFoundError:
        return False
    return True


def _heads(settings: Settings, upto: int) -> bytes:
    """The signed ends of the audit log up to this moment: later ones would say that rows are missing from the copy."""
    heads: Iterable[dict[str, Any]] = read_heads(settings.heads_file)
    return b"".join(canonical(head) + b"\n" for head in heads if head["seq"] <= upto)


@contextmanager
def _private(path: Path) -> Iterator[Any]:
    """A new file that only this user may read, on disk at the end."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _said(out: Path) -> Iterator[None]:
    """What stops a backup, in words; the database's own may quote values and are left out."""
    try:
        yield
    except OSError as error:
        raise BackupFailed(f"{out} was not made: {error.strerror or error}.") from None
    except FAULTS as error:
        reason = str(error) if isinstance(error, sqlite3.Error) else type(error).__name__
        raise BackupFailed(f"{out} was not made: the database could not be copied ({reason}).") from None


def described(manifest: dict[str, Any]) -> str:
    """One line about an archive, from its manifest."""
    rows, files = sum(manifest["tables"].values()), len(manifest["files"])
    return (
        f"{manifest['database']} at revision {manifest['revision']}, made {manifest['made_at']}: "
        f"{rows:,} rows, {files:,} files, audit log up to row {manifest['audit_head']['seq']:,}"
    )
