"""Routing rules in plain words, and what one set of them changes about another."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from webapp.checks.countries import country_name
from webapp.checks.default_rules import Fixed
from webapp.checks.rule_facts import fact
from webapp.checks.rules import THEN, Condition, Rule

Names = Mapping[str, str]
"""The presets' names by their numbers as text."""
_JOINED = {"is": "is", "is_not": "is not", "any": "include", "none": "do not include", "at_least": "at least",
           "at_most": "at most"}  # fmt: skip
_MARKS = {"{code}": "Fail code and its number", "{matter}": "What is open, in its own words"}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference between two sets of rules: what happened, and the rule in words."""

    verb: str
    words: str


def condition_words(condition: Condition, names: Names) -> str:
    """`the outcome is passed or signed`, `the number of AML entries is at least 1`."""
    about = fact(condition.fact)
    if about.kind == "yes":
        return about.yes if condition.op == "yes" else about.no
    if about.kind == "number":
        return f"the {about.label} is {_JOINED[condition.op]} {condition.values[0]:g}"
    said = [_value(condition.fact, str(value), names) for value in condition.values]
    listed = f"{', '.join(said[:-1])} or {said[-1]}" if len(said) > 1 else said[0]
    return f"{'the ' if about.kind == 'word' else ''}{about.label} {_JOINED[condition.op]} {listed}"


def if_words(rule: Rule, names: Names) -> str:
    """All its conditions: `if the outcome is passed, and the result came in time`; without any `always`."""
    said = [condition_words(each, names) for each in rule.when]
    return f"if {', and '.join(said)}" if said else "always"


def then_words(rule: Rule) -> str:
    """`Needs review, high priority`, `Auto-approve`."""
    return f"{THEN[rule.then]}, {rule.priority} priority" if rule.then == "review" else THEN[rule.then]


def reason_words(rule: Rule) -> str:
    """The reason with its marks in words."""
    said = rule.reason
    for mark, words in _MARKS.items():
        said = said.replace(mark, words)
    return said


def fixed_words(fixed: Fixed) -> str:
    """`an AML entry is not ruled out`."""
    return f"{fixed.words[:1].lower() if fixed.words[1:2].islower() else fixed.words[:1]}{fixed.words[1:]}"


def changes(before: Sequence[Rule], after: Sequence[Rule], names: Names) -> tuple[Change, ...]:
    """What a new set changes: rules added, removed, switched on or off, then their order."""
    gone, new = Counter(before), Counter(after)
    gone, new = gone - new, new - gone
    found = []
    for rule in list(gone.elements()):
        other = replace(rule, on=not rule.on)
        if new[other]:
            new, gone = new - Counter([other]), gone - Counter([rule])
            found.append(Change(verb="Switched on" if other.on else "Switched off", words=_line(rule, names)))
    found += [Change(verb="Removed", words=_line(rule, names)) for rule in gone.elements()]
    found += [Change(verb="Added", words=_line(rule, names)) for rule in new.elements()]
    kept = (Counter(_bare(before)) & Counter(_bare(after))).keys()
    if [each for each in _bare(before) if each in kept] != [each for each in _bare(after) if each in kept]:
        found.append(Change(verb="Reordered", words="rules stand in another order"))
    return tuple(found)


def _bare(rules: Sequence[Rule]) -> list[Rule]:
    return [replace(rule, on=True) for rule in rules]


def _line(rule: Rule, names: Names) -> str:
    return f"{then_words(rule)} {if_words(rule, names)}: “{reason_words(rule)}”"


def _value(key: str, value: str, names: Names) -> str:
    if key == "preset":
        return f"“{names.get(value, f'number {value}')}”"
    return country_name(value) if key in ("issuer", "nationality") else fact(key).said(value)
