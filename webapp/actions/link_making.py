"""Asking the vendor for a link, with no transaction open, and keeping its answer or its refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record, record_call
from webapp.actions.jobs import WAKE, enqueue
from webapp.actions.link_pictures import supplied
from webapp.actions.sms import settle as settle_sms
from webapp.actions.unclaimed import claim_for
from webapp.checks.normalise import search_text
from webapp.db import Database
from webapp.models import Delivery, Link, LinkPicture, Person, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import LinkRequest, Provider, ProviderError, VendorCall, VendorLink
from webapp.queries.results import link_expected, link_options

LONGEST_ERROR = 500
KEPT_OF_ANSWER = ("module", "qr_url", "base_url", "snippets", "sms_sent_to", "idle_seconds")
ASKED_AT = "asked_at"
"""In `Link.vendor_answer` while there is no answer: when a retry began."""
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One attempt to have a link made: by whom, for what, and what goes with it. A reusable link has no session yet."""

    by: Actor
    provider: Provider
    link: Link
    session_id: int | None
    public_url: str
    company: str
    data_dir: Path
    pictures: Sequence[LinkPicture] = ()
    sms_id: int | None = None


def add_session(db: Session, link: Link, person: Person | None) -> VerificationSession:
    words = search_text(person.name, person.own_reference, person.email) if person else ""
    session = VerificationSession(
        link_id=link.id or 0, person_id=link.person_id, provider=link.provider, kind=link.kind, search_text=words
    )  # fmt: skip
    db.add(session)
    db.flush()
    return session


def ask_vendor(database: Database, asking: Asking) -> Link:
    """Ask the vendor, with no transaction open, and keep its answer or its refusal."""
    try:
        answer = asking.provider.create(_request(asking))
    except ProviderError as error:
        return _keep_refusal(database, asking, error)
    except Exception as error:  # a client gone wrong must leave a link with a Retry button, not an error page
        log.error("link.create_broke", error=error, provider=asking.link.provider)
        text = "The vendor's answer could not be understood."
        return _keep_refusal(database, asking, ProviderError(text, code="bad_answer", permanent=False))
    try:
        return _keep_answer(database, asking, answer)
    except IntegrityError:
        text = "The vendor answered with a reference that another session has already."
        taken = ProviderError(text, code="reference_taken", permanent=False, calls=answer.calls)
        return _keep_refusal(database, asking, taken)


def _request(asking: Asking) -> LinkRequest:
    """All addresses come from the setting PUBLIC_URL, never from the request's Host header. Raises ProviderError."""
    link, public_url = asking.link, asking.public_url
    return LinkRequest(
        kind=link.kind, customid=link.customid, company_name=asking.company, reusable=link.reusable,
        callback_url=f"{public_url}/webhooks/{link.provider}/{link.webhook_token}",
        return_url=f"{public_url}/v/{link.token}/done", fail_return_url=f"{public_url}/v/{link.token}/done/failed",
        sms_to=link.sms_to, pictures=supplied(asking.pictures, asking.data_dir),
        options=link_options(link), expected=link_expected(link),
    )  # fmt: skip


def _keep_answer(database: Database, asking: Asking, answer: VendorLink) -> Link:
    with database.writing() as db:
        settle_sms(db, by=asking.by, send_id=asking.sms_id, sent=bool(answer.sms_sent_to))
        _called(db, asking, answer.calls)
        link, session, mine = _still_creating(db, asking)
        if not mine:  # a retry took over meanwhile: this answer's session at the vendor is nobody's
            record(
                db, by=asking.by, action="link.answer_unused", object_type="link", object_id=link.id,
                session_id=asking.session_id, after={"reference": answer.reference}, outcome="error",
            )  # fmt: skip
            return link
        now = utc_now()
        link.state, link.vendor_reference, link.vendor_url = "active", answer.reference, answer.url
        link.expires_at = answer.expires_at or now + timedelta(seconds=link.options["expires_in"])
        link.vendor_answer = {name: getattr(answer, name) for name in KEPT_OF_ANSWER}
        if session is not None:
            session.capture, session.reference, session.changed_at = "ready", answer.reference, now
            session.search_text = f"{session.search_text} {search_text(answer.reference)}".strip()
        record(
            db, by=asking.by, action="link.ready", object_type="link", object_id=link.id, session_id=asking.session_id,
            before={"state": "creating"}, after={"state": "active"},
        )  # fmt: skip
        waiting = _match_again(db, link.id or 0) + claim_for(db, link)
    if waiting:
        WAKE.set()
    return link


