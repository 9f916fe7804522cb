"""Callbacks in the store: queued, claimed, answered, listed; posting and bodies are elsewhere."""

import sqlite3
from dataclasses import dataclass

from .database import Database


@dataclass(frozen=True)
class DueCallback:
    """A callback whose time has come; `attempt` counts the tries already made."""

    id: int
    reference: str
    url: str
    body: str
    attempt: int
    once: bool = False


@dataclass(frozen=True)
class Extra:
    """A callback that a tester asked for: tried once, under a label of its own."""

    label: str
    body: str


class StoredCallbacks(Database):
    """The table of callbacks and of the tries made with each."""

    def claim(self, now: float, lease: float) -> DueCallback | None:
        """Take one due callback; it comes back after `lease` seconds should this process die with it."""
        if not self.rows("select 1 from callback where state = 'due' and due_at <= ? limit 1", now):
            return None
        with self.writing() as db:
            row = db.execute(
                "select id, reference, url, body, attempt, once from callback where state = 'due' and due_at <= ?"
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
            if callback.once:
                # Nothing needs it any more, and it may weigh 25 MB.
                db.execute("update callback set body = '' where id = ?", (callback.id,))
            if state != "due":
                db.execute("update callback set state = 'due', due_at = ? where after = ?", (now, callback.id))

    def send_extras(self, reference: str, url: str, extras: list[Extra], now: float) -> None:
        """Queue what a tester asked for; each waits until the one before has had its answer, so that the order holds."""
        with self.writing() as db:
            last = db.execute(
                "select id from callback where reference = ? and state in ('due', 'waiting') order by id desc limit 1",
                (reference,),
            ).fetchone()
            before = None if last is None else int(last["id"])
            for extra in extras:
                state = "due" if before is None else "waiting"
                values = (reference, url, extra.body, len(extra.body), extra.label, before, state, now)
                before = db.execute(
                    "insert into callback (reference, url, body, size, label, once, after, state, due_at)"
                    " values (?,?,?,?,?,1,?,?,?)",
                    values,
                ).lastrowid

    def first_body(self, reference: str) -> str | None:
        """The body that ended the session; None when none was to be sent."""
        found = self.rows("select body from callback where reference = ? and once = 0 order by id limit 1", reference)
        return found[0]["body"] if found else None

    def tried(self, reference: str) -> bool:
        """Whether every callback of a session has been tried at least once."""
        return not self.rows("select 1 from callback where reference = ? and attempt = 0 limit 1", reference)

    def next_due(self) -> float | None:
        """The moment of the next callback or expiry, whichever comes first."""
        row = self.rows(
            "select min(t) as t from (select min(due_at) as t from callback where state = 'due'"
            " union all select min(expires_at) from session where state = 'open'"
            " union all select min(expires_at) from qid_request where state = 'open')"
        )[0]
        return None if row["t"] is None else float(row["t"])

    def attempts(self, references: list[str]) -> list[sqlite3.Row]:
        marks = ",".join("?" * len(references))
        return self.rows(
            "select c.id, c.reference, c.label, c.once, c.state, c.due_at, c.size,"  # noqa: S608
            " a.made_at, a.status, a.answer from callback c"
            f" left join attempt a on a.callback = c.id where c.reference in ({marks}) order by c.id, a.id",
            *references,
        )
