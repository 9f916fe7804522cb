"""Changing a policy, and holding what is asked for against it; each change is in the audit log.

Where two people may change policies, a change is kept as a proposal instead, which `policy_answers` makes by the same actions.
Each returns the policy's version from now on, or the proposal that waits.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.policy_proposals import ALONE, Second, is_held, overtaken, propose, waiting_for
from webapp.checks.retention import LONGEST, Retention, faults
from webapp.models import Policy, PolicyProposal, User
from webapp.models.columns import utc_now
from webapp.models.rights import ROLES, roles_of
from webapp.providers.base import Options
from webapp.queries import eligible
from webapp.queries.policies import (
    DECISIONS,
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
    forbidden_options,
    remembering,
    retention,
    review_hours,
    second_approval,
    second_factor_roles,
    touched,
)

Saved = int | PolicyProposal
MOST_HOURS = 720
MOST_MONTHS = 12
MOST_GRACE = 90


class StalePolicy(Exception):
    """Somebody else changed the policy meanwhile."""


class PolicyForbids(Exception):
    """An option that no link may ask for: `option` is its name, the message is for the person."""

    def __init__(self, option: str) -> None:
        super().__init__(f"An administrator has forbidden links that ask for {option.replace('_', ' ')}.")
        self.option = option


class TooFewPeople(Exception):
    """Nobody could give the second approval that the policy would ask for."""


class TooShort(Exception):
    """Periods that are no longer than what the administrator allows; `faults` says why, by class."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


class LocksOut(Exception):
    """Who asks for a second factor has none himself yet, and could do nothing any more."""


def forbid_options(db: Session, *, by: Actor, names: Collection[str], version: int, second: Second = ALONE) -> Saved:
    """Name the options that no new link may ask for, all others being free.

    `version` is what the change began with, 0 where there was none; so for every policy here. What is so already changes
    nothing. Raises StalePolicy when the policy is another by now, Waits and NoReason where a second person confirms
    changes, ValueError for an option that cannot be forbidden.
    """
    wanted = sorted(set(names))
    if not MAY_BE_FORBIDDEN.issuperset(wanted):
        raise ValueError(f"cannot be forbidden: {wanted}")
    now = {"names": sorted(forbidden_options(db))}
    value = {"names": wanted}
    return _save(db, by=by, key=FORBIDDEN_OPTIONS, value=wanted, now=now, wanted=value, version=version, second=second)


def require_second(db: Session, *, by: Actor, wanted: SecondApproval, version: int, second: Second = ALONE) -> Saved:
    """Say which decisions a second person confirms. Raises StalePolicy, ValueError, and TooFewPeople."""
    if not frozenset(MUST_BE_CONFIRMED) >= wanted.actions or not 1 <= wanted.lapse_hours <= MOST_HOURS:
        raise ValueError("no such action or time")
    if not wanted.actions.isdisjoint(DECISIONS) and not eligible.second_persons(db).enough:
        raise TooFewPeople
    return _save_as_kept(
        db, by=by, key=SECOND_APPROVAL, now=second_approval(db), wanted=wanted, version=version, second=second
    )


def remember_dismissals(db: Session, *, by: Actor, wanted: Remembering, version: int, second: Second = ALONE) -> Saved:
    """Say whether and how long dismissals of list entries may be remembered. Raises StalePolicy and ValueError."""
    if not 1 <= wanted.months <= MOST_MONTHS:
        raise ValueError("no such time")
    return _save_as_kept(
        db, by=by, key=REMEMBER_DISMISSALS, now=remembering(db), wanted=wanted, version=version, second=second
    )


def set_review_hours(db: Session, *, by: Actor, wanted: ReviewHours, version: int, second: Second = ALONE) -> Saved:
    """Say within how many hours sessions are to be decided; those that wait already keep their time.

    Raises StalePolicy, and ValueError for hours that are none or do not rise from high to low.
    """
    if not 1 <= wanted.high <= wanted.normal <= wanted.low <= MOST_HOURS:
        raise ValueError("no such time")
    return _save_as_kept(
        db, by=by, key=REVIEW_HOURS, now=review_hours(db), wanted=wanted, version=version, second=second
    )


