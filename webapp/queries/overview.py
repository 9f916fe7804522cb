"""The overview's figures: what waits, what came in, what is wrong; each capped or read from an index made for it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, String, case, cast, func, select, type_coerce
from sqlmodel import Session

from webapp.models import Delivery, Erasure, Job, Link, VerificationSession
from webapp.queries import at_risk, gaps
from webapp.queries.counts import CAP
from webapp.queries.gaps import GapCounts

DAYS = 30
S: Any = VerificationSession  # to mypy, fields of a table are plain values; in a query they are columns
L: Any = Link
D: Any = Delivery
E: Any = Erasure
J: Any = Job


@dataclass(frozen=True)
class Day:
    """Results that came in on one day (UTC), and how many of them went to review."""

    day: date
    total: int
    review: int


@dataclass(frozen=True)
class Step:
    """One step from link to decision; `share` is its part of the first step, 0 to 1."""

    label: str
    value: int
    share: float


@dataclass(frozen=True)
class Figures:
    """The counts behind late, mine and the problems; at most 10,001 each. `next_deletion`: the next file's. `at_vendor`: erased
    here, and a copy is left at the vendor. `set_aside`: jobs that nobody does any more.
    """

    late: int
    mine: int
    creation_failed: int
    quarantined: int
    at_vendor: int
    set_aside: int
    evidence_at_risk: int
    next_deletion: datetime | None
    gaps: GapCounts


def has_links(db: Session) -> bool:
    """Whether anybody has made a link yet."""
    return db.execute(select(L.id).limit(1)).first() is not None


def figures(db: Session, now: datetime, user_id: int) -> Figures:
    """All counts in one query; `mine` is what that user holds. Failures older than 30 days are history, not problems."""
    recent = now - timedelta(days=DAYS)
    row = db.execute(
        select(
            *(_capped(_reviewed(word).where(S.due_at < now)) for word in ("pending", "in_review")),
            _capped(_reviewed("in_review").where(S.holder_id == user_id)),
            _capped(select(L.id).where(L.state == "create_failed", L.created_at >= recent)),
            _capped(select(D.id).where(D.state == "quarantined", D.received_at >= recent)),
            _capped(select(E.id).where(E.state == "partly")),
            _capped(select(J.id).where(J.failed_at.is_not(None))),
            *at_risk.count_columns(now),
            *gaps.count_columns(now),
        )
    ).one()
    late, late_held, mine, failed, quarantined, left, aside, risky, deletion, *missing = row
    return Figures(late + late_held, mine, failed, quarantined, left, aside, risky, deletion, GapCounts(*missing))


def trend(db: Session, now: datetime) -> list[Day]:
    """Results a day for 30 days, today last; days without any are there with 0."""
    first = _midnight(now) - timedelta(days=DAYS - 1)
    day = _day_of(db, S.finished_at)
    rows = db.execute(
        select(day, func.count(), func.count(case((S.review != "not_needed", 1))))
        .where(S.finished_at >= first)
        .group_by(day)
    )
    found = {date.fromisoformat(str(when)): (total, review) for when, total, review in rows}
    days = [(first + timedelta(days=place)).date() for place in range(DAYS)]
    return [Day(each, *found.get(each, (0, 0))) for each in days]


def funnel(db: Session, now: datetime) -> list[Step]:
    """From link to decision: the sessions of the last 30 days, and how far they came.

    A result without a click on our address came by way of the vendor's own; it counts as opened.
    """
    opened = func.count(func.coalesce(S.opened_at, S.received_at))
    row = db.execute(
        select(func.count(), opened, func.count(S.received_at), func.count(_decided())).where(
            S.created_at >= now - timedelta(days=DAYS)
        )
    ).one()
    labels = ("Links created", "Opened", "Result received", "Decided")
    return [Step(label, value, value / row[0] if row[0] else 0.0) for label, value in zip(labels, row, strict=True)]


def _reviewed(word: str) -> Select[Any]:
    return select(S.id).where(S.review == word)


def _decided() -> ColumnElement[Any]:
    return case((S.decision != "none", 1))


def _capped(rows: Select[Any]) -> ColumnElement[int]:
    return select(func.count()).select_from(rows.limit(CAP).subquery()).scalar_subquery()


def _midnight(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date(), time(), tzinfo=UTC)


def _day_of(db: Session, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    if db.get_bind().dialect.name == "sqlite":  # stored as "2026-11-21 14:31:00.000000", UTC
        return func.substr(type_coerce(moment, String), 1, 10)
    return cast(func.timezone("UTC", moment), Date)
