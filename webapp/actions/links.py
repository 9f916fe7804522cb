"""Making a link and trying again; drafts are in `link_drafts`, the vendor in `link_making`, all else re-exported here."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from webapp.actions import link_pictures, policies, sms
from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.link_drafts import Draft, draft_link, draft_person, insert, made_before, plain
from webapp.actions.link_drafts import FormUsed as FormUsed
from webapp.actions.link_making import (
    Asking,
    add_session,
    ask_vendor,
    begin_again,
    begun,
    fail_session,
    last_session,
    locked,
)
from webapp.actions.link_states import REVOKE_REASONS as REVOKE_REASONS
from webapp.actions.link_states import NotPossible as NotPossible
from webapp.actions.link_states import can_revoke as can_revoke
from webapp.actions.link_states import pause as pause
from webapp.actions.link_states import resume as resume
from webapp.actions.link_states import revoke as revoke
from webapp.actions.link_states import set_cap as set_cap
from webapp.actions.link_visits import opened as opened
from webapp.actions.link_visits import returned as returned
from webapp.actions.policies import PolicyForbids as PolicyForbids
from webapp.actions.sms import SmsCapReached as SmsCapReached
from webapp.actions.sms import SmsCaps
from webapp.db import Database
from webapp.models import Link, Person, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import Expected, Options, Provider, SuppliedPicture
from webapp.queries.results import link_options

CREATING_LASTS = timedelta(seconds=60)
"""The vendor is given 10 s; a link still `creating` after this lost its creator on the way and may be tried again."""


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
    data_dir: Path,
    phone: str = "",
    kind: str = "identity",
    customid: str = "",
    label: str = "",
    reusable: bool = False,
    session_cap: int | None = None,
    sms_to: str = "",
    sms_caps: SmsCaps | None = None,
    pictures: Sequence[SuppliedPicture] = (),
    preset_version_id: int | None = None,
    person: Person | None = None,
    why_again: str = "",
) -> Link:
    """Make a link and ask the vendor for its address; the same `form_key` again gives the same link and asks nobody.

    Two short transactions with the vendor's answer (10 s, longer with pictures) between them. A refusal or silence of
    the vendor is kept on the link (`create_failed` with the vendor's code and words), never raised. A `reusable` link is
    nobody's: what is said of a person is left out, and its sessions come with their results. `customid` is our name for
    it at the vendor, a fresh opaque one unless given. `sms_to` needs `sms_caps`. `person` is somebody known already, in
    place of what else is said of a person; `why_again` what he is told where he is asked again.

    Raises, before anything is made or asked: FormUsed (the key made a link with other content), PolicyForbids (an option
    that an administrator has forbidden), SmsCapReached, and NotAPicture for a picture that is none by its bytes.
    """
    draft = Draft(
        link=draft_link(
            customid=customid, provider=provider.key, kind=kind, form_key=form_key, options=plain(options),
            expected=asdict(expected), reusable=reusable, label=label, session_cap=session_cap if reusable else None,
            sms_to=sms_to, preset_version_id=preset_version_id, why_again=why_again,
        ),
        person=None if reusable else person or draft_person(
            name=person_name, own_reference=own_reference, email=email, phone=phone, birth=expected.birth
        ),
        pictures=link_pictures.drafted(pictures, data_dir), own_customid=bool(customid),
    )  # fmt: skip
    try:
        with database.writing() as db:
            found = made_before(db, draft)
            if found is not None:
                return found
            policies.check(db, options)
            session_id = insert(db, by=by, draft=draft)
            sms_id = _reserve_sms(db, by=by, link=draft.link, caps=sms_caps)
    except IntegrityError:  # the same form, sent twice at once: the other one won
        with database.reading() as db:
            found = made_before(db, draft)
        if found is None:
            raise
        return found
    asking = Asking(
        by=by, provider=provider, link=draft.link, session_id=session_id, public_url=public_url, company=company_name,
        data_dir=data_dir, pictures=draft.pictures, sms_id=sms_id,
    )  # fmt: skip
    return ask_vendor(database, asking)


def retry(
    database: Database,
    *,
    by: Actor,
    provider: Provider,
    link_id: int,
    public_url: str,
    company_name: str,
    data_dir: Path,
    sms_caps: SmsCaps | None = None,
) -> Link | None:
    """Ask the vendor again, as a new session under the same link; None when there is no such link.

    Only for a link whose creation failed or was interrupted; any other is returned as it stands, so that a second press
    of the button does nothing. Pictures and SMS go with it again: raises NotPossible when the SMS may not be sent now, or
    when an option has been forbidden since.
    """
    with database.writing() as db:
        link = locked(db, link_id)
        if link is None or not can_retry(link, last := last_session(db, link_id), utc_now()):
            return link
        try:
            policies.check(db, link_options(link))
            sms_id = _reserve_sms(db, by=by, link=link, caps=sms_caps)
        except (PolicyForbids, SmsCapReached) as refused:
            raise NotPossible(str(refused)) from None
        session = _session_again(db, link, last)
        before, session_id = link.state, session.id if session else None
        begin_again(link)
        record(
            db, by=by, action="link.retry", object_type="link", object_id=link.id, session_id=session_id,
            before={"state": before}, after={"state": "creating"},
        )  # fmt: skip
        pictures = link_pictures.of_link(db, link_id)
    asking = Asking(
        by=by, provider=provider, link=link, session_id=session_id, public_url=public_url, company=company_name,
        data_dir=data_dir, pictures=pictures, sms_id=sms_id,
    )  # fmt: skip
    return ask_vendor(database, asking)


def can_retry(link: Link, last: VerificationSession | None, now: datetime) -> bool:
    """Whether creating this link failed, or was interrupted (still `creating` after 60 s)."""
    stuck = link.state == "creating" and now - begun(link, last) > CREATING_LASTS
    return link.state == "create_failed" or stuck


def _session_again(db: Session, link: Link, last: VerificationSession | None) -> VerificationSession | None:
    """A session for the new attempt, the one before ended; a reusable link needs none."""
    if link.reusable:
        return None
    if last is not None and last.capture == "creating":
        fail_session(last, code="interrupted", text="Creating did not finish.")
    return add_session(db, link, db.get(Person, link.person_id) if link.person_id else None)


def _reserve_sms(db: Session, *, by: Actor, link: Link, caps: SmsCaps | None) -> int | None:
    if not link.sms_to:
        return None
    if caps is None:
        raise ValueError("an SMS is never asked for without its caps")
    return sms.reserve(db, by=by, link_id=link.id or 0, number=link.sms_to, caps=caps)
