"""What the policies say now: which options of links are forbidden, and who decided so; changing them is an action."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from webapp.models import Policy
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
