"""One list of sessions into one file, by the console's own queries and writers; prints time and peak memory."""

import json
import sys
import time
from pathlib import Path

from webapp.db import Database
from webapp.exports import FORMATS
from webapp.exports.columns import SESSIONS
from webapp.queries.session_export import chunks
from webapp.queries.session_filter import SessionFilter


def main(path: str, out: str, format: str) -> None:
    """Write all sessions, as the page's export does."""
    database = Database(f"sqlite:///{path}")
    before = memory("VmRSS")
    start, cpu = time.perf_counter(), time.process_time()
    with Path(out).open("wb") as file:
        rows = chunks(database, SessionFilter(), [column.name for column in SESSIONS])
        for piece in FORMATS[format].write(SESSIONS, rows):
            file.write(piece)
    took = {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu}
    print(json.dumps({**took, "mb": memory("VmHWM"), "mb_added": memory("VmRSS") - before}))


def memory(what: str) -> float:
    """The process's memory in MB, now or at most."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:4])
