"""The overview: what waits, how it runs, what is wrong; routes only."""

import hashlib
from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.filters import duration, utc_now
from webapp.htmx import unchanged
from webapp.pages.session_words import MATTER_ICONS, as_seen, matter_label, row_label
from webapp.queries import eligible, sessions
from webapp.queries import overview as queries
from webapp.queries.counts import Waiting, capped, waiting
from webapp.queries.gaps import GapCounts
from webapp.request_db import current_db

bp = Blueprint("overview", __name__)


@bp.get("/")
def index() -> ResponseReturnValue:
    """What needs a person now, how 30 days went, what is wrong; on a fresh installation, what to do next."""
    db, now = current_db(), utc_now()
    if not queries.has_links(db):
        return render_template("overview/index.html", first_use=True)
    figures, alone = queries.figures(db, now), eligible.missing(db) is not None
    shown = {
        "numbers": _numbers(figures, waiting(db), now, alone=alone),
        "trend": queries.trend(db, now),
        "funnel": queries.funnel(db, now),
        "next_up": [_waiting_row(as_seen(row), now) for row in sessions.next_up(db, limit=5)],
        "problems": _problems(figures, now) + (_nobody_confirms() if alone else []),
    }
    seen = hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
    response = unchanged(seen) or make_response(
        render_template(
            "overview/index.html", first_use=False, seen=seen, lead=now.strftime("%A %-d %B %Y, UTC"), **shown
        )
    )
    response.vary.add("HX-Request")
    return response


def _numbers(figures: queries.Figures, pending: Waiting, now: datetime, *, alone: bool) -> list[dict[str, Any]]:
    waited = f"the oldest has waited {_since(pending.since, now)}" if pending.since else "nothing waits for you"
    problems = figures.creation_failed + figures.quarantined + figures.evidence_at_risk + figures.gaps.total + alone
    return [
        _number("Needs review", pending.count, waited, _list(status="needs_review")),
        _number(
            "Waiting for the person", figures.ready + figures.opened,
            f"{capped(figures.opened)} opened, {capped(figures.ready)} not yet", _list(status=["opened", "ready"]),
        ),
        _number("Results today", figures.results_today, "since midnight UTC", url_for("sessions.index")),
        _number(
            "Problems", problems, "see below" if problems else "none", "#problems-title",
            **({"tone": "warn", "icon": "alert-triangle"} if problems else {}),
        ),
    ]  # fmt: skip


def _number(label: str, value: int, note: str, url: str, *, tone: str = "", icon: str = "") -> dict[str, Any]:
    return {"label": label, "value": capped(value), "note": note, "url": url, "tone": tone, "icon": icon}


def _problems(figures: queries.Figures, now: datetime) -> list[dict[str, Any]]:
    problems = []
    if figures.evidence_at_risk and figures.next_deletion:
        left = duration((figures.next_deletion - now).total_seconds())
        problems.append({
            "icon": "photo-off", "tone": "bad", "action": "See evidence at risk", "url": url_for("deliveries.at_risk"),
            "title": _several(figures.evidence_at_risk, "file is not saved", "files are not saved"),
            "text": f"The vendor deletes the first in {left}.",
        })  # fmt: skip
    if figures.creation_failed:
        problems.append({
            "icon": "link-off", "tone": "bad", "action": "See links", "url": url_for("links.index"),
            "title": _several(figures.creation_failed, "link was not created", "links were not created"),
            "text": "The vendor refused or could not be reached. The link's page says why and can try again.",
        })  # fmt: skip
    if figures.quarantined:
        problems.append({
            "icon": "alert-triangle", "tone": "warn", "action": "See quarantine",
            "url": url_for("deliveries.index", state="quarantined"),
            "title": _several(figures.quarantined, "delivery in quarantine", "deliveries in quarantine"),
            "text": "Not readable, or not confirmed by the vendor. No session was changed.",
        })  # fmt: skip
    if figures.gaps.total:
        problems.append({
            "icon": "help-circle", "tone": "warn", "action": "See gaps", "url": url_for("deliveries.gaps"),
            "title": _several(figures.gaps.total, "result is missing", "results are missing"),
            "text": _gaps_in_words(figures.gaps),
        })  # fmt: skip
    return problems


def _nobody_confirms() -> list[dict[str, Any]]:
    """Who may change the policy finds the way there; anybody else is told whom to ask."""
    may = "manage_policy" in current_user.rights
    return [{
        "icon": "users", "tone": "warn", "action": "See the policy", "url": url_for("policy.index") if may else "",
        "title": "Nobody can give the second approval",
        "text": "The policy asks for a second person, and there is no other who may confirm. Proposals wait until they "
                f"lapse. {'Invite' if may else 'An administrator has to invite'} an approver, or change the policy.",
    }]  # fmt: skip


def _gaps_in_words(gaps: GapCounts) -> str:
    """`3 past their time and silent, 1 came back without a result, 2 not confirmed yet.`"""
    parts = (
        (gaps.unconfirmed, "not confirmed by the vendor yet"),
        (gaps.returned, "came back without a result"),
        (gaps.silent, "past their time and silent"),
    )
    return ", ".join(f"{capped(number)} {words}" for number, words in parts if number) + "."


def _several(number: int, one: str, many: str) -> str:
    return f"{capped(number)} {one if number == 1 else many}"


def _waiting_row(row: sessions.SessionRow, now: datetime) -> dict[str, Any]:
    matters = [
        {"label": matter_label(each), "icon": MATTER_ICONS[each.kind], "tone": each.severity} for each in row.matters
    ]
    return {
        "status": row.status, "name": row_label(row), "matters": matters,
        "url": url_for("session.show", session_id=row.id), "waited": _since(row.finished_at or row.created_at, now),
    }  # fmt: skip


def _since(moment: datetime, now: datetime) -> str:
    seconds = (now - moment).total_seconds()
    return duration(seconds) if seconds >= 60 else "less than a minute"


def _list(**filters: Any) -> str:
    return url_for("sessions.index", **filters)
