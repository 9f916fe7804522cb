"""Every policy as it stands, read at once, in words: for the page that shows and changes them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, select

from webapp.checks.retention import Retention, period
from webapp.models import Policy
from webapp.models.rights import ROLE_WORDS, ROLES
from webapp.models.words import RETENTION_CLASS_WORDS as CLASS_WORDS
from webapp.queries.policies import (
    FORBIDDEN_OPTIONS,
    MAY_BE_FORBIDDEN,
    MUST_BE_CONFIRMED,
    REMEMBER_DISMISSALS,
    RETENTION,
    REVIEW_HOURS,
    SECOND_APPROVAL,
    SECOND_FACTOR,
    Remembering,
    ReviewHours,
    SecondApproval,
    retention_of,
    second_approval_of,
)


@dataclass(frozen=True, kw_only=True)
class Changed:
    """Which version of a policy stands, and who made it when; version 0 nobody did."""

    version: int = 0
    changed_at: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Policies:
    """All of them; `changed` by their keys."""

    forbidden: frozenset[str] = frozenset()
    second: SecondApproval
    remembering: Remembering
    hours: ReviewHours
    retention: Retention
    factor_roles: frozenset[str] = frozenset()
    changed: dict[str, Changed] = field(default_factory=dict)

    def of(self, key: str) -> Changed:
        """Who changed this one last."""
        return self.changed.get(key, Changed())

    def said(self, key: str) -> str:
        """What a policy says now, in a sentence."""
        return {
            FORBIDDEN_OPTIONS: self._forbidden, SECOND_APPROVAL: self._second, REMEMBER_DISMISSALS: self._remembering,
            REVIEW_HOURS: self._hours, SECOND_FACTOR: self._factor, RETENTION: self._retention,
        }[key]()  # fmt: skip

    def _forbidden(self) -> str:
        return f"attributes of the face are {'forbidden' if self.forbidden else 'allowed'}."

    def _second(self) -> str:
        asked = [
            words[:1].lower() + words[1:] for key, words in MUST_BE_CONFIRMED.items() if key in self.second.actions
        ]
        if not asked:
            return "one person decides everything."
        hidden = ", who does not see the first decision," if self.second.blind else ""
        return f"a second person{hidden} confirms: {'; '.join(asked)}. A proposal lapses after {self.second.lapse_hours} h."

    def _remembering(self) -> str:
        if not self.remembering.allowed:
            return "no dismissal is remembered."
        months = self.remembering.months
        return f"a dismissal may be remembered for {'1 month' if months == 1 else f'{months} months'} at most."

    def _hours(self) -> str:
        hours = self.hours
        return f"high priority within {hours.high} h, normal within {hours.normal} h, low within {hours.low} h."

    def _factor(self) -> str:
        roles = [ROLE_WORDS[role] for role in ROLES if role in self.factor_roles]
        return f"a second factor is needed by: {', '.join(roles)}." if roles else "nobody has to give a second factor."

    def _retention(self) -> str:
        kept = [f"{CLASS_WORDS[key].lower()} {period(each.days)}" for key, each in self.retention.periods.items()]
        return f"kept are: {', '.join(kept)}; of what was never completed everything {period(self.retention.abandoned_days)}."


def current(db: Session) -> Policies:
    """All policies. One query."""
    rows = {row.key: row for row in db.exec(select(Policy))}
    kept = {key: {**row.value, "version": row.version} for key, row in rows.items() if isinstance(row.value, dict)}
    listed = rows[FORBIDDEN_OPTIONS].value if FORBIDDEN_OPTIONS in rows else []
    second = kept.get(SECOND_APPROVAL)
    return Policies(
        forbidden=_known(MAY_BE_FORBIDDEN, listed), second=second_approval_of(second, second["version"] if second else 0),
        remembering=Remembering(**kept.get(REMEMBER_DISMISSALS, {})), hours=ReviewHours(**kept.get(REVIEW_HOURS, {})),
        retention=retention_of(kept.get(RETENTION, {})),
        factor_roles=_known(ROLES, kept.get(SECOND_FACTOR, {}).get("roles")),
        changed={
            key: Changed(version=row.version, changed_at=row.changed_at, changed_by=row.changed_by_name)
            for key, row in rows.items()
        },
    )  # fmt: skip


def _known(names: Iterable[str], stored: object) -> frozenset[str]:
    """Those that we know of a stored list; none from what is no list."""
    return frozenset(name for name in names if isinstance(stored, list) and name in stored)
