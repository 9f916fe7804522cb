"""What a proposed policy would change, thing by thing: what is now, and what it would be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from webapp.checks.retention import Retention, period
from webapp.models.rights import ROLE_WORDS
from webapp.models.words import RETENTION_CLASS_WORDS
from webapp.queries import policies
from webapp.queries.policies import MUST_BE_CONFIRMED, Remembering, ReviewHours, SecondApproval
from webapp.queries.policy_states import Policies

NAMES = {
    policies.FORBIDDEN_OPTIONS: "Links", policies.SECOND_APPROVAL: "Second approval",
    policies.REMEMBER_DISMISSALS: "Remembered dismissals", policies.REVIEW_HOURS: "Hours to decide",
    policies.RETENTION: "Retention", policies.SECOND_FACTOR: "Second factor", policies.RULES: "Routing rules",
}  # fmt: skip
BASES = {"relationship_ended": "the end of the relationship", "decided": "the decision"}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that would be otherwise."""

    label: str
    old: str
    new: str


def differences(key: str, now: Policies, value: Any) -> list[Difference]:
    """What this value would change about the policy as it stands; nothing where this release cannot read it."""
    stands, read, words = _PARTS[key]
    try:
        old, new = words(stands(now)), words(read(value))
    except (TypeError, LookupError):
        return []
    return [Difference(label=label, old=old[label], new=new[label]) for label in old if old[label] != new[label]]


def _forbidden(names: frozenset[str]) -> dict[str, str]:
    return {"Attributes of the face": "forbidden" if "attributes" in names else "allowed"}


def _second(policy: SecondApproval) -> dict[str, str]:
    return {
        **{
            words: "a second person confirms it" if key in policy.actions else "one person is enough"
            for key, words in MUST_BE_CONFIRMED.items()
        },
        "The first person’s decision": "hidden from the second" if policy.blind else "shown to the second",
        "What waits lapses": f"after {policy.lapse_hours} h",
    }  # fmt: skip


def _remembering(policy: Remembering) -> dict[str, str]:
    months = "1 month" if policy.months == 1 else f"{policy.months} months"
    return {"Remembering dismissals": "allowed" if policy.allowed else "not allowed", "For at most": months}


def _hours(policy: ReviewHours) -> dict[str, str]:
    return {
        f"{name.capitalize()} priority": f"{hours} h"
        for name, hours in (("high", policy.high), ("normal", policy.normal), ("low", policy.low))
    }


def _retention(policy: Retention) -> dict[str, str]:
    return {
        **{
            RETENTION_CLASS_WORDS[key]: f"{period(each.days)} from {BASES[each.base]}"
            for key, each in policy.periods.items()
        },
        "Never completed": period(policy.abandoned_days), "Rejected or failed without business": period(policy.rejected_days),
        "Days of grace": str(policy.grace_days),
    }  # fmt: skip


def _factor(roles: frozenset[str]) -> dict[str, str]:
    return {words: "needs a second factor" if role in roles else "needs none" for role, words in ROLE_WORDS.items()}


_PARTS: dict[str, tuple[Callable[[Policies], Any], Callable[[Any], Any], Callable[[Any], dict[str, str]]]] = {
    policies.FORBIDDEN_OPTIONS: (lambda now: now.forbidden, frozenset, _forbidden),
    policies.SECOND_APPROVAL: (
        lambda now: now.second, lambda value: policies.second_approval_of(value, 0), _second,
    ),
    policies.REMEMBER_DISMISSALS: (lambda now: now.remembering, lambda value: Remembering(**value), _remembering),
    policies.REVIEW_HOURS: (lambda now: now.hours, lambda value: ReviewHours(**value), _hours),
    policies.RETENTION: (lambda now: now.retention, policies.retention_of, _retention),
    policies.SECOND_FACTOR: (lambda now: now.factor_roles, lambda value: frozenset(value["roles"]), _factor),
}  # fmt: skip
"""By the key of the policy: how it stands, how a proposed value is read, and either in words."""
