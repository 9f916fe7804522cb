"""Taking the personal values of classes of data out of everything that holds them; when that may be is in `erasures`."""

from collections.abc import Collection, Sequence

from sqlalchemy import Text, cast, delete, update
from sqlmodel import Session, col, select

from webapp.actions import erasing_person, erasing_snapshots
from webapp.actions.erasing_parts import BY_CLASS, KINDS, MATTERS, PARTS
from webapp.checks.normalise import search_text
from webapp.models import (
    AmlMatch,
    AmlVerdict,
    Delivery,
    EvidenceFile,
    Export,
    Job,
    Link,
    LinkPicture,
    Matter,
    Note,
    Reveal,
    ReviewSkip,
    SessionResult,
    SmsSend,
    VerificationSession,
)
from webapp.models.columns import table_of

SEARCHED = "q"


def files(db: Session, session: VerificationSession, classes: Collection[str]) -> list[str]:
    """Names under the data folder of all files that go with these classes and that nothing else needs."""
    found = [name for row in _evidence(db, session, classes) for name in (row.path, row.display_path) if name]
    given = [row.path for row in _given(db, session, classes) if row.path]
    bodies = [row.body_file for row in _deliveries(db, session) if row.body_file]
    made = [f"exports/{row.path}" for row in _exports(db, session) if row.path]
    return [
        *(f"evidence/{name}" for name in dict.fromkeys((*found, *given)) if not _kept_elsewhere(db, session, name, classes)),
        *(name for name in dict.fromkeys(bodies) if not _body_elsewhere(db, session, name)), *made,
    ]  # fmt: skip


def blank(db: Session, session: VerificationSession, classes: Collection[str]) -> dict[str, int]:
    """Take the values out of every row; how many of what.

    A raw result is one text with all classes in it, whose hash is its worth: it goes with the first of them.
    """
    gone = {
        "files": _blank_files(db, session, classes), "raw_results": _blank_deliveries(db, session),
        "snapshots": erasing_snapshots.blank(db, session, classes), "exports": _drop_exports(db, session),
    }  # fmt: skip
    _blank_result(db, session, classes)
    if "aml" in classes:
        gone["matches"] = _blank_matches(db, session)
    if "decision" in classes:
        gone["notes"] = _blank_words(db, session)
    if "extracted" in classes:
        session.outcome_text, session.search_text = "", search_text(session.reference)
        db.execute(delete(Matter).where(col(Matter.session_id) == session.id))
    else:  # a matter's words may quote what differs
        kinds = [kind for kind, key in MATTERS if key in classes]
        db.execute(delete(Matter).where(col(Matter.session_id) == session.id, col(Matter.kind).in_(kinds)))
    session.erased_classes = [*session.erased_classes, *(key for key in classes if key not in session.erased_classes)]
    _blank_link(db, session, classes)
    erasing_person.blank(db, session, classes)
    return gone


def _blank_result(db: Session, session: VerificationSession, classes: Collection[str]) -> None:
    result = db.get(SessionResult, session.id)
    if result is not None:
        for name, value in (pair for key in classes for pair in BY_CLASS.get(key, {}).items()):
            setattr(result, name, value)
        result.outcome_log, result.vault_id = [], ""


def _blank_files(db: Session, session: VerificationSession, classes: Collection[str]) -> int:
    rows = _evidence(db, session, classes)
    ids = [row.id for row in rows]
    for row in rows:  # its hash is in the tombstone
        db.delete(row)
    if "pictures" in classes:
        session.evidence_missing = False
    db.execute(delete(Job).where(col(Job.kind) == "fetch_evidence", col(Job.subject_id).in_(ids)))
    given = _given(db, session, classes)
    for picture in given:
        picture.path = picture.url = ""
    return len(rows) + len(given)


def _blank_deliveries(db: Session, session: VerificationSession) -> int:
    rows = _deliveries(db, session)
    for row in rows:
        row.body, row.body_file, row.headers, row.source_address = None, "", {}, ""
    return len(rows)


def _drop_exports(db: Session, session: VerificationSession) -> int:
    rows = _exports(db, session)
    for row in rows:
        if row.state == "ready":
            row.state = "expired"
        row.cancel_asked, row.path = row.cancel_asked or row.state == "running", ""
        row.filter = [part for part in row.filter if part[0] != SEARCHED]
        row.purpose_text = "" if row.session_id == session.id else row.purpose_text
    return len([row for row in rows if row.sha256])


