"""Routing rules: an ordered list of conditions over facts, read from JSON and applied; what is unsafe: `rule_faults`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.checks.rule_facts import FACTS, Facts, fact

OPS = {"word": ("is", "is_not"), "words": ("any", "none"), "yes": ("yes", "no"), "number": ("at_least", "at_most")}
"""What can be said of each kind of fact."""
THEN = {"review": "Needs review", "approve": "Auto-approve", "reject": "Auto-reject"}
PRIORITIES = ("high", "normal", "low")
MOST_RULES = 60
MOST_VALUES = 60
LONGEST_REASON = 200


class BadRule(ValueError):
    """A rule that cannot be read; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One thing that must hold. `op` is one of `OPS`; `values` are words, or one number; empty for yes and no."""

    fact: str
    op: str
    values: tuple[Any, ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether it does; a number that a result lacks fits no condition."""
        value = facts.get(self.fact)
        if self.op in ("yes", "no"):
            return bool(value) is (self.op == "yes")
        if self.op in ("at_least", "at_most"):
            if not isinstance(value, int | float):
                return False
            return bool(value >= self.values[0] if self.op == "at_least" else value <= self.values[0])
        if self.op in ("any", "none"):
            found = value if isinstance(value, frozenset) else frozenset()
            return bool(found & set(self.values)) is (self.op == "any")
        return (value in self.values) is (self.op == "is")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """If all of `when` holds, then `then` (a key of THEN) with that priority, shown with `reason`; `on` False: left out.

    In a reason `{code}` stands for the fail code, `{matter}` for the headline of the matter that the rule is about.
    """

    when: tuple[Condition, ...] = ()
    then: str = "review"
    priority: str = "normal"
    reason: str
    on: bool = True

    def matches(self, facts: Facts) -> bool:
        """Whether it is switched on and all its conditions hold."""
        return self.on and all(condition.holds(facts) for condition in self.when)


Rules = tuple[Rule, ...]


def matching(rules: Sequence[Rule], facts: Facts) -> list[tuple[int, Rule]]:
    """Every rule that matches with its number, in order; numbers begin with 1."""
    return [(number, rule) for number, rule in enumerate(rules, start=1) if rule.matches(facts)]


def parse(stored: Any) -> Rules:
    """Rules from JSON. Raises BadRule for anything that is not exactly a list of rules."""
    if not isinstance(stored, list) or len(stored) > MOST_RULES:
        raise BadRule(f"Rules are a list of {MOST_RULES} at most.")
    return tuple(_rule(each) for each in stored)


def dump(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [
        {
            "when": [{"fact": each.fact, "op": each.op, "values": list(each.values)} for each in rule.when],
            "then": rule.then, "priority": rule.priority, "reason": rule.reason, "on": rule.on,
        }
        for rule in rules
    ]  # fmt: skip


def _rule(stored: Any) -> Rule:
    if not isinstance(stored, dict) or set(stored) != {"when", "then", "priority", "reason", "on"}:
        raise BadRule("A rule has exactly when, then, priority, reason and on.")
    when, reason = stored["when"], stored["reason"]
    if stored["then"] not in THEN or stored["priority"] not in PRIORITIES or not isinstance(stored["on"], bool):
        raise BadRule("A rule names what follows, its priority, and whether it is on.")
    if not isinstance(reason, str) or not 0 < len(reason.strip()) <= LONGEST_REASON or not reason.isprintable():
        raise BadRule(f"A rule has a reason of {LONGEST_REASON} characters at most.")
    if not isinstance(when, list):
        raise BadRule("A rule has a list of conditions.")
    conditions = tuple(_condition(each) for each in when)
    if len({(each.fact, each.op) for each in conditions}) < len(conditions):
        raise BadRule("A rule asks about the same thing twice.")
    return Rule(
        when=conditions, then=stored["then"], priority=stored["priority"], reason=reason.strip(), on=stored["on"]
    )


def _condition(stored: Any) -> Condition:
    if not isinstance(stored, dict) or set(stored) != {"fact", "op", "values"}:
        raise BadRule("A condition has exactly fact, op and values.")
    key, op, values = stored["fact"], stored["op"], stored["values"]
    if not isinstance(key, str) or key not in FACTS or not isinstance(values, list) or len(values) > MOST_VALUES:
        raise BadRule("A condition asks about a fact that we know.")
    about = fact(key)
    if op not in OPS[about.kind]:
        raise BadRule(f"This cannot be asked of the {about.label}.")
    if about.kind == "yes":
        values = []
    elif about.kind == "number":
        if len(values) != 1 or isinstance(values[0], bool) or not isinstance(values[0], int | float):
            raise BadRule(f"The {about.label} is held against one number.")
        if not about.least <= values[0] <= about.most:
            raise BadRule(f"The {about.label} lies between {about.least:g} and {about.most:g}.")
    elif not values or not all(isinstance(each, str) and 0 < len(each) <= 64 for each in values):
        raise BadRule(f"Name at least one {about.label}.")
    elif about.choices and not set(values) <= set(about.choices):
        raise BadRule(f"This is no {about.label} that we know.")
    return Condition(fact=key, op=op, values=tuple(dict.fromkeys(values)))
