"""Erasures: asked for by a person and confirmed by another, or due by the policy; carried out by the worker, whole or again."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from webapp.actions import erasing
from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import record
from webapp.actions.jobs import TryAgain, enqueue
from webapp.actions.retention import NotPossible
from webapp.actions.tombstones import digest, tombstone
from webapp.checks.retention import CLASSES, bound, due
from webapp.db import Database
from webapp.models import Erasure, Job, SessionResult, VerificationSession
from webapp.models.columns import utc_now
from webapp.queries import policies
from webapp.queries.retention import ERASE_COPY, facts_of, holds_on, minimums, standing

JOB = "erase"
PURGE = "purge"


class OnHold(NotPossible):
    """A legal hold stands against it."""


def request(
    db: Session, *, by: Actor, session_id: int, reason: str, minimum_days: int
) -> Sequence[Erasure] | None:  # fmt: skip
    """Erase on request: what the law does not keep waits for a second person, what it does is refused with its reason.

    None when there is no such session. Raises OnHold, and NotPossible for an open session or when nothing is left to ask.
    """
    db.get(VerificationSession, session_id, with_for_update=True)
    found = standing(db, session_id, minimum_days=minimum_days, now=utc_now())
    if found is None:
        return None
    if not found.facts.final:
        raise NotPossible("This session is still open. Decide it or withdraw its link first.")
    if found.holds:
        raise OnHold("A legal hold stands against it. Release the hold first.")
    kept = {key: words for key, words in found.bound.items() if key in found.left}
    if not found.free and not kept:
        raise NotPossible("Everything of this session is erased, or an erasure of it waits already.")
    made = [_new(db, by, session_id, reason, "proposed", found.free, "")] if found.free else []
    by_words = {words: [key for key in kept if kept[key] == words] for words in dict.fromkeys(kept.values())}
    return [*made, *(_new(db, by, session_id, reason, "refused", keys, words) for words, keys in by_words.items())]


def _new(
    db: Session, by: Actor, session_id: int, reason: str, state: str, classes: Sequence[str], basis: str
) -> Erasure:  # fmt: skip
    erasure = Erasure(
        session_id=session_id, cause="request", state=state, classes=list(classes), basis=basis, reason=reason,
        requested_by_id=by.id, requested_by_name=by.name, done_at=utc_now() if state == "refused" else None,
    )  # fmt: skip
    db.add(erasure)
    db.flush()
    on_record(db, by, f"retention.{'refuse' if state == 'refused' else 'propose'}", erasure)
    return erasure


def confirm(db: Session, *, by: Actor, erasure_id: int) -> Erasure | None:
    """A second person agrees: the worker erases now. Raises NotPossible to the one who asked, or when it is past that."""
    erasure = db.get(Erasure, erasure_id, with_for_update=True)
    if erasure is None:
        return None
    if erasure.state != "proposed":
        raise NotPossible("This erasure does not wait for a second person any more.")
    if erasure.requested_by_id == by.id:
        raise NotPossible("You asked for this erasure yourself. Another person has to confirm it.")
    if holds_on(db, db.get_one(VerificationSession, erasure.session_id)):
        raise OnHold("A legal hold stands against it. Release the hold first.")
    erasure.state, erasure.due_at = "due", utc_now()
    erasure.confirmed_by_id, erasure.confirmed_by_name = by.id, by.name
    on_record(db, by, "retention.confirm", erasure)
    enqueue(db, kind=JOB, subject_id=erasure_id)
    return erasure


def withdraw(db: Session, *, by: Actor, erasure_id: int) -> Erasure | None:
    """Take back a request that nobody confirmed yet. Raises NotPossible when it is past that."""
    erasure = db.get(Erasure, erasure_id, with_for_update=True)
    if erasure is None:
        return None
    if erasure.state != "proposed":
        raise NotPossible("Only an erasure that waits for its second person can be withdrawn.")
    erasure.state, erasure.done_at = "withdrawn", utc_now()
    on_record(db, by, "retention.withdraw", erasure)
    return erasure


def erase(database: Database, *, erasure_id: int, data_dir: Path, minimum_days: int) -> None:
    """Carry one out. Killed anywhere and run again it comes to the same end: files go first, then the rows that name them."""
    with database.writing() as db:
        erasure = db.get(Erasure, erasure_id, with_for_update=True)
        if erasure is None or erasure.state not in ("due", "running") or not _still(db, erasure, minimum_days):
            return
        erasure.state = "running"
        names = erasing.files(db, db.get_one(VerificationSession, erasure.session_id), erasure.classes)
    for name in names:
        (data_dir / name).unlink(missing_ok=True)
    with database.writing() as db:
        erasure = db.get_one(Erasure, erasure_id, with_for_update=True)
        session = db.get_one(VerificationSession, erasure.session_id, with_for_update=True)
        if set(erasing.files(db, session, erasure.classes)) - set(names):
            raise TryAgain("a result came in meanwhile")
        _finish(db, erasure, session)


def _still(db: Session, erasure: Erasure, minimum_days: int) -> bool:
    """What was begun is ended. Before that a hold leaves it due, and what is not due any more is withdrawn."""
    if erasure.state == "running":
        return True
    session = db.get_one(VerificationSession, erasure.session_id, with_for_update=True)
    if holds_on(db, session):
        return False
    now, facts = utc_now(), facts_of(db, session)
    stands = due(facts, policies.retention(db))
    law = bound(facts, minimums(minimum_days), now)
    late = [
        key
        for key in erasure.classes
        if key in law or (erasure.cause == "retention" and not _over(stands[key].at, now))
    ]
    if late:
        erasure.state, erasure.done_at, erasure.error = "withdrawn", now, "Not due any more."
        on_record(db, SYSTEM, "retention.withdraw", erasure)
    return not late


def _over(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


def _finish(db: Session, erasure: Erasure, session: VerificationSession) -> None:
    if erasure.state != "running":
        return  # another worker was quicker
    result = db.get(SessionResult, session.id)
    vault, *others = copies_of(result) or [""]
    stone = tombstone(db, session, erasure)
    gone = erasing.blank(db, session, erasure.classes)
    session.erased = set(CLASSES) <= set(session.erased_classes)
    erasure.state, erasure.vendor_state = ("partly", "pending") if vault else ("done", "")
    erasure.tombstone = {**stone, "removed": gone, "vault_id": vault}
    erasure.certificate_sha256, erasure.done_at, erasure.reason = digest(erasure.tombstone), utc_now(), ""
    on_record(db, SYSTEM, "retention.erase", erasure)
    if vault:
        enqueue(db, kind=ERASE_COPY, subject_id=erasure.id or 0)
    for other in others:
        note_copy(db, session_id=erasure.session_id, copy_id=other, basis="A further result of the session.")
    purge_later(db, erasure)


def copies_of(result: SessionResult | None) -> list[str]:
    """The ids of the copies that the vendor keeps: the result's, and those of results that were kept beside it."""
    named = [result.vault_id, *(entry.get("vault_id", "") for entry in result.outcome_log)] if result else []
    return [copy_id for copy_id in dict.fromkeys(named) if copy_id]


