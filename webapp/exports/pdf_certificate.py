"""The certificate of an erasure as a PDF: what was erased when and at whose word, and what stays; nothing about whom."""

from datetime import datetime

from webapp.exports.pdf.sheet import SECOND, Sheet, Words
from webapp.exports.pdf.table import draw_facts
from webapp.exports.pdf_words import heading, moment
from webapp.models import Erasure
from webapp.models.words import OUTCOME_WORDS, REASON_WORDS, RETENTION_CLASS_WORDS

REMOVED = {
    "files": "Pictures and contracts", "raw_results": "Raw results of the vendor", "snapshots": "Pages kept with decisions",
    "exports": "Files made for people", "matches": "Matches with lists", "notes": "Notes",
}  # fmt: skip


def certificate(erasure: Erasure) -> bytes:
    """The whole file; the same bytes for the same erasure."""
    sheet = Sheet(
        title=f"Certificate of erasure {erasure.id}", language="en",
        head=("Certificate of erasure", f"Session {erasure.session_id}"),
        foot=f"Erasure {erasure.id}. SHA-256 of the record: {erasure.certificate_sha256[:16]}",
    )  # fmt: skip
    sheet.text(Words("Certificate of erasure", style="bold", size=20), kind="H1", after=2)
    sheet.text(Words(f"Session {erasure.session_id}, erasure {erasure.id}", size=9, color=SECOND), after=10)
    _facts(sheet, _what(erasure))
    heading(sheet, 1, "What was removed")
    removed = erasure.tombstone.get("removed", {})
    _facts(
        sheet, [(words, str(removed[key])) for key, words in REMOVED.items() if key in removed] or [("Values", "None")]
    )
    heading(sheet, 2, "What stays, and tells nobody who it was")
    _facts(sheet, _stays(erasure))
    heading(sheet, 3, "What this proves")
    sheet.text(
        Words(
            "The audit log of this installation holds the hash above in the row that records the erasure, and that row is "
            "chained to all others. It proves what was recorded, and when. It does not reach copies that were taken out "
            "before: exported files, printed pages, backups made earlier, and what others hold. That the vendor deleted its "
            "copy is the word of the vendor, or of the person who noted it."
        )
    )
    return sheet.finish()


def _facts(sheet: Sheet, pairs: list[tuple[str, str]]) -> None:
    draw_facts(sheet, [(label, Words(value or "None")) for label, value in pairs])


def _what(erasure: Erasure) -> list[tuple[str, str]]:
    by = {"request": f"Request, entered by {erasure.requested_by_name}, confirmed by {erasure.confirmed_by_name}"}
    return [
        ("Erased", moment(erasure.done_at) if erasure.done_at else ""),
        ("Classes of data", ", ".join(RETENTION_CLASS_WORDS[key] for key in erasure.classes)),
        ("Because of", by.get(erasure.cause, f"The policy: {erasure.basis}")),
        ("The vendor’s copy", _vendors_copy(erasure)),
        ("SHA-256 of the record", erasure.certificate_sha256),
    ]


def _vendors_copy(erasure: Erasure) -> str:
    """Whether it is gone and who says so, and since when; while it is left, what the vendor said last."""
    at = erasure.tombstone.get("vendor_erased", "")
    on = f", {moment(datetime.fromisoformat(at))}" if at else ""
    if erasure.vendor_state == "confirmed":
        return f"Deleted: the vendor confirmed it{on}"
    if erasure.vendor_state == "done":
        return f"Deleted at the vendor too, as a person noted{on}"
    if not erasure.vendor_state:
        return "None was kept there"
    said = {"refused": f". The vendor does not delete it: {erasure.error}", "away": f". {erasure.error}"}
    return f"A copy is still at the vendor{said.get(erasure.vendor_state, '')}"


def _stays(erasure: Erasure) -> list[tuple[str, str]]:
    stone = erasure.tombstone
    reasons = dict.fromkeys(code for step in stone.get("steps", ()) for code in step["reasons"])
    return [
        ("Vendor’s reference", stone.get("reference", "")), ("Made on", stone.get("created", "")),
        ("Finished on", stone.get("finished", "")), ("Decided on", stone.get("decided", "")),
        ("Outcome", OUTCOME_WORDS.get(stone.get("outcome", ""), "")), ("Decision", str(stone.get("decision", "")).capitalize()),
        ("Reasons", "; ".join(REASON_WORDS.get(code, code) for code in reasons)),
        ("Hashes of results", ", ".join(stone.get("results_sha256", ()))),
        ("Hashes of files", ", ".join(stone.get("files_sha256", ()))),
    ]  # fmt: skip
