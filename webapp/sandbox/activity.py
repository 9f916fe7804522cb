"""The sandbox's own list of sessions, in words for testers; callback paths stay hidden, they are secrets."""

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from .store import Store, StoredSession


@dataclass(frozen=True)
class Try:
    at: str
    words: str


@dataclass
class Row:
    session: StoredSession
    tries: list[Try] = field(default_factory=list)
    callback: str = ""

    @property
    def state(self) -> str:
        session = self.session
        if session.state == "open":
            return "Opened" if session.opened_at else "Waiting"
        if session.state == "expired":
            return "Expired"
        return "Passed" if session.success else f"Failed, code {session.failcode}"

    @property
    def tone(self) -> str:
        if self.session.state == "open":
            return "open"
        return "good" if self.session.success else "bad"

    @property
    def created(self) -> str:
        return _moment(self.session.created_at, "%d %b %H:%M:%S")


def _moment(at: float, shape: str = "%H:%M:%S") -> str:
    return datetime.fromtimestamp(at, UTC).strftime(shape)


def _try(record: sqlite3.Row) -> Try:
    if record["status"] is None:
        return Try(_moment(record["made_at"]), f"no answer ({record['answer']})")
    return Try(_moment(record["made_at"]), f"HTTP {record['status']} {record['answer'][:60]}".strip())


def _to(session: StoredSession) -> str:
    found = urlsplit(session.options.callbackurl)
    return found.netloc.rpartition("@")[2]


def _standing(row: Row, record: sqlite3.Row) -> str:
    if record["state"] == "sent":
        return ""
    if record["state"] == "gave_up":
        return "Given up after the last retry"
    return f"Next try to {_to(row.session)} at {_moment(record['due_at'])}"


def recent(store: Store, limit: int) -> list[Row]:
    """The newest sessions first, each with every callback tried."""
    rows = {session.reference: Row(session) for session in store.recent(limit)}
    for record in store.attempts(list(rows)):
        row = rows[record["reference"]]
        if record["made_at"] is not None:
            row.tries.append(_try(record))
        row.callback = _standing(row, record)
    for row in rows.values():
        if row.session.state != "open" and not row.session.options.callbackurl:
            row.callback = "No callback asked for"
    return list(rows.values())
