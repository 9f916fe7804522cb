"""Starting and stopping what is measured, our own server and the peers, and what memory they take."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from tests.support.live_server import ROOT, LiveServer, free_port

PEERS = ROOT / "tests" / "bench" / "peers"
PEER_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
START_WITHIN = 60.0
MB = 1024 * 1024


class NotInstalled(Exception):
    """The peers' venv is not there; `make bench` makes it."""


class Peer:
    """One peer's server on a port of its own. `prepare` runs its module once before, to make its tables."""

    def __init__(
        self, name: str, module: str, folder: Path, *, server: str, database_url: str = "", **env: str
    ) -> None:
        if not PEER_PYTHON.exists():
            raise NotInstalled("The peers are not installed: run `make bench`, which does that first.")
        folder.mkdir(parents=True, exist_ok=True)
        self.name, self.module, self.port = name, module, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url or f"sqlite:///{folder / (module + '.sqlite')}"
        self._command = [str(PEER_PYTHON), *_server(server, module, self.port)]
        self._log = folder / f"{name}.log"
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")},
            "PYTHONPATH": str(PEERS), "PYTHONDONTWRITEBYTECODE": "1", "BENCH_DATABASE_URL": self.database_url, **env,
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make the tables, in a process that ends."""
        with self._log.open("ab") as log:
            command = [str(PEER_PYTHON), "-c", f"import {self.module}"]
            environment = self._environment | {"BENCH_MAKE_TABLES": "1"}
            subprocess.run(command, env=environment, stdout=log, stderr=log, check=True, cwd=PEERS)

    def start(self) -> None:
        """Start, and wait until it answers anything at all."""
        with self._log.open("ab") as log:
            self._process = start_process(self._command, log, self._environment)
        until = time.monotonic() + START_WITHIN
        while time.monotonic() < until and self._process.poll() is None:
            if answers(self.url):
                return
            time.sleep(0.1)
        raise RuntimeError(f"{self.name} did not start:\n{self._log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """Stop it and all it started."""
        if self._process:
            stop_group(self._process)
            self._process = None

    @property
    def pid(self) -> int:
        """The first process of its group."""
        return self._process.pid if self._process else 0


def _server(kind: str, module: str, port: int) -> list[str]:
    """The usual command line: two processes of eight threads, or one process with an event loop and its thread pool."""
    address = f"127.0.0.1:{port}"
    if kind == "gunicorn":
        name = f"{module}:application" if module.startswith("django") else f"{module}:app"
        return ["-m", "gunicorn", "-w", "2", "-k", "gthread", "--threads", "8", "-b", address, "-t", "120", name]
    if kind == "uvicorn":
        return ["-m", "uvicorn", f"{module}:app", "--port", str(port), "--no-access-log", "--log-level", "warning"]
    return [str(PEERS / f"{module}.py"), str(port)]


def ours(folder: Path, **settings: str) -> LiveServer:
    """The whole console as `python app.py` starts it, on a fresh data folder, without its sandbox's help."""
    return LiveServer(folder, settings={"live_streams": "220", **settings})


def start_process(command: list[str], log: IO[bytes], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a program that leads a group of its own."""
    return subprocess.Popen(
        command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, cwd=PEERS
    )


def stop_group(process: "subprocess.Popen[bytes]") -> None:
    """End the process and its group."""
    for how, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience)
            return


def answers(url: str) -> bool:
    """Whether something speaks HTTP there."""
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def group_rss_mb(leader: int) -> float:
    """Resident memory of a process and all of its group, in MB."""
    return sum(_rss_pages(pid) for pid in _group(leader)) * os.sysconf("SC_PAGE_SIZE") / MB


def group_cpu_seconds(leader: int) -> float:
    """Processor time that the group has used so far, in seconds."""
    ticks = 0
    for pid in _group(leader):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _group(leader: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if entry.name.isdigit() and os.getpgid(int(entry.name)) == leader:
                found.append(int(entry.name))
    return found


def _rss_pages(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return 0
