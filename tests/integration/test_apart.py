"""Long lists are made in a process of its own: it writes the same file, and its death loses and doubles nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from tests.support.export_files import again, ask, rows_of
from tests.support.factory import Make
from tests.support.worker import TestWorker
from webapp import audit_verifier
from webapp.actions import export_making
from webapp.actions.export_making import Making
from webapp.actions.stopped import MOST
from webapp.audit_keys import signing_key
from webapp.db import Database
from webapp.exports import apart
from webapp.exports.apart import LONG
from webapp.models import AuditEvent, Export, Job, User
from webapp.models.columns import utc_now
from webapp.settings import Settings

WITHIN = 30.0  # seconds
AT_ITS_SYNC = """
import os, pathlib, signal, time

def fsync(_file):
    pathlib.Path({marker!r}).write_text(str(os.getpid()))
    {then}

os.fsync = fsync
"""
"""What Python runs first in a process that finds it: the file is written then, and not yet whole by its name."""
WORKER = """
import sys
from pathlib import Path
from webapp.db import Database
from webapp.settings import Settings
from webapp.worker import Context, run_due

url, folder = sys.argv[1:]
run_due(Context(Database(url), {}, Settings(_env_file=None, database_url=url, data_dir=Path(folder))))
"""


@pytest.fixture
def rita(make: Make) -> User:
    return make.user("reviewer")


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "at its sync"


@pytest.fixture
def at_its_sync(tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have processes that are started from now on do this when the file is to be synced."""

    def then(do: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(AT_ITS_SYNC.format(marker=str(marker), then=do))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return then


def content(settings: Settings, export: Export) -> bytes:
    return (settings.data_dir / "exports" / export.path).read_bytes()


def names(settings: Settings) -> list[str]:
    return sorted(each.name for each in (settings.data_dir / "exports").iterdir())


def pid_in(marker: Path) -> int:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        if marker.exists() and marker.read_text():
            return int(marker.read_text())
        time.sleep(0.01)
    raise AssertionError("no process came as far as the sync")


def gone(pid: int) -> bool:
    """Whether it has ended, though nobody may have asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
def test_a_long_list_is_the_same_file_made_apart(
    format: str, database: Database, make: Make, worker: TestWorker, settings: Settings, rita: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for number in range(3):
        make.finished(person=make.person(f"Ánna “{number}” =1+1 Specimen"))
    here = ask(database, rita, format=format)
    worker.run()
    long = ask(database, rita, format=format, rows=LONG, purpose_text="The other one")
    monkeypatch.setattr(apart, "make_list", None)  # nothing but the other process can make it
    assert (worker.run(), worker.waiting) == (1, [])
    here, long = again(database, here), again(database, long)
    assert (long.state, long.rows_done, long.rows_total) == ("ready", 3, 3)
    assert rows_of(format, content(settings, long)) == rows_of(format, content(settings, here))
    assert names(settings) == sorted([here.path, long.path])


def test_a_long_audit_log_made_apart_proves_itself(
    database: Database, worker: TestWorker, settings: Settings, rita: User, tmp_path: Path
) -> None:
    export = ask(database, rita, kind="audit", format="jsonl", rows=LONG)
    worker.run()
    file, key = tmp_path / "audit.jsonl", tmp_path / "public.pem"
    file.write_bytes(content(settings, again(database, export)))
    key.write_text(signing_key(settings.data_dir).public_pem)
    command = [sys.executable, str(audit_verifier.__file__), str(file), "--key", str(key)]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout


def test_a_process_killed_in_the_middle_leaves_no_file_and_the_next_makes_it_whole(
    database: Database, make: Make, worker: TestWorker, settings: Settings, rita: User, db: Session, marker: Path,
    at_its_sync: Callable[[str], None], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make.session()
    export = ask(database, rita, rows=LONG)
    at_its_sync("time.sleep(600)")
    at_work = threading.Thread(target=worker.run)
    at_work.start()
    pid = pid_in(marker)
    said = b"".join(Path(f"/proc/{pid}/{each}").read_bytes() for each in ("cmdline", "environ"))
    assert settings.secret_key.encode() not in said, "anybody on the machine could read it"
    os.kill(pid, signal.SIGKILL)
    at_work.join(WITHIN)
    found = again(database, export)
    assert (found.state, found.path) == ("running", "")
    assert names(settings) == []
    assert worker.run() == 0, "its lease is not over"
    monkeypatch.delenv("PYTHONPATH")
    worker.run_later()
    found = again(database, export)
    assert (found.state, worker.waiting) == ("ready", [])
    assert names(settings) == [found.path]
    told = db.exec(select(AuditEvent).where(AuditEvent.object_type == "export").order_by(col(AuditEvent.seq))).all()
    assert [each.action for each in told] == ["export.request", "export.ready"]


def test_a_process_whose_worker_is_killed_ends_too(
    database: Database, make: Make, settings: Settings, rita: User, marker: Path, at_its_sync: Callable[[str], None]
) -> None:
    make.session()
    ask(database, rita, rows=LONG)
    at_its_sync("time.sleep(600)")
    command = [sys.executable, "-c", WORKER, settings.database_url, str(settings.data_dir)]
    with subprocess.Popen(command) as worker:
        pid = pid_in(marker)
        assert not gone(pid)
        worker.kill()
    until = time.monotonic() + WITHIN
    while not gone(pid):
        assert time.monotonic() < until, "it goes on without anybody"
        time.sleep(0.01)


def test_a_list_of_which_every_process_dies_is_given_up(
    database: Database, make: Make, worker: TestWorker, settings: Settings, rita: User, db: Session,
    at_its_sync: Callable[[str], None],
) -> None:  # fmt: skip
    make.session()
    export = ask(database, rita, rows=LONG)
    at_its_sync("os.kill(os.getpid(), signal.SIGKILL)")
    for _ in range(MOST):
        assert worker.run() == 1
        with database.writing() as change:
            change.execute(update(Job).values(leased_until=utc_now() - timedelta(seconds=1)))
    worker.run()
    assert (again(database, export).state, again(database, export).error) == ("failed", export_making.GIVEN_UP)
    assert (names(settings), worker.waiting) == ([], [])
    stopped = db.exec(select(AuditEvent).where(AuditEvent.action == "job.stopped")).all()
    assert len(stopped) == MOST


@pytest.mark.parametrize(
    ("do", "why"),
    [
        (f"os._exit({os.EX_TEMPFAIL})", "the database could not be read"),
        ("os.kill(os.getpid(), signal.SIGTERM)", "it was asked to stop"),
        ("os.kill(os.getpid(), signal.SIGINT)", "it was asked to stop"),
    ],
)
def test_a_process_that_comes_to_no_end_is_started_again_later(
    do: str, why: str, database: Database, make: Make, worker: TestWorker, settings: Settings, rita: User, db: Session,
    at_its_sync: Callable[[str], None], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make.session()
    export = ask(database, rita, rows=LONG)
    at_its_sync(do)
    worker.run()
    (job,) = worker.waiting
    assert (job.last_error, job.failed_at, names(settings)) == (why, None, [])
    monkeypatch.delenv("PYTHONPATH")
    worker.run_later()
    assert again(database, export).state == "ready"
    assert not db.exec(select(AuditEvent).where(AuditEvent.action == "job.stopped")).all(), "nobody died"


@pytest.mark.parametrize(
    ("do", "why"),
    [
        ("raise OSError(28, 'No space left on device')", export_making.DISK_FULL),
        ("raise KeyError('Anna Specimen')", export_making.NOT_MADE),
    ],
)
def test_what_went_wrong_there_is_said_here_and_no_name_of_it(
    do: str, why: str, database: Database, make: Make, worker: TestWorker, settings: Settings, rita: User,
    at_its_sync: Callable[[str], None], capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    make.session()
    export = ask(database, rita, rows=LONG)
    at_its_sync(do)
    worker.run()
    found = again(database, export)
    assert (found.state, found.error, names(settings), worker.waiting) == ("failed", why, [], [])
    said = capfd.readouterr().err
    assert "export.apart" in said and "Anna" not in said


def test_a_list_that_nobody_wants_any_more_leaves_no_process(
    database: Database, make: Make, worker: TestWorker, settings: Settings, rita: User, marker: Path,
    at_its_sync: Callable[[str], None], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make.session()
    export = ask(database, rita, rows=LONG)
    at_its_sync("time.sleep(600)")

    def unwanted(*_: object) -> None:
        pid_in(marker)
        raise export_making.Cancelled

    monkeypatch.setattr(Making, "progress", unwanted)
    worker.run()
    assert (again(database, export).state, names(settings), worker.waiting) == ("cancelled", [], [])
    assert gone(int(marker.read_text()))
