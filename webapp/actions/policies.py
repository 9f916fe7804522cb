"""Changing a policy, and holding what is asked for against it; each change is in the audit log."""

from collections.abc import Collection

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.models import Policy
from webapp.models.columns import utc_now
from webapp.providers.base import Options
from webapp.queries.policies import FORBIDDEN_OPTIONS, MAY_BE_FORBIDDEN, forbidden_options, touched


class StalePolicy(Exception):
    """Somebody else changed the policy meanwhile."""


class PolicyForbids(Exception):
    """An option that no link may ask for: `option` is its name, the message is for the person."""

    def __init__(self, option: str) -> None:
        super().__init__(f"An administrator has forbidden links that ask for {option.replace('_', ' ')}.")
        self.option = option


def forbid_options(db: Session, *, by: Actor, names: Collection[str], version: int) -> int:
    """Name the options that no new link may ask for, all others being free; the policy's version from now on.

    `version` is what the change began with, 0 where there was none. What is so already changes nothing. Raises
    StalePolicy when the policy is another by now, ValueError for an option that cannot be forbidden.
    """
    wanted = sorted(set(names))
    if not MAY_BE_FORBIDDEN.issuperset(wanted):
        raise ValueError(f"cannot be forbidden: {wanted}")
    policy = db.get(Policy, FORBIDDEN_OPTIONS, with_for_update=True)
    now_forbidden = sorted(forbidden_options(db))
    if now_forbidden == wanted:
        return policy.version if policy else 0
    if version != (policy.version if policy else 0):
        raise StalePolicy
    kept = _saved(db, policy, wanted, by=by)
    record(
        db, by=by, action="policy.change", object_type="policy",
        before={"policy": FORBIDDEN_OPTIONS, "names": now_forbidden},
        after={"policy": FORBIDDEN_OPTIONS, "names": wanted, "version": kept.version},
    )  # fmt: skip
    return kept.version


def check(db: Session, options: Options) -> None:
    """Raises PolicyForbids when the options ask for something that no link may ask for."""
    asked = touched(options)
    lost = sorted(asked & forbidden_options(db)) if asked else []
    if lost:
        raise PolicyForbids(lost[0])


def _saved(db: Session, policy: Policy | None, value: list[str], *, by: Actor) -> Policy:
    kept = policy or Policy(key=FORBIDDEN_OPTIONS, version=0)
    kept.value, kept.version, kept.changed_at = value, kept.version + 1, utc_now()
    kept.changed_by_id, kept.changed_by_name = by.id, by.name
    db.add(kept)
    try:
        db.flush()
    except IntegrityError as error:  # two people made the first change at once: the other one was faster
        raise StalePolicy from error
    return kept
