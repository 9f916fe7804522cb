"""What stands between a person and a verdict: what it lacks, the state of the session, somebody else who holds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from sqlmodel import Session

from webapp.actions.actor import Actor
from webapp.actions.link_making import locked
from webapp.checks.deciding import note_warnings
from webapp.checks.discriminators import LABELS
from webapp.models import AmlMatch, AmlVerdict, Link, VerificationSession
from webapp.models.columns import utc_now
from webapp.models.rights import rights_of
from webapp.models.words import MATCH_KIND, STATUS_WORDS, VERDICT_WORDS

SHORTEST_NOTE = 10
LONGEST_NOTE = 2000


class NoSuchMatch(Exception):
    """There is no such session, or it has no such match."""


class NotNow(Exception):
    """The session or the match is not in a state for this; the message is for the person. Nothing was changed."""


class Incomplete(Exception):
    """A verdict that lacks something or does not hold: `errors` by field; or whose note should be thought over."""

    def __init__(self, errors: dict[str, str], *, warnings: Sequence[str] = ()) -> None:
        super().__init__("incomplete")
        self.errors, self.warnings = errors, tuple(warnings)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a person says of a match: same (with its `kind`), not_same (because of `discriminators`) or unclear."""

    verdict: str
    discriminators: tuple[str, ...] = ()
    kind: str = ""
    note: str = ""
    remember: bool = False
    confirmed: bool = False
    """Whether the warnings about the note were read."""


def complete(said: Verdict) -> None:
    """Raises Incomplete unless the verdict has all that it needs in itself (product rules 2.5)."""
    errors: dict[str, str] = {}
    if said.verdict not in ("same", "not_same", "unclear"):
        errors["verdict"] = "Choose one of the three verdicts."
    if said.verdict == "same" and said.kind not in MATCH_KIND[1:]:
        errors["kind"] = "Say what the entry is: a sanction, a politically exposed person, or something else."
    if said.verdict == "not_same" and not said.discriminators:
        errors["because"] = "Choose at least one thing that differs, or Cannot tell."
    if set(said.discriminators) - set(LABELS):
        errors["because"] = "Choose from what is offered."
    if said.verdict == "not_same" and "other" in said.discriminators and len(said.note) < SHORTEST_NOTE:
        errors["note"] = f"Write in {SHORTEST_NOTE} characters or more what else differs."
    if len(said.note) > LONGEST_NOTE:
        errors["note"] = f"The note has {len(said.note)} characters; at most {LONGEST_NOTE} are kept. Shorten it."
    if said.remember and said.verdict != "not_same":
        errors["remember"] = "Only “Not the same person” can be remembered."
    warnings = () if said.confirmed else note_warnings(said.note)
    if errors or warnings:
        raise Incomplete(errors, warnings=warnings)


def admitted(db: Session, *, by: Actor, session_id: int) -> tuple[VerificationSession, Link]:
    """The session and its link, both held. Raises NoSuchMatch, and NotNow when nothing can be settled there now."""
    found = db.get(VerificationSession, session_id)
    link = locked(db, found.link_id) if found else None  # before its session, as everywhere
    session = db.get(VerificationSession, session_id, with_for_update=True, populate_existing=True)
    if session is None or link is None:
        raise NoSuchMatch
    why = _closed(session) or _held(session, by)
    if why:
        raise NotNow(why)
    return session, link


def _closed(session: VerificationSession) -> str:
    if session.erased:
        return "The data of this session have been erased."
    if session.review == "done":
        return f"This session is decided: {STATUS_WORDS[session.status]}. Its verdicts stay unless it is reopened."
    if session.review == "awaiting_second":
        return "A decision was proposed and waits for a second person. Verdicts stay until it is answered."
    return ""


def _held(session: VerificationSession, by: Actor) -> str:
    until = session.held_until
    if session.holder_id in (None, by.id) or until is None or until <= utc_now():
        return ""
    return (
        f"{session.holder_name or 'Somebody else'} has this session in review until {until.astimezone(UTC):%H:%M} UTC."
    )


def settled_words(match: AmlMatch) -> str:
    """`Rachel Reviewer settled it at 14:31 UTC: Not the same person (date of birth).`"""
    keys = ", ".join(LABELS.get(each.get("key", ""), "other") for each in match.discriminators)
    at = f" at {match.decided_at.astimezone(UTC):%H:%M} UTC" if match.decided_at else ""
    because = f" ({keys})" if keys else ""
    return (
        f"{match.decided_by_name or 'A remembered dismissal'} settled it{at}: {VERDICT_WORDS[match.verdict]}{because}."
    )


def may_undo(match: AmlMatch, last: AmlVerdict | None, *, by: Actor) -> bool:
    """Own verdicts, what no person gave in this session, and for those who decide escalated sessions every one."""
    remembered = last is not None and last.dismissal_id is not None
    return remembered or match.decided_by_id == by.id or "handle_escalated" in rights_of(by.role)
