"""Asking the vendor for a link, with no transaction open, and keeping its answer or its refusal."""

from datetime import timedelta

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.jobs import WAKE, enqueue
from webapp.checks.normalise import search_text
from webapp.db import Database
from webapp.models import Delivery, Link, Person, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import LinkRequest, Provider, ProviderError, VendorLink
from webapp.queries.results import link_expected, link_options

LONGEST_ERROR = 500
log = structlog.get_logger()


def add_session(db: Session, link: Link, person: Person | None) -> VerificationSession:
    words = search_text(person.name, person.own_reference, person.email) if person else ""
    session = VerificationSession(
        link_id=link.id or 0, person_id=link.person_id, provider=link.provider, kind=link.kind, search_text=words
    )  # fmt: skip
    db.add(session)
    db.flush()
    return session


def ask_vendor(
    database: Database, *, by: Actor, provider: Provider, link: Link, session_id: int, public_url: str, company: str
) -> Link:
    """Ask the vendor, with no transaction open, and keep its answer or its refusal."""
    try:
        answer = provider.create(_request(link, public_url=public_url, company=company))
    except ProviderError as error:
        return _keep_refusal(database, by=by, link=link, session_id=session_id, error=error)
    except Exception as error:  # a client gone wrong must leave a link with a Retry button, not an error page
        log.error("link.create_broke", error=error, provider=link.provider)
        text = "The vendor's answer could not be understood."
        known = ProviderError(text, code="bad_answer", permanent=False)
        return _keep_refusal(database, by=by, link=link, session_id=session_id, error=known)
    try:
        return _keep_answer(database, by=by, link=link, session_id=session_id, answer=answer)
    except IntegrityError:
        text = "The vendor answered with a reference that another session has already."
        taken = ProviderError(text, code="reference_taken", permanent=False)
        return _keep_refusal(database, by=by, link=link, session_id=session_id, error=taken)


def _request(link: Link, *, public_url: str, company: str) -> LinkRequest:
    """All addresses come from the setting PUBLIC_URL, never from the request's Host header."""
    return LinkRequest(
        kind=link.kind, customid=link.customid, company_name=company, reusable=link.reusable,
        callback_url=f"{public_url}/webhooks/{link.provider}/{link.webhook_token}",
        return_url=f"{public_url}/v/{link.token}/done",
        options=link_options(link), expected=link_expected(link),
    )  # fmt: skip


def _keep_answer(database: Database, *, by: Actor, link: Link, session_id: int, answer: VendorLink) -> Link:
    with database.writing() as db:
        kept, session = _still_creating(db, link.id or 0, session_id)
        if session is None:  # a retry took over meanwhile: this answer's session at the vendor is nobody's
            record(
                db, by=by, action="link.answer_unused", object_type="link", object_id=link.id, session_id=session_id,
                after={"reference": answer.reference}, outcome="error",
            )  # fmt: skip
            return kept
        now = utc_now()
        kept.state, kept.vendor_reference, kept.vendor_url = "active", answer.reference, answer.url
        kept.expires_at = answer.expires_at or now + timedelta(seconds=kept.options["expires_in"])
        session.capture, session.reference, session.changed_at = "ready", answer.reference, now
        session.search_text = f"{session.search_text} {search_text(answer.reference)}".strip()
        record(
            db, by=by, action="link.ready", object_type="link", object_id=link.id, session_id=session_id,
            before={"state": "creating"}, after={"state": "active"},
        )  # fmt: skip
        waiting = _match_again(db, kept.id or 0)
    if waiting:
        WAKE.set()
    return kept


def _match_again(db: Session, link_id: int) -> int:
    """Queue results that came before the vendor's answer was stored (5.6, "race"); how many."""
    early = db.exec(select(Delivery.id).where(Delivery.link_id == link_id, Delivery.state == "unmatched")).all()
    for delivery_id in early:
        enqueue(db, kind="take_in", subject_id=delivery_id or 0)
    return len(early)


def _keep_refusal(database: Database, *, by: Actor, link: Link, session_id: int, error: ProviderError) -> Link:
    with database.writing() as db:
        kept, session = _still_creating(db, link.id or 0, session_id)
        if session is None:
            return kept
        kept.state, kept.error_code, kept.error_final = "create_failed", error.code, error.permanent
        kept.error_text = error.text[:LONGEST_ERROR]
        fail_session(session, code=error.code, text=kept.error_text)
        record(
            db, by=by, action="link.ready", object_type="link", object_id=link.id, session_id=session_id,
            before={"state": "creating"}, after={"state": "create_failed", "code": error.code}, outcome="error",
        )  # fmt: skip
    return kept


def fail_session(session: VerificationSession, *, code: str, text: str) -> None:
    now = utc_now()
    session.capture, session.outcome_code, session.outcome_text = "create_failed", code[:64], text
    session.finished_at = session.changed_at = now


def _still_creating(db: Session, link_id: int, session_id: int) -> tuple[Link, VerificationSession | None]:
    link = locked(db, link_id)
    assert link is not None  # links are never deleted
    session = db.get(VerificationSession, session_id, with_for_update=True)
    return link, session if session is not None and session.capture == "creating" else None


def locked(db: Session, link_id: int) -> Link | None:
    """The link, its row held until the transaction ends, so that two people pressing at once take turns."""
    return db.get(Link, link_id, with_for_update=True)


def last_session(db: Session, link_id: int) -> VerificationSession | None:
    return db.exec(
        select(VerificationSession)
        .where(VerificationSession.link_id == link_id)
        .order_by(col(VerificationSession.id).desc())
        .limit(1)
        .with_for_update()
    ).first()  # fmt: skip
