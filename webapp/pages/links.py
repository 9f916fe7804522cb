"""Links: the list, the form for a new one, a link's page with its QR code, trying again, revoking."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp import qr as codes
from webapp.access import actor
from webapp.actions import links
from webapp.filters import utc_now
from webapp.forms.links import NewLink, RevokeLink, new_form_key
from webapp.htmx import unchanged
from webapp.models.words import FINAL_STATUSES
from webapp.providers import PROVIDERS
from webapp.queries import link_words
from webapp.queries import links as queries
from webapp.request_db import current_database, current_db

bp = Blueprint("links", __name__)
PROVIDER = "docupass"
STOP_POLLING = 286


@bp.get("/links")
def index() -> ResponseReturnValue:
    """The links, newest first, 50 a page; a cursor that is no number means the first page."""
    before, after = (request.args.get(name, type=queries.cursor) for name in ("before", "after"))
    page = queries.page(current_db(), before=before, after=after)
    if not page.rows and (before is not None or after is not None):
        return redirect(url_for("links.index"), 303)
    return render_template("links/index.html", page=page, providers=PROVIDERS)


@bp.route("/links/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form; a sent one makes the link and goes to its page."""
    if request.method == "GET":
        return _form(NewLink(form_key=new_form_key()))
    form = NewLink(request.form)
    if not form.validate():
        return _form(form), 422
    try:
        link = links.create(
            current_database(), by=actor(), form_key=form.form_key.data or "", person_name=form.person_name.data,
            own_reference=form.own_reference.data, email=form.email.data, options=form.options(),
            expected=form.expected(), **_vendor(PROVIDER),
        )  # fmt: skip
    except links.FormUsed as used:
        form.form_key.data = new_form_key()
        form.form_errors.append("This form made a link before. Press “Create link” again to make another one.")
        return _form(form, made_before=used.link_id), 422
    return redirect(url_for("links.show", link_id=link.id), 303)


@bp.get("/links/<int:link_id>")
def show(link_id: int) -> ResponseReturnValue:
    """One link: address, QR code, e-mail text, state. The region `#link-state` follows the session by itself."""
    found = _found(link_id)
    seen = _seen(found)
    same = unchanged(seen)
    if same is not None:
        return same
    status = STOP_POLLING if "X-Poll" in request.headers and _final(found) else 200
    return _page(found, RevokeLink(), seen=seen), status


@bp.get("/links/<int:link_id>/qr.<any(svg, png):kind>")
def qr(link_id: int, kind: str) -> ResponseReturnValue:
    """The QR code of the link's address as a picture; `?download` names the file."""
    link = _found(link_id).link
    response = make_response(codes.picture(_address(link.token), kind))
    response.mimetype = "image/svg+xml" if kind == "svg" else "image/png"
    if "download" in request.args:
        response.headers["Content-Disposition"] = f'attachment; filename="link-{link.token}.{kind}"'
    return response


@bp.post("/links/<int:link_id>/retry")
def retry(link_id: int) -> ResponseReturnValue:
    """Ask the vendor again for a link whose creation failed."""
    found = _found(link_id)
    links.retry(current_database(), by=actor(), link_id=link_id, **_vendor(found.link.provider))
    return redirect(url_for("links.show", link_id=link_id), 303)


@bp.post("/links/<int:link_id>/revoke")
def revoke(link_id: int) -> ResponseReturnValue:
    """Withdraw the link; the form with its reason is the confirmation."""
    found = _found(link_id)
    form = RevokeLink(request.form)
    if not form.validate():
        return _page(found, form, seen=_seen(found)), 422
    try:
        with current_database().writing() as db:
            links.revoke(db, by=actor(), link_id=link_id, reason=form.reason.data)
    except links.NotPossible as refused:
        abort(409, description=str(refused))
    flash("The link is revoked. Its address now says that it was switched off.", "ok")
    return redirect(url_for("links.show", link_id=link_id), 303)


def _found(link_id: int) -> queries.LinkDetail:
    found = queries.detail(current_db(), link_id)
    if found is None:
        abort(404)
    return found


def _vendor(key: str) -> dict[str, Any]:
    settings = current_app.extensions["vouchdesk.settings"]
    provider = current_app.extensions["vouchdesk.providers"][key]
    return {"provider": provider, "public_url": settings.public_url, "company_name": settings.company_name}


def _company() -> str:
    return str(current_app.extensions["vouchdesk.settings"].company_name)


def _address(token: str) -> str:
    """The applicant's address, from the setting PUBLIC_URL."""
    return f"{current_app.extensions['vouchdesk.settings'].public_url}/v/{token}"


def _form(form: NewLink, *, made_before: int | None = None) -> str:
    options, expected = form.options(), form.expected()
    if form.compare_name.data and not expected.name:
        expected = replace(expected, name="(as typed)")  # it will be compared once there is one
    return render_template(
        "links/new.html", form=form, folded=form.folded(), made_before=made_before,
        birth_words=link_words.day_in_words(form.birth.data), steps=link_words.steps(options, _company()),
        minutes=link_words.minutes(options), asked=link_words.asked(options, expected),
    )  # fmt: skip


def _page(found: queries.LinkDetail, form: RevokeLink, *, seen: str) -> str:
    link, address = found.link, _address(found.link.token)
    provider = current_app.extensions["vouchdesk.providers"].get(link.provider)
    mail = link_words.mail_text(
        person=found.person, company=_company(), options=found.options, address=address, until=link.expires_at
    )
    return render_template(
        "links/show.html", link=link, person=found.person, session=found.session, name=found.name, form=form, seen=seen,
        address=address, mail=mail, mail_subject=link_words.mail_subject(_company()),
        asked=link_words.asked(found.options, found.expected), details=link_words.details(found.expected),
        options=found.options, lasts=link_words.from_now(link.expires_at, utc_now()),
        until=link_words.moment_in_words(link.expires_at, short=True), provider_name=PROVIDERS.get(link.provider, ""),
        error_words=provider.describe_error(link.error_code) if provider and link.error_code else "",
        can_retry=links.can_retry(link, found.session, utc_now()), can_revoke=links.can_revoke(link, found.session),
        over=queries.over(found, utc_now()),
    )  # fmt: skip


def _seen(found: queries.LinkDetail) -> str:
    """What the region shows, in short: another value means that it must be drawn again."""
    session_id, version = (found.session.id, found.session.version) if found.session else (0, 0)
    stuck = links.can_retry(found.link, found.session, utc_now())
    return f"{session_id}-{version}-{found.link.opened_count}-{found.link.state}-{stuck:d}"


def _final(found: queries.LinkDetail) -> bool:
    return found.session is not None and found.session.status in FINAL_STATUSES
