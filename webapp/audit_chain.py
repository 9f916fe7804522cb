"""The hash chain of the audit log in the database: rows are appended to its end, read back raw, and verified.

Each row holds the hash of the one before it. The number and hash of the last row stand in `audit_head` too, whose lock is the
chain's: numbers have no gaps, because they are given when nothing can fail any more but the commit.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, text

from webapp.audit_verifier import BREAK, ZERO, Chain, row_hash
from webapp.db import Database, on_driver
from webapp.models.columns import utc_now

FIELDS = (
    "seq", "utc", "actor_type", "actor_id", "actor_name_at_time", "role_at_time", "ip", "user_agent_hash", "request_id",
    "action", "object_type", "object_id", "session_id", "before", "after", "reason_codes", "note_ref", "policy_version",
    "outcome", "prev_hash",
)  # fmt: skip
"""What is hashed, in the order of the table."""
COLUMNS = (*FIELDS, "hash")
JSON_FIELDS = ("before", "after", "reason_codes")
USUAL: dict[str, Any] = dict.fromkeys(("actor_id", "object_id", "session_id", "note_ref", *JSON_FIELDS)) | dict.fromkeys(
    ("actor_name_at_time", "role_at_time", "ip", "user_agent_hash", "request_id", "object_type", "policy_version"), ""
) | {"outcome": "ok"}  # fmt: skip
AT_ONCE = 500
READ_AT_ONCE = 2000
MISSING, FOREIGN = "rows at the end are missing", "a row at the end was not written by the console"


def append(connection: Connection, rows: Sequence[Mapping[str, Any]], *, new_segment: bool = False) -> None:
    """Append rows (without seq and hashes) in this transaction, as late in it as possible: others wait for its end.

    Where the table does not end as it was left, a row of its own says so and begins a new segment.
    """
    lite = connection.dialect.name == "sqlite"
    seq, before, last = (_head_on_sqlite if lite else _head_on_postgresql)(connection)
    if last != seq:
        why = MISSING if last < seq else FOREIGN
        rows = [break_row(first_bad=min(last, seq) + 1, why=why), *rows]
        seq, new_segment = max(seq, last), True
    if new_segment:
        before = ZERO
    made = []
    for given in rows:
        seq += 1
        row = {**USUAL, **given, "seq": seq, "utc": canonical_time(given["utc"]), "prev_hash": before}
        before = row["hash"] = row_hash(row)
        made.append(row)
    for start in range(0, len(made), AT_ONCE):
        (_insert_on_sqlite if lite else _insert_on_postgresql)(connection, made[start : start + AT_ONCE])
    if lite:
        with on_driver(connection) as driver:
            driver.execute("UPDATE audit_head SET seq = ?, hash = ?", (seq, before))
    else:
        connection.execute(_NEW_HEAD, {"seq": seq, "hash": before})


def break_row(*, first_bad: int, why: str) -> dict[str, Any]:
    """The row that begins a new segment after a break was found."""
    return {
        "utc": utc_now(), "actor_type": "system", "actor_name_at_time": "Vouchdesk", "action": BREAK,
        "after": {"first_bad": first_bad, "why": why}, "outcome": "error",
    }  # fmt: skip


def canonical_time(moment: datetime) -> str:
    """`2026-11-21T14:31:00.000000Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat("T", "microseconds") + "Z"


def rows_between(connection: Connection, after: int = -(2**62), upto: int = 2**62) -> Iterator[dict[str, Any]]:
    """All rows with their canonical values, in order; what somebody made unreadable comes as it is."""
    query = text(
        f"{READ[connection.dialect.name]} WHERE seq > :after AND seq <= :upto ORDER BY seq LIMIT {READ_AT_ONCE}"
    )
    while True:
        found = connection.execute(query, {"after": after, "upto": upto}).all()
        for values in found:
            yield canonical_row(values)
        if len(found) < READ_AT_ONCE:
            return
        after = found[-1][0]


def canonical_row(values: Sequence[Any]) -> dict[str, Any]:
    """A row as it was read by one of READ, with the values that are hashed."""
    row = dict(zip(COLUMNS, values, strict=True))
    for name in JSON_FIELDS:
        if isinstance(row[name], str):
            with suppress(ValueError, RecursionError):  # left as it is then, so that its hash is not the row's
                row[name] = json.loads(row[name])
    return row


def verify(database: Database, marks: dict[int, str] | None = None) -> Chain:
    """Verify the whole chain in the database; `marks` are signed hashes by number."""
    connection = database.reader.connect()
    if not database.is_sqlite:  # all chunks are of one moment
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    with connection:
        return verify_on(connection, marks)


def verify_on(connection: Connection, marks: dict[int, str] | None = None) -> Chain:
    """The same as this connection's transaction sees it."""
    head = connection.execute(text("SELECT seq, hash FROM audit_head")).first()
    chain = Chain(checkpoints=marks or {})
    for row in rows_between(connection):
        chain.take(row)
    return chain.finish((head[0], head[1]) if head else (0, ZERO))


def _head_on_sqlite(connection: Connection) -> tuple[int, str, int]:
    with on_driver(connection) as driver:
        row = driver.execute(_HEAD_ON_SQLITE).fetchone()
    return (row[0], row[1], row[2]) if row else _without_head(connection)


def _head_on_postgresql(connection: Connection) -> tuple[int, str, int]:
    """The lock first, the end of the table by a statement of its own: one begun before the lock came sees too little."""
    row = connection.execute(text("SELECT seq, hash FROM audit_head FOR UPDATE")).first()
    if row is None:
        return _without_head(connection)
    return row[0], row[1], connection.scalar(_LAST, {"far": row[0] + 1_000_000}) or 0


def _without_head(connection: Connection) -> tuple[int, str, int]:
    """Somebody took the head away: put one there that no row fits, which begins a new segment."""
    connection.execute(_FIRST_HEAD, {"hash": ZERO})
    return 0, ZERO, connection.scalar(_LAST, {"far": 2**31 - 1_000_000}) or 0


def _insert_on_sqlite(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """One statement, whatever the number: other threads take the interpreter from us at each."""
    values: list[Any] = []
    for row in rows:
        stored = {**row, "utc": row["utc"][:-1].replace("T", " ")}
        for name in JSON_FIELDS:
            if stored[name] is not None:
                stored[name] = _compact(stored[name])
        values += _in_order(stored)
    with on_driver(connection) as driver:
        driver.execute(_INSERT + ", ".join([_PLACES] * len(rows)), values)


def _insert_on_postgresql(connection: Connection, rows: list[dict[str, Any]]) -> None:
    stored = [
        {**row, **{name: None if row[name] is None else json.dumps(row[name]) for name in JSON_FIELDS}} for row in rows
    ]
    connection.execute(_INSERT_NAMED, stored)


_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_in_order = itemgetter(*COLUMNS)
_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_INSERT = f"INSERT INTO audit_event ({_NAMES}) VALUES "  # noqa: S608 - names only
_PLACES = f"({', '.join('?' * len(COLUMNS))})"
_KINDS = {"utc": "TIMESTAMPTZ", **dict.fromkeys(JSON_FIELDS, "JSONB")}
_CASTS = ", ".join(f"CAST(:{name} AS {_KINDS[name]})" if name in _KINDS else f":{name}" for name in COLUMNS)
_INSERT_NAMED = text(f"{_INSERT} ({_CASTS})")
_HEAD_ON_SQLITE = (
    "SELECT h.seq, h.hash, (SELECT COALESCE(MAX(seq), 0) FROM audit_event WHERE seq <= h.seq + 1000000) "
    "FROM audit_head h"
)
_LAST = text("SELECT COALESCE(MAX(seq), 0) FROM audit_event WHERE seq <= :far")
_FIRST_HEAD = text("INSERT INTO audit_head (id, seq, hash, verified_rows, broken_why) VALUES (1, 0, :hash, 0, '')")
_NEW_HEAD = text("UPDATE audit_head SET seq = :seq, hash = :hash")
_AS_TEXT = {
    "sqlite": {"utc": "replace(utc, ' ', 'T') || 'Z'"},
    "postgresql": {
        "utc": """to_char(utc AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24\\:MI\\:SS.US"Z"')""",
        **{name: f'CAST("{name}" AS TEXT)' for name in JSON_FIELDS},
    },
}
_READ_COLUMNS = {dialect: [own.get(name, f'"{name}"') for name in COLUMNS] for dialect, own in _AS_TEXT.items()}
READ = {dialect: f"SELECT {', '.join(columns)} FROM audit_event" for dialect, columns in _READ_COLUMNS.items()}  # noqa: S608
"""Every column as the text that is hashed, whatever an owner of the table made of it."""


def read_columns(dialect: str) -> list[Any]:
    """The same columns for a query of its own; `canonical_row` reads its rows."""
    return [text(column) for column in _READ_COLUMNS[dialect]]
