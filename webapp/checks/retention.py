"""When what is kept of a session is due to be erased, and why not yet: rules over plain facts, no clock and no database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

CLASSES = ("pictures", "biometrics", "extracted", "contact", "aml", "decision")
BASES = ("relationship_ended", "decided")
YEAR = 365
OPEN = "open"
ABANDONED, REJECTED, DECIDED, ENDED = "abandoned", "rejected", "decided", "relationship_ended"
LONGEST = 36_500


@dataclass(frozen=True, kw_only=True)
class Period:
    """How many days one class is kept, counted from what."""

    days: int
    base: str = ENDED


@dataclass(frozen=True, kw_only=True)
class Retention:
    """The periods by class, for sessions that led to a relationship; and the days of those that never did, for all classes.

    `grace_days` pass between the due date and the erasure. `version` 0: the default.
    """

    periods: Mapping[str, Period] = field(
        default_factory=lambda: {
            "pictures": Period(days=YEAR), "biometrics": Period(days=180, base=DECIDED), "extracted": Period(days=5 * YEAR),
            "contact": Period(days=YEAR), "aml": Period(days=5 * YEAR), "decision": Period(days=5 * YEAR),
        }
    )  # fmt: skip
    abandoned_days: int = 30
    rejected_days: int = YEAR
    grace_days: int = 7
    version: int = 0

    @property
    def shortest(self) -> int:
        """Days before which nothing can be due."""
        return min(self.abandoned_days, self.rejected_days, *(each.days for each in self.periods.values()))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What counts about one session. `led_to_business`: its person has a session that was approved, signed or captured."""

    final: bool
    finished: bool
    good: bool
    ended_at: datetime
    """When the session itself came to its end: decided, finished, expired or withdrawn."""
    led_to_business: bool = False
    relationship_ended_at: datetime | None = None
    held: bool = False


@dataclass(frozen=True, kw_only=True)
class Due:
    """One class: from when it may be erased (None: no date yet), counted from what, and the sentence for the page."""

    key: str
    at: datetime | None
    base: str
    words: str


def base_of(facts: Facts) -> str:
    """What the periods of this session are counted from: its class's own base ("") only where business came of it."""
    if not facts.final:
        return OPEN
    if facts.good or facts.led_to_business:
        return ""
    return REJECTED if facts.finished else ABANDONED


def due(facts: Facts, policy: Retention) -> dict[str, Due]:
    """From when the policy erases each class; holds are not asked here, they stop the erasing itself."""
    whole = base_of(facts)
    if whole == OPEN:
        return {key: Due(key=key, at=None, base=OPEN, words="The session is still open.") for key in CLASSES}
    if whole:
        days = policy.abandoned_days if whole == ABANDONED else policy.rejected_days
        words = "never completed" if whole == ABANDONED else "rejected or failed, and no business came of it"
        at = facts.ended_at + timedelta(days=days)
        return {
            key: Due(key=key, at=at, base=whole, words=f"{period(days)} after the end: {words}.") for key in CLASSES
        }
    return {key: _of_class(key, policy.periods[key], facts) for key in CLASSES}


def next_due(facts: Facts, policy: Retention, gone: Collection[str] = ()) -> datetime | None:
    """From when the policy erases the first class that is not `gone`; None without a date. For many sessions: no words."""
    whole = base_of(facts)
    if whole == OPEN:
        return None
    if whole:
        return facts.ended_at + timedelta(days=policy.abandoned_days if whole == ABANDONED else policy.rejected_days)
    days = (_at(each, facts) for key, each in policy.periods.items() if key not in gone)
    return min((day for day in days if day is not None), default=None)


def _of_class(key: str, wanted: Period, facts: Facts) -> Due:
    at = _at(wanted, facts)
    if wanted.base == DECIDED:
        return Due(key=key, at=at, base=DECIDED, words=f"{period(wanted.days)} after the decision.")
    words = f"{period(wanted.days)} after the end of the relationship" + ("." if at else ", which has no end yet.")
    return Due(key=key, at=at, base=ENDED, words=words)


def _at(wanted: Period, facts: Facts) -> datetime | None:
    began = facts.ended_at if wanted.base == DECIDED else _relationship_end(facts)
    return began + timedelta(days=wanted.days) if began else None


def _relationship_end(facts: Facts) -> datetime | None:
    """A session that came after the noted end counts from itself."""
    return max(facts.relationship_ended_at, facts.ended_at) if facts.relationship_ended_at else None


def bound(facts: Facts, minimums: Mapping[str, int], now: datetime) -> dict[str, str]:
    """The classes that the law keeps from being erased now, each with the reason in words."""
    if base_of(facts):
        return {}
    end, found = _relationship_end(facts), {}
    for key, days in minimums.items():
        if days and end is None:
            found[key] = (
                f"May not be erased while the relationship lasts, and for {period(days)} after it (AML record keeping)."
            )
        elif days and end is not None and now < end + timedelta(days=days):
            found[key] = (
                f"May not be erased before {_day(end + timedelta(days=days))} (AML record keeping, {period(days)})."
            )
    return found


def faults(policy: Retention, minimums: Mapping[str, int]) -> dict[str, str]:
    """What is wrong with a policy, by class or name of the field; empty when nothing is."""
    found = {}
    for key, each in policy.periods.items():
        least = minimums.get(key, 0)
        if least and each.base != ENDED:
            found[key] = f"This class is kept for {period(least)} after the end of the relationship. Choose that base."
        elif each.days < max(least, 1):
            found[key] = f"The administrator’s minimum is {max(least, 1)} days ({period(max(least, 1))})."
    return found


def period(days: int) -> str:
    """`5 years`, `30 days`."""
    if days >= YEAR and days % YEAR == 0:
        return "1 year" if days == YEAR else f"{days // YEAR} years"
    return "1 day" if days == 1 else f"{days} days"


def _day(at: datetime) -> str:
    """The day on which nothing stands against it any more: never the one that is only partly over."""
    whole = at.replace(hour=0, minute=0, second=0, microsecond=0)
    last: date = (whole if whole == at else whole + timedelta(days=1)).date()
    return last.isoformat()
