"""Verdicts on list entries, given and taken back. Each is a row that stays; the match holds the one in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from webapp.actions import aml_dismissals, decision_steps
from webapp.actions.actor import Actor
from webapp.actions.aml_guards import (
    Incomplete,
    NoSuchMatch,
    NotNow,
    Verdict,
    admitted,
    complete,
    may_undo,
    settled_words,
)
from webapp.actions.audit import record
from webapp.actions.decision_guards import Said
from webapp.actions.sessions import settle
from webapp.checks.discriminators import Discriminator, discriminators
from webapp.checks.entries import full_names
from webapp.models import AmlMatch, AmlVerdict, Note, SessionResult, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import Provider
from webapp.queries.aml_verdicts import newest
from webapp.queries.results import matches_of

__all__ = ["Given", "Incomplete", "Left", "NoSuchMatch", "NotNow", "Verdict", "give", "undo"]


@dataclass(frozen=True, kw_only=True)
class Left:
    """A match that one verdict for several did not fit, and why: it was left open."""

    match_id: int
    name: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a verdict did: the matches it settled, those it left open, whether the session was escalated by it."""

    settled: tuple[int, ...]
    left: tuple[Left, ...] = ()
    escalated: bool = False


def give(
    db: Session, *, by: Actor, session_id: int, match_ids: Sequence[int], said: Verdict, provider: Provider,
    several: bool = False,
) -> Given:  # fmt: skip
    """Give a verdict on matches of one session. `several`: those that it does not fit are left open and named.

    "Not the same" keeps the values that differ; "same" sends the session to escalation. Raises Incomplete for a verdict that
    lacks something or does not hold, NoSuchMatch for one of another session, NotNow when the session cannot be worked on
    by this person or somebody settled the match meanwhile.
    """
    complete(said)
    session, link = admitted(db, by=by, session_id=session_id)
    chosen = _chosen(db, session, match_ids)
    until = aml_dismissals.until(db, session=session) if said.remember else None
    person = db.get_one(SessionResult, session.id).person
    fits: list[tuple[AmlMatch, list[dict[str, Any]]]] = []
    left: list[Left] = []
    for match in chosen:
        because = [each for each in discriminators(match.entry, person) if each.key in said.discriminators]
        why = _misfit(match, because, several=several)
        if why:
            left.append(Left(match_id=match.id or 0, name=_name(match), why=why))
        else:
            fits.append((match, [each.captured(said.note if each.key == "other" else "") for each in because]))
    if not fits:
        return Given(settled=(), left=tuple(left))
    note = _keep_note(db, session, said.note, by=by)
    for match, because_of in fits:
        _write(db, session, match, said=said, because=because_of, note=note, by=by, until=until)
    db.flush()
    settle(db, session=session, link=link, provider=provider)
    escalated = said.verdict == "same" and _escalate(db, session, by=by)
    return Given(settled=tuple(match.id or 0 for match, _ in fits), left=tuple(left), escalated=escalated)


def undo(db: Session, *, by: Actor, session_id: int, match_id: int, provider: Provider) -> AmlMatch:
    """Open a settled match again; one that is open stays so. What was remembered with the verdict ends with it.

    Raises NoSuchMatch, and NotNow when the session is decided, held by somebody else, or the verdict another person's.
    """
    session, link = admitted(db, by=by, session_id=session_id)
    match = _chosen(db, session, [match_id])[0]
    if match.verdict == "open":
        return match
    last = newest(db, match_id)
    if not may_undo(match, last, by=by):
        raise NotNow(f"{settled_words(match)} Only that person can undo it, or a compliance lead.")
    before = match.verdict
    aml_dismissals.end_with_verdict(db, session=session, match=match, last=last, by=by)
    _set(match, verdict="open", kind="", because=[], by=None, now=None)
    db.add(AmlVerdict(match_id=match_id, session_id=session_id, verdict="open", actor_id=by.id, actor_name=by.name))
    _record(db, by=by, action="aml.undo", match=match, before={"verdict": before}, after={"verdict": "open"})
    db.flush()
    settle(db, session=session, link=link, provider=provider)
    return match


def _chosen(db: Session, session: VerificationSession, match_ids: Sequence[int]) -> list[AmlMatch]:
    mine = {match.id: match for match in matches_of(db, session.id or 0)}
    wanted = list(dict.fromkeys(match_ids))
    if not wanted or any(number not in mine for number in wanted):
        raise NoSuchMatch
    return [mine[number] for number in wanted]


def _misfit(match: AmlMatch, because: Sequence[Discriminator], *, several: bool) -> str:
    """Why the verdict cannot be given on this match; one alone is refused instead of left."""
    if match.verdict != "open":
        if not several:
            raise NotNow(settled_words(match))
        return settled_words(match)
    why = " ".join(each.why for each in because if not each.holds)
    if why and not several:
        raise Incomplete({"because": why})
    return why


def _write(
    db: Session, session: VerificationSession, match: AmlMatch, *, said: Verdict, because: list[dict[str, Any]],
    note: Note | None, by: Actor, until: datetime | None,
) -> None:  # fmt: skip
    _set(match, verdict=said.verdict, kind=said.kind, because=because, by=by, now=utc_now())
    db.add(
        AmlVerdict(
            match_id=match.id or 0, session_id=session.id or 0, verdict=said.verdict, kind=said.kind,
            discriminators=because, note_id=note.id if note else None, actor_id=by.id, actor_name=by.name,
        )
    )  # fmt: skip
    keys = [each["key"] for each in because]
    after = {"verdict": said.verdict, "kind": said.kind, "because": keys, "note": note.id if note else None}
    _record(db, by=by, action="aml.verdict", match=match, before={"verdict": "open"}, after=after)
    if until is not None:
        aml_dismissals.remember(db, session=session, match=match, until=until, by=by)


def _set(
    match: AmlMatch, *, verdict: str, kind: str, because: list[dict[str, Any]], by: Actor | None, now: datetime | None
) -> None:
    match.verdict, match.kind, match.discriminators = verdict, kind, because
    match.decided_at = now
    match.decided_by_id, match.decided_by_name = (by.id, by.name) if by else (None, "")


def _keep_note(db: Session, session: VerificationSession, text: str, *, by: Actor) -> Note | None:
    """The words stand apart, so that they can be erased alone."""
    if not text:
        return None
    note = Note(session_id=session.id or 0, text=text, created_by_id=by.id, created_by_name=by.name)
    db.add(note)
    db.flush()
    return note


def _escalate(db: Session, session: VerificationSession, *, by: Actor) -> bool:
    """Who is on a list is decided on by those who may decide escalated sessions (product rules 2.5)."""
    if session.review not in ("not_needed", "pending", "in_review"):
        return False
    before = decision_steps.states(session)
    said = Said(session_id=session.id or 0, version=session.version, reasons=("aml_confirmed",))
    decision = decision_steps.write(db, by=by, session=session, kind="escalate", said=said)
    decision_steps.release(session)
    session.review = "escalated"
    decision_steps.tell(db, by=by, session=session, decision=decision, action="session.escalate", before=before)
    return True


def _name(match: AmlMatch) -> str:
    return next(iter(full_names(match.entry)), "") or "Entry without a name"


def _record(
    db: Session, *, by: Actor, action: str, match: AmlMatch, before: dict[str, Any], after: dict[str, Any]
) -> None:
    record(
        db, by=by, action=action, object_type="match", object_id=match.id, session_id=match.session_id, before=before,
        after=after,
    )  # fmt: skip
