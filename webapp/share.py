"""The applicant's short link: explains, shows a QR code, records "opened", goes on to the vendor, thanks."""

import re

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp import qr as codes
from webapp.access import actor
from webapp.actions import links
from webapp.filters import utc_now
from webapp.queries import links as queries
from webapp.queries import share_words
from webapp.queries.way_back import way_back
from webapp.request_db import current_database, current_db

bp = Blueprint("share", __name__)
PREVIEWS = re.compile(
    r"(?<!cu)bot\b|bot[/_-]|crawl|spider|slurp|preview|facebookexternalhit|facebot|whatsapp/|slack-|telegrambot|discordbot"
    r"|linkedinbot|skypeuri|embedly|iframely|pinterest/|mattermost|google-safety|safelinks|urlscan|headlessfetch",
    re.IGNORECASE,
)
"""Agents that fetch an address to draw a preview or to scan it; they do not open it (5.2). Cubot is a phone."""


@bp.get("/v/<token>")
def show(token: str) -> ResponseReturnValue:
    """The page behind the short link; counts as opened, except for HEAD and for previews."""
    found = _working(token)
    if isinstance(found, Response):
        return found
    if _counts():
        with current_database().writing() as db:
            links.opened(db, by=actor(), link_id=found.link.id or 0)
    given = {picture.part for picture in queries.pictures(current_db(), found.link.id or 0)}
    page = render_template(
        "share/show.html", link=found.link, qr_svg=codes.inline(_address(found.link.token)),
        words=share_words.words(found, company=current_app.extensions["vouchdesk.settings"].company_name, given=given),
        go_url=url_for("share.go", token=found.link.token),
    )  # fmt: skip
    return _private(make_response(page))


@bp.get("/v/<token>/go")
def go(token: str) -> ResponseReturnValue:
    """On to the vendor's page. Makes the session opened if the page before was not counted."""
    found = _working(token)
    if isinstance(found, Response):
        return found
    if _counts():
        with current_database().writing() as db:
            links.opened(db, by=actor(), link_id=found.link.id or 0, first_only=True)
    return _private(make_response(redirect(found.link.vendor_url, 302)))


@bp.get("/v/<token>/done")
def done(token: str) -> ResponseReturnValue:
    """Where the vendor sends the browser in the end. That it came is a hint that a result follows, and no more."""
    return _returned(token, failed=False)


@bp.get("/v/<token>/done/failed")
def done_failed(token: str) -> ResponseReturnValue:
    """The same where the vendor says that it did not go well; why is not for this page."""
    return _returned(token, failed=True)


@bp.get("/v/<token>/qr.svg")
def qr(token: str) -> ResponseReturnValue:
    """The QR code of the short link as a picture."""
    found = _working(token)
    if isinstance(found, Response):
        return found
    response = _private(make_response(codes.picture(_address(found.link.token), "svg")))
    response.mimetype = "image/svg+xml"
    return response


def _returned(token: str, *, failed: bool) -> Response:
    found = _found(token)
    if found is None:
        return _missing()
    reference = request.args.get("reference", "")
    if reference and _counts():
        with current_database().writing() as db:
            links.returned(db, by=actor(), link_id=found.link.id or 0, reference=reference, failed=failed)
    target = way_back(found, failed=failed, reference=reference)
    if target:
        return _private(make_response(redirect(target, 303)))
    return _private(make_response(render_template("share/done.html", failed=failed)))


def _found(token: str) -> queries.LinkDetail | None:
    return queries.by_token(current_db(), token)


def _missing() -> Response:
    """The same answer for whatever is not a link."""
    return _private(make_response(render_template("share/missing.html"), 404))


def _working(token: str) -> queries.LinkDetail | Response:
    """The link, or the page that says why it cannot be used: unknown (404), over (410), paused or not ready (200)."""
    found = _found(token)
    if found is None:
        return _missing()
    why = queries.over(found, utc_now())
    if why:  # a paused link may come back: it is not gone
        return _private(make_response(render_template("share/gone.html", why=why), 200 if why == "paused" else 410))
    if found.link.state != "active":
        return _private(make_response(render_template("share/not_ready.html")))
    return found


def _counts() -> bool:
    """Whether a person looks: not HEAD, not a prefetch, not an agent without a name or of the preview kind."""
    agent = request.user_agent.string
    prefetch = "prefetch" in (request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", ""))
    return request.method == "GET" and bool(agent) and not prefetch and not PREVIEWS.search(agent)


def _address(token: str) -> str:
    return f"{current_app.extensions['vouchdesk.settings'].public_url}/v/{token}"


def _private(response: Response) -> Response:
    """No copy anywhere, no index, and no address of ours for the vendor's page to see."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
