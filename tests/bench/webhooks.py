"""The contenders of the jobs that post callbacks, ours and the peers, and the check that none is lost or doubled."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from tests.bench.programs import Peer, ours
from tests.support import postgres
from tests.support.factory import Make
from tests.support.live_server import ROOT, LiveServer
from webapp.db import Database

LINKS = 100


@dataclass
class Contender:
    """A running server that takes callbacks in, and what it has acknowledged so far."""

    name: str
    program: LiveServer | Peer
    paths: list[str]
    customids: list[str]
    acknowledged: Path
    next: int = 0

    def post(self, **plan: Any) -> dict[str, Any]:
        """Let the load generator loose on it; see `load.Plan` for what a plan holds."""
        whole = {
            "port": self.program.port, "paths": self.paths, "customids": self.customids, "first": self.next,
            "acknowledged": str(self.acknowledged), **plan,
        }  # fmt: skip
        command = [sys.executable, "-m", "tests.bench.load"]
        done = subprocess.run(command, input=json.dumps(whole), capture_output=True, text=True, cwd=ROOT, check=True)
        result: dict[str, Any] = json.loads(done.stdout)
        self.next = result["next"]
        return result

    def check(self) -> dict[str, int]:
        """How many acknowledged bodies are not stored (lost), and how many stored ones stand there twice (doubled)."""
        engine = create_engine(self.program.database_url)
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT reference FROM delivery"))
            stored = Counter(row[0] for row in rows)
        engine.dispose()
        acknowledged = set(self.acknowledged.read_text().split())
        return {
            "acknowledged": len(acknowledged), "lost": len(acknowledged - stored.keys()),
            "doubled": sum(1 for count in stored.values() if count > 1),
        }  # fmt: skip


def console(folder: Path, name: str, **settings: str) -> Contender:
    """Our server, started, with links that may be posted to."""
    server = ours(folder / name, **settings)
    server.start()
    database = Database(server.database_url)
    links = [Make(database, first=number * 10).link(reusable=True) for number in range(1, LINKS + 1)]
    database.dispose()
    paths = [f"/webhooks/docupass/{link.webhook_token}" for link in links]
    return Contender(name, server, paths, [link.customid for link in links], folder / f"{name}.acknowledged")


def peer(folder: Path, name: str, module: str, *, server: str, database_url: str = "") -> Contender:
    """A peer, started, with as many links."""
    tokens = [f"webhook-token-{number}" for number in range(LINKS)]
    program = Peer(name, module, folder, server=server, database_url=database_url, BENCH_TOKENS=" ".join(tokens))
    if server == "gunicorn":
        program.prepare()
    program.start()
    paths = [f"/webhooks/docupass/{token}" for token in tokens]
    return Contender(name, program, paths, [f"vd-{token}" for token in tokens], folder / f"{name}.acknowledged")


@contextmanager
def peers(folder: Path) -> Iterator[list[Contender]]:
    """All peers, running: three on SQLite, and on a durable PostgreSQL where there is one."""
    with ExitStack() as stack:
        made = [
            peer(folder, "flask_sqlalchemy", "flask_sqlalchemy_app", server="gunicorn"),
            peer(folder, "django_drf", "django_drf_app", server="gunicorn"),
            peer(folder, "fastapi_sqlmodel", "fastapi_sqlmodel_app", server="uvicorn"),
        ]
        url = stack.enter_context(_durable_postgres())
        if url:
            made.append(
                peer(folder, "flask_sqlalchemy_pg", "flask_sqlalchemy_app", server="gunicorn", database_url=url)
            )
        for contender in made:
            stack.callback(contender.program.stop)
        yield made


@contextmanager
def _durable_postgres() -> Iterator[str]:
    """A database on a PostgreSQL that syncs each commit, or "" where none can be had."""
    vars(postgres)["FAST"] = ("max_connections=100", "shared_buffers=256MB")
    try:
        server = postgres.Postgres()
    except postgres.NoPostgres:
        yield ""
        return
    try:
        server.execute("CREATE DATABASE peer")
        yield server.url("peer")
    finally:
        server.stop()
