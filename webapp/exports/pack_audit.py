"""A session's rows of the audit log for its pack, as an audit export with its own proof, and what the report says of them."""

from datetime import datetime
from typing import Any

from webapp.actions.audit_checks import checkpoint, record_of
from webapp.audit_chain import canonical_time
from webapp.audit_keys import SigningKey
from webapp.db import Database
from webapp.exports.audit_file import AuditFile
from webapp.exports.pack_asked import PackAsked
from webapp.exports.record import ChainRow, Fact, Proof
from webapp.queries import audit
from webapp.queries.audit import AuditFilter
from webapp.settings import Settings

LISTED = 300
"""Rows that the report lists, newest first; `audit.jsonl` has all."""


def sign_end(database: Database, settings: Settings) -> int:
    """Sign the end of the log, so that every row of the pack stands before a checkpoint; its number."""
    made = checkpoint(database, settings)
    if made is not None:
        return made.seq
    with database.reading() as db:
        last = audit.last_checkpoint(db)
        return last.seq if last else 0


def audit_rows(
    database: Database, asked: PackAsked, key: SigningKey, *, upto: int
) -> tuple[bytes, list[dict[str, Any]], AuditFile]:
    """`audit.jsonl`, its rows, and the export with its manifest."""
    wanted = AuditFilter(session=asked.session_id)
    rows: list[dict[str, Any]] = []

    def chunks() -> Any:
        for found in audit.chunks(database, wanted, upto=upto):
            rows.extend(found)
            yield found

    def points(first: int, last: int) -> list[dict[str, Any]]:
        """The nearest signed end on either side, and those that are rows of the session."""
        with database.reading() as db:
            found = [record_of(each) for each in audit.checkpoints(db, first, last)]
        mine = {row["seq"] for row in rows}
        kept = [each for each in found if each["seq"] in mine or each in (found[0], found[-1])]
        return [each for each in kept if each["key_id"] == key.key_id]  # not those of a key that was here before

    file = AuditFile(key, dict(wanted.params()), canonical_time(asked.at), points)
    return b"".join(file.jsonl(chunks())), rows, file


def proof_of(rows: list[dict[str, Any]], file: AuditFile, proved: tuple[str, ...], limits: tuple[str, ...]) -> Proof:
    """Section 8 of the report."""
    points = file.manifest["checkpoints"]
    listed = rows[-LISTED:]
    cut = f"{len(rows):,} of this session; the newest {LISTED} are listed, audit.jsonl has all"
    return Proof(
        facts=(
            Fact(label="Signed by key", value=file.key.key_id, plain=True),
            Fact(label="Rows of the log", value=cut if len(rows) > LISTED else f"{len(rows):,} of this session, all listed"),
            *(
                Fact(label="Signed checkpoint", value=f"row {point['seq']:,}, {point['utc'][:19].replace('T', ' ')} UTC")
                for point in (points if len(points) < 2 else (points[0], points[-1]))
            ),
        ),
        rows=tuple(
            ChainRow(seq=row["seq"], at=datetime.fromisoformat(row["utc"]), action=row["action"], sha256=row["hash"])
            for row in listed
        ),
        proved=proved, not_proved=limits,
    )  # fmt: skip
