"""The overview: what waits, how it runs, what is wrong; routes only."""

import hashlib
from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.filters import duration, utc_now, visible
from webapp.htmx import unchanged
from webapp.pages.reviews import due_words
from webapp.pages.session_words import MATTER_ICONS, as_seen, matter_label, row_label
from webapp.queries import eligible, reviews
from webapp.queries import overview as queries
from webapp.queries.counts import Waiting, capped, waiting
from webapp.queries.gaps import GapCounts
from webapp.queries.retention import vendors_words
from webapp.queries.reviews import QueueRow
from webapp.request_db import current_db

bp = Blueprint("overview", __name__)


@bp.get("/")
def index() -> ResponseReturnValue:
    """What needs a person now, how 30 days went, what is wrong; on a fresh installation, what to do next."""
    db, now = current_db(), utc_now()
    if not queries.has_links(db):
        return render_template("overview/index.html", first_use=True)
    figures, alone = queries.figures(db, now, current_user.user_id), eligible.missing(db) is not None
    shown = {
        "numbers": _numbers(figures, waiting(db), alone=alone),
        "trend": queries.trend(db, now),
        "funnel": queries.funnel(db, now),
        "next_up": [_due_row(row, now) for row in reviews.next_due(db, limit=5)],
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


def _numbers(figures: queries.Figures, queue: Waiting, *, alone: bool) -> list[dict[str, Any]]:
    wrong = (
        figures.creation_failed,
        figures.quarantined,
        figures.evidence_at_risk,
        figures.gaps.total,
        figures.at_vendor,
        figures.set_aside,
    )
    problems = sum(wrong) + alone
    total, second, rights = queue.to_review, queue.to_confirm(current_user.user_id), current_user.rights
    free = f"{capped(queue.pending)} free"
    held = f"{capped(figures.mine)} held by you, {free}" if total else "nothing waits for you"
    return [
        _number(*(("My queue", total, held) if "decide" in rights else ("To review", total, free)), url_for("reviews.index")),
        _number("Late", figures.late, f"of {capped(total)} to review" if figures.late else "none is past its time",
                url_for("reviews.index"), **({"tone": "bad", "icon": "clock"} if figures.late else {})),
        _number("Waiting for second approval", second, "proposed by others" if second else "none",
                url_for("approvals.index") if "approve_second" in rights else _list(status="awaiting_second")),
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
    if figures.at_vendor:
        may = "manage_retention" in current_user.rights
        problems.append({
            "icon": "eraser", "tone": "warn", "action": "See retention", "url": url_for("retention.index") if may else "",
            "title": _several(figures.at_vendor, "erased session is left", "erased sessions are left") + " at the vendor",
            "text": "Partly erased: what was here is gone, the copy in the vendor’s vault is not. "
                    f"{_asked_in_vain(*vendors_words(current_db()))}",
        })  # fmt: skip
    return problems + (_set_aside(figures.set_aside) if figures.set_aside else [])


def _set_aside(number: int) -> list[dict[str, Any]]:
    """What this is is no matter of one session, and whoever runs the console has the commands for it."""
    return [{
        "icon": "bug", "tone": "warn", "action": "", "url": "",
        "title": _several(number, "job was set aside", "jobs were set aside"),
        "text": "Work behind the pages that failed again and again, or that stopped the worker. Nobody does it any more. "
                "Whoever runs the console sees which by the command “flask --app app jobs list”.",
    }]  # fmt: skip


def _asked_in_vain(copies: int, said: str) -> str:
    if not copies:
        return "The vendor is asked to delete it."
    return f"The vendor was asked in vain for {copies} of them, and is asked again. The last time: {visible(said)}"


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


def _due_row(row: QueueRow, now: datetime) -> dict[str, Any]:
    session, (due, late) = as_seen(row.session), due_words(row.due_at, now)
    matters = [
        {"label": matter_label(each), "icon": MATTER_ICONS[each.kind], "tone": each.severity}
        for each in session.matters
    ]
    return {
        "status": session.status, "name": row_label(session), "matters": matters, "due": due, "late": late,
        "url": url_for("session.show", session_id=session.id),
    }  # fmt: skip


def _list(**filters: Any) -> str:
    return url_for("sessions.index", **filters)
