"""Changes that wait for a second person, as tests look at them."""

from sqlmodel import col, select

from tests.support.factory import Make
from webapp.actions.actor import Actor
from webapp.models import AuditEvent, PolicyProposal, User

PAGE, RULES = "/settings/policy", "/settings/rules"
WHY = "Fewer repeats in the queue"
NOTE = "Not before the audit is over."


def proposals(make: Make) -> list[PolicyProposal]:
    with make.database.reading() as db:
        return list(db.exec(select(PolicyProposal).order_by(col(PolicyProposal.id))))


def only(make: Make) -> PolicyProposal:
    (found,) = proposals(make)
    return found


def told(make: Make, action: str) -> list[AuditEvent]:
    with make.database.reading() as db:
        return list(db.exec(select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.seq))))


def by(user: User) -> Actor:
    return Actor(kind="person", id=user.id, name=user.name, role=user.role)


def path(make: Make, step: str, page: str = PAGE) -> str:
    return f"{page}/proposals/{proposals(make)[-1].id}/{step}"
