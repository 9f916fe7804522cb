"""The sandbox's own list of sessions, in words for testers; callback paths stay hidden, they are secrets."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from .store import Store, StoredSession
from .stored_callbacks import StoredCallbacks

RESULT = "Result"
_LARGE = 1_000_000


@dataclass(frozen=True)
class Try:
    at: str
    words: str
    received: bool


@dataclass
class Posted:
    """One callback: what it was, the tries made with it, and what comes next."""

    label: str
    tries: list[Try] = field(default_factory=list)
    standing: str = ""


class Listed(Protocol):
    """One line of the list: what was posted for it, by callback, and the host this went to."""

    posted: dict[int, Posted]

    @property
    def to(self) -> str: ...


@dataclass
class Row:
    session: StoredSession
    posted: dict[int, Posted] = field(default_factory=dict)
    note: str = ""

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

    @property
    def created_at(self) -> float:
        return self.session.created_at

    @property
    def to(self) -> str:
        return urlsplit(self.session.options.callbackurl).netloc.rpartition("@")[2]


def _moment(at: float, shape: str = "%H:%M:%S") -> str:
    return datetime.fromtimestamp(at, UTC).strftime(shape)


def _try(record: sqlite3.Row) -> Try:
    if record["status"] is None:
        return Try(_moment(record["made_at"]), f"no answer ({record['answer']})", received=False)
    words = f"HTTP {record['status']} {record['answer'][:60]}".strip()
    return Try(_moment(record["made_at"]), words, received=record["status"] == 200)


def _standing(row: Listed, record: sqlite3.Row) -> str:
    if record["state"] == "sent":
        return ""
    if record["state"] == "gave_up":
        return "Not tried again" if record["once"] else "Given up after the last retry"
    if record["state"] == "waiting":
        return "Waits for the one before"
    return f"Next try to {row.to} at {_moment(record['due_at'])}"


def _label(record: sqlite3.Row) -> str:
    weight = f", {record['size'] / 1_000_000:.1f} MB" if record["size"] >= _LARGE else ""
    return record["label"] or RESULT + weight


def fill(store: StoredCallbacks, rows: Mapping[str, Listed]) -> None:
    """Add every callback and its tries to rows under their references."""
    for record in store.attempts(list(rows)):
        row = rows[record["reference"]]
        posted = row.posted.setdefault(record["id"], Posted(_label(record)))
        if record["made_at"] is not None:
            posted.tries.append(_try(record))
        posted.standing = _standing(row, record)


def _fill(store: Store, rows: dict[str, Row]) -> None:
    fill(store, rows)
    for row in rows.values():
        if row.session.state != "open" and not row.session.options.callbackurl:
            row.note = "No callback asked for"


def recent(store: Store, limit: int) -> list[Row]:
    """The newest sessions first, each with every callback tried."""
    rows = {session.reference: Row(session) for session in store.recent(limit)}
    _fill(store, rows)
    return list(rows.values())


def callbacks_of(store: Store, session: StoredSession) -> Row:
    """One session with every callback tried."""
    row = Row(session)
    _fill(store, {session.reference: row})
    return row
