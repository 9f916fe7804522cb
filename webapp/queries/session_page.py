"""Everything the session page shows, read in a fixed number of queries, judged by the pure rules; no writing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, func, or_
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from webapp.checks.agreement import MatchReading
from webapp.checks.case import Case, read_case
from webapp.models import (
    AmlMatch,
    Delivery,
    EvidenceFile,
    Link,
    Matter,
    Person,
    SessionResult,
    VerificationSession,
)  # fmt: skip
from webapp.providers import PROVIDERS
from webapp.providers.base import CheckMeaning, CodeMeaning, DatabaseMeaning, Expected, Options, Provider
from webapp.queries import timeline
from webapp.queries.results import link_expected, link_options, session_flags, stored_outcome
from webapp.queries.session_pictures import Pictures, arrange
from webapp.queries.session_ticks import Tick, Wait, newest, ticks, waiting

_KINDS = ("sanction", "crime", "pep")


@dataclass(frozen=True, kw_only=True)
class MatchCard:
    """One AML match: our reading of it, the list it is from, our verdict so far, and the entry as it was received."""

    match: AmlMatch
    reading: MatchReading
    database: DatabaseMeaning
    raw: str


@dataclass(frozen=True, kw_only=True)
class SessionPage:
    """One session with all that belongs to it. `result` and `case` (our reading of it) are None until one applies."""

    session: VerificationSession
    link: Link
    person: Person | None
    name: str
    vendor: str
    options: Options
    expected: Expected
    wait: Wait | None
    result: SessionResult | None
    code: CodeMeaning | None
    case: Case | None
    checks: dict[str, CheckMeaning]
    matters: tuple[Matter, ...]
    matches: tuple[MatchCard, ...]
    pictures: Pictures
    deliveries: tuple[Delivery, ...]
    ticks: tuple[Tick, ...]
    timeline: timeline.Timeline
    other_sessions: dict[str, int]
    years_between: int | None
    error_help: str

    @property
    def aml_first(self) -> bool:
        """Whether AML is the only reason for review; then its block comes right under the reasons."""
        return bool(self.matters) and all(matter.kind == "aml" for matter in self.matters)

    @property
    def to_settle(self) -> int:
        """How many things are open to settle."""
        return len(self.matters)


def belongs(db: Session, delivery: Delivery, session_id: int) -> bool:
    """Whether the delivery is shown on this session's page."""
    session = db.get(VerificationSession, session_id)
    return session is not None and any(delivery.id == mine.id for mine in _deliveries(db, session))


_ROW = (
    select(VerificationSession, Link, Person, SessionResult)
    .join(Link, col(Link.id) == col(VerificationSession.link_id))
    .outerjoin(Person, col(Person.id) == col(VerificationSession.person_id))
    .outerjoin(SessionResult, col(SessionResult.session_id) == col(VerificationSession.id))
    .where(col(VerificationSession.id) == bindparam("session_id"))
)


def detail(db: Session, session_id: int, *, providers: dict[str, Provider]) -> SessionPage | None:
    """One session with everything its page shows, or None for an unknown id. Eight queries, whatever it holds."""
    row = db.execute(_ROW, {"session_id": session_id}).first()
    if row is None:
        return None
    session, link, person, result = row
    return _assemble(db, session, link, person, result, providers[session.provider])


def _assemble(
    db: Session, session: VerificationSession, link: Link, person: Person | None, result: SessionResult | None,
    provider: Provider,
) -> SessionPage:  # fmt: skip
    vendor = vendor_name(session.provider)
    deliveries = _deliveries(db, session)
    pictures = arrange(_of_session(db, EvidenceFile, session, EvidenceFile.id))
    spoken_of = newest(deliveries, result.delivery_id if result else None)
    entries = _of_session(db, AmlMatch, session, AmlMatch.position)
    case = _case(session, link, result, entries, provider) if result else None
    return SessionPage(
        session=session, link=link, person=person, name=_name(session, person, result), vendor=vendor,
        options=link_options(link), expected=link_expected(link), result=result, case=case,
        wait=None if result else waiting(session, link, spoken_of, vendor=vendor),
        code=provider.describe_code(session.outcome_code) if result and session.outcome_code else None,
        checks={name: provider.describe_check(name) for name in _check_names(case)},
        matters=tuple(_of_session(db, Matter, session, Matter.position)),
        matches=_matches(entries, case, provider) if case else (),
        pictures=pictures, deliveries=tuple(deliveries),
        ticks=ticks(spoken_of, pictures, vendor=vendor),
        timeline=timeline.of_session(
            db, session_id=session.id or 0, link_id=link.id or 0, vendor=vendor, deliveries=deliveries
        ),
        other_sessions=_other_sessions(db, session),
        years_between=_years_between(result),
        error_help=provider.describe_error(link.error_code) if link.error_code else "",
    )  # fmt: skip


