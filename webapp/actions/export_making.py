"""Making one file that somebody asked for: whole, synced and renamed before its row says so, or not there at all.

What is in the file is the maker's; asking for one, cancelling and downloading are in `exports`.
"""

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, TypeVar

import structlog
from sqlalchemy import CursorResult, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from webapp.actions.actor import SYSTEM
from webapp.actions.audit import record
from webapp.actions.jobs import TryAgain
from webapp.actions.stopped import MOST, Died
from webapp.db import Database
from webapp.masks import Sight
from webapp.models import Export, Job
from webapp.models.changes import NOBODY, announce
from webapp.models.columns import table_of, utc_now
from webapp.providers.base import Provider
from webapp.queries import eligible
from webapp.queries.policies import LARGE_EXPORT
from webapp.settings import Settings

JOB = "make_export"
KEPT_FOR = timedelta(hours=24)
TELL_EVERY = 1.0  # seconds between writings of how far it is
LEASE = timedelta(seconds=60)
"""By how much telling of progress renews the job's lease: a maker at work is not run by a second worker."""
COUNTED = ("sessions", "decisions", "links", "deliveries", "matches", "sample")
"""Kinds of files that a second person confirms when they are large. The audit log names nobody whom a session is about."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DISK_FULL = "The disk is full. The file was not made, and nothing of it is left. Ask for it again when there is room."
NOT_MADE = (
    "The file could not be made, and nothing of it is left. Ask for it again; if that fails too, the log says why."
)
GIVEN_UP = (
    f"Making it was begun {MOST} times and broke off each time, so it was given up, and nothing of it is left. Ask for"
    " less at once; if that fails too, the machine may have too little memory for it."
)
E = table_of(Export).c
Chunk = TypeVar("Chunk", bound=Sized)
HAS_GROWN = (
    f"The list has grown to over {LARGE_EXPORT} since you asked, and a second person confirms files of that size. "
    "The file was not made, and nothing of it is left. Ask for it again: it then waits for that person."
)
log = structlog.get_logger()


class Cancelled(Exception):
    """Who asked for the file wants it no longer."""


class Overtaken(Exception):
    """Another worker makes this file now, as this one was silent for too long."""


class Grown(Exception):
    """The file has more rows than may be had without a second person, and nobody was asked for it."""


@dataclass(kw_only=True)
class Making:
    """One file while it is made, as its maker sees it; `export` is a detached row, to be read only."""

    export: Export
    database: Database
    settings: Settings
    providers: Mapping[str, Provider]
    started_at: datetime
    done: int = 0
    total: int | None = None
    most: int | None = None
    """How many rows it may have; None: as many as there are."""
    _told: float = field(default=0.0, repr=False)

    @property
    def data_dir(self) -> Path:
        """The data folder."""
        return self.settings.data_dir

    @property
    def sight(self) -> Sight:
        """What whoever asked may see."""
        return Sight(**self.export.sight)

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far it is, in rows; call it often. It writes once a second at most. Raises Cancelled, Overtaken or Grown."""
        self.done, self.total = done, total if total is not None else self.total
        if self.most is not None and max(self.done, self.total or 0) > self.most:
            raise Grown
        if time.monotonic() - self._told < TELL_EVERY:
            return
        self._told = time.monotonic()
        with self.database.writing() as db:
            mine = update(Export).where(E.id == self.export.id, E.state == "running", E.started_at == self.started_at)
            values = {"rows_done": self.done, "rows_total": self.total}
            found = db.execute(mine.values(values).returning(E.cancel_asked)).one_or_none()
            if found is not None:
                renewed = update(Job).where(col(Job.kind) == JOB, col(Job.subject_id) == self.export.id)
                db.execute(renewed.values(leased_until=utc_now() + LEASE))
        if found is None:
            raise Overtaken
        if found[0]:
            raise Cancelled


