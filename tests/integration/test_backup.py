"""A backup of the running console, and what is restored from it: complete, verified, and refused when anything is wrong."""

import errno
import hashlib
import json
import random
import stat
import tarfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import SQLModel, col, select

from tests.conftest import MakerOf
from tests.support.factory import Make
from webapp.actions.audit_checks import checkpoint
from webapp.actions.saved_files import save
from webapp.audit_chain import verify
from webapp.backup_archive import BackupFailed, examine
from webapp.backup_tables import FILES
from webapp.db import Database
from webapp.migrate import migrate
from webapp.models import AuditEvent, Delivery, EvidenceFile, Job, VerificationSession
from webapp.settings import Settings

PICTURE = b"\xff\xd8 a specimen's picture"
BIG = b'{"success":false,"reference":"BIG","hash":"h","text":"' + b"x" * 300_000 + b'"}'


class Backups:
    """`make()` a backup of the application by command, `restore()` it beside, `database` of what was restored."""

    def __init__(self, app: Flask, folder: Path, url: str) -> None:
        self.app, self.folder, self._url = app, folder, url
        self.file, self.into = folder / "backup.tar", folder / "restored"
        self._open = ExitStack()

    def run(self, *words: str | Path) -> Result:
        return self.app.test_cli_runner().invoke(args=[str(word) for word in words])

    def make(self) -> Result:
        return self.run("backup", "--out", self.file)

    def restore(self) -> Result:
        address = () if self._url.startswith("sqlite") else ("--database-url", self._url)
        return self.run("restore", self.file, "--into", self.into, *address)

    @property
    def database(self) -> Database:
        sqlite = self._url.startswith("sqlite")
        made = Database(f"sqlite:///{self.into / 'app.sqlite'}" if sqlite else self._url)
        self._open.callback(made.dispose)
        return made

    def close(self) -> None:
        self._open.close()


@pytest.fixture
def backups(app: Flask, tmp_path: Path, database_url: str, database_maker: MakerOf) -> Iterator[Backups]:
    with database_maker("sqlite" if database_url.startswith("sqlite") else "postgresql").empty(tmp_path) as url:
        made = Backups(app, tmp_path, url)
        yield made
        made.close()


@pytest.fixture
def filled(make: Make, settings: Settings, client: FlaskClient, database: Database) -> EvidenceFile:
    """A console with a little of everything that a backup has to take along."""
    delivery = make.delivery(session=make.finished(person=make.person("Łucja 'Specimen' \\ \t 名")))
    make.result()
    make.match(make.finished())
    make.decision(make.finished())
    make.user("admin")
    link = make.link()
    assert client.post(f"/webhooks/docupass/{link.webhook_token}", data=BIG).status_code == 200
    path, shown = save(PICTURE, settings.data_dir, "jpg"), save(PICTURE + b"small", settings.data_dir, "display.jpg")
    saved: EvidenceFile = make.evidence(
        delivery, path=path, display_path=shown, sha256=hashlib.sha256(PICTURE).hexdigest(), state="saved"
    )
    checkpoint(database, settings)
    return saved


def rows(database: Database, model: Any) -> list[dict[str, Any]]:
    with database.reading() as db:
        return [row.model_dump() for row in db.exec(select(model).order_by(*model.__table__.primary_key))]


def test_a_restored_console_has_the_same_rows_files_keys_and_audit_log(
    backups: Backups, filled: EvidenceFile, database: Database, settings: Settings
) -> None:
    made = backups.make()
    restored = backups.restore()

    assert (made.exit_code, restored.exit_code) == (0, 0), made.output + restored.output
    assert [line[:4] for line in restored.output.splitlines()[:-1]] == ["ok  "] * 5
    for model in (VerificationSession, Delivery, EvidenceFile, Job):
        assert rows(backups.database, model) == rows(database, model)
    assert (backups.into / "evidence" / filled.path).read_bytes() == PICTURE
    assert (backups.into / "evidence" / filled.display_path).read_bytes() == PICTURE + b"small"
    [big] = [row for row in rows(backups.database, Delivery) if row["body_file"]]
    assert (backups.into / big["body_file"]).read_bytes() == BIG
    pem = Path("keys") / "audit-signing.pem"
    assert (backups.into / pem).read_bytes() == (settings.data_dir / pem).read_bytes()
    assert len((backups.into / "audit-heads.jsonl").read_text().splitlines()) == 1
    with backups.database.reading() as db:
        last = db.exec(select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(1)).one()
    assert last.action == "backup.restore"
    assert verify(backups.database).whole


