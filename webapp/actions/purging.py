"""After an erasure: nothing of it stays in the database's free pages, its full-text index or its log."""

import sqlite3
from contextlib import closing

from sqlalchemy.exc import OperationalError

from webapp.actions.jobs import TryAgain
from webapp.db import Database

TABLES = (
    "verification_session", "session_result", "person", "link", "link_picture", "sms_send", "delivery", "evidence_file",
    "aml_match", "aml_verdict", "aml_dismissal", "matter", "note", "decision_snapshot", "reveal", "review_skip", "export",
    "legal_hold", "erasure",
)  # fmt: skip


def purge(database: Database) -> None:
    """Write the database anew without what was erased. Raises TryAgain while somebody reads or writes for too long."""
    try:
        (_sqlite if database.is_sqlite else _postgresql)(database)
    except (OperationalError, sqlite3.OperationalError) as error:
        raise TryAgain("the database is in use") from error


def _sqlite(database: Database) -> None:
    """VACUUM copies only what is there; the log is emptied and cut; the index's old segments are merged away before."""
    with database.write_lock(), closing(database.writer.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("INSERT INTO session_search (session_search) VALUES ('optimize')")
        cursor.execute("PRAGMA temp_store=FILE")  # the copy that it makes has no room in memory
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA temp_store=MEMORY")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise TryAgain("somebody reads the log of the database")


def _postgresql(database: Database) -> None:
    """Old versions of the rows are removed; their space is used again. What the server's own log and backups hold stays."""
    with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM {', '.join(TABLES)}")
