"""Dismissals of list entries that are remembered for a person: made with a verdict, applied to later sessions, ended."""

from datetime import datetime

from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.aml_guards import Incomplete
from webapp.actions.audit import record
from webapp.checks.entries import full_names
from webapp.checks.entry_identity import entry_hash, entry_key
from webapp.models import AmlDismissal, AmlMatch, AmlVerdict, VerificationSession
from webapp.models.columns import utc_now
from webapp.queries import policies
from webapp.queries.aml_verdicts import remembered_until
from webapp.queries.results import matches_of

LONGEST_NAME = 200
CHANGED = "The entry has changed."
UNDONE = "The verdict was undone."


def until(db: Session, *, session: VerificationSession) -> datetime:
    """Until when a dismissal given now is remembered. Raises Incomplete where the policy or the session forbids it."""
    policy = policies.remembering(db)
    if not policy.allowed:
        raise Incomplete({"remember": "The policy does not allow verdicts to be remembered. Take the tick away."})
    if session.person_id is None:
        raise Incomplete(
            {"remember": "This session is nobody’s yet, so nothing can be remembered. Say who it is first."}
        )
    return remembered_until(policy, utc_now())


def remember(db: Session, *, session: VerificationSession, match: AmlMatch, until: datetime, by: Actor) -> AmlDismissal:
    """Keep a dismissal for the session's person and this very entry."""
    identify(match)
    kept = AmlDismissal(
        person_id=session.person_id or 0, entry_key=match.entry_key, entry_hash=match.entry_hash,
        entry_name=next(iter(full_names(match.entry)), "")[:LONGEST_NAME], discriminators=match.discriminators,
        created_by_id=by.id, created_by_name=by.name, expires_at=until,
    )  # fmt: skip
    db.add(kept)
    db.flush()
    after = {"dismissal": kept.id, "person": kept.person_id, "until": f"{until:%Y-%m-%d}"}
    record(
        db, by=by, action="aml.remember", object_type="match", object_id=match.id, session_id=session.id, after=after
    )
    return kept


def identify(match: AmlMatch) -> None:
    """Note by what the entry is known again, where that is not noted yet."""
    if not match.entry_hash:
        match.entry_key, match.entry_hash = entry_key(match.entry), entry_hash(match.entry)


def recall(db: Session, *, session: VerificationSession) -> int:
    """Settle what a remembered dismissal covers in a session whose result has just come; how many that were.

    Only matches that nobody ever gave a verdict on. One whose entry has changed stays open, and the dismissal ends.
    """
    matches = matches_of(db, session.id or 0)
    for match in matches:
        identify(match)
    if not matches or session.person_id is None or not policies.remembering(db).allowed:
        return 0
    touched = set(db.exec(select(AmlVerdict.match_id).where(AmlVerdict.session_id == session.id)))
    kept = in_force(db, session.person_id)
    fresh = [match for match in matches if match.verdict == "open" and match.id not in touched]
    found = [(match, each) for match in fresh for each in kept if each.entry_hash == match.entry_hash]
    for match, each in {match.id: (match, each) for match, each in found}.values():
        _apply(db, session, match, each)
    _end_changed(db, session, kept, matches)
    return len({match.id for match, _ in found})


def in_force(db: Session, person_id: int) -> list[AmlDismissal]:
    """The dismissals that hold for this person now, the newest last."""
    query = select(AmlDismissal).where(
        AmlDismissal.person_id == person_id,
        col(AmlDismissal.ended_at).is_(None),
        col(AmlDismissal.expires_at) > utc_now(),
    )
    return list(db.exec(query.order_by(col(AmlDismissal.id))))


def end(db: Session, *, by: Actor, dismissal_id: int, why: str) -> AmlDismissal | None:
    """Remember no longer; None when there is no such dismissal. One that has ended stays as it is."""
    kept = db.get(AmlDismissal, dismissal_id, with_for_update=True)
    if kept is not None and kept.ended_at is None:
        _end(db, kept, why=why, by=by)
    return kept


def end_with_verdict(
    db: Session, *, session: VerificationSession, match: AmlMatch, last: AmlVerdict | None, by: Actor
) -> None:
    """Whoever takes a verdict back doubts what was remembered with it, or what settled it."""
    if session.person_id is None or not match.entry_hash:
        return
    for each in in_force(db, session.person_id):
        if each.entry_hash == match.entry_hash or (last and each.id == last.dismissal_id):
            _end(db, each, why=UNDONE, by=by, session_id=session.id)


def _apply(db: Session, session: VerificationSession, match: AmlMatch, each: AmlDismissal) -> None:
    match.verdict, match.discriminators, match.decided_at = "not_same", each.discriminators, utc_now()
    db.add(
        AmlVerdict(
            match_id=match.id or 0, session_id=session.id or 0, verdict="not_same", discriminators=each.discriminators,
            dismissal_id=each.id, actor_name=SYSTEM.name,
        )
    )  # fmt: skip
    keys = [str(found["key"]) for found in each.discriminators]
    record(
        db, by=SYSTEM, action="aml.verdict", object_type="match", object_id=match.id, session_id=session.id,
        before={"verdict": "open"}, after={"verdict": "not_same", "because": keys, "dismissal": each.id},
    )  # fmt: skip


def _end_changed(db: Session, session: VerificationSession, kept: list[AmlDismissal], matches: list[AmlMatch]) -> None:
    """An entry that is found again under its key, and nowhere with the content it had, has changed."""
    keys, hashes = {match.entry_key for match in matches}, {match.entry_hash for match in matches}
    for each in kept:
        if each.entry_key in keys and each.entry_hash not in hashes:
            _end(db, each, why=CHANGED, by=SYSTEM, session_id=session.id)


def _end(db: Session, each: AmlDismissal, *, why: str, by: Actor, session_id: int | None = None) -> None:
    each.ended_at, each.ended_why = utc_now(), why
    code = {CHANGED: "entry_changed", UNDONE: "undone"}.get(why, "by_person")
    record(
        db, by=by, action="aml.remember_end", object_type="dismissal", object_id=each.id, session_id=session_id,
        after={"person": each.person_id, "why": code},
    )  # fmt: skip
