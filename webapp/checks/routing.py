"""Where a confirmed result goes: to a person or not, how soon, or decided by a rule; what a person decides is not known here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from webapp.checks.default_rules import ALWAYS_A_PERSON, DEFAULT, NEVER_APPROVED
from webapp.checks.open_matter import OpenMatter
from webapp.checks.rule_facts import UNFAILED, Facts, Value
from webapp.checks.rules import PRIORITIES, Rule, matching
from webapp.providers.base import Outcome

FINAL_BY_ITSELF = ("signed", "captured")
"""Outcomes that end without a person when nothing is open (product rules 5.1, rows 9 and 10)."""
_ENDED_BY_VENDOR = ("failed", "abandoned", "timed_out", "liveness_failed", "inconclusive", "expired")
_AFTERWARDS = ("evidence",)
"""Matters that never bring back a failed session: a picture that could not be saved changes nothing about it."""
DECISION = {"approve": "approved", "reject": "rejected"}


@dataclass(frozen=True, kw_only=True)
class Route:
    """`review` is not_needed | pending | done, `capture` finished | expired, `priority` high | normal | low.

    `decision` is approved | rejected where a rule decides (`review` done), else none. `reason` is a sentence: why it goes
    there; `reasons` are those of every rule that matches, the first one first. `rule` is the first one's number, 0 for none.
    """

    review: str
    capture: str
    priority: str
    reason: str
    decision: str = "none"
    rule: int = 0
    reasons: tuple[str, ...] = ()


def route(
    *, outcome: Outcome, matters: Sequence[OpenMatter], fail_route: str, fail_priority: str, late: bool = False,
    conflicting: bool = False, more: Mapping[str, Value] | None = None, rules: Sequence[Rule] = DEFAULT,
) -> Route:  # fmt: skip
    """Route one confirmed result by the rules (product rules 5.3, 5.4 and the default set of 2.14).

    - The first rule that matches sets review and priority, or decides.
    - What the fixed rules name goes to a person whatever the rules say, and a rule approves only what the vendor passed
      and no check failed.
    - No rule: what failed, expired, was signed or captured ends so; a pass and anything unknown goes to a person.
    """
    facts = facts_of(
        outcome=outcome, matters=matters, fail_route=fail_route, fail_priority=fail_priority, late=late,
        conflicting=conflicting, more=more,
    )  # fmt: skip
    return by_rules(outcome=outcome, matters=matters, facts=facts, rules=rules)


def facts_of(
    *, outcome: Outcome, matters: Sequence[OpenMatter], fail_route: str, fail_priority: str, late: bool, conflicting: bool,
    more: Mapping[str, Value] | None,
) -> Facts:  # fmt: skip
    """Everything that the rules may ask about one result; `more` is what the case knows beside outcome and matters."""
    told = _facts(outcome, _weighty(outcome, matters), fail_route, fail_priority)
    return {**told, "late": late, "conflicting": conflicting, **(more or {})}


def by_rules(*, outcome: Outcome, matters: Sequence[OpenMatter], facts: Facts, rules: Sequence[Rule]) -> Route:
    """The same from facts that are known: two sets of rules can be held against one another."""
    weighty, capture = _weighty(outcome, matters), "expired" if outcome.result == "expired" else "finished"
    found = [(number, rule, _said(rule.reason, rule, outcome, weighty)) for number, rule in matching(rules, facts)]
    fixed = [each.reason for each in ALWAYS_A_PERSON if each.when.holds(facts)]
    reasons = tuple(dict.fromkeys([*(said for _, _, said in found), *fixed]))
    if not found:
        return _by_itself(outcome, capture, fixed, reasons)
    number, rule, said = found[0]
    if rule.then == "approve" and not fixed:
        fixed = [each.reason for each in NEVER_APPROVED if each.when.holds(facts)]
    if rule.then == "review":
        way = Route(review="pending", capture=capture, priority=rule.priority, reason=said, reasons=reasons)
    elif fixed:
        said_first = tuple(dict.fromkeys([*fixed, *reasons]))
        way = Route(
            review="pending", capture=capture, priority=_at_least_normal(rule), reason=fixed[0], reasons=said_first
        )
    else:
        way = Route(
            review="done",
            decision=DECISION[rule.then],
            capture=capture,
            priority=rule.priority,
            reason=said,
            reasons=reasons,
        )
    return replace(way, rule=number)


def _weighty(outcome: Outcome, matters: Sequence[OpenMatter]) -> list[OpenMatter]:
    return [matter for matter in matters if not matter.own and not _is_afterthought(matter, outcome)]


def _by_itself(outcome: Outcome, capture: str, fixed: Sequence[str], reasons: tuple[str, ...]) -> Route:
    """Where a result goes that no rule takes."""
    if not fixed and outcome.result in (*FINAL_BY_ITSELF, *_ENDED_BY_VENDOR):
        return Route(review="not_needed", capture=capture, priority="low", reason=_ended(outcome))
    reason = fixed[0] if fixed else "No rule takes it: a person decides."
    return Route(review="pending", capture=capture, priority="normal", reason=reason, reasons=reasons or (reason,))


def _facts(outcome: Outcome, weighty: Sequence[OpenMatter], fail_route: str, fail_priority: str) -> Facts:
    """What outcome and matters say; the rest comes from the case."""
    asks = "nothing"
    if outcome.result not in UNFAILED and fail_route not in ("failed", "expired"):
        asks = fail_priority if fail_priority in PRIORITIES else "high"
    return {
        "outcome": outcome.result, "code": outcome.code, "code_asks": asks,
        "unknown_code": outcome.result == "error",
        "matters": frozenset(matter.kind for matter in weighty),
        "serious": frozenset(matter.kind for matter in weighty if matter.severity == "bad"),
        "inconsistent": any("inconsistent" in matter.causes for matter in weighty),
        "aml_open": sum(matter.count for matter in weighty if matter.kind == "aml"),
    }  # fmt: skip


def _is_afterthought(matter: OpenMatter, outcome: Outcome) -> bool:
    return matter.kind in _AFTERWARDS and outcome.result not in ("passed", *FINAL_BY_ITSELF)


def _at_least_normal(rule: Rule) -> str:
    return "normal" if rule.priority == "low" else rule.priority


def _said(reason: str, rule: Rule, outcome: Outcome, weighty: Sequence[OpenMatter]) -> str:
    """A rule's reason, with what its marks stand for. Headlines hold no personal value, and the reason is the team's own."""
    if "{code}" in reason:
        code = f"Fail code {outcome.code[:20]}" if outcome.code else "Failed without a code"
        reason = reason.replace("{code}", code)
    if "{matter}" in reason:
        headline = _headline(rule, weighty).rstrip(".")
        reason = reason.replace("{matter}", headline)
        reason = reason if reason.endswith((".", "?", "!")) else f"{reason}."
    return reason


def _headline(rule: Rule, weighty: Sequence[OpenMatter]) -> str:
    """Of the first matter that the rule asks about, else of the first of all."""
    for condition in rule.when:
        if condition.op == "any" and condition.fact in ("matters", "serious"):
            for matter in weighty:
                if matter.kind in condition.values and (condition.fact == "matters" or matter.severity == "bad"):
                    return matter.headline
    return weighty[0].headline if weighty else "Nothing is open"


def _ended(outcome: Outcome) -> str:
    words = {"signed": "Signed.", "captured": "Captured.", "expired": "Expired."}
    return words.get(outcome.result, f"Failed, code {outcome.code[:20]}." if outcome.code else "Failed.")
