"""What a reusable link brought: how many sessions of which outcome, and the sessions themselves, 50 a page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session

from webapp.models import Person, SessionResult, VerificationSession
from webapp.queries import restricted

S: Any = VerificationSession  # to mypy, fields of a table are plain values; in a query they are columns
P: Any = Person
R: Any = SessionResult

PAGE = 50
GOOD = ("passed", "signed")
OVER = ("expired", "revoked", "create_failed")
"""Captures after which no result is waited for."""


@dataclass(frozen=True, kw_only=True)
class LinkCounts:
    """Sessions by what came of them; `review` of them wait for a person, `outside` came past the cap or a pause."""

    sessions: int
    passed: int
    failed: int
    waiting: int
    review: int
    outside: int

    @property
    def inside(self) -> int:
        """How many count against the cap."""
        return self.sessions - self.outside

    @property
    def results(self) -> int:
        """How many have a result: what the pass rate is a part of."""
        return self.passed + self.failed

    @property
    def rate(self) -> int | None:
        """The pass rate in whole per cent; None while there is no result."""
        return round(100 * self.passed / self.results) if self.results else None


@dataclass(frozen=True, kw_only=True)
class LinkSession:
    """One session of a reusable link. `name` is the person's once identified, `read_name` the document's."""

    id: int
    version: int
    provider: str
    reference: str
    status: str
    outcome: str
    outcome_code: str
    outside_link: bool
    person_id: int | None
    name: str | None
    own_reference: str | None
    read_name: str | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def named(self) -> bool:
        """Whether the title is a person's name."""
        return bool(self.name or (self.read_name and not self.own_reference))

    @property
    def title(self) -> str:
        """What to call it: the person, else the name on the document, else the vendor's reference."""
        return self.name or self.own_reference or self.read_name or f"Session {self.reference or self.id}"


@dataclass(frozen=True, kw_only=True)
class LinkSessions:
    """Up to 50 rows, newest first; `newer` and `older` are the cursors of the pages beside it, None at the ends."""

    rows: tuple[LinkSession, ...]
    newer: int | None
    older: int | None


def counts(db: Session, link_id: int) -> LinkCounts:
    """All the figures of a link in one query over its sessions."""
    good = S.outcome.in_(GOOD)
    row = db.execute(
        select(
            func.count(),
            func.count().filter(good),
            func.count().filter(S.outcome != "none", ~good),
            func.count().filter(S.outcome == "none", S.capture.not_in(OVER)),
            func.count().filter(S.status == "needs_review"),
            func.count().filter(S.outside_link),
        ).where(S.link_id == link_id)
    ).one()
    return LinkCounts(**dict(zip(LinkCounts.__dataclass_fields__, row, strict=True)))


def page(db: Session, link_id: int, *, before: int | None = None, after: int | None = None) -> LinkSessions:
    """One page of a link's sessions: those older than session `before`, or newer than `after` (ids rise with time)."""
    query = _rows().where(S.link_id == link_id)
    if after is not None:
        query = query.where(S.id > after).order_by(S.id.asc())
    else:
        query = query.where(S.id < before) if before is not None else query
        query = query.order_by(S.id.desc())
    found = list(db.execute(query.limit(PAGE + 1)))
    more, found = len(found) > PAGE, found[:PAGE]
    if after is not None:
        found.reverse()
    rows = tuple(LinkSession(**row._mapping) for row in found)
    has_newer, has_older = (more, True) if after is not None else (before is not None, more)
    return LinkSessions(
        rows=rows, newer=rows[0].id if rows and has_newer else None, older=rows[-1].id if rows and has_older else None
    )


def _rows() -> Select[*tuple[Any, ...]]:
    columns = (S.id, S.version, S.provider, S.reference, S.status, S.outcome, S.outcome_code, S.outside_link,
               S.person_id, S.created_at, S.finished_at)  # fmt: skip
    return (
        select(
            *columns,
            restricted.name().label("name"),
            P.own_reference,
            restricted.marked(R.person["full_name"].as_string()).label("read_name"),
        )
        .outerjoin(P, P.id == S.person_id)
        .outerjoin(R, R.session_id == S.id)
    )