def told(making: Making, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The chunks as they come, with word of how far it is after each."""
    done = 0
    for rows in chunks:
        yield rows
        done += len(rows)
        making.progress(done)


Maker = Callable[[Making, IO[bytes]], None]
"""Writes the whole file. Anything it raises leaves no file."""


def make(
    database: Database, *, export_id: int, makers: Mapping[str, Maker], settings: Settings,
    providers: Mapping[str, Provider],
) -> None:  # fmt: skip
    """Make one file, from its start, however far an earlier worker came. Safe to run again."""
    folder = exports_folder(settings.data_dir)
    export = _begin(database, export_id)
    sweep(folder, export_id)
    if export is None:
        return
    assert export.started_at is not None
    making = Making(
        export=export, database=database, settings=settings, providers=providers, started_at=export.started_at,
        most=_most(database, export),
    )  # fmt: skip
    try:
        with _whole(folder, export) as (file, name):
            makers[export.kind](making, file)
        _end(making, state="ready", path=name, **_measured(folder / name))
    except (Died, TryAgain):  # nothing is said: it is made anew by whoever has the job next
        raise
    except (Cancelled, Overtaken):
        _end(making, state="cancelled")
    except Grown:
        _end(making, state="failed", error=HAS_GROWN)
    except DBAPIError as error:  # the store went away, or was busy for too long
        log.warning("export.interrupted", export=export_id, kind=export.kind, error=error)
        raise TryAgain("the database could not be read") from None
    except Exception as error:
        full = isinstance(error, OSError) and error.errno in NO_ROOM
        log.error("export.failed", export=export_id, kind=export.kind, error=error)
        _end(making, state="failed", error=DISK_FULL if full else NOT_MADE)


def exports_folder(data_dir: Path) -> Path:
    """Where the files are."""
    folder = data_dir / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def sweep(folder: Path, export_id: int) -> None:
    """Remove what a killed worker left of this file."""
    for left in folder.glob(f".new-{export_id}-*"):
        left.unlink(missing_ok=True)


def _begin(database: Database, export_id: int) -> Export | None:
    """Take the file in hand; None when nobody waits for it any more."""
    with database.writing() as db:
        export = db.get(Export, export_id, with_for_update=True)
        if export is None or export.state not in ("queued", "running"):
            return None
        if export.cancel_asked:
            export.state, export.finished_at = "cancelled", utc_now()
            return None
        announce(db.connection(), NOBODY)
        export.state, export.started_at, export.rows_done = "running", utc_now(), 0
        return export


def give_up(db: Session, *, export_id: int, data_dir: Path) -> None:
    """Say that workers die of making it, and leave nothing of it; who asked may ask again. Nothing where it is made."""
    export = db.get(Export, export_id, with_for_update=True)
    sweep(exports_folder(data_dir), export_id)
    if export is None or export.state not in ("queued", "running"):
        return
    announce(db.connection(), NOBODY)
    export.finished_at = utc_now()
    if export.cancel_asked:
        export.state = "cancelled"
        return
    export.state, export.error, export.expires_at = "failed", GIVEN_UP, utc_now() + KEPT_FOR
    _tell(db, export, action="export.failed", after={"kind": export.kind, "beginnings": MOST}, outcome="error")


def _tell(db: Session, export: Export, *, action: str, after: dict[str, Any], outcome: str = "ok") -> None:
    record(
        db, by=SYSTEM, action=action, object_type="export", object_id=export.id, session_id=export.session_id, after=after,
        outcome=outcome,
    )  # fmt: skip


def _most(database: Database, export: Export) -> int | None:
    """How many rows it may have: all of them once a second person said yes, which the database holds true."""
    if export.kind not in COUNTED or export.needs_second:
        return None
    with database.reading() as db:
        return LARGE_EXPORT if eligible.large_exports(db) else None


@contextmanager
def _whole(folder: Path, export: Export) -> Iterator[tuple[IO[bytes], str]]:
    """A file to write, which gets its name when all of it is on the disk; on any error it is gone."""
    temporary = folder / f".new-{export.id}-{os.urandom(6).hex()}"
    name = f"{export.id}-{os.urandom(8).hex()}.{export.format}"
    try:
        with temporary.open("wb") as file:
            temporary.chmod(0o600)
            yield file, name
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, folder / name)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _measured(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def _end(making: Making, *, state: str, **values: Any) -> None:
    """Say what came of it, if it is still ours to say; a file that nobody will be told of is removed."""
    export, now = making.export, utc_now()
    facts = {"rows_done": making.done, "finished_at": now, "expires_at": now + KEPT_FOR, **values}
    if making.total is not None or state == "ready":
        facts["rows_total"] = making.done if state == "ready" else making.total
    with making.database.writing() as db:
        mine = update(Export).where(E.id == export.id, E.state == "running", E.started_at == making.started_at)
        found = db.execute(mine.values(state=state, **facts))
        assert isinstance(found, CursorResult)
        if found.rowcount:
            announce(db.connection(), NOBODY)
            if state != "cancelled":
                told = {name: value for name, value in values.items() if name in ("bytes", "sha256")}
                _tell(
                    db, export, action=f"export.{state}", after={"kind": export.kind, "rows": making.done, **told},
                    outcome="error" if state == "failed" else "ok",
                )  # fmt: skip
    if not found.rowcount and values.get("path"):
        (exports_folder(making.data_dir) / values["path"]).unlink(missing_ok=True)
