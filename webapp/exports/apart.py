"""Making a long list in a process of its own: pages and webhooks of this one stay quick, and what it takes is given back.

`python -m webapp.exports.apart` is that process. It loads what lists need and no more (`tests/rules/test_later.py`).
"""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import structlog

from webapp import logs
from webapp.actions.export_making import make
from webapp.actions.jobs import TryAgain
from webapp.actions.stopped import Died
from webapp.db import Database
from webapp.exports.list_makers import make_list
from webapp.exports.lists import LISTS
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


def is_long(export: Export) -> bool:
    """Whether this file is made apart."""
    return export.kind in LISTS and (export.rows_asked or 0) >= LONG


def make_apart(settings: Settings, export_id: int) -> None:
    """As `export_making.make`, of a list, in a process of its own. Raises TryAgain, and Died when that process was killed."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    command = [sys.executable, "-m", "webapp.exports.apart"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, bufsize=0, env=environment) as process:
        assert process.stdin is not None
        asked = {"export": export_id, "settings": settings.model_dump(mode="json")}
        with suppress(BrokenPipeError):  # it has ended already; its code says how
            process.stdin.write(
                json.dumps(asked).encode() + b"\n"
            )  # keys are among it: no place for it on a command line
        code = process.wait()  # with its input open: the end of that is our end, and it ends too
    if code == os.EX_TEMPFAIL:
        raise TryAgain("the database could not be read")
    if code in ASKED:
        raise TryAgain("it was asked to stop")
    if code < 0:
        raise Died
    if code:
        raise RuntimeError(f"the process that makes lists ended with {code}")


def main() -> None:
    """Make the file that the first line of the input asks for."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # at the keyboard too it ends without a word
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_who_asked, daemon=True).start()
    settings = Settings(_env_file=None, **asked["settings"])
    logs.configure(settings.log_level)
    database = Database(settings.database_url, installation_key=settings.installation_key, cache_mb=CACHE_MB)
    try:
        make(
            database, export_id=asked["export"], makers=dict.fromkeys(LISTS, make_list), settings=settings, providers={}
        )
    except TryAgain:
        sys.exit(os.EX_TEMPFAIL)
    except Exception as error:  # what Python would print of it may be personal
        log.error("export.apart", export=asked["export"], error=error)
        sys.exit(1)


def _end_with_who_asked() -> None:
    os.read(0, 1)  # not by `sys.stdin`: a thread that waits in there aborts the process when it would end
    os._exit(1)  # what is half made is swept away by who makes it anew


if __name__ == "__main__":
    main()
