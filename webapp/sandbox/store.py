"""The sandbox's memory in sandbox.sqlite: its sessions; no vendor rules here."""

import json
import sqlite3
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .options import Options
from .stored_callbacks import StoredCallbacks
from .stored_files import StoredFiles


@dataclass(frozen=True)
class StoredSession:
    """One DocuPass session; times are UNIX seconds, `state` is open, done or expired."""

    reference: str
    kind: str
    options_json: str
    parent: str
    state: str
    attempts: int
    hash: str
    success: int | None
    failcode: int | None
    failreason: str
    scenario: str
    created_at: float
    expires_at: float
    opened_at: float | None
    finished_at: float | None

    @cached_property
    def options(self) -> Options:
        return Options.from_json(self.options_json)

    @property
    def attempts_left(self) -> int:
        return max(self.options.maxattempt - self.attempts, 0)


class Store(StoredCallbacks, StoredFiles):
    """All reads and writes of the sandbox."""

    def add(
        self, reference: str, kind: str, options: Options, *, now: float, expires_at: float, parent: str = ""
    ) -> None:
        with self.writing() as db:
            db.execute(
                "insert into session (reference, kind, options, parent, created_at, expires_at) values (?,?,?,?,?,?)",
                (reference, kind, options.to_json(), parent, now, expires_at),
            )

    def session(self, reference: str) -> StoredSession | None:
        found = self.rows("select * from session where reference = ?", reference.upper())
        return _session(found[0]) if found else None

    def recent(self, limit: int) -> list[StoredSession]:
        return [_session(row) for row in self.rows("select * from session order by created_at desc limit ?", limit)]

    def expired(self, now: float) -> list[StoredSession]:
        sql = "select * from session where state = 'open' and expires_at <= ? limit 100"
        return [_session(row) for row in self.rows(sql, now)]

    def opened(self, reference: str, now: float) -> None:
        with self.writing() as db:
            db.execute("update session set opened_at = ? where reference = ? and opened_at is null", (now, reference))

    def failed_once(self, reference: str) -> None:
        """Count one attempt that failed and was not the last."""
        with self.writing() as db:
            db.execute(
                "update session set attempts = attempts + 1 where reference = ? and state = 'open'", (reference,)
            )

    def valid(self, reference: str, digest: str) -> bool:
        return bool(digest) and bool(
            self.rows("select 1 from session where reference = ? and hash = ? and hash <> ''", reference, digest)
        )

    def finish(
        self, reference: str, *, now: float, facts: dict[str, object], url: str, body: str, entry: str = ""
    ) -> bool:
        """End an open session, keep its entry of the vault and queue its callback in one transaction; False when another
        request was quicker."""
        assignments = ", ".join(f"{name} = ?" for name in facts)
        with self.writing() as db:
            changed = db.execute(
                f"update session set finished_at = ?, {assignments} where reference = ? and state = 'open'",  # noqa: S608
                (now, *facts.values(), reference),
            ).rowcount
            if changed:
                db.execute("delete from supplied where reference = ?", (reference,))
                db.execute("delete from draft where reference = ?", (reference,))
            if changed and entry:
                db.execute("insert into vault values (?,?,?)", (entry, reference, now))
            if changed and url:
                db.execute(
                    "insert into callback (reference, url, body, size, due_at) values (?,?,?,?,?)",
                    (reference, url, body, len(body), now),
                )
        return bool(changed)

    def draft(self, reference: str) -> dict[str, Any]:
        """What an applicant has said so far on the way through the steps."""
        found = self.rows("select content from draft where reference = ?", reference)
        return dict(json.loads(found[0]["content"])) if found else {}

    def keep_draft(self, reference: str, content: dict[str, Any]) -> None:
        """Keep what was said; a session that has ended keeps none."""
        with self.writing() as db:
            db.execute(
                "insert or replace into draft select reference, ? from session where reference = ? and state = 'open'",
                (json.dumps(content), reference),
            )


def _session(row: sqlite3.Row) -> StoredSession:
    values = dict(row)
    return StoredSession(options_json=values.pop("options"), **values)
