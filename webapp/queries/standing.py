"""What a decision on a session would stand on: its outcome, what failed, how its list entries are settled."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from webapp.checks.deciding import Standing
from webapp.models import AmlMatch, Matter, VerificationSession


def of(db: Session, session: VerificationSession) -> Standing:
    """Read from what is stored. Two queries."""
    matters = db.exec(select(Matter.kind, Matter.severity).where(Matter.session_id == session.id)).all()
    verdicts = db.exec(select(AmlMatch.verdict).where(col(AmlMatch.session_id) == session.id)).all()
    return made_of(session.outcome, matters, verdicts)


def made_of(outcome: str, matters: Iterable[tuple[str, str]], verdicts: Iterable[str]) -> Standing:
    """The same from kind and severity of each matter and the verdict of each list entry."""
    found = list(verdicts)
    return Standing(
        outcome=outcome, failed=frozenset(kind for kind, severity in matters if severity == "bad"),
        open_hits=found.count("open"), real_hits=found.count("same") + found.count("unclear"),
    )  # fmt: skip
