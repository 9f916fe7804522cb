"""Ending in good order: at the signal already, although its handlers are the server's, and once."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER = """
import multiprocessing, signal, sys, threading
from webapp.ending import when_asked_to_stop

def serve():
    when_asked_to_stop(lambda: print("stopped", flush=True))
    signal.signal(signal.SIGTERM, lambda *_: None)   # as the server does, after it has loaded the application
    signal.signal(signal.SIGUSR1, lambda *_: None)
    print("up", flush=True)
    if sys.argv[1] == "busy":
        threading.Event().wait(60)

process = multiprocessing.get_context("fork").Process(target=serve)
process.start()
print(process.pid, flush=True)
process.join()
"""


def serve(how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SERVER, how], cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_it_is_told_at_the_signal_while_the_server_is_still_busy_and_not_at_another() -> None:
    with serve("busy") as server:
        assert server.stdout
        first = {server.stdout.readline(), server.stdout.readline()}
        [number] = [int(line) for line in first if line != "up\n"]
        os.kill(number, signal.SIGUSR1)
        assert select.select([server.stdout], [], [], 0.3)[0] == []
        os.kill(number, signal.SIGTERM)
        assert server.stdout.readline() == "stopped\n"
        assert server.poll() is None
        os.kill(number, signal.SIGKILL)
        assert server.stdout.read() == ""


def test_a_forked_server_that_ends_by_itself_tells_it_at_its_end_once() -> None:
    with serve("idle") as server:
        assert server.stdout
        assert sorted(line for line in server.stdout if not line[0].isdigit()) == ["stopped\n", "up\n"]
