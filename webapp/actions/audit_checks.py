"""Verifying the audit chain and signing its end: by the clock, at an export, and when somebody asks."""

import base64
import json
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlmodel import col, select

from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import record
from webapp.audit_chain import append, break_row, canonical_time, verify
from webapp.audit_keys import SigningKey, signing_key, verify_signature
from webapp.audit_verifier import CHECKPOINT_SAYS, Chain, canonical, signed
from webapp.db import Database
from webapp.models import AuditCheckpoint, AuditHead
from webapp.models.columns import utc_now
from webapp.settings import Settings

EVERY = timedelta(hours=1)
WHOLE_EVERY = timedelta(hours=24)
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What came of verifying the chain. `forged`: checkpoints whose signature is wrong; `strange`: of another key."""

    chain: Chain
    last: AuditCheckpoint | None
    forged: int = 0
    strange: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.chain.whole and not self.forged

    @property
    def text(self) -> str:
        """`48,212 rows, unbroken, last checkpoint signed 09:00 UTC`, or the first wrong row."""
        if not self.chain.whole:
            return f"Broken: the first wrong row is {self.chain.first_bad:,}: {self.chain.why}."
        if self.forged:
            return f"{self.forged} of the checkpoints are not signed by the key that they name."
        rows = "1 row" if self.chain.rows == 1 else f"{self.chain.rows:,} rows"
        last = self.last
        said = f"last checkpoint signed {last.utc:%H:%M} UTC on {last.utc:%Y-%m-%d}" if last else "nothing signed yet"
        strange = f"; {self.strange} checkpoints are of a key that is not here" if self.strange else ""
        return f"{rows}, unbroken, {said}{strange}"


def look(database: Database, settings: Settings) -> Verified:
    """Verify the whole chain, the checkpoints and the heads kept in the file; changes nothing."""
    with database.reading() as db:
        points = list(db.exec(select(AuditCheckpoint).order_by(col(AuditCheckpoint.id))))
    key = signing_key(settings.data_dir)
    heads = read_heads(settings.heads_file)
    records = [
        *((record_of(point), point.public_key) for point in points),
        *((head, key.public_text) for head in heads),
    ]
    forged, strange, marks = 0, 0, {}
    for each, public in records:
        own = each.get("key_id") == key.key_id
        if not signed(each, CHECKPOINT_SAYS, key.public if own else _packed(public), verify_signature):
            forged += 1
        elif own:
            marks[int(each["seq"])] = str(each["hash"])
        else:
            strange += 1
    chain = verify(database, marks)
    return Verified(chain=chain, last=points[-1] if points else None, forged=forged, strange=strange)


def verify_and_note(database: Database, settings: Settings, *, by: Actor) -> Verified:
    """Verify, and put on the record that it was done, what came of it, and a break that was not known yet.

    After a new break the log goes on in a segment of its own, whose first row names the first wrong row before it.
    """
    found = look(database, settings)
    chain = found.chain
    new = sorted({fault.seq for fault in chain.faults} - set(chain.recorded))
    with database.writing() as db:
        if new:
            log.error("audit.broken", first_bad=new[0], why=chain.why)
            row = break_row(first_bad=new[0], why=next(fault.why for fault in chain.faults if fault.seq == new[0]))
            append(db.connection(), [row], new_segment=True)
        record(
            db, by=by, action="audit.verify", object_type="audit", after={"rows": chain.rows, "first_bad": chain.first_bad},
            outcome="ok" if found.ok else "error",
        )  # fmt: skip
        head = db.exec(select(AuditHead)).one()
        head.verified_at, head.verified_rows = utc_now(), chain.rows
        head.broken_seq, head.broken_why = (None, "") if found.ok else (chain.first_bad, found.text)
    return found


def checkpoint(database: Database, settings: Settings, *, least: timedelta = timedelta(0)) -> AuditCheckpoint | None:
    """Sign the end of the chain and note it off the table too; None when it is signed already, or was within `least`."""
    key = signing_key(settings.data_dir)
    with database.writing() as db:
        head = db.exec(select(AuditHead).with_for_update()).first()
        last = db.exec(select(AuditCheckpoint).order_by(col(AuditCheckpoint.id).desc()).limit(1)).first()
        now = utc_now()
        if head is None or not head.seq or (last and (last.seq >= head.seq or timedelta(0) <= now - last.utc < least)):
            return None
        point = _sign(key, head, now)
        db.add(point)
    _note_head(settings.heads_file, record_of(point))
    return point


def by_clock(database: Database, settings: Settings) -> None:
    """Once an hour sign the end of the chain, once a day verify all of it. Called every minute by each worker."""
    checkpoint(database, settings, least=EVERY)
    with database.reading() as db:
        head = db.exec(select(AuditHead)).first()
    if head is None or head.verified_at is None or utc_now() - head.verified_at > WHOLE_EVERY:
        verify_and_note(database, settings, by=SYSTEM)


def read_heads(path: Path) -> list[dict[str, Any]]:
    """The checkpoints that were noted in the file; none when there is no file. A line cut off by a power cut is left out."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("seq"), int):
            found.append(row)
    return found


def record_of(point: AuditCheckpoint) -> dict[str, Any]:
    """A checkpoint as it is signed, exported and noted in the file of heads."""
    return {
        "hash": point.hash, "key_id": point.key_id, "seq": point.seq, "signature": point.signature,
        "utc": canonical_time(point.utc),
    }  # fmt: skip


def _sign(key: SigningKey, head: AuditHead, now: Any) -> AuditCheckpoint:
    record = {"hash": head.hash, "key_id": key.key_id, "seq": head.seq, "utc": canonical_time(now)}
    signature = key.sign(record, CHECKPOINT_SAYS)["signature"]
    return AuditCheckpoint(
        seq=head.seq, hash=head.hash, utc=now, key_id=key.key_id, public_key=key.public_text, signature=signature
    )


def _note_head(path: Path, head: dict[str, Any]) -> None:
    """Append one line, durably. Where that fails the checkpoint still stands in the table: the log says so."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(canonical(head) + b"\n")
            file.flush()
            os.fsync(descriptor)
    except OSError as error:
        log.error("audit.heads_not_written", error=error)


def _packed(public_key: str) -> bytes:
    try:
        return base64.b64decode(public_key, validate=True)
    except ValueError:
        return b""
