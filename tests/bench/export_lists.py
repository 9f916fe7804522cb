"""Job 5, whole lists: the sessions as CSV and JSON lines out of the database, beside Django and `sqlite3` with the same content.

All read the console's own tables. Ours is the whole of making a file: written, hashed, synced, told of; the peers only write.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from tests.bench.fill import fill
from tests.bench.programs import PEER_PYTHON, PEERS
from tests.bench.report import emit, short, spread
from tests.support.live_server import ROOT
from webapp.db import Database
from webapp.migrate import migrate

TIMES_DJANGO, OF_SQLITE, MOST_MB = 2.0, 0.4, 100.0
Took = dict[str, float]


def main() -> None:
    """Fill, write each file in turns, print one line a format; rates are rows a CPU second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", type=Path, help="A filled SQLite file from before, instead of filling one.")
    parser.add_argument("--alone", action="store_true", help="Without the peers: how much memory a large list takes.")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vd-bench-") as name:
        path = wanted.database or Path(name) / "ours.sqlite"
        migrate(f"sqlite:///{path}")
        if not wanted.database:
            fill(Database(f"sqlite:///{path}"), sessions=wanted.sessions)
        with Database(f"sqlite:///{path}").writing() as db:
            db.execute(text("ANALYZE"))
        for format in ("csv", "jsonl"):
            measure(format, contenders(format, path, Path(name), alone=wanted.alone), wanted.rounds, Path(name))


def contenders(format: str, path: Path, folder: Path, *, alone: bool) -> dict[str, Callable[[], Took]]:
    """Who writes the file, each to a place of its own."""
    peer, query = PEERS / "django_sessions.py", (PEERS / "sessions.sql").read_text()
    found: dict[str, Callable[[], Took]] = {
        "ours": lambda: python(sys.executable, "-m", "tests.bench.export_one", path, folder / "ours", format),
        "django": lambda: python(PEER_PYTHON, peer, path, folder / "django", format, "iterator"),
        "django_values": lambda: python(PEER_PYTHON, peer, path, folder / "django_values", format, "values"),
        "sqlite3": lambda: shell("-csv" if format == "csv" else "-json", path, query, folder / "sqlite3"),
    }
    return {"ours": found["ours"]} if alone else found


def measure(format: str, each: dict[str, Callable[[], Took]], rounds: int, folder: Path) -> None:
    """Each contender once a round; what they wrote is held against ours."""
    took: dict[str, list[Took]] = {name: [] for name in each}
    for _ in range(rounds):
        for name, run in each.items():
            took[name].append(run())
    rows = int(took["ours"][0]["rows"])
    if format == "csv":
        different = [name for name in each if not same(folder / "ours", folder / name)]
        if different:
            raise SystemExit(f"The files of {', '.join(different)} say something else than ours.")
    rates = {name: spread([rows / one["cpu"] for one in all]) for name, all in took.items()}
    clock = {name: spread([rows / one["wall"] for one in all]) for name, all in took.items()}
    times = {name: rates["ours"]["median"] / rate["median"] for name, rate in rates.items() if name != "ours"}
    mb, added = (max(one[name] for one in took["ours"]) for name in ("mb", "mb_added"))
    goals = {"django": TIMES_DJANGO, "sqlite3": OF_SQLITE}
    emit(
        f"export_{format}", unit="rows a CPU second", rows=rows, **rates, rows_a_second_by_the_clock=clock,
        **{f"to_{name}": short(ratio) for name, ratio in times.items()}, mb=short(mb), mb_added=short(added),
        goal=f">= {TIMES_DJANGO:.0f}x Django's iterator, >= {OF_SQLITE}x sqlite3, <= {MOST_MB:.0f} MB in all",
        met=mb <= MOST_MB and all(ratio >= goals.get(name, 0) for name, ratio in times.items()),
    )  # fmt: skip


def same(ours: Path, theirs: Path) -> bool:
    """Whether two CSV files hold the same; how their cells are quoted is each writer's own."""
    with ours.open(newline="") as one, theirs.open(newline="") as other:
        return all(row == their for row, their in zip(csv.reader(one), csv.reader(other), strict=True))


def python(*words: str | Path) -> Took:
    """Run one writer in a process of its own, which measures itself without its start."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, check=True, text=True)
    took: Took = json.loads(done.stdout.splitlines()[-1])
    return took


def shell(mode: str, path: Path, query: str, out: Path) -> Took:
    """SQLite's own program."""
    program = shutil.which("sqlite3")
    if program is None:
        raise SystemExit("sqlite3 is not installed. On Debian: apt-get install sqlite3")
    start, before = time.perf_counter(), os.times()
    with out.open("wb") as file:
        subprocess.run(
            [program, "-readonly", mode, "-header", str(path)], input=query.encode(), stdout=file, check=True
        )
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"wall": time.perf_counter() - start, "cpu": cpu, "mb": 0.0}


if __name__ == "__main__":
    main()
