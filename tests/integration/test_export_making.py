"""Files made by the worker are whole or not there at all, whatever happens while they are made."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
import time_machine
from sqlalchemy import update
from sqlmodel import Session, col, select

from tests.support.export_files import again, ask, rows_of
from tests.support.factory import Make
from tests.support.pages import PageClient
from tests.support.worker import TestWorker
from webapp.actions import export_making, exports
from webapp.actions.actor import Actor
from webapp.actions.export_making import Making
from webapp.actions.stopped import MOST
from webapp.db import Database
from webapp.exports.makers import MAKERS
from webapp.jobs import claim
from webapp.models import AuditEvent, Export, Job, User
from webapp.models.columns import utc_now
from webapp.settings import Settings

DYING = """
import sys, time
from pathlib import Path
from webapp.actions.export_making import make
from webapp.db import Database
from webapp.settings import Settings

def half(making, file):
    file.write(b"the first half")
    file.flush()
    print("at it", flush=True)
    time.sleep(600)

url, folder, number = sys.argv[1:]
settings = Settings(_env_file=None, database_url=url, data_dir=Path(folder))
make(Database(url), export_id=int(number), makers={"sessions": half}, settings=settings, providers={})
"""


@pytest.fixture
def rita(make: Make) -> User:
    return make.user("reviewer")


def files(settings: Settings) -> list[str]:
    folder = settings.data_dir / "exports"
    return sorted(os.listdir(folder)) if folder.exists() else []  # noqa: PTH208 - names are all that is asked


def by(user: User) -> Actor:
    return Actor(kind="person", id=user.id, name=user.name, role=user.role)


def making_it(patch: pytest.MonkeyPatch, maker: Callable[[Making, IO[bytes]], None]) -> None:
    patch.setitem(MAKERS, "sessions", maker)


def test_a_file_is_whole_before_its_row_says_ready(
    database: Database, make: Make, worker: TestWorker, settings: Settings, rita: User
) -> None:
    made = [make.session() for _ in range(3)]
    export = ask(database, rita)
    worker.run()
    found = again(database, export)
    assert (found.state, found.rows_done, found.rows_total) == ("ready", 3, 3)
    content = (settings.data_dir / "exports" / found.path).read_bytes()
    assert len(content) == found.bytes
    assert [int(row["id"]) for row in rows_of("csv", content)] == [each.id for each in reversed(made)]


def test_a_worker_killed_in_the_middle_leaves_no_file_and_the_next_makes_it_whole(
    database: Database, make: Make, worker: TestWorker, settings: Settings, rita: User, db: Session
) -> None:
    make.session()
    export = ask(database, rita)
    assert claim(database, "the one that dies")
    command = [sys.executable, "-c", DYING, settings.database_url or "", str(settings.data_dir), str(export.id)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "at it\n"
        child.kill()
    found = again(database, export)
    assert (found.state, found.path) == ("running", "")
    assert [name[:5] for name in files(settings)] == [".new-"]
    assert worker.run() == 0, "its lease is not over"
    worker.run_later()
    found = again(database, export)
    assert found.state == "ready"
    assert files(settings) == [found.path]
    ready = db.exec(select(AuditEvent).where(AuditEvent.action == "export.ready")).all()
    assert [each.object_id for each in ready] == [export.id]


DEADLY = """
import os, signal, sys
from pathlib import Path
from webapp.db import Database
from webapp.exports.makers import MAKERS
from webapp.settings import Settings
from webapp.worker import Context, run_due