def require_second_factor(
    db: Session, *, by: Actor, roles: Collection[str], version: int, second: Second = ALONE
) -> Saved:
    """Say whose holders sign in with a second factor. Raises StalePolicy, ValueError, and LocksOut."""
    if not set(roles) <= set(ROLES):
        raise ValueError("no such role")
    now, wanted = ([each for each in ROLES if each in some] for some in (second_factor_roles(db), roles))
    user = db.get(User, by.id) if by.id else None
    if user and set(roles_of(user.role)) & set(wanted) and user.totp_confirmed_at is None:
        raise LocksOut
    value = {"roles": wanted}
    return _save(
        db, by=by, key=SECOND_FACTOR, value=value, now={"roles": now}, wanted=value, version=version, second=second
    )


def set_retention(
    db: Session, *, by: Actor, wanted: Retention, version: int, minimums: Mapping[str, int],
    second: Second = ALONE,
) -> Saved:  # fmt: skip
    """Say how long each class is kept. Raises StalePolicy, and TooShort for what is under the administrator's minimum."""
    wrong = faults(wanted, minimums)
    days = (wanted.abandoned_days, wanted.rejected_days, *(each.days for each in wanted.periods.values()))
    if wrong:
        raise TooShort(wrong)
    if not all(1 <= each <= LONGEST for each in days) or not 0 <= wanted.grace_days <= MOST_GRACE:
        raise ValueError("no such time")
    return _save_as_kept(db, by=by, key=RETENTION, now=retention(db), wanted=wanted, version=version, second=second)


def check(db: Session, options: Options) -> None:
    """Raises PolicyForbids when the options ask for something that no link may ask for."""
    asked = touched(options)
    lost = sorted(asked & forbidden_options(db)) if asked else []
    if lost:
        raise PolicyForbids(lost[0])


def _save_as_kept(
    db: Session, *, by: Actor, key: str, now: Any, wanted: Any, version: int, second: Second
) -> Saved:  # fmt: skip
    value = _plain(wanted)
    return _save(db, by=by, key=key, value=value, now=_plain(now), wanted=value, version=version, second=second)


def _plain(policy: Any) -> dict[str, Any]:
    """A policy as its row keeps it: without the version, which is a column."""
    value = {name: each for name, each in asdict(policy).items() if name != "version"}
    if isinstance(policy, SecondApproval):
        value["actions"] = [each for each in MUST_BE_CONFIRMED if each in policy.actions]
    return value


def _save(
    db: Session, *, by: Actor, key: str, value: Any, now: dict[str, Any], wanted: dict[str, Any], version: int,
    second: Second,
) -> Saved:  # fmt: skip
    """Every policy is saved here, or proposed: compared with what holds now, held against its version, and put on the record."""
    waits = waiting_for(db, key)
    policy = db.get(Policy, key, with_for_update=True)
    stands = policy.version if policy else 0
    if now == wanted:
        return stands
    if version != stands:
        raise StalePolicy
    if is_held(db, by=by, key=key, second=second):
        return propose(
            db, by=by, key=key, value=value, version=version, why=second.why, before=now, after=wanted, waits=waits
        )
    overtaken(db, waits)
    kept, who = policy or Policy(key=key, version=0), second.changed_by(by)
    kept.value, kept.version, kept.changed_at = value, stands + 1, utc_now()
    kept.changed_by_id, kept.changed_by_name = who["id"], who["name"]
    db.add(kept)
    try:
        db.flush()
    except IntegrityError as error:  # two people made the first change at once: the other one was faster
        raise StalePolicy from error
    record(
        db, by=by, action="policy.change", object_type="policy", before={"policy": key, **now},
        after={"policy": key, **wanted, "version": kept.version, **second.on_record},
    )  # fmt: skip
    return kept.version
