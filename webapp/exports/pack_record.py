"""The record that a report tells, read from what the session page shows, as whoever asked for it may see it."""

from datetime import datetime

from webapp.exports.pack_asked import Found, PackAsked
from webapp.exports.pack_findings import checks, comparison, hits, pictures, scores, screened
from webapp.exports.pack_steps import steps
from webapp.exports.pdf_words import moment
from webapp.exports.record import Event, Fact, PackFile, Proof, SessionRecord
from webapp.models.rights import role_words
from webapp.models.words import OUTCOME_WORDS, STATUS_WORDS
from webapp.queries.session_page import SessionPage
from webapp.queries.timeline import Timeline
from webapp.version import SOFTWARE

GOOD = ("passed", "signed", "captured")
UNSURE = ("error", "inconclusive")
NO_RESULT = {"expired": "Expired", "create_failed": "The vendor refused the link", "revoked": "Withdrawn, no result"}
FLAGS = {
    "late_result": "The result came late.",
    "conflicting_results": "Two results of this session disagree.",
    "inconsistent_data": "The data of the result disagree with themselves.",
    "unverified": "The vendor has not confirmed that the result is its own.",
    "new_facts_after_decision": "New facts came after the decision.",
    "duplicate_suspected": "The person may be known under another name.",
    "outside_link": "The result came after its link was full or paused.",
}
KINDS = {"identity": "Identity", "signature": "Signature", "liveness": "A live person"}


def record_of(
    page: SessionPage, timeline: Timeline, asked: PackAsked, found: Found, *,
    contents: dict[int, bytes], files: tuple[PackFile, ...] = (), proof: Proof | None = None,
) -> SessionRecord:  # fmt: skip
    """All of the record. `contents` are the copies for the eye by the number of their file; `files` and `proof` are last."""
    session = page.session
    name = page.name if not page.named else asked.name(page.name)
    kept = not session.erased
    return SessionRecord(
        session_id=session.id or 0, name=name if kept else f"Session {session.id}, erased", purpose=asked.purpose,
        exporter=asked.exporter, exported_at=asked.at, software=SOFTWARE, references=_references(page) if kept else "",
        vendor_outcome=_vendor(page), our_outcome=_ours(page), decision=_decision(page),
        warnings=(*_warnings(page, asked), *found.warnings), facts=(*_facts(page, asked), *_erased(found)),
        comparison=comparison(page, asked) if kept else (),
        pictures=pictures(page, asked, contents) if kept else (), scores=scores(page) if kept else (),
        checks=checks(page, asked) if kept else (), screened=screened(page) if kept else (),
        hits=hits(page, asked) if kept else (), steps=steps(page, asked, told=found.verdict_notes), timeline=events(timeline),
        files=files, proof=proof or Proof(),
    )  # fmt: skip


def events(timeline: Timeline) -> tuple[Event, ...]:
    """What happened, the earliest first; each sentence says itself who did it."""
    return tuple(Event(at=line.at, words=line.text) for line in reversed(timeline.lines))


def confirmation_words(vendor: str, confirmed: bool) -> str:
    """What the vendor's confirmation is worth (limit F4 of the product rules), or that there is none."""
    rest = "The content of the message came over TLS to a secret address and is kept with its own hash."
    if confirmed:
        return f"{vendor} confirmed that this session ended with it; that does not prove the content of its message. {rest}"
    return f"{vendor} has confirmed no message of this session, and signs none. {rest}"


def _references(page: SessionPage) -> str:
    own = page.person.own_reference if page.person else ""
    parts = [
        f"Own reference {own}" if own else "",
        f"{page.vendor} {page.session.reference}" if page.session.reference else "",
        f"preset \u201c{page.preset.name}\u201d version {page.preset.number}" if page.preset else "",
    ]
    return "  \u00b7  ".join(part for part in parts if part)


def _vendor(page: SessionPage) -> Fact:
    session = page.session
    words = OUTCOME_WORDS[session.outcome] or NO_RESULT.get(session.capture, "No result yet")
    code = f", code {session.outcome_code}" if session.outcome_code and session.outcome != "none" else ""
    mark = "ok" if session.outcome in GOOD else "warn" if session.outcome in UNSURE else "bad"
    return Fact(label="Vendor outcome", value=f"{words}{code}", mark="none" if session.outcome == "none" else mark)


def _ours(page: SessionPage) -> Fact:
    if page.case is None:
        return Fact(label="Our checks", value="Nothing to check", mark="none")
    words = f"{page.to_settle} to settle" if page.to_settle else "Nothing to settle"
    return Fact(label="Our checks", value=words, mark="warn" if page.to_settle else "ok")


