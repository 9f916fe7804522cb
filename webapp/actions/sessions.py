"""Writing a session's facts: applying a confirmed outcome once, and settling what follows; later ones: `later_results`."""

from dataclasses import asdict
from typing import Any

import structlog
from sqlmodel import Session, col, delete

from webapp.actions.actor import SYSTEM
from webapp.actions.aml_dismissals import recall
from webapp.actions.audit import record
from webapp.actions.evidence import expect_files
from webapp.actions.follow_ups import answered
from webapp.actions.jobs import enqueue
from webapp.actions.later_results import after_a_result, is_soft, note_on_the_way, overtake
from webapp.actions.persons import note_birth
from webapp.actions.routed import send
from webapp.checks.asked import held_against
from webapp.checks.case import Case, read_case
from webapp.checks.normalise import search_text
from webapp.checks.people import name_of
from webapp.models import AmlMatch, Delivery, Link, Matter, SessionResult, VerificationSession
from webapp.models.columns import utc_now
from webapp.models.words import LIST_KIND
from webapp.providers.base import CodeMeaning, Outcome, Provider
from webapp.queries import subjects
from webapp.queries.results import (
    link_expected,
    link_options,
    matches_of,
    missing_evidence,
    session_flags,
    stored_outcome,
)
from webapp.queries.rules import about, in_force

log = structlog.get_logger()


def apply_outcome(
    db: Session, *, session: VerificationSession, link: Link, delivery: Delivery, outcome: Outcome, provider: Provider
) -> str:
    """Apply one confirmed outcome to its session, once, and say in a sentence what it did.

    The rules of order and repetition are those of the status model (product rules 5.6): the first conclusive result stays;
    a conclusive one beats an expiry in both orders; whatever disagrees is kept beside it and goes to a person. A sentence
    that begins with "Kept" changed no result.
    """
    session.unverified = False
    session.changed_at = utc_now()
    outcome = held_against(outcome, kind=session.kind, options=link_options(link), expected=link_expected(link))
    effect = _effect(db, session, link, delivery, outcome, provider)
    db.flush()
    if effect.startswith("Applied"):
        recall(db, session=session)
    if session.outcome != "none":
        settle(db, session=session, link=link, provider=provider, arrived=effect.startswith("Applied"))
    if session.outcome != "none" or session.capture == "expired":
        answered(db, child=session, why="finished" if session.outcome != "none" else "expired")
    after = {"outcome": session.outcome, "code": session.outcome_code, "review": session.review, "effect": effect}
    record(
        db, by=SYSTEM, action="session.result", object_type="session", object_id=session.id, session_id=session.id,
        after=after,
    )  # fmt: skip
    return effect


def _effect(
    db: Session, session: VerificationSession, link: Link, delivery: Delivery, outcome: Outcome, provider: Provider
) -> str:
    meaning = provider.describe_code(outcome.code)
    if not outcome.final:
        return note_on_the_way(db, session, link, delivery, outcome, meaning)
    session.received_at = session.received_at or delivery.received_at
    soft = is_soft(outcome, meaning)
    overtaken = [] if soft else overtake(db, session, provider)
    if session.outcome != "none":
        return after_a_result(db, session, delivery, outcome)
    if outcome.result == "expired":
        return _expire(session, link, delivery)
    _raise_alarm(session, outcome, meaning)
    return _first_result(db, session, link, delivery, outcome, soft=soft, overtaken=overtaken)


def settle(
    db: Session, *, session: VerificationSession, link: Link, provider: Provider, arrived: bool = False
) -> None:  # fmt: skip
    """Recompute what is open on a session with a result, and where it goes, from what is stored.

    `arrived`: the result is here for the first time, so that a rule may decide it; later only people do.
    """
    result = db.get(SessionResult, session.id)
    if result is None:
        return
    matches = matches_of(db, session.id or 0)
    missing = missing_evidence(db, session.id or 0)
    session.evidence_missing = missing > 0
    session.aml_open = any(match.verdict == "open" for match in matches)
    session.inconsistent_data = session.inconsistent_data or bool(result.contradictions)
    past = subjects.past(db, session, result, describe=provider.describe_code)
    if result.subject:
        session.duplicate_suspected = past.elsewhere > 0
    rules = in_force(db)
    case = read_case(
        outcome=stored_outcome(session, result, matches), options=link_options(link), expected=link_expected(link),
        code=provider.describe_code(session.outcome_code), known_checks=provider.known_checks,
        captured_on=result.captured_at.date(), flags=session_flags(session), evidence_missing=missing,
        kind=session.kind, past=past, verdicts=[match.verdict for match in matches], rules=rules.rules,
        about=about(db, session=session, link=link, rules=rules.rules),
    )  # fmt: skip
    for match, reading in zip(matches, case.matches, strict=True):
        list_kind = reading.schema or provider.describe_database(reading.database).kind
        match.list_kind = list_kind if list_kind in LIST_KIND else "other"
        match.strength, match.database = reading.strength, reading.database
    _write_matters(db, session, case)
    session.changed_at = utc_now()
    send(db, session=session, link=link, way=case.route, rule_version=rules.version, arrived=arrived)


