"""The sandbox's memory in sandbox.sqlite: sessions, callbacks with due times, files; no vendor rules here."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .options import Options

SCHEMA = """
create table if not exists session (
  reference text primary key, kind text not null, options text not null, parent text not null default '',
  state text not null default 'open', attempts integer not null default 0, hash text not null default '',
  success integer, failcode integer, failreason text not null default '', scenario text not null default '',
  created_at real not null, expires_at real not null, opened_at real, finished_at real
);
create index if not exists session_by_age on session (created_at);
create index if not exists session_open on session (expires_at) where state = 'open';
create table if not exists callback (
  id integer primary key, reference text not null, url text not null, body text not null,
  attempt integer not null default 0, due_at real, state text not null default 'due'
);
create index if not exists callback_due on callback (due_at) where state = 'due';
create index if not exists callback_of on callback (reference);
create table if not exists attempt (
  id integer primary key, callback integer not null references callback(id), made_at real not null,
  status integer, answer text not null
);
create index if not exists attempt_of on attempt (callback);
create table if not exists file (
  name text primary key, media_type text not null, content blob not null, expires_at real not null
);
create index if not exists file_by_end on file (expires_at);
create table if not exists supplied (reference text not null, side text not null, content blob not null,
  primary key (reference, side));
"""


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


@dataclass(frozen=True)
class DueCallback:
    """A callback whose time has come; `attempt` counts the tries already made."""

    id: int
    reference: str
    url: str
    body: str
    attempt: int


class Store:
    """All reads and writes; one connection a thread, every write an immediate transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        with self.writing() as db:
            for statement in SCHEMA.split(";"):
                db.execute(statement)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=10, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=normal")
            self._local.connection = connection
        return connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute("begin immediate")
        try:
            yield connection
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit")

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._connection().execute(sql, values).fetchall()

    # sessions

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

    def finish(self, reference: str, *, now: float, facts: dict[str, object], url: str, body: str) -> bool:
        """End an open session and queue its callback in one transaction; False when another request was quicker."""
        assignments = ", ".join(f"{name} = ?" for name in facts)
        with self.writing() as db:
            changed = db.execute(
                f"update session set finished_at = ?, {assignments} where reference = ? and state = 'open'",  # noqa: S608
                (now, *facts.values(), reference),
            ).rowcount
            if changed:
                db.execute("delete from supplied where reference = ?", (reference,))
            if changed and url:
                db.execute(
                    "insert into callback (reference, url, body, due_at) values (?,?,?,?)", (reference, url, body, now)
                )
        return bool(changed)

    # callbacks

    def claim(self, now: float, lease: float) -> DueCallback | None:
        """Take one due callback; it comes back after `lease` seconds should this process die with it."""
        if not self.rows("select 1 from callback where state = 'due' and due_at <= ? limit 1", now):
            return None
        with self.writing() as db:
            row = db.execute(
                "select id, reference, url, body, attempt from callback where state = 'due' and due_at <= ?"
                " order by due_at limit 1",
                (now,),
            ).fetchone()
            if row is None:
                return None
            db.execute("update callback set due_at = ? where id = ?", (now + lease, row["id"]))
        return DueCallback(*row)

    def answered(
        self, callback: DueCallback, *, now: float, status: int | None, answer: str, due_at: float | None
    ) -> None:
        """Record one try; `due_at` None means there will be no other."""
        state = "sent" if status == 200 else "due" if due_at is not None else "gave_up"
        with self.writing() as db:
            db.execute(
                "insert into attempt (callback, made_at, status, answer) values (?,?,?,?)",
                (callback.id, now, status, answer),
            )
            db.execute(
                "update callback set attempt = attempt + 1, state = ?, due_at = ? where id = ?",
                (state, due_at, callback.id),
            )

    def next_due(self) -> float | None:
        """The moment of the next callback or expiry, whichever comes first."""
        row = self.rows(
            "select min(t) as t from (select min(due_at) as t from callback where state = 'due'"
            " union all select min(expires_at) from session where state = 'open')"
        )[0]
        return None if row["t"] is None else float(row["t"])

    def attempts(self, references: list[str]) -> list[sqlite3.Row]:
        marks = ",".join("?" * len(references))
        return self.rows(
            "select c.reference, c.state, c.due_at, a.made_at, a.status, a.answer from callback c"  # noqa: S608
            f" left join attempt a on a.callback = c.id where c.reference in ({marks}) order by a.id",
            *references,
        )

    # files

    def keep_file(self, name: str, media_type: str, content: bytes, expires_at: float) -> None:
        with self.writing() as db:
            db.execute("insert into file values (?,?,?,?)", (name, media_type, content, expires_at))

    def file(self, name: str, now: float) -> tuple[str, bytes] | None:
        found = self.rows("select media_type, content from file where name = ? and expires_at > ?", name, now)
        return (found[0]["media_type"], found[0]["content"]) if found else None

    def drop_files(self, now: float) -> None:
        if not self.rows("select 1 from file where expires_at <= ? limit 1", now):
            return
        with self.writing() as db:
            db.execute("delete from file where expires_at <= ?", (now,))

    def supply(self, reference: str, pictures: dict[str, bytes]) -> None:
        """Keep pictures that came with the create request."""
        with self.writing() as db:
            db.executemany("insert into supplied values (?,?,?)", [(reference, s, c) for s, c in pictures.items()])

    def supplied(self, reference: str) -> dict[str, bytes]:
        return {
            row["side"]: row["content"] for row in self.rows("select * from supplied where reference = ?", reference)
        }


def _session(row: sqlite3.Row) -> StoredSession:
    values = dict(row)
    return StoredSession(options_json=values.pop("options"), **values)
