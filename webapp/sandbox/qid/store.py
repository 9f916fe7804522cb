"""QiD's part of sandbox.sqlite: tokens, requests, the registered address, webhooks in their order; no vendor rules."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ..database import Database
from .asked import Asked

_DAY = 86_400.0


@dataclass(frozen=True)
class StoredToken:
    """A token; times are UNIX seconds."""

    token: str
    subscriber: str
    expires_at: float
    refresh_until: float


@dataclass(frozen=True)
class StoredRequest:
    """One QiD request; `state` is open, done or expired, `code` the last one posted, `body` what ended it."""

    webid_key: str
    short: str
    subscriber: str
    mode: int
    webhook_url: str
    asked_json: str
    state: str
    step: str
    code: str
    aidx_uuid: str
    body: str
    created_at: float
    expires_at: float
    opened_at: float | None
    finished_at: float | None

    @cached_property
    def asked(self) -> Asked:
        return Asked.from_json(self.asked_json)


@dataclass(frozen=True)
class Webhook:
    """A body to post, under the name that lists give it."""

    label: str
    body: str


class QidStore(Database):
    """All reads and writes of QiD; webhooks go into the table that the one sender posts from."""

    def add_token(self, token: StoredToken, now: float) -> None:
        with self.writing() as db:
            # Kept for a day after their end, so that an expired one is told from one that never was.
            db.execute("delete from qid_token where expires_at < ?", (now - _DAY,))
            db.execute(
                "insert into qid_token (token, subscriber, expires_at, refresh_until) values (?,?,?,?)",
                (token.token, token.subscriber, token.expires_at, token.refresh_until),
            )

    def token(self, token: str) -> StoredToken | None:
        found = self.rows("select token, subscriber, expires_at, refresh_until from qid_token where token = ?", token)
        return StoredToken(*found[0]) if found else None

    def address(self) -> str:
        """The webhook address registered for production; empty when none is."""
        found = self.rows("select value from qid_setting where name = 'address'")
        return str(found[0]["value"]) if found else ""

    def register(self, address: str) -> None:
        with self.writing() as db:
            db.execute("insert or replace into qid_setting values ('address', ?)", (address,))

    def add(self, request: StoredRequest) -> None:
        with self.writing() as db:
            db.execute(
                "insert into qid_request (webid_key, short, subscriber, mode, webhook_url, asked, created_at, expires_at)"
                " values (?,?,?,?,?,?,?,?)",
                (
                    request.webid_key, request.short, request.subscriber, request.mode, request.webhook_url,
                    request.asked_json, request.created_at, request.expires_at,
                ),
            )  # fmt: skip

    def request(self, key: str) -> StoredRequest | None:
        """By either of its two keys: webid_key, or the end of its address."""
        found = self.rows("select * from qid_request where webid_key = ? or short = ?", key, key)
        return _request(found[0]) if found else None

    def recent(self, limit: int) -> list[StoredRequest]:
        return [_request(row) for row in self.rows("select * from qid_request order by created_at desc limit ?", limit)]

    def expired(self, now: float) -> list[StoredRequest]:
        """The next 100 open requests without activity for too long, in the order in which their time ended."""
        sql = "select * from qid_request where state = 'open' and expires_at <= ? order by expires_at limit 100"
        return [_request(row) for row in self.rows(sql, now)]

    def people(self, limit: int) -> list[StoredRequest]:
        """For each person known, the newest of his completed requests; newest first."""
        sql = "select *, max(finished_at) from qid_request where aidx_uuid <> '' group by aidx_uuid"
        return [_request(row) for row in self.rows(f"{sql} order by finished_at desc limit ?", limit)]

    def active(self, webid_key: str, *, now: float, expires_at: float, step: str | None = None) -> None:
        """The person did something: the time of inactivity begins anew."""
        with self.writing() as db:
            db.execute(
                "update qid_request set opened_at = coalesce(opened_at, ?), expires_at = ?, step = coalesce(?, step)"
                " where webid_key = ? and state = 'open'",
                (now, expires_at, step, webid_key),
            )

    def post(
        self, request: StoredRequest, webhooks: Sequence[Webhook], *, now: float, facts: dict[str, object] | None = None
    ) -> bool:
        """Queue webhooks behind all others; with `facts`, only if the request is still open to take them on."""
        with self.writing() as db:
            if facts is not None and not _change(db, request.webid_key, facts):
                return False
            last = db.execute("select max(id) from qid_webhook").fetchone()[0]
            for webhook in webhooks:
                last = _queue(db, request, webhook, last, now)
        return True


def _change(db: sqlite3.Connection, webid_key: str, facts: dict[str, object]) -> bool:
    assignments = ", ".join(f"{name} = ?" for name in facts)
    sql = f"update qid_request set {assignments} where webid_key = ? and state = 'open'"  # noqa: S608
    return bool(db.execute(sql, (*facts.values(), webid_key)).rowcount)


def _queue(db: sqlite3.Connection, request: StoredRequest, webhook: Webhook, last: int | None, now: float) -> int:
    """One row behind `last`: posted at once if that one has had its answer, else after it; tried once."""
    waits = bool(db.execute("select 1 from callback where id = ? and state in ('due', 'waiting')", (last,)).fetchone())
    values = (
        request.webid_key, request.webhook_url, webhook.body, len(webhook.body), webhook.label,
        last if waits else None, "waiting" if waits else "due", now,
    )  # fmt: skip
    made = db.execute(
        "insert into callback (reference, url, body, size, label, once, after, state, due_at) values (?,?,?,?,?,1,?,?,?)",
        values,
    ).lastrowid
    assert made is not None
    db.execute("insert into qid_webhook (id) values (?)", (made,))
    return made


def _request(row: sqlite3.Row) -> StoredRequest:
    values = dict(row)
    values.pop("max(finished_at)", None)
    return StoredRequest(asked_json=values.pop("asked"), **values)
