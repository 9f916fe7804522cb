"""The second person of a changed policy or of changed rules: confirming, sending back, withdrawing, and what lapses by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from webapp.actions import policies, rules
from webapp.actions.actor import Actor
from webapp.actions.policy_proposals import Second, lapse, note
from webapp.actions.second_person import AT_ONCE, NotNow, admit, refuse_empty, why_over
from webapp.checks.rules import BadRule, parse
from webapp.db import Database
from webapp.models import Policy, PolicyProposal
from webapp.models.columns import utc_now
from webapp.queries import policies as reads
from webapp.queries.policies import RULES, right_of
from webapp.queries.rules import in_force

UNREADABLE = "This release cannot read it."
IMPOSSIBLE: dict[type[Exception], str] = {
    policies.TooFewPeople: "Nobody could give the second approval that it asks for.",
    policies.LocksOut: "You have one of its roles and no second factor yet, so you would be locked out. Set up yours first.",
    policies.TooShort: "It keeps data for less than the administrator’s minimum, which is another now.",
    policies.StalePolicy: "Somebody changed it at the same moment.",
    rules.FaultyRules: "The rules contradict themselves, are never reached, or could approve what they must not.",
    rules.StaleRules: "Somebody changed it at the same moment.",
    BadRule: "This release cannot read the rules.",
    ValueError: UNREADABLE,
    TypeError: UNREADABLE,
    LookupError: UNREADABLE,
}
"""Why what was possible when it was proposed is not any more."""
ERRORS = tuple(IMPOSSIBLE)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A proposal in the making: by whom, and what every period of retention is held against."""

    db: Session
    by: Actor
    proposal: PolicyProposal
    minimums: Mapping[str, int]

    @property
    def how(self) -> dict[str, Any]:
        """What every action is given."""
        second = Second(why=self.proposal.why, answers=self.proposal)
        return {"by": self.by, "version": self.proposal.began_with, "second": second}


MAKE: dict[str, Callable[[Change, Any], Any]] = {
    reads.FORBIDDEN_OPTIONS: lambda it, value: policies.forbid_options(it.db, names=value, **it.how),
    reads.SECOND_APPROVAL: lambda it, value: policies.require_second(
        it.db, wanted=reads.second_approval_of(value, 0), **it.how
    ),
    reads.REMEMBER_DISMISSALS: lambda it, value: policies.remember_dismissals(
        it.db, wanted=reads.Remembering(**value), **it.how
    ),
    reads.REVIEW_HOURS: lambda it, value: policies.set_review_hours(it.db, wanted=reads.ReviewHours(**value), **it.how),
    reads.RETENTION: lambda it, value: policies.set_retention(
        it.db, wanted=reads.retention_of(value), minimums=it.minimums, **it.how
    ),
    reads.SECOND_FACTOR: lambda it, value: policies.require_second_factor(it.db, roles=value["roles"], **it.how),
    RULES: lambda it, value: rules.save(it.db, rules=parse(value), note=it.proposal.why, **it.how),
}
"""By the key of the policy: the very action that would have made the change at once, with all that it refuses."""


def confirm(db: Session, *, by: Actor, proposal_id: int, minimums: Mapping[str, int]) -> PolicyProposal | None:
    """Make the change, as its proposer's and this person's; None when there is none. It is made once.

    What has waited too long, whose proposer has the right no more, or what it was to change has another version by now,
    lapses instead. Raises a `second_person.Refused`.
    """
    proposal = _awaited(db, by=by, proposal_id=proposal_id)
    if proposal is None:
        return None
    why = _why_over(db, proposal, utc_now())
    if why:
        return lapse(db, proposal, why=why)
    _answer(proposal, by, "confirmed")
    note(db, by=by, proposal=proposal, step="confirm", after={"proposed_by": proposal.proposed_by_id})
    db.flush()  # it waits no more: what follows must not find it waiting
    try:
        MAKE[proposal.key](Change(db=db, by=by, proposal=proposal, minimums=minimums), proposal.value)
    except ERRORS as error:
        words = next(words for kind, words in IMPOSSIBLE.items() if isinstance(error, kind))
        raise NotNow(f"This change cannot be made any more. {words}") from error
    return proposal


def send_back(db: Session, *, by: Actor, proposal_id: int, words: str) -> PolicyProposal | None:
    """Refuse it and say why; nothing is changed. Raises as `confirm`, and NoNote."""
    proposal = _awaited(db, by=by, proposal_id=proposal_id)
    if proposal is None:
        return None
    refuse_empty(words)
    _answer(proposal, by, "sent_back")
    proposal.note = words
    note(db, by=by, proposal=proposal, step="sendback", after={"proposed_by": proposal.proposed_by_id})
    return proposal


def withdraw(db: Session, *, by: Actor, proposal_id: int) -> PolicyProposal | None:
    """Take one's own back; None when there is none of his. Raises NotNow."""
    proposal = db.get(PolicyProposal, proposal_id, with_for_update=True)
    if proposal is None or by.id is None or proposal.proposed_by_id != by.id:
        return None
    if proposal.state != "waiting":
        raise NotNow(OVER)
    proposal.state, proposal.answered_at = "withdrawn", utc_now()
    note(db, by=by, proposal=proposal, step="withdraw")
    return proposal


def note_refusal(db: Session, *, by: Actor, proposal_id: int) -> None:
    """Keep on record that a person tried to answer his own."""
    proposal = db.get_one(PolicyProposal, proposal_id)
    note(db, by=by, proposal=proposal, step="confirm", after={"reason": "proposer"}, outcome="denied")


def lapse_due(database: Database, now: datetime | None = None) -> int:
    """Let lapse what is over; how many. One indexed read when none waits."""
    now, lapsed = now or utc_now(), 0
    query = select(PolicyProposal).where(PolicyProposal.state == "waiting").order_by(col(PolicyProposal.id))
    with database.reading() as db:
        due = [each.id for each in db.exec(query.limit(AT_ONCE)) if _why_over(db, each, now)]
    for proposal_id in due:
        with database.writing() as db:
            proposal = db.get_one(PolicyProposal, proposal_id, with_for_update=True)
            why = _why_over(db, proposal, now) if proposal.state == "waiting" else ""
            if why:
                lapse(db, proposal, why=why)
                lapsed += 1
    return lapsed


OVER = "This change does not wait for a second person any more."


def _awaited(db: Session, *, by: Actor, proposal_id: int) -> PolicyProposal | None:
    proposal = db.get(PolicyProposal, proposal_id, with_for_update=True)
    if proposal is None:
        return None
    if proposal.state != "waiting":
        raise NotNow(OVER)
    admit(by, asked_by=proposal.proposed_by_id, right=right_of(proposal.key))
    return proposal


def _why_over(db: Session, proposal: PolicyProposal, now: datetime) -> str:
    why = why_over(db, asked_by=proposal.proposed_by_id, right=right_of(proposal.key), at=proposal.created_at, now=now)
    return why or ("" if _version(db, proposal.key) == proposal.began_with else "stale")


def _version(db: Session, key: str) -> int:
    if key == RULES:
        return in_force(db).version
    policy = db.get(Policy, key)
    return policy.version if policy else 0


def _answer(proposal: PolicyProposal, by: Actor, state: str) -> None:
    proposal.state, proposal.answered_at = state, utc_now()
    proposal.answered_by_id, proposal.answered_by_name = by.id, by.name
