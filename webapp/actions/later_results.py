"""Results that are not the first: what the vendor says on the way, a result after the result, and one that is overtaken."""

from typing import Any

from sqlmodel import Session, col, delete

from webapp.actions.evidence import refresh_sources
from webapp.actions.link_life import used
from webapp.models import Delivery, Link, Matter, SessionResult, VerificationSession
from webapp.providers.base import CodeMeaning, Outcome, Provider
from webapp.queries.results import matches_of


def note_on_the_way(
    db: Session, session: VerificationSession, link: Link, delivery: Delivery, outcome: Outcome, meaning: CodeMeaning
) -> str:
    """What ends nothing: the session stays open with the code as a note on it, the link usable and its time moved on."""
    said = f"{meaning.short}, code {outcome.code}"
    if session.outcome != "none":
        return _log(db.get_one(SessionResult, session.id), delivery, outcome, f"Kept: {said}, after the result.")
    if session.expiry_confirmed or session.capture not in ("ready", "opened", "returned", "expired"):
        return f"Kept: {said}, after the end."
    session.outcome_code, session.outcome_text = outcome.code[:64], outcome.text
    if session.capture == "ready":
        session.capture, session.opened_at = "opened", session.opened_at or delivery.received_at
    used(link, delivery.received_at)
    return f"Noted: {said}. The link still works."


def is_soft(outcome: Outcome, meaning: CodeMeaning) -> bool:
    """Whether the vendor only says that it knows nothing; a body that contradicts itself says more than that."""
    return meaning.soft and outcome.result == "error" and not outcome.contradictions


def overtake(db: Session, session: VerificationSession, provider: Provider) -> list[dict[str, Any]]:
    """Make room for a result where the first only said that the vendor knew nothing: what is to be kept of that one.

    A decision, or anything more than the bare code, keeps the first in its place.
    """
    if session.outcome != "error" or session.review == "done" or not provider.describe_code(session.outcome_code).soft:
        return []
    result = db.get_one(SessionResult, session.id)
    if result.contradictions or matches_of(db, session.id or 0):
        return []
    entry = {"delivery": result.delivery_id, "result": session.outcome, "code": session.outcome_code,
             "effect": "Overtaken by a later result."}  # fmt: skip
    if result.vault_id:
        entry["vault_id"] = result.vault_id
    db.delete(result)
    db.exec(delete(Matter).where(col(Matter.session_id) == session.id))
    db.flush()
    session.outcome, session.outcome_code, session.outcome_text = "none", "", ""
    session.finished_at, session.route_reason, session.priority = None, "", "normal"
    if session.capture != "revoked":
        session.capture = "expired" if session.late_result else "opened"
    if session.review == "pending":
        session.review = "not_needed"
    return [*result.outcome_log, entry]


def after_a_result(db: Session, session: VerificationSession, delivery: Delivery, outcome: Outcome) -> str:
    """A further delivery for a reference that has its result: the first stays."""
    result = db.get_one(SessionResult, session.id)
    if outcome.result == "expired":
        return _log(result, delivery, outcome, "Kept: the vendor also reported the expiry, after the result.")
    same_verdict = outcome.result == session.outcome
    if same_verdict and outcome.code[:64] == session.outcome_code:
        if outcome.content_key == result.content_key:
            refresh_sources(db, session=session, delivery=delivery, files=outcome.files)
            return "Kept: the same result again."
        session.inconsistent_data = True
        effect = "Kept beside the first: the same result with other data."
    elif same_verdict:
        effect = f"Kept beside the first: failed again, with code {outcome.code or 'none'}."
    else:
        session.conflicting_results = True
        effect = f"Kept beside the first: a second result says {outcome.result}, the first {session.outcome}."
    if session.review == "done":
        session.new_facts_after_decision = True
    return _log(result, delivery, outcome, effect)


def _log(result: SessionResult, delivery: Delivery, outcome: Outcome, effect: str) -> str:
    entry = {"delivery": delivery.id, "result": outcome.result, "code": outcome.code, "effect": effect}
    if outcome.vault_id not in ("", result.vault_id):
        entry["vault_id"] = outcome.vault_id  # a copy of its own, to be erased too
    if entry not in result.outcome_log:
        result.outcome_log = [*result.outcome_log, entry]
    return effect