def test_a_restored_console_goes_on_with_new_numbers(
    backups: Backups, filled: EvidenceFile, database: Database
) -> None:
    gone = Make(database).person().id
    with database.writing() as db:
        db.connection().exec_driver_sql(f"DELETE FROM person WHERE id = {gone}")
    backups.make()
    backups.restore()

    new = Make(backups.database).person().id
    assert new is not None
    if not database.is_sqlite:  # SQLite gives the number of the last, deleted row again, restored or not
        assert gone is not None
        assert new > gone


def test_a_backup_while_results_arrive_has_each_one_answered_before_it_and_no_half_one(
    app: Flask, backups: Backups, make: Make
) -> None:
    link, stop, answered = make.link(), threading.Event(), set[str]()

    def send(number: int) -> None:
        vendor, count = app.test_client(), 0
        while not stop.is_set():
            count += 1
            body = f'{{"success":false,"reference":"NOBODY{number}","hash":"{count}","failcode":1}}'.encode()
            if count % 5 == 0:
                body = body[:-1] + b',"text":"' + b"x" * 270_000 + b'"}'
            if vendor.post(f"/webhooks/docupass/{link.webhook_token}", data=body).status_code == 200:
                answered.add(hashlib.sha256(body).hexdigest())

    senders = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for sender in senders:
        sender.start()
    while len(answered) < 40:
        stop.wait(0.02)
    before, made = set(answered), backups.make()
    during = len(answered) - len(before)
    stop.set()
    for sender in senders:
        sender.join()
    restored = backups.restore()

    assert (made.exit_code, restored.exit_code) == (0, 0), made.output + restored.output
    kept = rows(backups.database, Delivery)
    assert before <= {row["body_sha256"] for row in kept}
    assert during > 0, "nothing arrived while the backup was made"
    jobs = {row["subject_id"] for row in rows(backups.database, Job) if row["kind"] == "take_in"}
    assert {row["id"] for row in kept} <= jobs
    for row in kept:
        raw = (backups.into / row["body_file"]).read_bytes() if row["body_file"] else row["body"]
        assert hashlib.sha256(raw).hexdigest() == row["body_sha256"]


def test_only_its_maker_may_read_a_backup(backups: Backups, filled: EvidenceFile) -> None:
    backups.make()

    assert stat.S_IMODE(backups.file.stat().st_mode) == 0o600
    assert sorted(path.name for path in backups.folder.glob(".*")) == []


def test_a_backup_is_on_the_record_with_its_hash(backups: Backups, filled: EvidenceFile, database: Database) -> None:
    backups.make()

    with database.reading() as db:
        row = db.exec(select(AuditEvent).where(AuditEvent.action == "backup.make")).one()
    assert row.after is not None
    assert row.after["sha256"] == hashlib.sha256(backups.file.read_bytes()).hexdigest()


@pytest.mark.database("sqlite")
def test_any_flipped_byte_is_found(backups: Backups, filled: EvidenceFile) -> None:
    backups.make()
    whole, dice = backups.file.read_bytes(), random.Random(7)
    places = [0, 150, 511, len(whole) - 1, *(dice.randrange(len(whole)) for _ in range(120))]
    with tarfile.open(backups.file) as archive:  # every header, and what fills a file's last block
        for member in archive.getmembers():
            places += [member.offset + 3, member.offset + 149, member.offset + 300, member.offset_data + member.size]

    for place in places:
        changed = bytearray(whole)
        changed[place % len(whole)] ^= 1 << dice.randrange(8)
        backups.file.write_bytes(changed)
        with pytest.raises(BackupFailed):
            examine(backups.file)


@pytest.mark.parametrize("cut", [0, 100, 5000, -1, -1024, -3000])
@pytest.mark.database("sqlite")
def test_an_archive_that_was_cut_off_is_no_backup(backups: Backups, filled: EvidenceFile, cut: int) -> None:
    backups.make()
    backups.file.write_bytes(backups.file.read_bytes()[:cut])

    assert backups.run("backup", "--verify", backups.file).exit_code == 1


