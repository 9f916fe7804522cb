"""Restoring a backup into an empty folder (and an empty PostgreSQL), and verifying what stands there then."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text

from webapp.actions import audit_checks
from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.backup import described, key_mark
from webapp.backup_archive import BackupFailed, Contents
from webapp.backup_tables import connected, counts, files_named, load, sqlite_file, tables
from webapp.db import Database
from webapp.migrate import alembic_config, migrate
from webapp.settings import Settings


@dataclass(frozen=True)
class Check:
    """One thing that was verified."""

    name: str
    ok: bool
    text: str


def target(archive: Contents, settings: Settings, into: Path, database_url: str) -> Settings:
    """The settings of the restored console. On PostgreSQL its database is the one of the settings unless another is given."""
    url, folder = database_url or settings.database_url, into.resolve()
    if archive.manifest["database"] == "sqlite" and not database_url:
        url = f"sqlite:///{folder / 'app.sqlite'}"
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    return settings.model_copy(update={"data_dir": folder, "audit_heads_path": "", "database_url": url})


def restore(archive: Contents, settings: Settings, *, by: Actor) -> Iterator[Check]:
    """Restore into the settings' data folder and database, and verify: each thing as it is done, ending with the first wrong one.

    Raises BackupFailed, with nothing written, when there is something at the target already.
    """
    yield Check("archive", True, described(archive.manifest))
    _refuse(archive, settings)
    _unpack(archive, settings)
    for check in _verify(archive, settings):
        yield check
        if not check.ok:
            return
    database = Database(settings.database_url)
    with database.writing() as db:
        head = archive.manifest["audit_head"]["seq"]
        record(db, by=by, action="backup.restore", object_type="backup", after={"audit_row": head})
    database.dispose()


def _refuse(archive: Contents, settings: Settings) -> None:
    kind, folder = archive.manifest["database"], settings.data_dir
    wanted = "no --database-url" if kind == "sqlite" else "the address of an empty one with --database-url"
    if settings.database_url.partition(":")[0].partition("+")[0] != kind:
        raise BackupFailed(
            f"The backup is of a {kind} database, and that is none. Nothing was restored: give {wanted}."
        )
    try:
        ScriptDirectory.from_config(alembic_config()).get_revision(archive.manifest["revision"])
    except CommandError:
        raise BackupFailed(
            f"The backup is of a newer Vouchdesk: this one does not know revision {archive.manifest['revision']}."
        ) from None
    there = next((entry for entry in folder.rglob("*") if not entry.is_dir()), None) if folder.exists() else None
    if there is not None:
        raise BackupFailed(f"{folder} is not empty: {there.name} is there. Nothing was restored: give an empty folder.")
    if kind == "sqlite":
        return
    with connected(settings.database_url) as connection:
        found = tables(connection)
    if found:
        raise BackupFailed(f"The database is not empty: it has a table {found[0]}. Nothing was restored.")


def _unpack(archive: Contents, settings: Settings) -> None:
    folder, manifest = settings.data_dir, archive.manifest
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in manifest["files"]:
        if not name.startswith("database/"):
            _place(archive, name, folder / name)
    if manifest["database"] == "sqlite":
        _place(archive, "database/app.sqlite", sqlite_file(settings.database_url))
    else:
        _fill(archive, settings.database_url)
    os.sync()


def _place(archive: Contents, name: str, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.writelines(archive.pieces(name))


def _fill(archive: Contents, url: str) -> None:
    migrate(url, archive.manifest["revision"])
    with connected(url) as connection, connection.begin():
        files: dict[str, Iterable[bytes]] = {
            table: archive.pieces(f"database/{table}.copy") for table in archive.manifest["tables"]
        }
        load(connection, files, archive.manifest["counters"])


def _verify(archive: Contents, settings: Settings) -> Iterator[Check]:
    yield _counted(archive, settings)
    migrate(settings.database_url)
    database = Database(settings.database_url)
    try:
        yield _hashed(archive, settings, database)
        found = audit_checks.look(database, settings)
        yield Check("audit log", found.ok and found.chain.last == archive.manifest["audit_head"]["seq"], found.text)
    finally:
        database.dispose()
    yield _key(archive, settings)


def _counted(archive: Contents, settings: Settings) -> Check:
    """Before anything else is done with the database: the same tables with as many rows, and a sound file."""
    wanted = archive.manifest["tables"]
    with connected(settings.database_url) as connection:
        found = counts(connection)
        sound = connection.scalar(text("PRAGMA integrity_check")) if connection.dialect.name == "sqlite" else "ok"
    if sound != "ok":
        return Check("database", False, f"SQLite finds the file damaged: {sound}")
    for table in sorted({*wanted, *found}):
        if wanted.get(table) != found.get(table):
            return Check(
                "database", False, f"{table} has {found.get(table, 0):,} rows, and had {wanted.get(table, 0):,}"
            )
    return Check("database", True, f"{sum(found.values()):,} rows in {len(found)} tables, as many as there were")


def _hashed(archive: Contents, settings: Settings, database: Database) -> Check:
    """Every file that a row names is there, with the content that its name is the SHA-256 of."""
    known = set(archive.manifest["missing"])
    with database.reader.connect() as connection:
        names = [name for name in files_named(connection) if name not in known]
    for name in names:
        path = settings.data_dir / name
        if not path.is_file():
            return Check("files", False, f"{name} is named by a row and is not there")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != path.name.partition(".")[0]:
                return Check("files", False, f"{name} is not what was saved")
    without = f"; {len(known):,} were missing when the backup was made" if known else ""
    return Check("files", True, f"{len(names):,} files have the SHA-256 that they were saved under{without}")


def _key(archive: Contents, settings: Settings) -> Check:
    """Another key is no fault of the backup: everything but second factors works with it."""
    kept = settings.data_dir / "secret_key"
    if kept.exists():
        settings = settings.model_copy(update={"secret_key": kept.read_text().strip()})
    if key_mark(settings) == archive.manifest["secret_key"]:
        return Check("secret key", True, "the one that the backup was made with")
    return Check(
        "secret key", True, "NOT the one of the backup: set that one as SECRET_KEY, or second factors cannot be read"
    )
