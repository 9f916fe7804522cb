"""The sessions list and its export; routes only."""

from datetime import datetime
from functools import lru_cache
from itertools import chain
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from webapp.access import actor
from webapp.actions.audit import keyed, record
from webapp.exports import FORMATS, Format
from webapp.exports.at_once import at_most
from webapp.exports.columns import SESSIONS
from webapp.exports.masked import masked
from webapp.filters import duration, utc_now
from webapp.forms.sessions import LABELS, PARTS, SessionFilterForm, part_in_words
from webapp.htmx import unchanged
from webapp.masking import sight
from webapp.models.words import PURPOSE_WORDS
from webapp.pages.session_rows import drawn_rows
from webapp.queries import eligible
from webapp.queries import sessions as queries
from webapp.queries.counts import capped, waiting
from webapp.queries.policies import LARGE_EXPORT
from webapp.queries.session_export import chunks
from webapp.queries.session_filter import Position, SessionFilter
from webapp.request_db import current_database, current_db

bp = Blueprint("sessions", __name__)


@bp.get("/sessions")
def index() -> ResponseReturnValue:
    """The list. Its live region asks with `top`, so that new sessions do not shift rows; 204 when nothing changed."""
    form = _form()
    db = current_db()
    page = queries.page(db, form.filter, form.bounds)
    pending = waiting(db, needing=True)
    seen = page.token(pending.needing or 0, sight().key)
    same = unchanged(seen)
    if same is not None:
        return same
    empty = not page.rows
    response = make_response(
        render_template(
            "sessions/index.html", form=form, page=page, seen=seen,
            filter_bar=_filter_bar(form.filter, tuple(form.notices)),
            waiting=capped(pending.needing or 0), waited=_waited(pending.since),
            live_url=_live_url(form, page), plain_url=_url(form.filter), url=_url,
            newer_url=_url(form.filter, before=page.newer), older_url=_url(form.filter, after=page.older),
            first_use=empty and form.filter.is_empty and not queries.any_session(db),
            relax=_relaxations(form.filter) if empty and not form.filter.is_empty else [],
            rows=drawn_rows(page.rows, providers=current_app.extensions["vouchdesk.providers"], now=utc_now()),
        )
    )  # fmt: skip
    response.vary.add("HX-Request")
    return response


@bp.get("/sessions/export.<format>")
def export(format: str) -> ResponseReturnValue:
    """Exactly what the filter shows, all pages, as a download. The audit row is written before the first byte.

    For programs, which say `purpose`; who asks by the page has the file made (`pages.exports`). Where files of more than 100
    wait for a second person, so many are not had here: 403 says where to ask.
    """
    chosen = FORMATS.get(format)
    if chosen is None:
        abort(404)
    wanted, held = _form().filter, eligible.large_exports(current_db())
    read = chunks(current_database(), wanted, [column.name for column in SESSIONS])
    rows = at_most(read, LARGE_EXPORT) if held else read
    _record_export(format, wanted, outcome="denied" if rows is None else "ok")
    if rows is None:
        ask = f"{url_for('exports.new')}?{urlencode([('list', 'sessions'), *wanted.params()])}"
        return render_template("exports/too_many.html", most=LARGE_EXPORT, ask=ask), 403
    pieces = chosen.write(
        SESSIONS, masked(SESSIONS, rows, sight())
    )  # decided now: the file is written after the request
    first = next(pieces, b"")  # what fails before the first byte is an error page, and no broken file
    return Response(chain((first,), pieces), headers=_download(format, chosen), content_type=chosen.media_type)


def _form() -> SessionFilterForm:
    """The filter in the URL. Who may not see names cannot find out by searching either."""
    return SessionFilterForm.read(request.args, references_only=not sight().personal)


def _record_export(format: str, wanted: SessionFilter, *, outcome: str) -> None:
    purpose = request.args.get("purpose", "")
    purpose = purpose if purpose in PURPOSE_WORDS else "not given"
    with current_database().writing() as db:  # what was searched for may be a name
        parts = [(name, value if name != "q" else keyed(db, value)) for name, value in wanted.params()]
        record(
            db, by=actor(), action="export.download", object_type="sessions",
            after={"format": format, "filter": [list(part) for part in parts], "purpose": purpose},
            outcome=outcome,
        )  # fmt: skip


def _download(format: str, chosen: Format) -> dict[str, str]:
    name = f"sessions-{utc_now():%Y%m%dT%H%M%SZ}.{format.rsplit('.', maxsplit=1)[-1]}"
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store", **chosen.headers}


def _url(wanted: SessionFilter, **places: Position | None) -> str:
    """The address of the list for a filter and a place; "" when the place is not there."""
    if any(place is None for place in places.values()):
        return ""
    params = wanted.params() + [(name, str(place)) for name, place in places.items()]
    return _with_params("/sessions", params)


def _with_params(path: str, params: list[tuple[str, str]]) -> str:
    return path + ("?" + urlencode(params) if params else "")


@lru_cache(64)
def _filter_bar(wanted: SessionFilter, notices: tuple[str, ...]) -> Markup:
    """The filter's form and chips. All that they show is in the arguments, so that a kept one is never an old one."""
    form = SessionFilterForm(wanted, notices=list(notices))
    template = current_app.jinja_env.get_template("sessions/_filter.html")
    return Markup(template.render(form=form, parts=PARTS, labels=LABELS, url=_url))  # noqa: S704 - a template escapes


def _live_url(form: SessionFilterForm, page: queries.Page) -> str:
    bounds = form.bounds
    for name in ("after", "before", "top"):
        place = getattr(bounds, name)
        if place is not None:
            return _url(form.filter, **{name: place})
    return _url(form.filter, **({"top": page.rows[0].position} if page.rows else {}))


def _relaxations(wanted: SessionFilter) -> list[tuple[str, str, str]]:
    found = queries.relaxations(current_db(), wanted)
    return [(part_in_words(wanted, part), _url(less), _sessions(number)) for part, less, number in found]


def _sessions(number: int) -> str:
    return "1 session" if number == 1 else f"{capped(number, queries.COUNT_LIMIT)} sessions"


def _waited(since: datetime | None) -> str:
    seconds = (utc_now() - since).total_seconds() if since else 0
    return duration(seconds) if seconds >= 60 else ""
