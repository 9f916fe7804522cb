"""What the policies say now: which options of links are forbidden, and who decided so; changing them is an action."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from webapp.checks.retention import CLASSES, Period, Retention
from webapp.models import Policy
from webapp.models.rights import ROLES
from webapp.providers.base import Options
from webapp.queries import option_words

FORBIDDEN_OPTIONS = "forbidden_options"
"""The key of the policy whose value is a list of the options that no new link may ask for."""
MAY_BE_FORBIDDEN = frozenset({"attributes"})
"""Options that a link does without as well as with: nothing is decided by them."""
_USUAL = Options()


@dataclass(frozen=True, kw_only=True)
class PolicyState:
    """A policy as it stands. `version` is 0, and nobody changed it, where nobody ever did."""

    names: frozenset[str] = frozenset()
    version: int = 0
    changed_at: datetime | None = None
    changed_by: str = ""


def forbidden(db: Session) -> PolicyState:
    """The options that no new link may ask for, by name (`names`). One query."""
    row = db.get(Policy, FORBIDDEN_OPTIONS)
    if row is None:
        return PolicyState()
    known = row.value if isinstance(row.value, list) else []
    return PolicyState(
        names=frozenset(name for name in MAY_BE_FORBIDDEN if name in known), version=row.version,
        changed_at=row.changed_at, changed_by=row.changed_by_name,
    )  # fmt: skip


def forbidden_options(db: Session) -> frozenset[str]:
    """Only their names."""
    return forbidden(db).names


def touched(options: Options) -> frozenset[str]:
    """The options that differ from the usual and may be forbidden."""
    return frozenset(name for name in MAY_BE_FORBIDDEN if getattr(options, name) != getattr(_USUAL, name))


def left_out(options: Options, names: Collection[str]) -> tuple[str, ...]:
    """Label and words of what is asked for among `names`, which are forbidden: a link is made without."""
    return tuple(f"{each.label}: {each.new}" for each in option_words.changes(_USUAL, options) if each.name in names)


SECOND_APPROVAL = "second_approval"
REMEMBER_DISMISSALS = "remember_dismissals"
SECOND_FACTOR = "second_factor"
REVIEW_HOURS = "review_hours"
RETENTION = "retention"
DECISIONS = {
    "approve_failed_check": "Approve although the face or the document check failed",
    "approve_with_match": "Approve although a list entry is the same person or cannot be told",
    "approve_failed": "Approve although the vendor failed the session",
    "reject_passed": "Reject although the vendor passed the session",
    "reopen": "Reopen a decided session",
}
"""Which decisions a second person may have to confirm, by key, in the words of the policy page."""
EXPORT_OVER_100 = "export_over_100"
POLICY_CHANGE = "policy_change"
MUST_BE_CONFIRMED = {
    **DECISIONS,
    EXPORT_OVER_100: "Export more than 100 sessions, or 100 rows of another list that names people",
    POLICY_CHANGE: "Change this policy or the routing rules",
}
"""All that a second person may have to confirm. The last two are in force where two people at least may do them (`eligible`)."""
RULES = "rules"
"""What a proposal has for a key that changes the routing rules, which are no policy and have versions of their own."""
LARGE_EXPORT = 100
"""A file of more rows, or packs, waits for a second person."""
_CONFIRMED_BY_DEFAULT = frozenset(
    {"approve_failed_check", "approve_with_match", "reopen", EXPORT_OVER_100, POLICY_CHANGE}
)


@dataclass(frozen=True, kw_only=True)
class SecondApproval:
    """Which actions need a second person, whether he sees the first decision (`blind`: no), and after how many hours what
    waits for him lapses. `version` 0: the default."""

    actions: frozenset[str] = _CONFIRMED_BY_DEFAULT
    blind: bool = False
    lapse_hours: int = 72
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class Remembering:
    """Whether a dismissal of a list entry may be remembered for a person, and for how many months at most (1 to 12)."""

    allowed: bool = False
    months: int = 12
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class ReviewHours:
    """Within how many hours a session of each priority should be decided."""

    high: int = 4
    normal: int = 24
    low: int = 72
    version: int = 0

    def of(self, priority: str) -> int:
        """Hours for a priority."""
        return int(getattr(self, priority, self.normal))


def _kept(db: Session, key: str) -> dict[str, Any]:
    row = db.get(Policy, key)
    return {**row.value, "version": row.version} if row is not None and isinstance(row.value, dict) else {}


def second_approval(db: Session) -> SecondApproval:
    """Which actions need a second person now. One query."""
    kept = _kept(db, SECOND_APPROVAL)
    return second_approval_of(kept, kept.get("version", 0))


def second_approval_of(value: Any, version: int) -> SecondApproval:
    """The same from the policy's row, for who has read it with something else; without a row the default."""
    kept = {**value, "version": version} if isinstance(value, dict) else {}
    if "actions" in kept:
        kept["actions"] = frozenset(kept["actions"]) & frozenset(MUST_BE_CONFIRMED)
    return SecondApproval(**kept)


def right_of(key: str) -> str:
    """Who may change a policy, or the rules, and so confirm what another would change."""
    return "manage_rules" if key == RULES else "manage_policy"


def remembering(db: Session) -> Remembering:
    """Whether dismissals may be remembered now. One query."""
    return Remembering(**_kept(db, REMEMBER_DISMISSALS))


def review_hours(db: Session) -> ReviewHours:
    """How long a review may take now. One query."""
    return ReviewHours(**_kept(db, REVIEW_HOURS))


def second_factor_roles(db: Session) -> frozenset[str]:
    """Roles whose holders must sign in with a second factor; by default none. One query."""
    return frozenset(_kept(db, SECOND_FACTOR).get("roles", ())) & frozenset(ROLES)


def retention(db: Session) -> Retention:
    """How long each class is kept now. One query."""
    return retention_of(_kept(db, RETENTION))


def retention_of(kept: dict[str, Any]) -> Retention:
    """The same from the policy's row, with its version; without a row the default."""
    if not kept:
        return Retention()
    return Retention(**{**kept, "periods": {key: Period(**kept["periods"][key]) for key in CLASSES}})