def _decision(page: SessionPage) -> Fact:
    session = page.session
    if session.decision != "none" and session.review == "done":
        return Fact(
            label="Decision", value=session.decision.capitalize(), mark={"approved": "ok"}.get(session.decision, "bad")
        )
    needed = {"not_needed": "None needed", "done": "None"}
    return Fact(label="Decision", value=needed.get(session.review) or STATUS_WORDS[session.status], mark="none")


def _warnings(page: SessionPage, asked: PackAsked) -> list[str]:
    session = page.session
    if session.erased:
        return [
            "This session was erased. What stays is said here: its marks, its decisions without their notes, its log."
        ]
    wrong = len(page.pictures.wrong)
    hidden = ", ".join(asked.sight.hidden)
    return [
        *([f"Evidence is missing: {wrong} of {len(page.pictures.files)} files could not be had from the vendor. Section 3"
           " says why."] if wrong else []),
        *([f"Erased before: {', '.join(session.erased_classes)}."] if session.erased_classes else []),
        *([f"Not shown to the role of whoever asked: {hidden}."] if hidden else []),
        *(["Made without pictures, as asked for."] if not asked.pictures else []),
        *(words for flag, words in FLAGS.items() if getattr(session, flag)),
        *([confirmation_words(page.vendor, any(each.confirmed_at for each in page.deliveries))] if page.deliveries else []),
    ]  # fmt: skip


def _facts(page: SessionPage, asked: PackAsked) -> list[Fact]:
    session, link = page.session, page.link
    confirmed = next((step for step in page.steps if step.kind == "confirm"), None)
    preset = (
        f"{page.preset.name}, version {page.preset.number}{', changed' if page.preset.changed else ''}"
        if page.preset
        else ""
    )
    files = page.pictures.files
    said = page.code.meaning if page.code else ""
    facts = [
        Fact(label="Session", value=str(session.id), plain=True),
        Fact(label="Kind", value=f"{KINDS.get(session.kind, session.kind)}, by {page.vendor}"),
        Fact(label="Status", value=STATUS_WORDS[session.status]),
        Fact(label="Vendor reference", value=session.reference, plain=True),
        Fact(label="Preset", value=preset),
        Fact(label="Link made", value=_by(link.created_at, link.created_by_name)),
        Fact(label="First opened", value=moment(session.opened_at) if session.opened_at else ""),
        Fact(label="Result received", value=moment(session.received_at) if session.received_at else ""),
        Fact(label="What the code means", value=said),
        *(Fact(label="To settle", value=each.headline, mark="bad" if each.severity == "bad" else "warn")
          for each in page.matters if not session.erased),
        Fact(label="Routing rules", value=_routing(page)),
        Fact(label="Decided by", value=_by(session.decided_at, session.decided_by_name) if session.decided_at else ""),
        Fact(label="Second approval", value=f"{confirmed.actor_name} ({role_words(confirmed.role).lower()}),"
             f" {moment(confirmed.at)}" if confirmed else ""),
        Fact(label="Evidence", value=f"{page.pictures.saved} of {len(files)} files kept" if files and not session.erased else "",
             mark="warn" if page.pictures.wrong else "ok"),
    ]  # fmt: skip
    asks = (
        [] if session.erased else [Fact(label=label, value=text) for label, text in page.asked if asked.sight.personal]
    )
    return [fact for fact in (*facts, *asks) if fact.value]


def _erased(found: Found) -> list[Fact]:
    """What the tombstone says; nothing where nothing was erased."""
    erasure = found.erasure
    if erasure is None:
        return []
    cause = "its time was over" if erasure.cause == "retention" else "it was asked for"
    hashes = [("result", each) for each in erasure.tombstone.get("results_sha256", ())]
    hashes += [("file", each) for each in erasure.tombstone.get("files_sha256", ())]
    return [
        Fact(label="Erased", value=f"{moment(erasure.done_at)}, as {cause}"),
        *(Fact(label=f"SHA-256 of a {what} that is gone", value=digest, plain=True) for what, digest in hashes),
    ]


def _routing(page: SessionPage) -> str:
    if page.result is None:
        return ""
    version = page.session.rule_version
    return f"version {version}{' (as delivered)' if not version else ''}" + (
        f": {page.session.route_reason}" if page.session.route_reason else ""
    )


def _by(at: datetime | None, name: str) -> str:
    return f"{moment(at)}{f' by {name}' if name else ''}"