def deadly(making, file):
    file.write(b"the first half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)

url, folder = sys.argv[1:]
settings = Settings(_env_file=None, database_url=url, data_dir=Path(folder))
MAKERS["sessions"] = deadly
run_due(Context(Database(url), {}, settings))
print("lived")
"""


def test_a_file_of_which_every_worker_dies_is_given_up_and_can_be_asked_for_again(
    database: Database, worker: TestWorker, settings: Settings, rachel: PageClient, db: Session
) -> None:
    asker = db.exec(select(User).where(User.name == "Rachel Reviewer")).one()
    export = ask(database, asker)
    command = [sys.executable, "-c", DEADLY, settings.database_url or "", str(settings.data_dir)]
    for beginning in range(MOST):
        assert again(database, export).state == ("running" if beginning else "queued")
        died = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (died.returncode, died.stdout) == (-signal.SIGKILL, ""), died.stderr
        with database.writing() as change:
            change.execute(update(Job).values(leased_until=utc_now() - timedelta(seconds=1)))
    assert files(settings)
    given_up = subprocess.run(command, capture_output=True, text=True, check=False)
    assert given_up.stdout.endswith("lived\n"), given_up.stderr
    assert (again(database, export).state, files(settings)) == ("failed", [])
    db.rollback()
    told = db.exec(select(AuditEvent).where(AuditEvent.object_type == "export").order_by(col(AuditEvent.seq))).all()
    assert [each.action for each in told] == ["export.request", *["job.stopped"] * 5, "export.failed"]
    assert (told[-1].outcome, told[2].after) == ("error", {"kind": "make_export", "times": 2})
    page = rachel.get(f"/exports/{export.id}")
    assert "Making it was begun 5 times and broke off each time, so it was given up" in page.text
    form = page.soup.select_one("#export .note a[href^='/exports/new?list=sessions']")
    assert form is not None and form.get_text() == "Ask for it again"
    worker.run_later()
    assert worker.waiting == []


@pytest.mark.parametrize("place", ["write", "sync"])
def test_a_full_disk_leaves_nothing_behind_and_is_said(
    place: str, database: Database, worker: TestWorker, settings: Settings, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if place == "write":
        making_it(monkeypatch, lambda _making, file: (file.write(b"half"), full())[1])
    else:
        monkeypatch.setattr(export_making.os, "fsync", full)
    export = ask(database, rita)
    worker.run()
    found = again(database, export)
    assert (found.state, found.path) == ("failed", "")
    assert found.error.startswith("The disk is full.")
    assert files(settings) == []
    assert worker.waiting == []


def test_a_fault_of_ours_leaves_nothing_behind(
    database: Database, worker: TestWorker, settings: Settings, rita: User, monkeypatch: pytest.MonkeyPatch, db: Session
) -> None:
    making_it(monkeypatch, lambda _making, file: (file.write(b"half"), 1 // 0)[0])  # type: ignore[arg-type, return-value]
    export = ask(database, rita)
    worker.run()
    assert again(database, export).error == export_making.NOT_MADE
    assert files(settings) == []
    assert db.exec(select(AuditEvent.outcome).where(AuditEvent.action == "export.failed")).all() == ["error"]


def test_a_file_that_nobody_wants_any_more_is_not_made(
    database: Database, worker: TestWorker, settings: Settings, rita: User
) -> None:
    export = ask(database, rita)
    with database.writing() as db:
        exports.cancel(db, by=by(rita), export_id=export.id or 0)
    worker.run()
    assert again(database, export).state == "cancelled"
    assert files(settings) == []


def test_cancel_stops_it_in_the_middle(
    database: Database, worker: TestWorker, settings: Settings, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_making, "TELL_EVERY", 0)
    export = ask(database, rita)

    def cancelled_after_one(making: Making, file: IO[bytes]) -> None:
        making.progress(1, 3)
        assert again(database, export).rows_done == 1
        with database.writing() as db:
            exports.cancel(db, by=by(rita), export_id=export.id or 0)
        file.write(b"half")
        making.progress(2)
        raise AssertionError("it went on")

    making_it(monkeypatch, cancelled_after_one)
    worker.run()
    found = again(database, export)
    assert (found.state, found.rows_done, found.rows_total, found.error) == ("cancelled", 2, 3, "")
    assert files(settings) == []


def test_somebody_else_cancels_nothing(database: Database, make: Make, rita: User) -> None:
    export, other = ask(database, rita), make.user("admin")
    with database.writing() as db:
        assert exports.cancel(db, by=by(other), export_id=export.id or 0) is None
    assert again(database, export).state == "queued"


def test_a_maker_at_work_keeps_its_lease(
    database: Database, worker: TestWorker, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_making, "TELL_EVERY", 0)
    export = ask(database, rita)
    start = utc_now()

    def slow(making: Making, _file: IO[bytes]) -> None:
        for minute in range(1, 4):
            with time_machine.travel(start + timedelta(seconds=50 * minute), tick=True):
                making.progress(minute)
                assert claim(database, "another") is None

    making_it(monkeypatch, slow)
    worker.run()
    assert again(database, export).state == "ready", "what the maker asserts makes it fail"


def test_a_worker_that_was_silent_too_long_gives_way_to_the_next(
    database: Database, worker: TestWorker, settings: Settings, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(database, rita)
    inner: list[str] = []

    def first(_making: Making, file: IO[bytes]) -> None:
        file.write(b"old")
        making_it(monkeypatch, lambda _making, file: inner.append(str(file.write(b"new"))))
        export_making.make(database, export_id=export.id or 0, makers=MAKERS, settings=settings, providers={})

    making_it(monkeypatch, first)
    worker.run()
    found = again(database, export)
    assert inner == ["3"]
    assert files(settings) == [found.path]
    assert (settings.data_dir / "exports" / found.path).read_bytes() == b"new"


def test_a_maker_that_another_has_overtaken_stops_and_says_nothing(
    database: Database, worker: TestWorker, settings: Settings, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_making, "TELL_EVERY", 0)
    export = ask(database, rita)

    def overtaken(making: Making, file: IO[bytes]) -> None:
        file.write(b"old")
        with database.writing() as db:
            db.get_one(Export, export.id).started_at = utc_now()  # as the other worker's beginning does
        making.progress(1)

    making_it(monkeypatch, overtaken)
    worker.run()
    found = again(database, export)
    assert (found.state, found.rows_done) == ("running", 0)
    assert files(settings) == []


def test_what_no_row_tells_of_is_removed_after_its_time(database: Database, settings: Settings) -> None:
    folder = export_making.exports_folder(settings.data_dir)
    old, new = folder / ".new-7-abc", folder / "8-abc.csv"
    for file in (old, new):
        file.write_bytes(b"left")
    long_ago = (utc_now() - timedelta(hours=27)).timestamp()
    os.utime(old, (long_ago, long_ago))
    exports.expire_due(database, settings.data_dir)
    assert files(settings) == [new.name]


def test_asking_and_its_job_are_one(database: Database, rita: User) -> None:
    export = ask(database, rita)
    with database.reading() as db:
        jobs = db.exec(select(Job.subject_id).where(Job.kind == "make_export")).all()
        rows = db.exec(select(Export.id).where(col(Export.state) == "queued")).all()
    assert jobs == rows == [export.id]


def test_the_same_file_asked_for_at_the_same_moment_is_made_once(database: Database, rita: User) -> None:
    with ThreadPoolExecutor(8) as several:
        asked = list(several.map(lambda _: ask(database, rita).id, range(8)))
    with database.reading() as db:
        jobs = db.exec(select(Job.subject_id).where(Job.kind == "make_export")).all()
    assert set(asked) == set(jobs)
    assert len(jobs) == 1


def test_the_file_is_for_its_owner_alone_on_the_disk(
    database: Database, worker: TestWorker, settings: Settings, rita: User
) -> None:
    export = ask(database, rita)
    worker.run()
    path: Path = settings.data_dir / "exports" / again(database, export).path
    assert path.stat().st_mode & 0o777 == 0o600