def _case(
    session: VerificationSession, link: Link, result: SessionResult, entries: Sequence[AmlMatch], provider: Provider
) -> Case:
    """The stored result, read by the same rules as when it was applied."""
    outcome = stored_outcome(session, result, list(entries))
    return read_case(
        outcome=outcome, options=link_options(link), expected=link_expected(link), known_checks=provider.known_checks,
        code=provider.describe_code(session.outcome_code),
        captured_on=result.captured_at.date(), flags=session_flags(session),
    )  # fmt: skip


def vendor_name(provider: str) -> str:
    """The provider's short name on screen: `DocuPass`."""
    return PROVIDERS.get(provider, provider).split()[-1]


def _of_session(db: Session, model: Any, session: VerificationSession, order: Any) -> Sequence[Any]:
    return db.exec(select(model).where(model.session_id == session.id).order_by(order)).all()


def _deliveries(db: Session, session: VerificationSession) -> Sequence[Delivery]:
    """Newest first, without the bodies; those not matched yet but naming this session's reference belong to it too."""
    unmatched = and_(
        col(Delivery.session_id).is_(None), col(Delivery.reference) == session.reference, col(Delivery.reference) != ""
    )
    mine = or_(col(Delivery.session_id) == session.id, unmatched)
    newest_first = (col(Delivery.received_at).desc(), col(Delivery.id).desc())
    return db.exec(
        select(Delivery)
        .options(defer(Delivery.body))  # type: ignore[arg-type]
        .where(Delivery.link_id == session.link_id, mine)
        .order_by(*newest_first)
    ).all()


def _other_sessions(db: Session, session: VerificationSession) -> dict[str, int]:
    """How many other sessions this person has, by status."""
    if session.person_id is None:
        return {}
    rows = db.exec(
        select(VerificationSession.status, func.count())
        .where(VerificationSession.person_id == session.person_id, VerificationSession.id != session.id)
        .group_by(VerificationSession.status)
        .order_by(func.count().desc())
    )
    return dict(rows.all())


def _name(session: VerificationSession, person: Person | None, result: SessionResult | None) -> str:
    known = person.name if person else ""
    found = str(result.person.get("full_name", "")) if result else ""
    return known or found or (person.own_reference if person else "") or f"Session {session.id}"


def _check_names(case: Case | None) -> list[str]:
    auth = case.authenticity if case else None
    return [*(check.name for check in (*auth.failed, *auth.unclear, *auth.passed)), *auth.not_returned] if auth else []


def _matches(rows: Sequence[AmlMatch], case: Case, provider: Provider) -> tuple[MatchCard, ...]:
    """Open ones first; among them sanctions before crime before politicians, then by strength."""
    cards = [
        MatchCard(
            match=row, reading=reading, database=provider.describe_database(reading.database),
            raw=json.dumps(row.entry, indent=2, ensure_ascii=False),
        )
        for row, reading in zip(rows, case.matches, strict=True)
    ]  # fmt: skip
    return tuple(sorted(cards, key=_urgency))


def _urgency(card: MatchCard) -> tuple[bool, int, int]:
    kind = card.reading.schema or card.database.kind
    rank = _KINDS.index(kind) if kind in _KINDS else len(_KINDS)
    return card.match.verdict != "open", rank, -card.reading.strength


def _years_between(result: SessionResult | None) -> int | None:
    """Whole years between the document's issue and its capture."""
    if result is None:
        return None
    try:
        issued = date.fromisoformat(str(result.person.get("issued", "")))
    except ValueError:
        return None
    captured = result.captured_at.date()
    return captured.year - issued.year - ((captured.month, captured.day) < (issued.month, issued.day))
