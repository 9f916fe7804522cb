"""Figures that every page shows: how much needs review; cheap, capped, and read once a request."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlmodel import Session

from webapp.models import VerificationSession
from webapp.models.columns import table_of

S = table_of(VerificationSession).c

CAP = 10_001
"""Counting stops here: "10,000+" is all that anybody needs to know, and costs the same at ten million rows."""


_PENDING = S.status == "needs_review"
_SINCE = func.coalesce(S.finished_at, S.received_at, S.created_at, type_=S.created_at.type)
_WAITING = select(
    select(func.count()).select_from(select(S.id).where(_PENDING).limit(CAP).subquery()).scalar_subquery(),
    select(_SINCE).where(_PENDING).order_by(S.created_at, S.id).limit(1).scalar_subquery(),
)


@dataclass(frozen=True)
class Waiting:
    """How many sessions need review (at most 10,001) and since when the oldest of them has its result."""

    count: int
    since: datetime | None


def waiting(db: Session) -> Waiting:
    """What needs review, from one index; kept for the request, and by SQLite until anything at all is written."""
    if "waiting" not in db.info:
        db.info["waiting"] = _unless_changed(db.connection())
    found: Waiting = db.info["waiting"]
    return found


def _unless_changed(connection: Connection) -> Waiting:
    if connection.dialect.name != "sqlite":
        return Waiting(*connection.execute(_WAITING).one())
    # It changes with every commit of another connection, and this one never writes: what it counted before still holds.
    version = connection.connection.cursor().execute("PRAGMA data_version").fetchone()  # a number, read in memory
    counted, found = connection.info.get("waiting", (None, None))
    if found is None or counted != version:
        found = Waiting(*connection.execute(_WAITING).one())
        connection.info["waiting"] = version, found
    kept: Waiting = found
    return kept


def sidebar_counts(db: Session) -> dict[str, str]:
    """The sidebar's figures in words, by the name that `navigation` gives them; empty where nothing waits."""
    count = waiting(db).count
    return {"needs_review": capped(count) if count else ""}


def capped(number: int, cap: int = CAP) -> str:
    """`1,234`, or `10,000+` where counting stopped."""
    return f"{number:,}" if number < cap else f"{cap - 1:,}+"
