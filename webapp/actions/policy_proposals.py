"""Keeping a change of a policy or of the rules for a second person instead of making it; his answers are in `policy_answers`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import record
from webapp.actions.second_person import LAPSES, LONGEST_NOTE, SHORTEST_NOTE
from webapp.models import PolicyProposal
from webapp.models.changes import NOBODY, announce
from webapp.models.columns import utc_now
from webapp.queries import eligible
from webapp.queries.policies import RULES, right_of


class Waits(Exception):
    """Another change of the same waits already: `by` is whose."""

    def __init__(self, by: str) -> None:
        super().__init__("waits")
        self.by = by


class NoReason(Exception):
    """The second person is to be told why."""


@dataclass(frozen=True, kw_only=True)
class Second:
    """What goes with a change for the second person: `why` for him to read, or the proposal that he confirms by it."""

    why: str = ""
    answers: PolicyProposal | None = None

    def changed_by(self, by: Actor) -> dict[str, Any]:
        """Who made the change: the proposer and who confirmed it, or one person alone."""
        if self.answers is None:
            return {"id": by.id, "name": by.name}
        return {"id": self.answers.proposed_by_id, "name": f"{self.answers.proposed_by_name} and {by.name}"}

    @property
    def on_record(self) -> dict[str, Any]:
        """What the audit row of the change says of the proposal."""
        made = self.answers
        return {"proposal": made.id, "proposed_by": made.proposed_by_id} if made else {}


ALONE = Second()


def waiting_for(db: Session, key: str) -> PolicyProposal | None:
    """What waits for a second person about this policy, its row held. First of all locks, so that none waits for another."""
    query = select(PolicyProposal).where(PolicyProposal.key == key, PolicyProposal.state == "waiting")
    return db.exec(query.with_for_update()).first()


def is_held(db: Session, *, by: Actor, key: str, second: Second) -> bool:
    """Whether this change waits for a second person: a person makes it, it confirms nothing, and the policy says so."""
    return second.answers is None and by.id is not None and eligible.policy_changes(db, right_of(key))


def propose(
    db: Session, *, by: Actor, key: str, value: Any, version: int, why: str, before: Mapping[str, Any],
    after: Mapping[str, Any], waits: PolicyProposal | None,
) -> PolicyProposal:  # fmt: skip
    """Keep a change that was found possible. The same one sent twice is one. Raises Waits, and NoReason."""
    if waits is not None:
        if (waits.proposed_by_id, waits.value, waits.began_with) == (by.id, value, version):
            return waits
        raise Waits(waits.proposed_by_name)
    if not SHORTEST_NOTE <= len(why) <= LONGEST_NOTE:
        raise NoReason
    made = PolicyProposal(
        key=key, value=value, began_with=version, why=why, proposed_by_id=by.id or 0, proposed_by_name=by.name
    )
    db.add(made)
    try:
        db.flush()
    except IntegrityError as error:  # two people proposed at once: the other one was faster
        raise Waits("Somebody else") from error
    note(db, by=by, proposal=made, step="propose", before=before, after=after)
    return made


def overtaken(db: Session, waits: PolicyProposal | None) -> None:
    """What was changed straight away leaves nothing to confirm of what waited."""
    if waits is not None:
        lapse(db, waits, why="stale")


def lapse(db: Session, proposal: PolicyProposal, *, why: str) -> PolicyProposal:
    """It is over, and the page says why."""
    proposal.state, proposal.note, proposal.answered_at = "lapsed", LAPSES[why], utc_now()
    note(db, by=SYSTEM, proposal=proposal, step="lapse", after={"why": why})
    return proposal


def note(
    db: Session, *, by: Actor, proposal: PolicyProposal, step: str, before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None, outcome: str = "ok",
) -> None:  # fmt: skip
    """Put a step about a proposal on the record, and have the sidebars follow. No word that a person wrote is in it."""
    announce(db.connection(), NOBODY)
    what = "rule" if proposal.key == RULES else "policy"
    record(
        db, by=by, action=f"{what}.{step}", object_type="proposal", object_id=proposal.id,
        before={"policy": proposal.key, **before} if before is not None else None,
        after={"policy": proposal.key, "version": proposal.began_with, **(after or {})}, outcome=outcome,
    )  # fmt: skip
