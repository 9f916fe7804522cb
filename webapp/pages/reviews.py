"""The queue of reviews: its pages, taking the next one, and the figures that every page's sidebar follows."""

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import ACCESS, actor
from webapp.actions import reviews
from webapp.filters import duration, utc_now, when
from webapp.htmx import unchanged
from webapp.models.words import STATUS_WORDS
from webapp.pages.session_words import MATTER_ICONS, as_seen, matter_label, row_label
from webapp.queries import reviews as queries
from webapp.queries.counts import capped, files, seen_of, sidebar_counts
from webapp.queries.session_filter import Position
from webapp.request_db import current_database, current_db

bp = Blueprint("reviews", __name__, url_prefix="/review")
approvals = Blueprint("approvals", __name__, url_prefix="/review")
"""Second approvals have a line of their own in the sidebar."""

TABS = {
    "open": ("reviews.index", "To review"),
    "mine": ("reviews.mine", "Mine"),
    "second": ("approvals.index", "Waiting for second approval"),
    "escalated": ("reviews.escalated", "Escalated"),
    "applicant": ("reviews.applicant", "Waiting for applicant"),
}


@bp.get("")
def index() -> ResponseReturnValue:
    """What waits for review, free or held by somebody, what is due first on top."""
    return _queue("open")


@bp.get("/mine")
def mine() -> ResponseReturnValue:
    """What the visitor holds himself."""
    return _queue("mine")


@approvals.get("/second", endpoint="index")
def second() -> ResponseReturnValue:
    """Decisions that wait for a second person, without those that the visitor proposed."""
    return _queue("second")


@bp.get("/escalated")
def escalated() -> ResponseReturnValue:
    """What was escalated."""
    return _queue("escalated")


@bp.get("/applicant")
def applicant() -> ResponseReturnValue:
    """What waits for an applicant who was asked again."""
    return _queue("applicant")


@bp.post("/next")
def take_next() -> ResponseReturnValue:
    """Hold the session that is due first among the free ones, and open it."""
    priority = _priority(request.form.get("priority", ""))
    with current_database().writing() as db:
        session = reviews.take_next(db, by=actor(), priority=priority)
    if session is None:
        flash("Nothing to take now: what waits is held by somebody, or you skipped it today.", "ok")
        return redirect(url_for("reviews.index", priority=priority or None), 303)
    return redirect(url_for("session.show", session_id=session.id), 303)


@bp.get("/counts")
def counts() -> ResponseReturnValue:
    """The sidebar's figures alone; 204 when the page shows these already."""
    db, user_id = current_db(), current_user.user_id
    figures, news = sidebar_counts(db, user_id), files(db, user_id)
    seen = seen_of(figures, news)
    return unchanged(seen) or render_template("reviews/counts.html", figures=figures, news=news, seen=seen)


def _queue(queue: str) -> ResponseReturnValue:
    db, now, notices = current_db(), utc_now(), list[str]()
    priority = _priority(request.args.get("priority", ""), notices)
    after, before = _place("after", notices), _place("before", notices)
    page = queries.page(db, queue, user_id=current_user.user_id, priority=priority, after=after, before=before)
    figures = queries.counts(db, user_id=current_user.user_id, now=now)
    rows = [_row(row, now) for row in page.rows]
    coming = _coming(queue, now) if not rows else []
    shown = {"rows": rows, "figures": figures, "coming": coming}
    seen = hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
    same = unchanged(seen)
    if same is not None:
        return same
    response = make_response(
        render_template(
            "reviews/index.html", queue=queue, page=page, seen=seen, priority=priority, priorities=queries.PRIORITIES,
            notices=notices, tabs=_tabs(figures), lead=_lead(queue, figures), url=_url(queue), capped=capped,
            live_url=_url(queue)(priority, after=after, before=before), **shown,
        )
    )  # fmt: skip
    response.vary.add("HX-Request")
    return response


def _coming(queue: str, now: datetime) -> list[dict[str, Any]]:
    """What to expect where the page is empty: what falls due next, or what may come in next."""
    if queue == "mine":
        return [_row(row, now) for row in queries.next_due(current_db(), limit=3)]
    expected = queries.on_their_way(current_db(), limit=3) if queue == "open" else ()
    return [
        {
            "name": row_label(row), "url": url_for("session.show", session_id=row.id),
            "due": f"{STATUS_WORDS[row.status].lower()}, opened {when(row.opened_at, now)}" if row.opened_at
            else STATUS_WORDS[row.status].lower(),
        }
        for row in map(as_seen, expected)
    ]  # fmt: skip


def _tabs(figures: queries.QueueCounts) -> list[dict[str, Any]]:
    """The tabs that the visitor may open."""
    return [
        {"name": name, "url": url_for(endpoint), "label": label, "count": getattr(figures, name)}
        for name, (endpoint, label) in TABS.items()
        if ACCESS[endpoint] in current_user.rights
    ]


def _lead(queue: str, figures: queries.QueueCounts) -> str:
    """`3 of 27 held by you, 2 late.`"""
    if queue == "second":
        return "Decisions of others that wait for your yes or no."
    if queue == "escalated":
        return "What a reviewer handed up, with his reason."
    if queue == "applicant":
        return "Asked again; each comes back when its applicant is done."
    if not figures.open:
        return "Nothing waits for review."
    late = f", {capped(figures.late)} late" if figures.late else ", none late"
    yours = f"{capped(figures.mine)} of {capped(figures.open)} held by you" if figures.mine else ""
    return f"{yours or capped(figures.open) + ' to review'}{late}."


def _row(row: queries.QueueRow, now: datetime) -> dict[str, Any]:
    session = as_seen(row.session)
    matters = [
        {"label": matter_label(each), "icon": MATTER_ICONS[each.kind], "tone": each.severity}
        for each in session.matters
    ]
    due, late = due_words(row.due_at, now)
    held = row.held(now)
    return {
        "id": session.id, "version": session.version, "status": session.status, "name": row_label(session),
        "own_reference": session.own_reference or "", "matters": matters, "due": due, "late": late,
        "due_at": row.due_at, "priority": row.priority, "url": url_for("session.show", session_id=session.id),
        "holder": (row.holder_name or "Somebody") if held else "", "until": row.held_until if held else None,
        "mine": held and row.holder_id == current_user.user_id,
    }  # fmt: skip


def due_words(due_at: datetime | None, now: datetime) -> tuple[str, bool]:
    """`late by 2 h`, `in 3 h 10 min`, and whether it is late."""
    if due_at is None:
        return "no time set", False
    seconds = (due_at - now).total_seconds()
    if seconds < 0:
        return f"late by {duration(-seconds) if seconds <= -60 else 'less than a minute'}", True
    return f"in {duration(seconds) if seconds >= 60 else 'less than a minute'}", False


def _url(queue: str) -> Any:
    """The address of this queue for a priority and a place; "" when the place is not there."""
    path = url_for(TABS[queue][0])

    def url(priority: str = "", **places: Position | None) -> str:
        pairs = [(name, str(place)) for name, place in places.items() if place is not None]
        pairs = ([("priority", priority)] if priority else []) + pairs
        return f"{path}?{urlencode(pairs)}" if pairs else path

    return url


def _priority(word: str, notices: list[str] | None = None) -> str:
    if word in ("", *queries.PRIORITIES):
        return word
    if notices is not None:
        notices.append(f"Unknown priority “{word[:40]}” was left out")
    return ""


def _place(name: str, notices: list[str]) -> Position | None:
    text = request.args.get(name, "")
    position = Position.parse(text) if text else None
    if text and position is None:
        notices.append("The page asked for does not exist; this is the first one")
    return position
