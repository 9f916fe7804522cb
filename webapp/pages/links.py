"""Links: the list, a link's page and QR code, and what can be done with it; new ones are made in `links_new`."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp import qr as codes
from webapp.access import actor
from webapp.actions import links
from webapp.actions.sms import SmsCaps
from webapp.filters import utc_now
from webapp.forms.link_cap import LinkCap
from webapp.forms.links import RevokeLink
from webapp.htmx import unchanged
from webapp.models.words import FINAL_STATUSES, LINK_STATE_WORDS
from webapp.pages.link_page import address_of, render
from webapp.providers import PROVIDERS
from webapp.queries import link_list
from webapp.queries import links as queries
from webapp.request_db import current_database, current_db

bp = Blueprint("links", __name__)
STOP_POLLING = 286


@bp.get("/links")
def index() -> ResponseReturnValue:
    """The links, newest first, 50 a page, of one state (`?state=`) or all; a cursor that is none: the first page."""
    before, after = _cursors()
    state = request.args.get("state", "")
    state = state if state in LINK_STATE_WORDS else ""
    page = link_list.page(current_db(), state=state, before=before, after=after)
    if not page.rows and (before is not None or after is not None):
        return redirect(url_for("links.index", state=state or None), 303)
    return render_template("links/index.html", page=page, state=state, states=LINK_STATE_WORDS, providers=PROVIDERS)


@bp.get("/links/<int:link_id>")
def show(link_id: int) -> ResponseReturnValue:
    """One link: its address, the ways to hand it out, what it brought. The region `#link-state` follows by itself.

    `?before=` and `?after=` page through the sessions of a reusable link.
    """
    seen = queries.seen(current_db(), link_id, utc_now())
    if seen is None:
        abort(404)
    same = unchanged(seen.token)
    if same is not None:
        return same
    before, after = _cursors()
    page = render(_found(link_id), seen=seen.token, before=before, after=after)
    final = seen.status in FINAL_STATUSES and not seen.reusable
    return page, STOP_POLLING if "X-Poll" in request.headers and final else 200


@bp.get("/links/<int:link_id>/qr.<any(svg, png):kind>")
def qr(link_id: int, kind: str) -> ResponseReturnValue:
    """The QR code of the link's address as a picture; `?download` names the file."""
    link = _found(link_id).link
    response = make_response(codes.picture(address_of(link), kind))
    response.mimetype = "image/svg+xml" if kind == "svg" else "image/png"
    if "download" in request.args:
        response.headers["Content-Disposition"] = f'attachment; filename="link-{link.token}.{kind}"'
    return response


@bp.post("/links/<int:link_id>/retry")
def retry(link_id: int) -> ResponseReturnValue:
    """Ask the vendor again for a link whose creation failed."""
    found = _found(link_id)
    try:
        links.retry(current_database(), by=actor(), link_id=link_id, **_vendor(found.link.provider))
    except links.NotPossible as refused:
        abort(409, description=str(refused))
    return _back(link_id)


@bp.post("/links/<int:link_id>/pause")
def pause(link_id: int) -> ResponseReturnValue:
    """Stop a reusable link for now."""
    _change(link_id, links.pause)
    flash("The link is paused. Its address asks people to come back later.", "ok")
    return _back(link_id)


@bp.post("/links/<int:link_id>/resume")
def resume(link_id: int) -> ResponseReturnValue:
    """Let a paused link work again."""
    _change(link_id, links.resume)
    flash("The link works again.", "ok")
    return _back(link_id)


@bp.post("/links/<int:link_id>/cap")
def cap(link_id: int) -> ResponseReturnValue:
    """Change how many sessions a reusable link may bring."""
    form = LinkCap(request.form)
    if not form.validate():
        return _refused(link_id, cap_form=form)
    _change(link_id, links.set_cap, cap=form.cap.data)
    flash("The limit is changed.", "ok")
    return _back(link_id)


@bp.post("/links/<int:link_id>/revoke")
def revoke(link_id: int) -> ResponseReturnValue:
    """Withdraw the link; the form with its reason is the confirmation."""
    form = RevokeLink(request.form)
    if not form.validate():
        return _refused(link_id, revoke_form=form)
    _change(link_id, links.revoke, reason=form.reason.data)
    flash("The link is revoked. Its address now says that it was switched off.", "ok")
    return _back(link_id)


def _change(link_id: int, action: Callable[..., Any], **how: Any) -> None:
    """Do it in one transaction; 404 for an unknown link, 409 with the action's words where it cannot be done."""
    if link_id > link_list.LARGEST_ID:
        abort(404)
    try:
        with current_database().writing() as db:
            done = action(db, by=actor(), link_id=link_id, **how)
    except links.NotPossible as refused:
        abort(409, description=str(refused))
    if done is None:
        abort(404)


def _refused(link_id: int, **forms: Any) -> ResponseReturnValue:
    """The page with the form as it was sent, and what is wrong with it."""
    found, seen = _found(link_id), queries.seen(current_db(), link_id, utc_now())
    return render(found, seen=seen.token if seen else "", **forms), 422


def _back(link_id: int) -> ResponseReturnValue:
    return redirect(url_for("links.show", link_id=link_id), 303)


def _cursors() -> tuple[int | None, int | None]:
    before, after = (request.args.get(name, type=link_list.cursor) for name in ("before", "after"))
    return before, after


def _found(link_id: int) -> queries.LinkDetail:
    found = queries.detail(current_db(), link_id)
    if found is None:
        abort(404)
    return found


def _vendor(key: str) -> dict[str, Any]:
    settings = current_app.extensions["vouchdesk.settings"]
    provider = current_app.extensions["vouchdesk.providers"][key]
    caps = SmsCaps(per_number=settings.sms_per_number, per_day=settings.sms_per_day, key=settings.secret_key)
    return {
        "provider": provider, "public_url": settings.public_url, "company_name": settings.company_name,
        "data_dir": settings.data_dir, "sms_caps": caps,
    }  # fmt: skip
