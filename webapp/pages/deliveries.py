"""Deliveries: what the vendors posted, the silent ones, evidence at risk, and trying again; routes only."""

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import actor
from webapp.actions import deliveries as actions
from webapp.actions.intake import read_body
from webapp.filters import utc_now
from webapp.htmx import unchanged
from webapp.models import Delivery
from webapp.models.words import DELIVERY_STATE_WORDS
from webapp.pages.raw_view import as_file, record_raw_view
from webapp.providers import PROVIDERS
from webapp.queries import at_risk as evidence
from webapp.queries import deliveries as queries
from webapp.queries import gaps as silent
from webapp.queries.counts import capped
from webapp.queries.raw_text import readable
from webapp.queries.session_filter import Position
from webapp.queries.session_keys import Bounds
from webapp.request_db import current_database, current_db

bp = Blueprint("deliveries", __name__)
FEW = 10
"""Lines of each kind of gap on the page that shows all kinds."""


@bp.get("/deliveries")
def index() -> ResponseReturnValue:
    """All deliveries or those in one state, newest first. Its live region asks with `top`; 204 when nothing changed."""
    state = _state()
    bounds = Bounds(**{name: _place(name) for name in ("after", "before", "top")})
    page = queries.page(current_db(), state=state, bounds=bounds)
    return _live(
        "deliveries/index.html", {"page": page, "tabs": queries.tabs(current_db(), utc_now())}, state=state,
        words=DELIVERY_STATE_WORDS, providers=PROVIDERS, url=_url, live_url=_live_url(state, bounds, page),
        beyond=bounds.after is not None, taken=taken, became=became,
    )  # fmt: skip


@bp.get("/deliveries/gaps")
def gaps() -> ResponseReturnValue:
    """The silent ones: a few of each kind, or with `kind` all of one, paged."""
    db, now = current_db(), utc_now()
    kind = _kind(silent.KINDS)
    tabs = queries.tabs(db, now)
    wanted = [each for each in (kind,) if each] or [each for each in silent.KINDS if getattr(tabs.gaps, each)]
    after, size = (_place("after"), silent.PAGE) if kind else (None, FEW)
    found = {each: silent.read(db, each, now, after=after, size=size) for each in wanted}
    return _live(
        "deliveries/gaps.html", {"found": found, "tabs": tabs}, kind=kind, after=after, ask_for=actions.ASK_FOR
    )


@bp.get("/deliveries/evidence")
def at_risk() -> ResponseReturnValue:
    """Files that are not saved, the first to be deleted first; those that are lost apart."""
    db, now = current_db(), utc_now()
    kind = _kind(("at_risk", "lost"))
    after = _place("after") if kind else None
    shown = {
        "saveable": evidence.at_risk(db, now, after=after) if kind != "lost" else None,
        "gone": evidence.lost(db, now, after=after, size=evidence.PAGE if kind else FEW) if kind != "at_risk" else None,
        "tabs": queries.tabs(db, now),
    }
    return _live("deliveries/evidence.html", shown, kind=kind, after=after)


@bp.post("/deliveries/<int:delivery_id>/replay")
def replay(delivery_id: int) -> ResponseReturnValue:
    """Take a delivery in quarantine in again; one that is not in quarantine stays as it is, and that is said."""
    with current_database().writing() as db:
        said = actions.replay(db, by=actor(), delivery_id=delivery_id)
    if said is None:
        abort(404)
    flash(said, "info" if said.startswith("No change") else "ok")
    return redirect(_url(_state()), 303)


@bp.get("/deliveries/<int:delivery_id>/raw")
def raw(delivery_id: int) -> ResponseReturnValue:
    """A delivery without a session as it came; one with a session is shown there. Each view is on the record."""
    delivery = current_db().get(Delivery, delivery_id)
    if delivery is None:
        abort(404)
    download = request.args.get("download") == "1"
    if delivery.session_id is not None:
        chosen = "1" if download else None
        target = url_for("session.raw", session_id=delivery.session_id, delivery_id=delivery_id, download=chosen)
        return redirect(target, 303)
    body = read_body(delivery.body, delivery.body_file, current_app.extensions["vouchdesk.settings"].data_dir)
    record_raw_view(delivery_id=delivery_id, download=download)
    if download:
        return as_file(body, f"delivery-{delivery_id}.json")
    text, cut = readable(body)
    return render_template("deliveries/raw.html", delivery=delivery, text=text, cut=cut, words=DELIVERY_STATE_WORDS)


def became(row: queries.DeliveryRow) -> str:
    """What became of a delivery, without the word that its state says already: `Applied: failed` is `Failed`."""
    words = row.reason.removeprefix("Applied: ").removeprefix("Kept: ")
    return words[:1].upper() + words[1:]


def taken(seconds: float | None) -> str:
    """How long taking in took: `0.4 s`, `12 s`, `1.2 min`, `5 d`; empty while it is under way."""
    if seconds is None:
        return ""
    if seconds < 0.1:
        return "under 0.1 s"
    for limit, unit, name in ((60.0, 1.0, "s"), (3600.0, 60.0, "min"), (172_800.0, 3600.0, "h")):
        if seconds < limit:
            return f"{seconds / unit:.1f} {name}" if seconds < 10 * unit else f"{seconds / unit:.0f} {name}"
    return f"{seconds / 86_400:.0f} d"


def _live(template: str, shown: dict[str, Any], **more: Any) -> ResponseReturnValue:
    seen = _token(shown)
    response = unchanged(seen) or make_response(
        render_template(template, seen=seen, here=request.full_path.rstrip("?"), capped=capped, **shown, **more)
    )
    response.vary.add("HX-Request")
    return response


def _token(shown: dict[str, Any]) -> str:
    """Changes when what the region shows does."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _state() -> str:
    """The state the address asks for; a word that is none shows all."""
    asked = request.args.get("state", "")
    return asked if asked in DELIVERY_STATE_WORDS else ""


def _kind(known: Sequence[str]) -> str:
    """The kind the address asks for; a word that is none shows all."""
    asked = request.args.get("kind", "")
    return asked if asked in known else ""


def _place(name: str) -> Position | None:
    return Position.parse(request.args.get(name, ""))


def _url(state: str = "", **places: Position | None) -> str:
    """The list's address for a state and a place; "" when the place is not there."""
    if any(place is None for place in places.values()):
        return ""
    params = [("state", state)] if state else []
    params += [(name, str(place)) for name, place in places.items()]
    return url_for("deliveries.index") + ("?" + urlencode(params) if params else "")


def _live_url(state: str, bounds: Bounds, page: queries.DeliveryPage) -> str:
    for name in ("after", "before", "top"):
        place = getattr(bounds, name)
        if place is not None:
            return _url(state, **{name: place})
    return _url(state, **({"top": page.rows[0].position} if page.rows else {}))
