"""Saving the routing rules; each save is a version of its own, none is ever rewritten."""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.policy_proposals import ALONE, Second, is_held, overtaken, propose, waiting_for
from webapp.checks.rule_faults import Fault, faults
from webapp.checks.rules import Rule, dump, parse
from webapp.models import PolicyProposal, RuleSet
from webapp.queries.policies import RULES
from webapp.queries.rules import in_force

LONGEST_NOTE = 500


class StaleRules(Exception):
    """Somebody else saved other rules meanwhile; `newest` is the number of their version."""

    def __init__(self, newest: int) -> None:
        super().__init__("stale")
        self.newest = newest


class FaultyRules(Exception):
    """The rules contradict themselves, are never reached, or could approve what they must not."""

    def __init__(self, found: tuple[Fault, ...]) -> None:
        super().__init__(" ".join(each.text for each in found))
        self.found = found


def save(
    db: Session, *, by: Actor, rules: Sequence[Rule], version: int, note: str = "", second: Second = ALONE
) -> int | PolicyProposal:  # fmt: skip
    """Put these rules in force as the next version; its number. What is in force already saves nothing.

    Where two people may change the rules it is kept for the second, as a proposal, with the note as its reason.
    `version` is the one that the change began with. Raises StaleRules, FaultyRules, BadRule for what is no rule, and as
    `policy_proposals.propose`. Results that are here keep where they went; the next one goes by these.
    """
    wanted = parse(dump(rules))
    waits, now = waiting_for(db, RULES), in_force(db)
    if wanted == now.rules:
        return now.version
    if version != now.version:
        raise StaleRules(now.version)
    wrong = faults(wanted)
    if wrong:
        raise FaultyRules(wrong)
    if is_held(db, by=by, key=RULES, second=second):
        return propose(
            db, by=by, key=RULES, value=dump(wanted), version=version, why=note, before=_counted(now.rules),
            after=_counted(wanted), waits=waits,
        )  # fmt: skip
    overtaken(db, waits)
    who = second.changed_by(by)
    row = RuleSet(
        version=now.version + 1, rules=dump(wanted), note=note[:LONGEST_NOTE], created_by_id=who["id"],
        created_by_name=who["name"],
    )  # fmt: skip
    db.add(row)
    try:
        db.flush()
    except IntegrityError as error:  # two people saved at once: the other one was faster
        raise StaleRules(now.version + 1) from error
    record(
        db, by=by, action="rule.change", object_type="rules", object_id=row.version,
        before={"version": now.version, **_counted(now.rules)},
        after={"version": row.version, **_counted(wanted), **second.on_record},
    )  # fmt: skip
    return row.version


def _counted(rules: Sequence[Rule]) -> dict[str, int]:
    """How many there are, and how many of those that are on decide by themselves; their words are in the version."""
    on = [rule for rule in rules if rule.on]
    return {
        "rules": len(rules), "on": len(on), "approve": sum(rule.then == "approve" for rule in on),
        "reject": sum(rule.then == "reject" for rule in on),
    }  # fmt: skip
