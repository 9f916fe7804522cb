"""Whether there are people enough for what the policy asks: who may propose a decision, and who may confirm it."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from webapp.models import User
from webapp.models.rights import rights_of


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


def second_persons(db: Session) -> SecondPersons:
    """Who could take part in a second approval now. One query: a team is no large table."""
    rows = db.execute(select(col(User.id), col(User.role)).where(col(User.disabled_at).is_(None))).all()
    rights = {number: rights_of(role) for number, role in rows}
    return SecondPersons(
        proposers=frozenset(number for number, held in rights.items() if "decide" in held),
        approvers=frozenset(number for number, held in rights.items() if "approve_second" in held),
    )
