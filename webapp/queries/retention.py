"""What is kept and for how long: facts of a session for the rules, holds, erasures that are due or done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from webapp.checks.retention import Due, Facts, bound, due
from webapp.models import Erasure, Job, LegalHold, Person, VerificationSession
from webapp.models.words import FINAL_STATUSES
from webapp.queries import policies

GOOD = ("approved", "signed", "captured")
UNFINISHED = ("none", "abandoned", "timed_out")
OPEN_STATES = ("due", "proposed", "running")
PAGE_SIZE = 50
ERASE_COPY = "erase_copy"
"""The kind of job that has a vendor delete its copy of what is erased."""
ON_HOLD = "a legal hold stands against it"
"""What such a job says of itself while it may not ask."""
LEGAL_CLASSES = ("extracted", "aml", "decision")


def minimums(days: int) -> dict[str, int]:
    """The administrator's minimum of days after the end of a relationship, for the classes that the law is about."""
    return dict.fromkeys(LEGAL_CLASSES, days) if days else {}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One session as the rules see it, and what may be done about it."""

    session: VerificationSession
    person: Person | None
    facts: Facts
    due: dict[str, Due]
    bound: dict[str, str]
    holds: Sequence[LegalHold]
    erasures: Sequence[Erasure]

    @property
    def left(self) -> tuple[str, ...]:
        """The classes that are still there."""
        gone = self.session.erased_classes
        return () if self.session.erased else tuple(key for key in self.due if key not in gone)

    @property
    def free(self) -> tuple[str, ...]:
        """The classes that may be erased on request now: there, not bound by law, in no other erasure."""
        taken = {key for each in self.erasures if each.state in OPEN_STATES for key in each.classes}
        return tuple(key for key in self.left if key not in self.bound and key not in taken)


def standing(db: Session, session_id: int, *, minimum_days: int, now: datetime) -> Standing | None:
    """One session; None for an unknown number. Six queries."""
    session = db.get(VerificationSession, session_id)
    if session is None:
        return None
    facts = facts_of(db, session)
    erasures = db.exec(select(Erasure).where(Erasure.session_id == session_id).order_by(col(Erasure.id).desc())).all()
    return Standing(
        session=session, person=db.get(Person, session.person_id) if session.person_id else None, facts=facts,
        due=due(facts, policies.retention(db)), bound=bound(facts, minimums(minimum_days), now),
        holds=holds_on(db, session), erasures=erasures,
    )  # fmt: skip


def facts_of(db: Session, session: VerificationSession) -> Facts:
    """What the rules ask about it."""
    person = db.get(Person, session.person_id) if session.person_id else None
    return facts_from(
        session, led=session.status in GOOD or (person is not None and _has_good(db, person.id or 0)),
        relationship_ended_at=person.relationship_ended_at if person else None, held=bool(holds_on(db, session)),
    )  # fmt: skip


def facts_from(session: Any, *, led: bool, relationship_ended_at: datetime | None, held: bool) -> Facts:
    """The same from a session, or a row with its columns, and what is known beside it."""
    return Facts(
        final=session.status in FINAL_STATUSES, good=session.status in GOOD,
        finished=session.outcome not in UNFINISHED or session.decision != "none",
        ended_at=session.decided_at or session.finished_at or session.changed_at,
        led_to_business=led, relationship_ended_at=relationship_ended_at, held=held,
    )  # fmt: skip


def is_good() -> ColumnElement[bool]:
    """Whether business came of a session; an erased one keeps its decision and outcome, so that it goes on to count."""
    return or_(VerificationSession.decision == "approved", col(VerificationSession.outcome).in_(("signed", "captured")))


def _has_good(db: Session, person_id: int) -> bool:
    query = select(VerificationSession.id).where(VerificationSession.person_id == person_id, is_good())
    return db.exec(query.limit(1)).first() is not None


def holds_on(db: Session, session: VerificationSession) -> Sequence[LegalHold]:
    """Holds in force on this session or on its person."""
    subject = [LegalHold.session_id == session.id]
    if session.person_id is not None:
        subject.append(LegalHold.person_id == session.person_id)
    return db.exec(
        select(LegalHold).where(or_(*subject), col(LegalHold.released_at).is_(None)).order_by(col(LegalHold.id))
    ).all()


def holds(db: Session) -> Sequence[LegalHold]:
    """Holds in force, newest first."""
    query = select(LegalHold).where(col(LegalHold.released_at).is_(None)).order_by(col(LegalHold.id).desc())
    return db.exec(query.limit(PAGE_SIZE)).all()


def waiting(db: Session) -> Sequence[Erasure]:
    """Erasures that wait for a person, for their day or for the vendor, the next first."""
    query = select(Erasure).where(col(Erasure.state).in_((*OPEN_STATES, "partly")))
    return db.exec(query.order_by(col(Erasure.due_at), col(Erasure.id)).limit(PAGE_SIZE)).all()


def questions(db: Session, erasure_ids: Collection[int | None]) -> dict[int, Job]:
    """The jobs that have a vendor delete the copies of these erasures, under their numbers; one set aside only if alone."""
    query = select(Job).where(Job.kind == ERASE_COPY, col(Job.subject_id).in_(erasure_ids))
    return {job.subject_id: job for job in db.exec(query.order_by(col(Job.failed_at).is_(None), col(Job.id)))}


def past(db: Session, before: int | None = None) -> Sequence[Erasure]:
    """Erasures that are over, newest first; `before` is the number of the last one seen."""
    query = select(Erasure).where(col(Erasure.state).in_(("done", "refused", "withdrawn")))
    if before is not None:
        query = query.where(col(Erasure.id) < before)
    return db.exec(query.order_by(col(Erasure.id).desc()).limit(PAGE_SIZE + 1)).all()


def at_vendor(db: Session) -> int:
    """How many erased sessions still have a copy at the vendor (at most 1,000 are counted)."""
    return len(db.exec(select(Erasure.id).where(Erasure.state == "partly").limit(1000)).all())


def vendors_words(db: Session) -> tuple[int, str]:
    """How many copies a vendor refused to delete or could not be asked about, and what was said of the newest of them."""
    query = select(Erasure.error).where(Erasure.state == "partly", Erasure.error != "").order_by(col(Erasure.id).desc())
    said = db.exec(query.limit(1000)).all()
    return len(said), said[0] if said else ""


def is_restricted(db: Session, session_id: int) -> bool:
    """Whether the session's person is restricted. One query."""
    query = select(Person.restricted_at).join(VerificationSession, col(VerificationSession.person_id) == col(Person.id))
    return db.exec(query.where(VerificationSession.id == session_id)).first() is not None


def erased(db: Session, session_id: int) -> Sequence[Erasure]:
    """The erasures of a session that were carried out, newest first."""
    query = select(Erasure).where(Erasure.session_id == session_id, col(Erasure.state).in_(("done", "partly")))
    return db.exec(query.order_by(col(Erasure.id).desc())).all()
