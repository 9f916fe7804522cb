"""Hosted files, pictures given by a customer or an applicant, entries of the vault, and the outbox of SMS, in the store."""

import sqlite3

from .database import Database


class StoredFiles(Database):
    """Files under their names, pictures under their session, which entries the vault has, what would have been sent by SMS."""

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
        """Keep pictures of a session by side; those of the applicant's own have a prefix before it."""
        with self.writing() as db:
            db.executemany(
                "insert or replace into supplied values (?,?,?)", [(reference, s, c) for s, c in pictures.items()]
            )

    def supplied(self, reference: str) -> dict[str, bytes]:
        return {
            row["side"]: row["content"] for row in self.rows("select * from supplied where reference = ?", reference)
        }

    def sides(self, reference: str) -> set[str]:
        """The sides pictures are kept of."""
        return {row["side"] for row in self.rows("select side from supplied where reference = ?", reference)}

    def in_vault(self, entry: str) -> bool:
        """Whether the vault has this entry."""
        return bool(self.rows("select 1 from vault where id = ?", entry))

    def delete_from_vault(self, entries: set[str]) -> bool:
        """Delete all of these, or none where one of them is not there: then False."""
        marks = ",".join("?" * len(entries))
        with self.writing() as db:
            found = db.execute(f"select count(*) from vault where id in ({marks})", (*entries,)).fetchone()[0]  # noqa: S608
            if found == len(entries):
                db.execute(f"delete from vault where id in ({marks})", (*entries,))  # noqa: S608
        return bool(entries) and found == len(entries)

    def send_sms(self, reference: str, number: str, purpose: str, text: str, now: float) -> None:
        """Put one message into the outbox."""
        with self.writing() as db:
            db.execute(
                "insert into sms (reference, number, purpose, text, sent_at) values (?,?,?,?,?)",
                (reference, number, purpose, text, now),
            )

    def outbox(self, limit: int) -> list[sqlite3.Row]:
        """The newest messages first."""
        return self.rows("select * from sms order by id desc limit ?", limit)
