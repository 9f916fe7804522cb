"""What every page shows: how much needs review or a second person, which files came to be; cheap, capped, read once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, func, select
from sqlmodel import Session

from webapp.models import Decision, Export, PolicyProposal, VerificationSession
from webapp.models.columns import table_of
from webapp.queries import file_news
from webapp.queries.file_news import FileNews
from webapp.queries.policies import RULES

SESSIONS, DECISIONS = table_of(VerificationSession), table_of(Decision)
S, D, E, C = SESSIONS.c, DECISIONS.c, table_of(Export).c, table_of(PolicyProposal).c

CAP = 10_001
"""Counting stops here: "10,000+" is all that anybody needs to know, and costs the same at ten million rows."""

LAST_CHANGE = "SELECT seq FROM sqlite_sequence WHERE name = 'live_event'"

_PENDING = S.status == "needs_review"
_SINCE = func.coalesce(S.finished_at, S.received_at, S.created_at, type_=S.created_at.type)
_PROPOSED = (
    select(func.coalesce(D.actor_id, 0).label("proposer"))
    .select_from(SESSIONS)
    .outerjoin(DECISIONS, D.id == S.proposal_id)
    .where(S.review == "awaiting_second")
    .limit(CAP)
    .subquery()
)


def _counted(*which: Any) -> Any:
    return select(func.count()).select_from(select(S.id).where(*which).limit(CAP).subquery()).scalar_subquery()


def _asked(person: Any, *which: Any) -> Any:
    return select(person.label("person")).where(*which).limit(CAP).subquery().c.person


def _who(person: Any) -> Any:
    """The numbers of these people, with a space between."""
    return select(func.aggregate_strings(cast(person, Text), " ")).scalar_subquery()


_WAITING = select(
    _counted(S.review == "pending"),
    _counted(S.review == "in_review"),
    _who(_PROPOSED.c.proposer),
    file_news.EVERYBODYS,
    _who(_asked(func.coalesce(E.requested_by_id, 0), E.state == "waiting")),
    _who(_asked(C.proposed_by_id, C.state == "waiting", C.key != RULES)),
    _who(_asked(C.proposed_by_id, C.state == "waiting", C.key == RULES)),
)
_WITH_NEEDING = _WAITING.add_columns(
    _counted(_PENDING), select(_SINCE).where(_PENDING).order_by(S.created_at, S.id).limit(1).scalar_subquery()
)


@dataclass(frozen=True)
class Waiting:
    """What waits for people.

    `pending` and `in_review` make up the queue. `proposers`: who proposed each decision that waits for a second person, so
    that everybody is told of those he may confirm, and all are told from one count. `files`: the same of what came of files.
    `exports`, `policy`, `rules`: who asked for what waits there for a second person. `needing`: how many sessions need review,
    and `since` when the oldest of them has its result; None where only the other figures were asked for. Each number is
    10,001 at most.
    """

    pending: int = 0
    in_review: int = 0
    proposers: str | None = None
    files: str | None = None
    exports: str | None = None
    policy: str | None = None
    rules: str | None = None
    needing: int | None = None
    since: datetime | None = None

    @property
    def to_review(self) -> int:
        """How long the queue is."""
        return min(self.pending + self.in_review, CAP)

    def to_confirm(self, user_id: int, what: str = "proposers") -> int:
        """How many decisions, or what else is named, wait that this person did not ask for."""
        return sum(int(each) != user_id for each in (getattr(self, what) or "").split())


def waiting(db: Session, *, needing: bool = False) -> Waiting:
    """What waits; kept for the request, and with SQLite until a change is announced. `needing`: with what the list tells."""
    found: Waiting | None = db.info.get("waiting")
    if found is None or (needing and found.needing is None):
        found = db.info["waiting"] = _unless_changed(db.connection(), needing=needing)
    return found


def _unless_changed(connection: Connection, *, needing: bool) -> Waiting:
    query = _WITH_NEEDING if needing else _WAITING
    if connection.dialect.name != "sqlite":
        return Waiting(*connection.execute(query).one())
    # It rises with every announcement (`models/changes.py`), and nothing that is counted here changes without one: a view that
    # goes on record must not have all of it counted again. Tests count again each time, and hold it against what was kept.
    version = connection.connection.cursor().execute(LAST_CHANGE).fetchone()
    counted, found = connection.info.get("waiting", (None, None))
    if found is None or counted != version or (needing and found.needing is None):
        found = Waiting(*connection.execute(query).one())
        connection.info["waiting"] = version, found
    kept: Waiting = found
    return kept


def sidebar_counts(db: Session, user_id: int) -> dict[str, str]:
    """The sidebar's figures in words, by the name that `navigation` gives them; empty where nothing waits."""
    found = waiting(db)
    figures = {
        "review": found.to_review, "second": found.to_confirm(user_id),
        "files": sum(each.state == "ready" for each in files(db, user_id)) + found.to_confirm(user_id, "exports"),
        "policy": found.to_confirm(user_id, "policy"), "rules": found.to_confirm(user_id, "rules"),
    }  # fmt: skip
    return {name: capped(number) if number else "" for name, number in figures.items()}


def files(db: Session, user_id: int) -> tuple[FileNews, ...]:
    """What came of the files that this person asked for, the oldest first."""
    return file_news.of(waiting(db).files, user_id)


def seen_of(figures: dict[str, str], news: tuple[FileNews, ...]) -> str:
    """Differs when what a page shows of these would."""
    return ".".join([*figures.values(), *(each.key for each in news)])


def capped(number: int, cap: int = CAP) -> str:
    """`1,234`, or `10,000+` where counting stopped."""
    return f"{number:,}" if number < cap else f"{cap - 1:,}+"
