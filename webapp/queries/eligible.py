"""Whether there are people enough for what the policy asks: who may propose a decision, and who may confirm it."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from webapp.models import Policy, User
from webapp.models.rights import rights_of
from webapp.queries.policies import SECOND_APPROVAL, second_approval_of


@dataclass(frozen=True, kw_only=True)
class SecondPersons:
    """Users who can sign in, by number: who may decide, and who may give the second approval."""

    proposers: frozenset[int]
    approvers: frozenset[int]

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
    """Who there is, where the policy asks for a second person and there are not enough; else None. One query."""
    rows = db.execute(_WITH_POLICY).all()
    if not rows or not second_approval_of(rows[0][2], 0).actions:
        return None
    found = _persons({row[0]: row[1] for row in rows})
    return None if found.enough else found


def _persons(roles: dict[int, str]) -> SecondPersons:
    rights = {number: rights_of(role) for number, role in roles.items()}
    return SecondPersons(
        proposers=frozenset(number for number, held in rights.items() if "decide" in held),
        approvers=frozenset(number for number, held in rights.items() if "approve_second" in held),
    )
