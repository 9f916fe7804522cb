"""Making, retrying and revoking links; asking the vendor is in `link_making`, the applicant in `link_visits`."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.link_keys import new_customid, new_token, new_webhook_token, webhook_key
from webapp.actions.link_making import add_session, ask_vendor, fail_session, last_session, locked
from webapp.actions.link_visits import opened as opened
from webapp.actions.link_visits import returned as returned
from webapp.checks.normalise import fold
from webapp.db import Database
from webapp.models import Link, Person, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import Expected, Options, Provider

CREATING_LASTS = timedelta(seconds=60)
"""The vendor is given 10 s; a link still `creating` after this lost its creator on the way and may be tried again."""
REVOKE_REASONS = ("no_longer_needed", "wrong_person", "wrong_details", "other")


class FormUsed(Exception):
    """The form's key made another link already, with other content; nothing new was made."""

    def __init__(self, link_id: int) -> None:
        super().__init__("form used")
        self.link_id = link_id


class NotPossible(Exception):
    """The link is past the state in which this can be done; the message is for the person."""


def create(
    database: Database,
    *,
    by: Actor,
    provider: Provider,
    form_key: str,
    person_name: str,
    own_reference: str,
    email: str,
    options: Options,
    expected: Expected,
    public_url: str,
    company_name: str,
    kind: str = "identity",
    customid: str = "",
) -> Link:
    """Make a link and ask the vendor for its address; the same `form_key` again gives the same link and asks nobody.

    Two short transactions with the vendor's answer (10 s at most) between them. A refusal or silence of the vendor is
    kept on the link (`create_failed` with the vendor's code and words), never raised. Raises FormUsed when the key made
    a link with other content. `customid` is our name for it at the vendor, a fresh opaque one unless given.
    """
    person = Person(name=person_name, own_reference=own_reference, email=email)
    draft = _new_link(provider=provider.key, kind=kind, form_key=form_key, options=options, expected=expected)
    draft.customid = customid or draft.customid
    try:
        with database.writing() as db:
            found = _made_before(db, draft, person)
            if found is not None:
                return found
            session_id = _insert(db, by=by, link=draft, person=person)
    except IntegrityError:  # the same form, sent twice at once: the other one won
        with database.reading() as db:
            found = _made_before(db, draft, person)
        if found is None:
            raise
        return found
    return ask_vendor(
        database, by=by, provider=provider, link=draft, session_id=session_id, public_url=public_url,
        company=company_name,
    )  # fmt: skip


def retry(
    database: Database, *, by: Actor, provider: Provider, link_id: int, public_url: str, company_name: str
) -> Link | None:
    """Ask the vendor again, as a new session under the same link; None when there is no such link.

    Only for a link whose creation failed or was interrupted; any other is returned as it stands, so that a second press
    of the button does nothing.
    """
    with database.writing() as db:
        link = locked(db, link_id)
        if link is None or not can_retry(link, last := last_session(db, link_id), utc_now()):
            return link
        if last is not None and last.capture == "creating":
            fail_session(last, code="interrupted", text="Creating did not finish.")
        session = add_session(db, link, db.get(Person, link.person_id) if link.person_id else None)
        before, link.state = link.state, "creating"
        link.error_code = link.error_text = ""
        record(
            db, by=by, action="link.retry", object_type="link", object_id=link.id, session_id=session.id,
            before={"state": before}, after={"state": "creating"},
        )  # fmt: skip
    return ask_vendor(
        database, by=by, provider=provider, link=link, session_id=session.id or 0, public_url=public_url,
        company=company_name,
    )  # fmt: skip


def can_retry(link: Link, last: VerificationSession | None, now: datetime) -> bool:
    """Whether creating this link failed, or was interrupted (still `creating` after 60 s)."""
    stuck = link.state == "creating" and (last is None or now - last.created_at > CREATING_LASTS)
    return link.state == "create_failed" or stuck


def can_revoke(link: Link, last: VerificationSession | None) -> bool:
    """Whether the link can still be withdrawn: it works, and no result has arrived."""
    return link.state in ("active", "paused") and (last is None or last.capture in ("ready", "opened", "returned"))


def revoke(db: Session, *, by: Actor, link_id: int, reason: str) -> Link | None:
    """Withdraw a link: its address answers "gone" from now on. `reason` is one of REVOKE_REASONS.

    None when there is no such link; one revoked already stays so. Raises NotPossible when it does not work any more
    for another cause. The vendor has no call to cancel a session (F1): an applicant already there may still finish.
    """
    link = locked(db, link_id)
    if link is None or link.state == "revoked":
        return link
    session = last_session(db, link_id)
    if not can_revoke(link, session):
        raise NotPossible("This link does not work any more, so there is nothing to revoke.")
    before, link.state = link.state, "revoked"
    if session is not None:
        session.capture, session.changed_at = "revoked", utc_now()
    session_id = session.id if session else None
    record(
        db, by=by, action="link.revoke", object_type="link", object_id=link.id, session_id=session_id,
        before={"state": before}, after={"state": "revoked"}, reason_codes=[reason],
    )  # fmt: skip
    return link


def _new_link(*, provider: str, kind: str, form_key: str, options: Options, expected: Expected) -> Link:
    secret = new_webhook_token()
    return Link(
        token=new_token(), webhook_token=secret, webhook_key=webhook_key(secret), form_key=form_key, provider=provider,
        kind=kind, customid=new_customid(), options=_plain(options), expected=asdict(expected),
    )  # fmt: skip


def _plain(options: Options) -> dict[str, object]:
    """As JSON gives it back, so that a stored copy compares equal."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(options).items()}


def _made_before(db: Session, draft: Link, person: Person) -> Link | None:
    row = db.exec(
        select(Link, Person)
        .outerjoin(Person, col(Person.id) == col(Link.person_id))
        .where(Link.form_key == draft.form_key)
    ).first()  # fmt: skip
    if row is None:
        return None
    link, known = row
    same = known is None or (fold(known.name), known.own_reference) == (fold(person.name), person.own_reference)
    if not same or link.options != draft.options or link.expected != draft.expected:
        raise FormUsed(link.id or 0)
    return link


def _insert(db: Session, *, by: Actor, link: Link, person: Person) -> int:
    person = _known_person(db, person) or person
    db.add(person)
    db.flush()
    link.person_id, link.created_by_id, link.created_by_name = person.id, by.id, by.name
    db.add(link)
    db.flush()
    session = add_session(db, link, person)
    record(
        db, by=by, action="link.create", object_type="link", object_id=link.id, session_id=session.id,
        after={"state": "creating", "provider": link.provider, "kind": link.kind},
    )  # fmt: skip
    return session.id or 0


def _known_person(db: Session, person: Person) -> Person | None:
    """The person we know by the same own reference *and* the same name; the reference alone may be a typing slip."""
    if not person.own_reference:
        return None
    for known in db.exec(select(Person).where(Person.own_reference == person.own_reference)):
        if fold(known.name) == fold(person.name):
            known.email = person.email or known.email
            return known
    return None
