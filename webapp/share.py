"""The applicant's short link: explains, shows a QR code, records "opened", goes on to the vendor, thanks."""

import re

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp import qr as codes
from webapp.access import actor
from webapp.actions import links
from webapp.filters import utc_now
from webapp.queries import link_words
from webapp.queries import links as queries
from webapp.request_db import current_database, current_db

bp = Blueprint("share", __name__)
PREVIEWS = re.compile(
    r"(?<!cu)bot\b|bot[/_-]|crawl|spider|slurp|preview|facebookexternalhit|facebot|whatsapp/|slack-|telegrambot|discordbot"
    r"|linkedinbot|skypeuri|embedly|iframely|pinterest/|mattermost|google-safety|safelinks|urlscan|headlessfetch",
    re.IGNORECASE,
)
"""Agents that fetch an address to draw a preview or to scan it; they do not open it (5.2). Cubot is a phone."""
PRIVACY = (
    "We use your photos and the data on your document only to check who you are.",
    "ID Analyzer takes the photos for us and reads the document.",
    "You may ask us what we keep about you, and have mistakes put right.",
)


@bp.get("/v/<token>")
def show(token: str) -> ResponseReturnValue:
    """The page behind the short link; counts as opened, except for HEAD and for previews."""
    found = _working(token)
    if isinstance(found, Response):
        return found
    if _counts():
        with current_database().writing() as db:
            links.opened(db, by=actor(), link_id=found.link.id or 0)
    page = render_template(
        "share/show.html", first_name=link_words.first_name(found.person), link=found.link,
        qr_svg=codes.inline(_address(found.link.token)),
        minutes=link_words.minutes(found.options), needs=link_words.needs(found.options),
        go_url=url_for("share.go", token=found.link.token), privacy=PRIVACY,
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
    found = _found(token)
    if found is None:
        return _missing()
    reference = request.args.get("reference", "")
    if reference and _counts():
        with current_database().writing() as db:
            links.returned(db, by=actor(), link_id=found.link.id or 0, reference=reference)
    return _private(make_response(render_template("share/done.html")))


@bp.get("/v/<token>/qr.svg")
def qr(token: str) -> ResponseReturnValue:
    """The QR code of the short link as a picture."""
    found = _working(token)
    if isinstance(found, Response):
        return found
    response = _private(make_response(codes.picture(_address(found.link.token), "svg")))
    response.mimetype = "image/svg+xml"
    return response


def _found(token: str) -> queries.LinkDetail | None:
    return queries.by_token(current_db(), token)


def _missing() -> Response:
    """The same answer for whatever is not a link."""
    return _private(make_response(render_template("share/missing.html"), 404))


def _working(token: str) -> queries.LinkDetail | Response:
    """The link, or the page that says why it cannot be used: unknown (404), over (410), not ready."""
    found = _found(token)
    if found is None:
        return _missing()
    why = queries.over(found, utc_now())
    if why:
        return _private(make_response(render_template("share/gone.html", why=why), 410))
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