def note_copy(db: Session, *, session_id: int, copy_id: str, basis: str) -> None:
    """A copy of its own at the vendor is to be deleted too; one that waits for it already, once."""
    waits = db.exec(select(Erasure).where(Erasure.session_id == session_id, Erasure.state == "partly"))
    if copy_id in [each.tombstone.get("vault_id") for each in waits]:
        return
    erasure = Erasure(
        session_id=session_id, cause="retention", state="partly", vendor_state="pending", done_at=utc_now(), basis=basis,
        tombstone={"vault_id": copy_id},
    )  # fmt: skip
    db.add(erasure)
    db.flush()
    enqueue(db, kind=ERASE_COPY, subject_id=erasure.id or 0)


def purge_later(db: Session, erasure: Erasure) -> None:
    """Have the database written anew without what was taken out of it, unless that is queued."""
    waits = select(Job.id).where(Job.kind == PURGE, col(Job.leased_until).is_(None), col(Job.failed_at).is_(None))
    if db.exec(waits.limit(1)).first() is None:
        enqueue(db, kind=PURGE, subject_id=erasure.id or 0)


def on_record(db: Session, by: Actor, action: str, erasure: Erasure) -> None:
    """What became of an erasure, with the hash that its certificate names."""
    record(
        db, by=by, action=action, object_type="erasure", object_id=erasure.id, session_id=erasure.session_id,
        after={"classes": list(erasure.classes), "state": erasure.state, "certificate": erasure.certificate_sha256},
    )  # fmt: skip
