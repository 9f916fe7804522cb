"""One file of all sessions as the process for long lists makes it: written, hashed, synced, on record; prints time and memory."""

import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from webapp.actions.export_making import make
from webapp.db import Database
from webapp.exports.apart import CACHE_MB
from webapp.exports.list_makers import make_list
from webapp.masks import EVERYTHING
from webapp.models import Export
from webapp.settings import Settings


def main(path: str, out: str, format: str) -> None:
    """Have the file made, and put it at `out`."""
    database = Database(f"sqlite:///{path}", cache_mb=CACHE_MB)
    with tempfile.TemporaryDirectory(prefix="vd-bench-", dir=Path(out).parent) as name:
        settings = Settings(_env_file=None, database_url=database.url, data_dir=Path(name))
        with database.writing() as db:
            export = Export(kind="sessions", format=format, sight=asdict(EVERYTHING), purpose="audit")
            db.add(export)
        before = memory("VmRSS")
        start, cpu = time.perf_counter(), time.process_time()
        make(database, export_id=export.id or 0, makers={"sessions": make_list}, settings=settings, providers={})
        took = {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu}
        with database.reading() as db:
            made = db.get_one(Export, export.id)
        if made.state != "ready":
            raise SystemExit(f"The file was not made: {made.state} {made.error}")
        (Path(name) / "exports" / made.path).replace(out)
    peak = memory("VmHWM")
    print(json.dumps({**took, "rows": made.rows_done, "mb": peak, "mb_added": peak - before}))


def memory(what: str) -> float:
    """The process's memory in MB, now or at most."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:4])
