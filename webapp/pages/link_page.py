"""What a link's page is drawn with; the routes are in `links`."""

from datetime import datetime
from typing import Any

from flask import current_app, render_template, url_for

from webapp.actions import links
from webapp.filters import utc_now
from webapp.forms.link_cap import LinkCap
from webapp.forms.links import RevokeLink
from webapp.masking import restrict, sight
from webapp.models import Link
from webapp.models.words import LINK_STATE_WORDS
from webapp.pages.session_words import row_outcome
from webapp.providers import PROVIDERS
from webapp.queries import link_mail, link_sessions, link_ways, link_words, presets
from webapp.queries import links as queries
from webapp.queries.registered import registered
from webapp.queries.time_words import from_now, moment_in_words
from webapp.request_db import current_db


def address_of(link: Link) -> str:
    """The applicant's address, from the setting PUBLIC_URL."""
    return f"{current_app.extensions['vouchdesk.settings'].public_url}/v/{link.token}"


def render(
    found: queries.LinkDetail,
    *,
    seen: str,
    before: int | None = None,
    after: int | None = None,
    cap_form: LinkCap | None = None,
    revoke_form: RevokeLink | None = None,
) -> str:
    """The page of one link; `before` and `after` are places in the sessions of a reusable one."""
    restrict(found.person is not None and found.person.restricted_at is not None)
    now, pictures = utc_now(), queries.pictures(current_db(), found.link.id or 0)
    return render_template(
        "links/show.html", link=found.link, person=found.person, session=found.session, name=found.name, named=found.named,
        options=found.options, seen=seen, preset=presets.shown(current_db(), found.link),
        pictures=pictures, prefilled=link_ways.prefilled(found.options),
        cap_form=cap_form or LinkCap(cap=found.link.session_cap), revoke_form=revoke_form or RevokeLink(),
        can_retry=links.can_retry(found.link, found.session, now),
        can_revoke=links.can_revoke(found.link, found.session),
        **_words(found), **_state(found, now), **_brought(found, before, after),
        **_registered(found.link),
        **_handing_out(found, {picture.part for picture in pictures}, now),
    )  # fmt: skip


def _words(found: queries.LinkDetail) -> dict[str, Any]:
    link = found.link
    provider = current_app.extensions["vouchdesk.providers"].get(link.provider)
    return {
        "provider_name": PROVIDERS.get(link.provider, ""),
        "error_words": provider.describe_error(link.error_code) if provider and link.error_code else "",
        "asked": link_words.asked(found.options, found.expected, kind=link.kind),
        "details": link_words.details(found.expected),
    }


def _state(found: queries.LinkDetail, now: datetime) -> dict[str, Any]:
    over = queries.over(found, now)
    return {
        "over": over, "shut": over not in ("", "paused"), "over_words": queries.OVER_WORDS,
        "state": queries.OVER_STATES.get(over, found.link.state), "state_words": LINK_STATE_WORDS,
    }  # fmt: skip


def _registered(link: Link) -> dict[str, Any]:
    """The address to which the vendor posts instead of the link's own, where it does."""
    found = registered(current_app.extensions["vouchdesk.settings"]).get(link.provider)
    return {"registered": found if found and found.in_force else None}


def _handing_out(found: queries.LinkDetail, given: set[str], now: datetime) -> dict[str, Any]:
    link, address = found.link, address_of(found.link)
    company = str(current_app.extensions["vouchdesk.settings"].company_name)
    minutes = link_words.minutes(found.options, kind=link.kind, expected=found.expected, pictures=given)
    mail = link_mail.mail_text(
        person=found.person if sight().personal else None, company=company, options=found.options, address=address,
        until=link.expires_at,
        kind=link.kind, minutes=minutes, document_given="document" in given,
        why_again=link.why_again,
    )  # fmt: skip
    return {
        "address": address, "mail": mail, "mail_subject": link_mail.mail_subject(company, kind=link.kind),
        "until": moment_in_words(link.expires_at, short=True),
        "lasts": from_now(link.expires_at, now), "idle": bool(link.vendor_answer.get("idle_seconds")),
        "sms": link_ways.sms_words(link, PROVIDERS.get(link.provider, "")),
        "ways": link_ways.ways(link, found.options, address=address),
    }  # fmt: skip


def _brought(found: queries.LinkDetail, before: int | None, after: int | None) -> dict[str, Any]:
    """What the page follows; for a reusable link also its figures and sessions, and any change of a session counts."""
    link, session_id = found.link, found.session.id if found.session else 0
    if not link.reusable:
        here = url_for("links.show", link_id=link.id)
        return {"counts": None, "listed": None, "live_url": here, "live_event": f"session-{session_id}",
                "live_session": session_id or None}  # fmt: skip
    listed = link_sessions.page(current_db(), link.id or 0, before=before, after=after)
    return {
        "counts": link_sessions.counts(current_db(), link.id or 0), "listed": listed, "outcome": _outcome,
        "newer_url": url_for("links.show", link_id=link.id, after=listed.newer) if listed.newer else "",
        "older_url": url_for("links.show", link_id=link.id, before=listed.older) if listed.older else "",
        "live_url": url_for("links.show", link_id=link.id, before=before, after=after),
        "live_event": "sessions", "live_session": None,
    }  # fmt: skip


def _outcome(row: Any) -> str:
    """The vendor's outcome of a `LinkSession` in a few words, as lists of sessions have it."""
    provider = current_app.extensions["vouchdesk.providers"].get(row.provider)
    return row_outcome(row, provider.describe_code(row.outcome_code).short if provider else "")