def test_a_flipped_byte_in_a_picture_is_named_and_nothing_is_restored(backups: Backups, filled: EvidenceFile) -> None:
    backups.make()
    assert backups.run("backup", "--verify", backups.file).output.startswith("Whole: ")
    with tarfile.open(backups.file) as archive:
        place = archive.getmember(f"evidence/{filled.path}").offset_data
    content = bytearray(backups.file.read_bytes())
    content[place + 5] ^= 1
    backups.file.write_bytes(content)

    for result in (backups.run("backup", "--verify", backups.file), backups.restore()):
        assert result.exit_code == 1
        assert f"evidence/{filled.path} is not as it was saved" in result.output
    assert not backups.into.exists()


def test_nothing_is_restored_over_something(backups: Backups, filled: EvidenceFile, database_url: str) -> None:
    backups.make()
    backups.into.mkdir()
    (backups.into / "notes.txt").write_text("mine")

    result = backups.restore()

    assert result.exit_code == 1
    assert "notes.txt is there" in result.output
    assert [path.name for path in backups.into.iterdir()] == ["notes.txt"]


@pytest.mark.database("postgresql")
def test_a_database_with_tables_is_not_restored_over(backups: Backups, filled: EvidenceFile) -> None:
    backups.make()
    migrate(backups._url)

    result = backups.restore()

    assert result.exit_code == 1
    assert "not empty: it has a table" in result.output


@pytest.mark.database("sqlite")
def test_a_backup_of_sqlite_does_not_fit_postgresql(backups: Backups, filled: EvidenceFile) -> None:
    backups.make()

    result = backups.run("restore", backups.file, "--into", backups.into, "--database-url", "postgresql://nobody@/none")

    assert result.exit_code == 1
    assert "of a sqlite database" in result.output


def test_a_full_disk_leaves_nothing(
    backups: Backups, filled: EvidenceFile, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    from webapp import backup_archive

    def full(source: Any, size: int) -> Iterator[bytes]:
        yield source.read(10)
        raise OSError(errno.ENOSPC, "No space left on device")

    there = set(backups.folder.iterdir())
    monkeypatch.setattr(backup_archive, "_read", full)
    result = backups.make()

    assert result.exit_code == 1
    assert "was not made: No space left on device" in result.output
    assert set(backups.folder.iterdir()) == there


def test_a_backup_does_not_replace_another_file(backups: Backups) -> None:
    backups.file.write_text("the one of yesterday")

    assert backups.make().exit_code == 1
    assert backups.file.read_text() == "the one of yesterday"


def test_a_picture_that_was_lost_before_is_named_and_stops_neither(
    backups: Backups, filled: EvidenceFile, settings: Settings
) -> None:
    (settings.data_dir / "evidence" / filled.path).unlink()

    made, restored = backups.make(), backups.restore()

    assert (made.exit_code, restored.exit_code) == (0, 0), restored.output
    assert f"not in the data folder: evidence/{filled.path}" in made.output
    assert "1 were missing when the backup was made" in restored.output


@pytest.mark.parametrize("words", [(), ("--out", "a", "--verify", "b")])
@pytest.mark.database("sqlite")
def test_backup_asks_for_one_thing(backups: Backups, words: tuple[str, ...]) -> None:
    assert backups.run("backup", *words).exit_code == 2


@pytest.mark.database("sqlite")
def test_changes_made_after_the_restore_are_found(backups: Backups, filled: EvidenceFile) -> None:
    """What the restored copy is held against is what its rows say, not only what the archive says."""
    from webapp.restore import _hashed, target

    backups.make()
    backups.restore()
    archive = examine(backups.file)
    copy = target(archive, backups.app.extensions["vouchdesk.settings"], backups.into, "")
    (backups.into / "evidence" / filled.path).write_bytes(b"another")

    check = _hashed(archive, copy, backups.database)

    assert not check.ok
    assert filled.path in check.text


@pytest.mark.database("sqlite")
def test_the_manifest_is_for_people_too(backups: Backups, filled: EvidenceFile) -> None:
    backups.make()

    with tarfile.open(backups.file) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
        names = archive.getnames()
    assert manifest["database"] == "sqlite"
    assert manifest["tables"]["delivery"] == 2
    assert set(names) == {*manifest["files"], "manifest.json", "manifest.json.sha256"}


def test_every_column_that_names_a_file_is_known_to_backups() -> None:
    """Exports are left out: they live for a day and can be asked for again."""
    there = {
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("path", "_file"))
    }
    assert there - set(FILES) == {("export", "path")}