def _blank_matches(db: Session, session: VerificationSession) -> int:
    rows = db.exec(select(AmlMatch).where(AmlMatch.session_id == session.id)).all()
    for row in rows:
        row.entry, row.discriminators, row.entry_key, row.entry_hash = {}, [], "", ""
    db.execute(update(AmlVerdict).where(col(AmlVerdict.session_id) == session.id).values(discriminators=[]))
    return len(rows)


def _blank_words(db: Session, session: VerificationSession) -> int:
    notes = db.exec(select(Note).where(Note.session_id == session.id)).all()
    for note in notes:
        note.text = ""
    for model in (ReviewSkip, Reveal):
        table = table_of(model)
        db.execute(update(table).where(table.c.session_id == session.id).values(reason=""))
    return len(notes)


def _blank_link(db: Session, session: VerificationSession, classes: Collection[str]) -> None:
    """A reusable link is nobody's and stays."""
    link = db.get_one(Link, session.link_id, with_for_update=True)
    if link.reusable:
        return
    if "extracted" in classes:
        link.expected = {name: value for name, value in link.expected.items() if name == "phone"}
        link.options = {name: value for name, value in link.options.items() if name != "contract_prefill"}
        link.error_text = ""
    if "contact" in classes:
        link.expected = {name: value for name, value in link.expected.items() if name != "phone"}
        link.sms_to = ""
        db.execute(update(SmsSend).where(col(SmsSend.link_id) == link.id).values(number_key=""))
    if classes:
        link.vendor_answer, link.vendor_url = {}, ""


def _evidence(db: Session, session: VerificationSession, classes: Collection[str]) -> Sequence[EvidenceFile]:
    kinds = [kind for key in classes for kind in KINDS.get(key, ())]
    query = select(EvidenceFile).where(EvidenceFile.session_id == session.id, col(EvidenceFile.kind).in_(kinds))
    return db.exec(query).all()


def _given(db: Session, session: VerificationSession, classes: Collection[str]) -> Sequence[LinkPicture]:
    if db.get_one(Link, session.link_id).reusable:
        return []
    parts = [part for key in classes for part in PARTS.get(key, ())]
    query = select(LinkPicture).where(LinkPicture.link_id == session.link_id, col(LinkPicture.part).in_(parts))
    return db.exec(query).all()


def _deliveries(db: Session, session: VerificationSession) -> Sequence[Delivery]:
    """Its own, and on a link of its own those too that were never matched."""
    mine = col(Delivery.session_id) == session.id
    if not db.get_one(Link, session.link_id).reusable:
        mine = mine | (col(Delivery.link_id) == session.link_id)
    return db.exec(select(Delivery).where(mine)).all()


def _exports(db: Session, session: VerificationSession) -> Sequence[Export]:
    """Those about it, and every list that is there: it may hold the person, and lives no longer than a day anyway."""
    about = col(Export.session_id) == session.id
    searched = cast(col(Export.filter), Text).like(f'%"{SEARCHED}"%')
    query = select(Export).where(
        col(Export.state) != "queued", about | searched | col(Export.state).in_(("ready", "running"))
    )
    return db.exec(query).all()


def _kept_elsewhere(db: Session, session: VerificationSession, name: str, classes: Collection[str]) -> bool:
    """Whether another row names the same file: it is called by its content, which two sessions may share."""
    mine = [row.id for row in _evidence(db, session, classes)]
    given = [row.id for row in _given(db, session, classes)]
    files = select(EvidenceFile.id).where(
        (col(EvidenceFile.path) == name) | (col(EvidenceFile.display_path) == name), col(EvidenceFile.id).not_in(mine)
    )
    pictures = select(LinkPicture.id).where(LinkPicture.path == name, col(LinkPicture.id).not_in(given))
    return any(db.exec(query.limit(1)).first() is not None for query in (files, pictures))


def _body_elsewhere(db: Session, session: VerificationSession, name: str) -> bool:
    mine = [row.id for row in _deliveries(db, session)]
    query = select(Delivery.id).where(Delivery.body_file == name, col(Delivery.id).not_in(mine))
    return db.exec(query.limit(1)).first() is not None
