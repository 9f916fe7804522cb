"""Job 5, whole lists: the sessions as CSV and JSON lines out of the database, beside Django's iterator and `sqlite3` itself.

Django and one run of `sqlite3` read a flat table with the same columns, which no console has. The other run of `sqlite3` asks
what the console asks, of the same seven tables: that is the limit the goal is held against.
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event, text

from tests.bench.fill import fill
from tests.bench.programs import PEER_PYTHON, PEERS
from tests.bench.report import emit, short, spread
from tests.support.live_server import ROOT
from webapp.db import Database
from webapp.exports.columns import SESSIONS
from webapp.migrate import migrate
from webapp.queries.session_export import CHUNK, chunks
from webapp.queries.session_filter import SessionFilter

KINDS = {"id": "INT", "whole": "INT", "number": "REAL"}
TIMES_DJANGO, OF_SQLITE, MOST_MB = 2.0, 0.4, 100.0
Took = dict[str, float]


def main() -> None:
    """Fill, write each file in turns, print one line a format; rates are rows a CPU second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", type=Path, help="A filled SQLite file from before, instead of filling one.")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vd-bench-") as name:
        path, flat = wanted.database or Path(name) / "ours.sqlite", Path(name) / "flat.sqlite"
        if not wanted.database:
            migrate(f"sqlite:///{path}")
            fill(Database(f"sqlite:///{path}"), sessions=wanted.sessions)
        rows, query = flatten(path, flat), own_query(path)
        for format in ("csv", "jsonl"):
            measure(format, path, flat, Path(name) / "out", rows, wanted.rounds, query)


def flatten(path: Path, flat: Path) -> int:
    """The console's own rows as one table."""
    database = Database(f"sqlite:///{path}")
    with database.writing() as db:
        db.execute(text("ANALYZE"))
    target, rows = sqlite3.connect(flat), 0
    columns = ", ".join(f"{column.name} {KINDS.get(column.kind, 'TEXT')}" for column in SESSIONS)
    target.execute(f"CREATE TABLE flat ({columns.replace('id INT', 'id INTEGER PRIMARY KEY', 1)})")
    for chunk in chunks(database, SessionFilter(), [column.name for column in SESSIONS]):
        target.executemany(f"INSERT INTO flat VALUES ({', '.join('?' * len(SESSIONS))})", [tuple(row) for row in chunk])
        rows += len(chunk)
    target.execute("CREATE INDEX flat_order ON flat (created_at, id)")
    target.commit()
    target.close()
    return rows


def own_query(path: Path) -> str:
    """The console's question with its values, for all rows at once."""
    database, asked = Database(f"sqlite:///{path}"), list[str]()
    event.listen(database.reader, "connect", lambda connection, _: connection.set_trace_callback(asked.append))
    next(chunks(database, SessionFilter(), [column.name for column in SESSIONS]), None)
    return next(query for query in asked if "group_concat" in query).replace(f"LIMIT {CHUNK}", "LIMIT -1")


def measure(format: str, path: Path, flat: Path, out: Path, rows: int, rounds: int, query: str) -> None:
    """Each contender once a round."""
    mode = "-csv" if format == "csv" else "-json"
    contenders: dict[str, Callable[[], Took]] = {
        "ours": lambda: python(sys.executable, "-m", "tests.bench.export_one", path, out, format),
        "django": lambda: python(PEER_PYTHON, PEERS / "django_rows.py", flat, out, format),
        "sqlite3": lambda: shell(mode, path, query, out),
        "sqlite3_flat": lambda: shell(mode, flat, "SELECT * FROM flat ORDER BY created_at DESC, id DESC", out),
    }
    took: dict[str, list[Took]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            took[name].append(run())
    rates = {name: spread([rows / each["cpu"] for each in all]) for name, all in took.items()}
    walls = {name: short(max(rows / each["wall"] for each in all)) for name, all in took.items()}
    to_django, to_sqlite = (rates["ours"]["median"] / rates[peer]["median"] for peer in ("django", "sqlite3"))
    mb, added = (max(each[name] for each in took["ours"]) for name in ("mb", "mb_added"))
    emit(
        f"export_{format}", unit="rows a CPU second", rows=rows, **rates, best_by_the_clock=walls,
        mb=short(mb), mb_added=short(added), django_mb=short(max(each["mb"] for each in took["django"])),
        to_django=short(to_django), to_sqlite3=short(to_sqlite),
        goal=f">= {TIMES_DJANGO:.0f}x Django's iterator, >= {OF_SQLITE}x sqlite3, <= {MOST_MB:.0f} MB added",
        met=to_django >= TIMES_DJANGO and to_sqlite >= OF_SQLITE and added <= MOST_MB,
    )  # fmt: skip


def python(*words: str | Path) -> Took:
    """Run one writer in a process of its own, which measures itself without its start."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, check=True, text=True)
    took: Took = json.loads(done.stdout)
    return took


def shell(mode: str, path: Path, query: str, out: Path) -> Took:
    """SQLite's own program."""
    program = shutil.which("sqlite3")
    if program is None:
        raise SystemExit("sqlite3 is not installed. On Debian: apt-get install sqlite3")
    start, before = time.perf_counter(), os.times()
    with out.open("wb") as file:
        subprocess.run([program, "-readonly", mode, "-header", str(path), query], stdout=file, check=True)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"wall": time.perf_counter() - start, "cpu": cpu, "mb": 0.0}


if __name__ == "__main__":
    main()