def _called(db: Session, asking: Asking, calls: Sequence[VendorCall] | None, *, code: str = "") -> None:
    """Each question on record; `code` is the failure of the one that a provider asks who does not say what he asked."""
    if calls is None:
        calls = (VendorCall(call="sign" if asking.link.kind == "signature" else "create", code=code),)
    for made in calls:
        record_call(
            db, by=asking.by, provider=asking.link.provider, call=made.call, object_type="link",
            object_id=asking.link.id, session_id=asking.session_id, code=made.code[:64],
            outcome="error" if made.code else "ok",
        )  # fmt: skip


def _match_again(db: Session, link_id: int) -> int:
    """Queue results that came before the vendor's answer was stored (5.6, "race"); how many."""
    query = select(Delivery.id).where(Delivery.link_id == link_id, Delivery.state == "unmatched")
    early = db.exec(query.order_by(col(Delivery.id))).all()
    for delivery_id in early:
        enqueue(db, kind="take_in", subject_id=delivery_id or 0)
    return len(early)


def _keep_refusal(database: Database, asking: Asking, error: ProviderError) -> Link:
    with database.writing() as db:
        settle_sms(db, by=asking.by, send_id=asking.sms_id, error=error)
        _called(db, asking, error.calls, code=error.code or "refused")
        link, session, mine = _still_creating(db, asking)
        if not mine:
            return link
        link.state, link.error_code, link.error_final = "create_failed", error.code[:64], error.permanent
        link.error_text = error.text[:LONGEST_ERROR]
        if session is not None:
            fail_session(session, code=error.code, text=link.error_text)
        record(
            db, by=asking.by, action="link.ready", object_type="link", object_id=link.id, session_id=asking.session_id,
            before={"state": "creating"}, after={"state": "create_failed", "code": error.code}, outcome="error",
        )  # fmt: skip
    return link


def fail_session(session: VerificationSession, *, code: str, text: str) -> None:
    now = utc_now()
    session.capture, session.outcome_code, session.outcome_text = "create_failed", code[:64], text
    session.finished_at = session.changed_at = now


def _still_creating(db: Session, asking: Asking) -> tuple[Link, VerificationSession | None, bool]:
    """The link, held; this attempt's session; and whether this attempt is still the one that the link waits for.

    A reusable link has no session to tell its attempts apart: it says itself since when it is waiting.
    """
    link = locked(db, asking.link.id or 0)
    assert link is not None  # links are never deleted
    if asking.session_id is None:
        return link, None, link.state == "creating" and begun(link, None) == begun(asking.link, None)
    session = db.get(VerificationSession, asking.session_id, with_for_update=True)
    return link, session, link.state == "creating" and session is not None and session.capture == "creating"


def begin_again(link: Link) -> None:
    """The link waits for the vendor once more, from now on."""
    link.state, link.error_code, link.error_text, link.error_final = "creating", "", "", False
    link.vendor_answer = {ASKED_AT: utc_now().isoformat()}


def begun(link: Link, last: VerificationSession | None) -> datetime:
    """Since when the vendor has been asked for this link; `last` is its newest session, which a reusable one lacks."""
    if last is not None and not link.reusable:
        return last.created_at
    asked_at = link.vendor_answer.get(ASKED_AT)
    return datetime.fromisoformat(asked_at) if asked_at else link.created_at


def locked(db: Session, link_id: int) -> Link | None:
    """The link, its row held until the transaction ends, so that two people pressing at once take turns.

    Its key is left free: a delivery that names the link is stored meanwhile.
    """
    return db.get(Link, link_id, with_for_update={"key_share": True})


def last_session(db: Session, link_id: int) -> VerificationSession | None:
    return db.exec(
        select(VerificationSession)
        .where(VerificationSession.link_id == link_id)
        .order_by(col(VerificationSession.id).desc())
        .limit(1)
        .with_for_update()
    ).first()  # fmt: skip
