"""Whether there are people enough for what the policy asks: who may propose or ask, and who else may confirm it."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from webapp.models import Policy, User
from webapp.models.rights import rights_of
from webapp.queries.policies import DECISIONS, EXPORT_OVER_100, POLICY_CHANGE, SECOND_APPROVAL, second_approval_of


@dataclass(frozen=True, kw_only=True)
class SecondPersons:
    """Users who can sign in, by number: who may decide, who may give the second approval, and who holds other rights for
    which one confirms what another asks."""

    proposers: frozenset[int]
    approvers: frozenset[int]
    exporters: frozenset[int] = frozenset()
    policy_makers: frozenset[int] = frozenset()

    @property
    def enough(self) -> bool:
        """Whether somebody could confirm what somebody else proposed."""
        return any(self.proposers - {approver} for approver in self.approvers)

    @property
    def only_one(self) -> bool:
        """Whether a single person confirms everything, so that nobody confirms what he proposes himself."""
        return len(self.approvers) == 1 and self.approvers <= self.proposers


_ACTIVE = select(col(User.id), col(User.role)).where(col(User.disabled_at).is_(None))
_WITH_POLICY = _ACTIVE.add_columns(col(Policy.value)).outerjoin(Policy, col(Policy.key) == SECOND_APPROVAL)


def second_persons(db: Session) -> SecondPersons:
    """Who could take part in a second approval now. One query: a team is no large table."""
    return _persons({row[0]: row[1] for row in db.execute(_ACTIVE)})


def missing(db: Session) -> SecondPersons | None:
    """Who there is, where the policy has decisions confirmed and there are not people enough; else None. One query."""
    rows = db.execute(_WITH_POLICY).all()
    if not rows or second_approval_of(rows[0][2], 0).actions.isdisjoint(DECISIONS):
        return None
    found = _persons({row[0]: row[1] for row in rows})
    return None if found.enough else found


def in_force(db: Session, key: str, right: str) -> bool:
    """Whether a second person confirms what is no decision: the policy asks for it, and two people at least hold the right.

    Who is alone waits for nobody: a console with one person can be set up, and shuts nobody out. One query.
    """
    rows = db.execute(_WITH_POLICY).all()
    if not rows or key not in second_approval_of(rows[0][2], 0).actions:
        return False
    return sum(right in rights_of(row[1]) for row in rows) > 1


def large_exports(db: Session) -> bool:
    """Whether files of more than 100 rows wait for a second person now. One query."""
    return in_force(db, EXPORT_OVER_100, "export")


def policy_changes(db: Session, right: str) -> bool:
    """Whether changes of what this right is about (`policies.right_of`) wait for a second person now. One query."""
    return in_force(db, POLICY_CHANGE, right)


def holds(db: Session, user_id: int | None, right: str) -> bool:
    """Whether this user can sign in and has the right now. One query."""
    user = db.get(User, user_id) if user_id else None
    return user is not None and user.disabled_at is None and right in rights_of(user.role)


def _persons(roles: dict[int, str]) -> SecondPersons:
    rights = {number: rights_of(role) for number, role in roles.items()}

    def who(right: str) -> frozenset[int]:
        return frozenset(number for number, held in rights.items() if right in held)

    return SecondPersons(
        proposers=who("decide"), approvers=who("approve_second"), exporters=who("export"),
        policy_makers=who("manage_policy"),
    )  # fmt: skip
