"""What is wrong with a set of rules: one that contradicts itself, is never reached, or could approve what it must not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from webapp.checks.default_rules import ALWAYS_A_PERSON, NEVER_APPROVED
from webapp.checks.rule_facts import ASKS, PASSING, UNFAILED, fact
from webapp.checks.rules import Condition, Rule


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: the number of the rule that has it, and a sentence. `kind` is contradictory | unreachable | unsafe."""

    number: int
    kind: str
    text: str


def faults(rules: Sequence[Rule]) -> tuple[Fault, ...]:
    """Every fault of the rules that are on, at most one each, in order. Conditions are compared, no result is tried."""
    found = []
    for place, rule in enumerate(rules):
        earlier = [(number, each) for number, each in enumerate(rules[:place], start=1) if each.on]
        fault = _fault(place + 1, rule, earlier) if rule.on else None
        if fault:
            found.append(fault)
    return tuple(found)


def _fault(number: int, rule: Rule, earlier: Sequence[tuple[int, Rule]]) -> Fault | None:
    known = _consequences(rule.when)
    pair = _clash(known)
    if pair:
        about = " and the ".join(dict.fromkeys(fact(each.fact).label for each in pair))
        return Fault(number=number, kind="contradictory", text=f"Rule {number} contradicts itself about the {about}: "
                     "no result can fit it. Change its conditions or remove it.")  # fmt: skip
    before = _taken_by(known, earlier)
    if before:
        says = "says otherwise about" if before[1].then != rule.then else "takes"
        return Fault(number=number, kind="unreachable", text=f"Rule {number} is never reached: rule {before[0]} {says} "
                     "every result that it fits. Move it up, change it or remove it.")  # fmt: skip
    return _unsafe(number, rule, known, earlier) if rule.then == "approve" else None


def _unsafe(number: int, rule: Rule, known: list[Condition], earlier: Sequence[tuple[int, Rule]]) -> Fault | None:
    for fixed in (*ALWAYS_A_PERSON, *NEVER_APPROVED):
        if _implied(known, fixed.when):
            words = f"{fixed.words[:1].lower()}{fixed.words[1:]}"
            return Fault(number=number, kind="contradictory", text=f"Rule {number} can never approve: it asks that "
                         f"{words}, and such a result is never approved by a rule.")  # fmt: skip
    with_entries = _consequences((*rule.when, Condition(fact="aml_open", op="at_least", values=(1,))))
    if _clash(with_entries) or _taken_by(with_entries, earlier):
        return None
    text = (
        f"Rule {number} could approve with AML entries open. Add the condition that the number of AML entries not ruled out "
        "is at most 0, or put a rule before it that sends them all to review."
    )
    return Fault(number=number, kind="unsafe", text=text)


def _taken_by(known: Sequence[Condition], earlier: Iterable[tuple[int, Rule]]) -> tuple[int, Rule] | None:
    """The first rule that matches whatever fits these conditions."""
    return next(((number, rule) for number, rule in earlier if all(_implied(known, each) for each in rule.when)), None)


def _clash(known: Sequence[Condition]) -> tuple[Condition, Condition] | None:
    """Two conditions that never hold together."""
    return next(
        ((one, other) for place, one in enumerate(known) for other in known[place + 1 :] if _never_both(one, other)),
        None,
    )


def _implied(known: Sequence[Condition], wanted: Condition) -> bool:
    """Whether `wanted` holds wherever the known ones do."""
    about = fact(wanted.fact)
    if about.always and wanted.op in ("at_least", "at_most"):
        bound = about.least if wanted.op == "at_least" else about.most
        if (wanted.values[0] <= bound) if wanted.op == "at_least" else (wanted.values[0] >= bound):
            return True
    return any(each.fact == wanted.fact and _follows(each, wanted) for each in known)


def _follows(one: Condition, other: Condition) -> bool:
    """Whether `other` holds wherever `one` does; both are about the same fact."""
    mine, theirs = set(one.values), set(other.values)
    every = set(fact(one.fact).choices)
    match one.op, other.op:
        case ("is", "is") | ("any", "any"):
            return mine <= theirs
        case ("is_not", "is_not") | ("none", "none"):
            return theirs <= mine
        case ("is", "is_not"):
            return not mine & theirs
        case ("at_least", "at_least"):
            return bool(one.values[0] >= other.values[0])
        case ("at_most", "at_most"):
            return bool(one.values[0] <= other.values[0])
        case ("is_not", "is"):
            return _closed(one.fact) and every - mine <= theirs
    return one.op == other.op and one.op in ("yes", "no")


def _never_both(one: Condition, other: Condition) -> bool:
    if one.fact != other.fact:
        return False
    mine, theirs = set(one.values), set(other.values)
    match one.op, other.op:
        case ("is", "is"):
            return not mine & theirs
        case ("is", "is_not") | ("any", "none"):
            return mine <= theirs
        case ("is_not", "is") | ("none", "any"):
            return theirs <= mine
        case ("at_least", "at_most"):
            return bool(one.values[0] > other.values[0])
        case ("at_most", "at_least"):
            return bool(other.values[0] > one.values[0])
    return {one.op, other.op} == {"yes", "no"}


def _closed(key: str) -> bool:
    """Whether the fact is always one of its choices; an outcome or a cause may be one that we do not know yet."""
    return key == "code_asks"


_ABOUT_FAILING = ("cause", "code_class", "code_asks")
_FLAG_MATTERS = {"conflicting": "conflicting", "late": "late", "outside_link": "link"}


def _consequences(when: Sequence[Condition]) -> list[Condition]:
    """The conditions and what follows from them about other facts."""
    known = list(when)
    for each in when:
        known += _follow_from(each)
    for each in known[len(when) :]:  # once more: a failed check is an open matter, and that may be an open entry
        known += [again for again in _follow_from(each) if again not in known]
    return known


def _follow_from(each: Condition) -> list[Condition]:
    values = set(each.values)
    if each.fact == "serious" and each.op == "any":
        return [Condition(fact="matters", op="any", values=each.values)]
    if each.fact == "matters" and each.op == "none":
        flags = [Condition(fact=flag, op="no") for flag, kind in _FLAG_MATTERS.items() if kind in values]
        return [Condition(fact="serious", op="none", values=each.values), *flags]
    if each.fact == "matters" and each.op == "any" and values == {"aml"}:
        return [Condition(fact="aml_open", op="at_least", values=(1,))]
    if each.fact == "aml_open" and each.op == "at_least" and each.values[0] > 0:
        return [Condition(fact="aml_entries", op="at_least", values=(1,))]
    if each.fact == "aml_entries" and each.op == "at_most" and each.values[0] < 1:
        return [Condition(fact="aml_open", op="at_most", values=(0,))]
    if each.fact in _FLAG_MATTERS and each.op == "yes":
        return [Condition(fact="matters", op="any", values=(_FLAG_MATTERS[each.fact],))]
    if each.fact in _ABOUT_FAILING and each.op == "is" and "nothing" not in values:
        return [Condition(fact="outcome", op="is_not", values=UNFAILED)]
    if each.fact == "outcome" and each.op == "is" and values <= {*PASSING, "expired"}:
        return [Condition(fact="code_asks", op="is", values=("nothing",)), Condition(fact="unknown_code", op="no")]
    if each.fact == "code_asks" and each.op == "is_not" and "nothing" in values:
        return [Condition(fact="code_asks", op="is", values=tuple(set(ASKS) - values))] if values != set(ASKS) else []
    return []
