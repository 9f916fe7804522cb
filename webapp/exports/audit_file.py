"""The audit log as files: JSON lines that carry their own signed proof in the last line, and CSV for spreadsheets."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from webapp.audit_chain import COLUMNS, JSON_FIELDS
from webapp.audit_verifier import MANIFEST_SAYS, canonical
from webapp.exports.base import Column
from webapp.exports.csv_file import write_csv

if TYPE_CHECKING:
    from webapp.audit_keys import SigningKey  # what signs needs a library that lists without a proof do not

SCHEMA = "vouchdesk.audit/1"
NUMBERS = ("seq", "actor_id", "object_id", "session_id", "note_ref")
CSV_COLUMNS = tuple(Column(name, "whole") if name in NUMBERS else Column(name, foreign=True) for name in COLUMNS)
Chunks = Iterable[list[dict[str, Any]]]
Points = Callable[[int, int], list[dict[str, Any]]]
"""The checkpoints between two rows, and the nearest on either side."""
MEDIA_TYPES = {"jsonl": "application/jsonl; charset=utf-8", "csv": "text/csv; charset=utf-8; header=present"}


@dataclass
class AuditFile:
    """One export while it is written; `manifest` is ready when all of it is."""

    key: "SigningKey"
    wanted: dict[str, str]
    utc: str
    points: Points
    manifest: dict[str, Any] = field(default_factory=dict)
    _rows: list[dict[str, Any]] = field(default_factory=list)
    _count: int = 0

    def jsonl(self, chunks: Chunks) -> Iterator[bytes]:
        """One row a line as it is hashed, with its hash; the manifest last, so that what is cut off is seen."""
        digest = hashlib.sha256()
        for rows in chunks:
            piece = b"".join(canonical(row) + b"\n" for row in self._counted(rows))
            digest.update(piece)
            yield piece
        self._sign(digest.hexdigest())
        yield canonical({"manifest": self.manifest}) + b"\n"

    def csv(self, chunks: Chunks) -> Iterator[bytes]:
        """For spreadsheets: what could be run as a formula is disarmed, so that only its manifest proves it."""
        digest = hashlib.sha256()
        for piece in write_csv(CSV_COLUMNS, ([cells(row) for row in self._counted(rows)] for rows in chunks)):
            digest.update(piece)
            yield piece
        self._sign(digest.hexdigest())

    def _counted(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self._count += len(rows)
        self._rows = [*self._rows[:1], *rows[:1], *rows[-1:]]
        self._rows = [self._rows[0], self._rows[-1]] if self._rows else []
        return rows

    def _sign(self, sha256: str) -> None:
        first, last = (self._rows[0], self._rows[-1]) if self._rows else ({}, {})
        self.manifest = self.key.sign(
            {
                "schema": SCHEMA, "utc": self.utc, "filter": self.wanted, "count": self._count, "sha256": sha256,
                "first_seq": first.get("seq"), "first_hash": first.get("hash"), "last_seq": last.get("seq"),
                "last_hash": last.get("hash"), "key_id": self.key.key_id, "public_key": self.key.public_text,
                "checkpoints": self.points(first.get("seq", 0), last.get("seq", 0)),
            },
            MANIFEST_SAYS,
        )  # fmt: skip


def cells(row: dict[str, Any]) -> list[Any]:
    """A row as CSV_COLUMNS has it: what is JSON as its text."""
    return [
        json.dumps(row[name], ensure_ascii=False, sort_keys=True)
        if name in JSON_FIELDS and row[name] is not None
        else row[name]
        for name in COLUMNS
    ]
