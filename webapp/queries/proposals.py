"""Changes of the policy and of the rules that wait for a second person, and the last that were answered."""

from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from webapp.models import PolicyProposal
from webapp.queries.policies import RULES

PAST = 5


@dataclass(frozen=True, kw_only=True)
class Proposals:
    """What waits, oldest first, and what came of the last ones, newest first."""

    waiting: tuple[PolicyProposal, ...] = ()
    past: tuple[PolicyProposal, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """The policies about which something waits."""
        return frozenset(each.key for each in self.waiting)


def about(db: Session, *, rules: bool) -> Proposals:
    """Those about the rules, or those about any policy. One query."""
    which = PolicyProposal.key == RULES if rules else PolicyProposal.key != RULES
    over = select(PolicyProposal.id).where(which, PolicyProposal.state != "waiting")
    last = over.order_by(col(PolicyProposal.id).desc()).limit(PAST)
    query = select(PolicyProposal).where(
        which, or_(PolicyProposal.state == "waiting", col(PolicyProposal.id).in_(last))
    )
    found = db.exec(query.order_by(col(PolicyProposal.id))).all()
    return Proposals(
        waiting=tuple(each for each in found if each.state == "waiting"),
        past=tuple(each for each in reversed(found) if each.state != "waiting"),
    )
