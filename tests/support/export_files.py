"""Files that people asked for, in tests: asked for by a user, made, and read back whatever their format."""

import csv
import io
import json
from typing import Any

from tests.support.pages import PageClient
from tests.support.sheets import records
from tests.support.worker import TestWorker
from webapp.actions import exports
from webapp.actions.actor import Actor
from webapp.db import Database
from webapp.masks import EVERYTHING
from webapp.models import Export, User


def ask(database: Database, user: User, **fields: Any) -> Export:
    """Have a file made, all sessions as CSV where nothing else is said."""
    by = Actor(kind="person", id=user.id, name=user.name, role=user.role)
    usual: dict[str, Any] = {
        "kind": "sessions", "format": "csv", "filter": [], "options": {}, "sight": EVERYTHING, "purpose": "audit",
        "purpose_text": "Yearly audit",
    }  # fmt: skip
    with database.writing() as db:
        return exports.request(db, by=by, **(usual | fields))


def again(database: Database, export: Export) -> Export:
    """The row as it is now."""
    with database.reading() as db:
        return db.get_one(Export, export.id)


def rows_of(format: str, content: bytes) -> list[dict[str, Any]]:
    """The file's rows by their heads."""
    if format == "xlsx":
        return records(content)
    text = content.decode("utf-8-sig")
    if format == "jsonl":
        return [json.loads(line) for line in text.split("\n") if line]  # a name may hold other ends of lines
    return list(csv.DictReader(io.StringIO(text, newline="")))


def exported(visitor: PageClient, worker: TestWorker, address: str, **fields: Any) -> list[dict[str, Any]]:
    """Ask for a list by its page, have it made, download it, and read it."""
    return rows_of(fields.get("format", "csv"), exported_file(visitor, worker, address, **fields))


def exported_file(visitor: PageClient, worker: TestWorker, address: str, **fields: Any) -> bytes:
    """The same, as it was downloaded."""
    page = visitor.get(address)
    page = visitor.submit(page, "#export-form", purpose="audit", purpose_text="Yearly audit", **fields)
    worker.run()
    return visitor.submit(visitor.get(page.url), "#export form").data
