"""The rules in force until somebody saves others (product rules 2.14 and 5.3), and the fixed ones that nobody changes."""

from dataclasses import dataclass
from typing import Any

from webapp.checks.rule_facts import MATTERS, PASSING
from webapp.checks.rules import Condition, Rule, Rules


def _if(fact: str, op: str, *values: Any) -> Condition:
    return Condition(fact=fact, op=op, values=values)


def _review(priority: str, reason: str, *when: Condition) -> Rule:
    return Rule(when=when, priority=priority, reason=reason)


_OTHERS = tuple(kind for kind in MATTERS if kind not in ("data", "evidence", "aml", "inconsistent"))

DEFAULT: Rules = (
    _review("high", "The result is not clear.", _if("outcome", "is", "error")),
    _review("high", "{code}.", _if("outcome", "is", "liveness_failed")),
    _review("high", "{code}.", _if("code_asks", "is", "high")),
    _review("high", "{matter}", _if("serious", "any", "face", "authenticity", "subject")),
    _review("high", "Two results disagree.", _if("conflicting", "yes")),
    _review("normal", "{code}.", _if("code_asks", "is", "normal")),
    _review("normal", "A late result.", _if("late", "yes")),
    _review("normal", "AML hit.", _if("aml_open", "at_least", 1)),
    _review("normal", "Inconsistent data.", _if("matters", "any", "inconsistent")),
    _review("normal", "{matter}", _if("matters", "any", *_OTHERS)),
    _review("normal", "{matter}", _if("serious", "any", "data", "evidence")),
    _review("low", "{code}.", _if("code_asks", "is", "low")),
    _review("normal", "{matter}", _if("matters", "any", "data", "evidence")),
    _review("normal", "Passed: a person decides.", _if("outcome", "is", "passed")),
)  # fmt: skip
"""Version 0. Nothing is approved or rejected by itself; what none of them takes ends as the vendor said."""


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """A rule that no configuration switches off: what it says on the page, and as a session's reason."""

    when: Condition
    words: str
    reason: str


ALWAYS_A_PERSON = (
    Fixed(when=_if("aml_open", "at_least", 1), words="An AML entry is not ruled out", reason="AML hit."),
    Fixed(when=_if("unverified", "yes"), words="The vendor has not confirmed the result", reason="Not confirmed."),
    Fixed(when=_if("conflicting", "yes"), words="Two results disagree", reason="Two results disagree."),
    Fixed(when=_if("late", "yes"), words="The result came after its link had expired or was withdrawn",
          reason="A late result."),
    Fixed(when=_if("unknown_code", "yes"), words="The code is unknown or the result is not clear",
          reason="The result is not clear."),
    Fixed(when=_if("inconsistent", "yes"), words="The data disagree with themselves", reason="Inconsistent data."),
)  # fmt: skip
"""Whatever the rules say, these are decided by a person (product rules 5.4)."""
NEVER_APPROVED = (
    Fixed(when=_if("outcome", "is_not", *PASSING), words="The vendor did not pass, sign or capture it",
          reason="Not passed by the vendor."),
    Fixed(when=_if("serious", "any", *MATTERS), words="A check failed", reason="A check failed."),
)  # fmt: skip
"""A rule may reject these, but never approve them: that is for a person, and may be for two."""
