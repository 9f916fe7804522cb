"""The file sandbox.sqlite: its tables, one connection a thread, short transactions; what is in it is elsewhere."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
create table if not exists vault (id text primary key, reference text not null, kept_at real not null);
create table if not exists draft (reference text primary key, content text not null);
create table if not exists sms (
  id integer primary key, reference text not null, number text not null, purpose text not null, text text not null,
  sent_at real not null
);
create table if not exists qid_token (
  token text primary key, subscriber text not null, expires_at real not null, refresh_until real not null
);
create index if not exists qid_token_by_end on qid_token (expires_at);
create table if not exists qid_request (
  webid_key text primary key, short text not null unique, subscriber text not null, mode integer not null,
  webhook_url text not null, asked text not null, state text not null default 'open', step text not null default '',
  code text not null default '', aidx_uuid text not null default '', body text not null default '',
  created_at real not null, expires_at real not null, opened_at real, finished_at real
);
create index if not exists qid_request_by_age on qid_request (created_at);
create index if not exists qid_request_open on qid_request (expires_at) where state = 'open';
create index if not exists qid_request_by_person on qid_request (aidx_uuid, finished_at) where aidx_uuid <> '';
create table if not exists qid_webhook (id integer primary key references callback(id));
create table if not exists qid_setting (name text primary key, value text not null);
"""
# Columns that came after the first version; a file made before gets them at its next start.
_LATER = {
    "callback": {
        "label": "text not null default ''",
        "once": "integer not null default 0",
        "after": "integer",
        "size": "integer not null default 0",
    },
}


class Database:
    """One connection a thread, every write an immediate transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        with self.writing() as db:
            for statement in SCHEMA.split(";"):
                db.execute(statement)
            for table, columns in _LATER.items():
                known = {row["name"] for row in db.execute(f"pragma table_info({table})")}
                for name in columns.keys() - known:
                    db.execute(f"alter table {table} add column {name} {columns[name]}")

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