def _first_result(
    db: Session, session: VerificationSession, link: Link, delivery: Delivery, outcome: Outcome, *, soft: bool,
    overtaken: list[dict[str, Any]],
) -> str:  # fmt: skip
    session.late_result = session.capture in ("expired", "revoked")
    late = _LATE.get(session.capture, "")
    if session.capture != "revoked":
        session.capture = "finished"
    session.outcome, session.outcome_code, session.outcome_text = outcome.result, outcome.code[:64], outcome.text
    session.finished_at = delivery.received_at
    session.new_facts_after_decision = session.review == "done"
    if not link.reusable and link.state in ("active", "paused") and not soft:
        link.state = "used_up"
    _note_person(db, session, outcome)
    db.add(_result_row(session, delivery, outcome, overtaken))
    if outcome.subject:
        enqueue(db, kind="compare_subjects", subject_id=session.id or 0)
    for position, entry in enumerate(outcome.matches):
        db.add(AmlMatch(session_id=session.id or 0, position=position, entry=entry))
    expect_files(db, session=session, delivery=delivery, files=outcome.files)
    return f"Applied: {outcome.result}{f', code {outcome.code}' if outcome.code else ''}{late}."


_LATE = {"expired": ", after the link had expired", "revoked": ", after the link was withdrawn"}


def _note_person(db: Session, session: VerificationSession, outcome: Outcome) -> None:
    """A session that is nobody's yet is found under the name in its result; a person's day of birth may become known."""
    if session.person_id is None:
        session.search_text = search_text(session.search_text, name_of(outcome.person))
    elif outcome.result == "passed":
        note_birth(db, person_id=session.person_id, found=outcome.person)


def _raise_alarm(session: VerificationSession, outcome: Outcome, meaning: CodeMeaning) -> None:
    """A code that nobody has a category for concerns whoever runs the console as well (product rules 5.3)."""
    unclear = outcome.result == "error" and not outcome.contradictions
    if meaning.alarm and (outcome.result == "failed" or unclear):
        log.error("result.code_unknown", provider=session.provider, session=session.id, code=outcome.code[:64])


def _result_row(
    session: VerificationSession, delivery: Delivery, outcome: Outcome, overtaken: list[dict[str, Any]]
) -> SessionResult:
    return SessionResult(
        session_id=session.id or 0, delivery_id=delivery.id, captured_at=delivery.received_at, person=outcome.person,
        fields=outcome.fields, face=asdict(outcome.face) if outcome.face else None,
        authenticity=asdict(outcome.authenticity) if outcome.authenticity else None, vendor_checks=outcome.vendor_checks,
        phone=outcome.phone, contract=outcome.contract, contradictions=list(outcome.contradictions), other=outcome.other,
        content_key=outcome.content_key, vault_id=outcome.vault_id, subject=outcome.subject, liveness=outcome.liveness,
        attributes=outcome.attributes, location=outcome.location, mode=outcome.mode, outcome_log=overtaken,
    )  # fmt: skip


def _expire(session: VerificationSession, link: Link, delivery: Delivery) -> str:
    """The vendor says that it expired, which our clock may have said before. A reusable link stays what it is."""
    if session.capture == "expired" and session.expiry_confirmed:
        return "Kept: the session had expired already."
    if session.capture != "revoked":
        session.capture = "expired"
    if not link.reusable and link.state in ("active", "paused"):
        link.state = "expired"
    session.expiry_confirmed = True
    session.finished_at = session.finished_at or delivery.received_at
    return "Applied: expired, confirmed by the vendor."


def _write_matters(db: Session, session: VerificationSession, case: Case) -> None:
    db.exec(delete(Matter).where(col(Matter.session_id) == session.id))
    for position, matter in enumerate(case.matters):
        db.add(
            Matter(
                session_id=session.id or 0, session_created_at=session.created_at, kind=matter.kind, severity=matter.severity,
                position=position, count=matter.count, headline=matter.headline, detail=matter.detail, block=matter.block,
            )
        )  # fmt: skip
