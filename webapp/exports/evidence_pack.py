"""The evidence pack: one session as a ZIP that a stranger can read and verify (product rules 3.8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlmodel import Session

from webapp.actions.intake import read_body
from webapp.audit_keys import signing_key
from webapp.db import Database
from webapp.exports import pack_audit, pack_data
from webapp.exports.pack_asked import Found, PackAsked
from webapp.exports.pack_readme import LIMITS, PROVED, readme
from webapp.exports.pack_record import record_of
from webapp.exports.pack_steps import decisions_json, verdict_notes
from webapp.exports.pack_zip import PackZip
from webapp.exports.pdf_report import session_report
from webapp.exports.record import SessionRecord
from webapp.exports.verify_file import verify_file
from webapp.models import Delivery, EvidenceFile
from webapp.providers.base import Provider
from webapp.queries import session_page, timeline
from webapp.queries.evidence_files import extension
from webapp.queries.retention import erased
from webapp.queries.session_page import SessionPage
from webapp.settings import Settings

MEDIA_TYPE = "application/zip"
NOT_ALLOWED = "left out: not shown to the role of whoever asked"
NO_PICTURES = "left out: it holds pictures, and the pack was asked for without"


class NoSuchSession(Exception):
    """There is no session with this number."""


class Hidden(Exception):
    """A proposal waits, and whoever is to decide second must not know the first."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where a pack is made from."""

    database: Database
    settings: Settings
    providers: Mapping[str, Provider]


def write_pack(asked: PackAsked, sources: Sources, target: IO[bytes], *, upto: int | None = None) -> dict[str, Any]:
    """Write one pack; its manifest. `upto`: the end of the log, signed already.

    Raises NoSuchSession or Hidden, before the first byte.
    """
    upto = pack_audit.sign_end(sources.database, sources.settings) if upto is None else upto
    with sources.database.reading() as db:
        page = session_page.detail(db, asked.session_id, providers=dict(sources.providers))
        if page is None:
            raise NoSuchSession
        if page.session.review == "awaiting_second" and page.second.blind:
            raise Hidden
        asked = asked.about(page.person)
        return _Pack(asked, sources, db, page, PackZip(target, asked)).write(upto)


@dataclass
class _Pack:
    """One pack while it is made."""

    asked: PackAsked
    sources: Sources
    db: Session
    page: SessionPage
    zip: PackZip

    def write(self, upto: int) -> dict[str, Any]:
        """All files in their order; the report comes when the hashes of the others are known, the manifest last."""
        asked, page, key = self.asked, self.page, signing_key(self.sources.settings.data_dir)
        stones = erased(self.db, page.session.id or 0) if page.session.erased else ()
        found = Found(erasure=stones[0] if stones else None, verdict_notes=verdict_notes(self.db, page.session.id or 0))
        contents = {} if page.session.erased else self._pictures(found)
        if not page.session.erased:
            self._deliveries()
        told = timeline.of_session(
            self.db, session=page.session, link=page.link, vendor=page.vendor, deliveries=page.deliveries,
            preset=page.preset, contracts=bool(page.pictures.contracts), most=timeline.ALL,
        )  # fmt: skip
        record = record_of(page, told, asked, found, contents=contents)
        self._data(record, found)
        content, rows, file = pack_audit.audit_rows(self.sources.database, asked, key, upto=upto)
        self.zip.add("audit.jsonl", content)
        self.zip.add("verify.py", verify_file())
        self.zip.add("README.txt", readme(asked, key.key_id))
        proof = pack_audit.proof_of(rows, file, PROVED, LIMITS)
        whole = record_of(page, told, asked, found, contents=contents, files=tuple(self.zip.files), proof=proof)
        self.zip.add("report.pdf", session_report(whole))
        return self.zip.close(key, LIMITS)

    def _data(self, record: SessionRecord, found: Found) -> None:
        self.zip.add("session.json", pack_data.session_json(self.db, self.page, record, self.asked, found))
        self.zip.add("timeline.csv", pack_data.timeline_csv(record))
        self.zip.add("aml.csv", pack_data.aml_csv(record))
        self.zip.add("decisions.json", pack_data.as_json(decisions_json(self.db, self.page, self.asked)))

    def _pictures(self, found: Found) -> dict[int, bytes]:
        """The originals into the pack; the copies for the eye, for the report."""
        copies: dict[int, bytes] = {}
        if not self.asked.shows_pictures:
            return copies
        files = [*(each.file for each in self.page.pictures.all), *(each.file for each in self.page.pictures.contracts)]
        for number, file in enumerate((file for file in files if file.path), 1):
            path = _path(number, file)
            try:
                added = self.zip.copy(path, self._kept(file.path))
                copies[file.id or 0] = self._kept(file.display_path).read_bytes() if file.display_path else b""
            except OSError:
                found.warnings.append(
                    f"{path} is gone from the console's storage: it was saved with SHA-256 {file.sha256}."
                )
                continue
            if added.sha256 != file.sha256:
                found.warnings.append(f"{path} is not what was saved: it was saved with SHA-256 {file.sha256}.")
        return {number: content for number, content in copies.items() if content}

    def _kept(self, path: str) -> Path:
        return self.sources.settings.data_dir / "evidence" / path

    def _deliveries(self) -> None:
        """Each delivery as it came, the earliest first, with what is known of it beside it."""
        for number, delivery in enumerate(reversed(self.page.deliveries), 1):
            why = self._withheld(delivery)
            name = f"callbacks/{number:02}.json"
            if not why:
                try:
                    self.zip.add(name, read_body(delivery.body, delivery.body_file, self.sources.settings.data_dir))
                except OSError:
                    why = "gone from the console's storage"
            meta = pack_data.delivery_json(delivery, self.asked, body=why or name)
            self.zip.add(f"callbacks/{number:02}.meta.json", meta)

    def _withheld(self, delivery: Delivery) -> str:
        """Why the bytes are not in the pack; empty when they are."""
        if not (self.asked.raw and self.asked.sight.whole):
            return NOT_ALLOWED
        if delivery.body is None and not delivery.body_file:
            return "erased"
        inside = any(file.pointer for file in self.page.pictures.files if file.delivery_id == delivery.id)
        unread = delivery.state not in ("applied", "repeat")
        return NO_PICTURES if not self.asked.pictures and (inside or unread) else ""


def _path(number: int, file: EvidenceFile) -> str:
    """`images/01-front.jpg`: our own words, nothing of the vendor's."""
    side = file.side if file.side.isascii() and file.side.isalnum() and file.side.islower() else ""
    return f"images/{number:02}-{side or file.kind}.{extension(file)}"
