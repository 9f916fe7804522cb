"""Makes the file of a list, of a long one in a process of its own: pages and webhooks of this one stay quick.

`python -m webapp.exports.apart` is that process. It reads the database and writes into the file that it is given; what is said
of the file stays with who asked. It loads what lists need and no more (`tests/rules/test_later.py`).
"""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog
from sqlalchemy.exc import DBAPIError

from webapp import logs
from webapp.actions.export_making import NO_ROOM, Making
from webapp.actions.jobs import TryAgain
from webapp.actions.stopped import Died
from webapp.db import Database
from webapp.exports.list_makers import make_list
from webapp.models import Export
from webapp.settings import Settings

LONG = 10_000
"""Lists that had this many rows or more when they were asked for. A shorter one is made while a process would start."""
ROOT = Path(__file__).resolve().parents[2]
CACHE_MB = 2
"""Of SQLite's pages: a list is read once from end to end."""
ASKED = (-signal.SIGTERM, -signal.SIGINT)
"""Who stops the server may stop all of its processes at once: in good order, and nobody's death."""
log = structlog.get_logger()


def make(making: Making, file: IO[bytes]) -> None:
    """Write the list. Raises as its maker does, and TryAgain or Died where a process of its own came to no end."""
    if (making.export.rows_asked or 0) >= LONG:
        _make_apart(making, file)
    else:
        make_list(making, file)


def _make_apart(making: Making, file: IO[bytes]) -> None:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    with subprocess.Popen(
        [sys.executable, "-m", "webapp.exports.apart"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
        pass_fds=(file.fileno(),),
    ) as process:  # fmt: skip
        try:
            code = _follow(process, making, file)
        except BaseException:
            process.kill()
            raise
    if code == os.EX_TEMPFAIL:
        raise TryAgain("the database could not be read")
    if code in ASKED:
        raise TryAgain("it was asked to stop")
    if code < 0:
        raise Died
    if code == os.EX_IOERR:
        raise OSError(NO_ROOM[0], "no room for the list")
    if code:
        raise RuntimeError(f"the process that makes lists ended with {code}")


def _follow(process: "subprocess.Popen[bytes]", making: Making, file: IO[bytes]) -> int:
    """Ask for the list, pass on how far it is, and return how the process ended.

    Its input stays open until then: the end of that is our end, and it ends too. The settings hold keys, which have no place on
    a command line.
    """
    assert process.stdin is not None and process.stdout is not None
    asked = {"export": making.export.id, "file": file.fileno(), "settings": making.settings.model_dump(mode="json")}
    with suppress(BrokenPipeError):  # it has ended already; its code says how
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
    for line in process.stdout:
        done, total = json.loads(line)
        making.progress(done, total)
    return process.wait()


@dataclass(kw_only=True)
class _Apart(Making):
    """In the process of its own: how far it is goes to who asked."""

    def progress(self, done: int, total: int | None = None) -> None:
        """Say it in a line."""
        self.done, self.total = done, total if total is not None else self.total
        sys.stdout.write(json.dumps([self.done, self.total]) + "\n")
        sys.stdout.flush()


def main() -> None:
    """Write the list that the first line of the input asks for."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # at the keyboard too it ends without a word
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_who_asked, daemon=True).start()
    settings = Settings(_env_file=None, **asked["settings"])
    logs.configure(settings.log_level)
    try:
        with os.fdopen(asked["file"], "wb") as file:
            _write(settings, asked["export"], file)
            file.flush()
            os.fsync(file.fileno())
    except DBAPIError as error:
        log.warning("export.interrupted", export=asked["export"], error=error)
        sys.exit(os.EX_TEMPFAIL)
    except Exception as error:  # what Python would print of it may be personal
        log.error("export.apart", export=asked["export"], error=error)
        sys.exit(os.EX_IOERR if isinstance(error, OSError) and error.errno in NO_ROOM else 1)


def _write(settings: Settings, export_id: int, file: IO[bytes]) -> None:
    database = Database(settings.database_url, installation_key=settings.installation_key, cache_mb=CACHE_MB)
    with database.reading() as db:
        export = db.get_one(Export, export_id)
    started_at = export.started_at or export.created_at
    making = _Apart(export=export, database=database, settings=settings, providers={}, started_at=started_at)
    make_list(making, file)


def _end_with_who_asked() -> None:
    os.read(0, 1)  # not by `sys.stdin`: a thread that waits in there aborts the process when it would end
    os._exit(1)


if __name__ == "__main__":
    main()
