"""Figures that every page shows: how much needs review; cheap, capped, and read once a request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from webapp.models import VerificationSession

S: Any = VerificationSession  # to mypy, fields of a table are plain values; in a query they are columns

CAP = 10_001
"""Counting stops here: "10,000+" is all that anybody needs to know, and costs the same at ten million rows."""


@dataclass(frozen=True)
class Waiting:
    """How many sessions need review (at most 10,001) and since when the oldest of them has its result."""

    count: int
    since: datetime | None


def waiting(db: Session) -> Waiting:
    """What needs review, from one index; kept for the request."""
    if "waiting" not in db.info:
        pending = S.status == "needs_review"
        capped = select(S.id).where(pending).limit(CAP).subquery()
        since = func.coalesce(S.finished_at, S.received_at, S.created_at, type_=S.created_at.type)
        oldest = select(since).where(pending).order_by(S.created_at, S.id).limit(1)
        number = select(func.count()).select_from(capped).scalar_subquery()
        row = db.execute(select(number, oldest.scalar_subquery())).one()
        db.info["waiting"] = Waiting(*row)
    found: Waiting = db.info["waiting"]
    return found


def sidebar_counts(db: Session) -> dict[str, str]:
    """The sidebar's figures in words, by the name that `navigation` gives them; empty where nothing waits."""
    count = waiting(db).count
    return {"needs_review": capped(count) if count else ""}


def capped(number: int, cap: int = CAP) -> str:
    """`1,234`, or `10,000+` where counting stopped."""
    return f"{number:,}" if number < cap else f"{cap - 1:,}+"
