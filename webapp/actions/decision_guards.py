"""What stands between a person and a decision: rights, state, somebody else, what changed meanwhile, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from webapp.actions.actor import Actor
from webapp.checks import deciding
from webapp.checks.deciding import Standing
from webapp.models import Decision, VerificationSession
from webapp.models.columns import utc_now
from webapp.models.rights import rights_of
from webapp.queries import standing, what_changed


class Refused(Exception):
    """The step was not taken and nothing was changed; the message is for the person."""


class NotNow(Refused):
    """The session is in a state in which this step cannot be taken."""


class Stale(Refused):
    """Somebody changed the session after the form was loaded."""


class HeldByOther(Refused):
    """Somebody else has the session in review."""


class MissingRight(Refused):
    """`right` is what the person lacks."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        self.right = right


class SamePerson(Refused):
    """Who proposed a decision may not confirm it."""


class Incomplete(Refused):
    """Something is missing or should be thought over: `errors` by field, `warnings` to confirm, `open_hits` to settle."""

    def __init__(self, errors: dict[str, str], *, warnings: Sequence[str] = (), open_hits: int = 0) -> None:
        super().__init__("incomplete")
        self.errors, self.warnings, self.open_hits = errors, tuple(warnings), open_hits


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a person sends with a step. `version`, `told` and `was` are what the form was loaded with.

    `told` is the number of the newest record of the session then, `was` its status. `confirmed`: the warnings about the
    note were read.
    """

    session_id: int
    version: int
    told: int = 0
    was: str = ""
    reasons: tuple[str, ...] = ()
    note: str = ""
    confirmed: bool = False


RIGHT_FOR = {"confirm": "approve_second", "send_back": "approve_second"}
"""The right that each step needs; `decide` where nothing is said."""


def admitted(db: Session, *, by: Actor, kind: str, said: Said) -> VerificationSession | None:
    """The session, its row held, once nothing but what the form says stands in the way; None when there is none."""
    rights = rights_of(by.role)
    needed = RIGHT_FOR.get(kind, "decide")
    if needed not in rights:
        raise MissingRight(needed)
    session = db.get(VerificationSession, said.session_id, with_for_update=True)
    if session is None:
        return None
    refuse_stale(db, session, by=by, said=said)
    why = deciding.state_of_review(
        kind, review=session.review, status=session.status, erased=session.erased, decided=session.decision != "none",
        may_decide_escalated="handle_escalated" in rights,
    )  # fmt: skip
    if why:
        raise NotNow(why)
    _refuse_held(session, by=by, now=utc_now())
    return session


def refuse_stale(db: Session, session: VerificationSession, *, by: Actor, said: Said) -> None:
    """Raises Stale when somebody else changed the session since; what the same person did meanwhile is known to him."""
    if said.version == session.version:
        return
    changes = what_changed.since(db, session.id or 0, told=said.told)
    others = [change for change in changes if change.actor_id is None or change.actor_id != by.id]
    if changes and not others:
        return
    raise Stale(what_changed.words(others, was=said.was, status=session.status, now=utc_now()))


def _refuse_held(session: VerificationSession, *, by: Actor, now: datetime) -> None:
    if session.review == "in_review" and held_by_other(session, user_id=by.id, now=now):
        raise HeldByOther(f"{session.holder_name or 'Somebody else'} has this session in review. Nothing was changed.")


def held_by_other(session: VerificationSession, *, user_id: int | None, now: datetime) -> bool:
    """Whether somebody else has the session in review now; a lease that is over holds nobody back."""
    return session.holder_id not in (None, user_id) and session.held_until is not None and session.held_until > now


def complete(db: Session, session: VerificationSession, *, kind: str, said: Said) -> Standing:
    """What the step is taken on. Raises Incomplete when a reason, a note or a verdict is missing, or a note is unwise."""
    stands = standing.of(db, session)
    errors = deciding.missing(kind, stands, reasons=said.reasons, note=said.note)
    open_hits = stands.open_hits if kind in deciding.DECIDING else 0
    warnings = () if said.confirmed else deciding.note_warnings(said.note)
    if errors or warnings or open_hits:
        raise Incomplete(errors, warnings=warnings, open_hits=open_hits)
    return stands


def refuse_proposer(db: Session, session: VerificationSession, *, by: Actor) -> Decision:
    """The proposal that the session waits on. Raises SamePerson for who made it, NotNow when there is none."""
    proposal = db.get(Decision, session.proposal_id) if session.proposal_id else None
    if proposal is None:
        raise NotNow("There is no proposal to answer.")
    if by.id is None or proposal.actor_id == by.id:
        raise SamePerson("You proposed this decision, so another person has to answer it.")
    return proposal
