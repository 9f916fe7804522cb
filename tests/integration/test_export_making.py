"""Files made by the worker are whole or not there at all, whatever happens while they are made."""

import csv
import io
from typing import Any

from tests.support.factory import Make
from tests.support.worker import TestWorker
from webapp.actions import exports
from webapp.actions.actor import Actor
from webapp.db import Database
from webapp.masks import EVERYTHING
from webapp.models import Export, User


def ask(database: Database, user: User, **fields: Any) -> Export:
    by = Actor(kind="person", id=user.id, name=user.name, role=user.role)
    usual: dict[str, Any] = {
        "kind": "sessions", "format": "csv", "filter": [], "options": {}, "sight": EVERYTHING, "purpose": "audit",
        "purpose_text": "Yearly audit",
    }  # fmt: skip
    with database.writing() as db:
        return exports.request(db, by=by, **(usual | fields))


def again(database: Database, export: Export) -> Export:
    with database.reading() as db:
        return db.get_one(Export, export.id)


def test_a_file_is_whole_before_its_row_says_ready(
    database: Database, make: Make, worker: TestWorker, settings: Any
) -> None:
    made = [make.session() for _ in range(3)]
    export = ask(database, make.user("reviewer"))
    worker.run()
    found = again(database, export)
    assert (found.state, found.rows_done, found.rows_total) == ("ready", 3, 3)
    content = (settings.data_dir / "exports" / found.path).read_bytes()
    assert len(content) == found.bytes
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [int(row["id"]) for row in rows] == [each.id for each in reversed(made)]
