"""Stored results and links, back in the shapes that the rules read."""

from dataclasses import fields
from typing import Any

from sqlmodel import Session, col, func, select

from webapp.models import AmlMatch, EvidenceFile, Link, SessionResult, VerificationSession
from webapp.models.words import FLAGS
from webapp.providers.base import Authenticity, AuthenticityCheck, Expected, Face, Options, Outcome


def link_options(link: Link) -> Options:
    """What the link checks, as frozen when it was made."""
    return options_from(link.options)


def options_from(stored: dict[str, Any]) -> Options:
    """Stored options; keys of a newer or older release are left out, missing ones are as a new link has them."""
    known = {item.name for item in fields(Options)}
    return Options(**{key: _frozen(value) for key, value in stored.items() if key in known})


def link_expected(link: Link) -> Expected:
    """What the team expects of the person."""
    known = {item.name for item in fields(Expected)}
    return Expected(**{key: value for key, value in link.expected.items() if key in known})


def stored_outcome(session: VerificationSession, result: SessionResult, matches: list[AmlMatch]) -> Outcome:
    """The applied outcome of a session, rebuilt from its rows."""
    return Outcome(
        reference=session.reference, result=session.outcome, code=session.outcome_code, text=session.outcome_text,
        person=result.person, fields=result.fields, face=Face(**result.face) if result.face else None,
        authenticity=_authenticity(result.authenticity), vendor_checks=result.vendor_checks,
        matches=tuple(match.entry for match in matches), phone=result.phone, contract=result.contract,
        contradictions=tuple(result.contradictions), other=result.other, vault_id=result.vault_id,
        content_key=result.content_key, subject=result.subject, liveness=result.liveness,
        attributes=result.attributes, location=result.location, mode=result.mode,
    )  # fmt: skip


def session_flags(session: VerificationSession) -> dict[str, bool]:
    """The session's flags by name."""
    return {name: getattr(session, name) for name in FLAGS}


def matches_of(db: Session, session_id: int) -> list[AmlMatch]:
    """The list entries of a session, in the vendor's order."""
    query = select(AmlMatch).where(AmlMatch.session_id == session_id).order_by(col(AmlMatch.position))
    return list(db.exec(query))


def missing_evidence(db: Session, session_id: int) -> int:
    """How many of a session's files could not be saved (a pending first try is not missing yet)."""
    query = select(func.count(col(EvidenceFile.id))).where(
        EvidenceFile.session_id == session_id, col(EvidenceFile.state).in_(("failed", "refused"))
    )
    return db.exec(query).one()


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _authenticity(stored: dict[str, Any] | None) -> Authenticity | None:
    if stored is None:
        return None
    checks = tuple(AuthenticityCheck(**check) for check in stored.get("checks", ()))
    return Authenticity(score=stored.get("score"), checks=checks, warnings=tuple(stored.get("warnings", ())))
