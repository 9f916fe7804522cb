"""The pages around the steps: list of sessions, welcome, end, pictures of specimens, the whole pass in one post."""

import io
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from PIL import Image
from werkzeug.urls import iri_to_uri

from .activity import Row, callbacks_of, recent
from .contract import Signature
from .countries import is_country
from .draft import Draft, accepted
from .files import NotAPicture, as_jpeg
from .making import Submission
from .pages import Visit, default_country, find_session, hosted_page, next_url
from .parts import parts
from .people import DOCUMENTS, person_for
from .qid.parts import qid_parts
from .qid.rows import RequestRow, recent_requests
from .scenarios import EXPIRED, FAILURES, choose
from .showing import Showing
from .specimens import document_pictures, selfie
from .store import StoredSession
from .twists import TWISTS

hosted = Blueprint("hosted", __name__)
_SHOWN = 50
_UPLOADS = {"front": "FRONT", "back": "BACK", "selfie": "FACE"}


@hosted.get("/")
def index() -> ResponseReturnValue:
    """Recent sessions with their callbacks and the answers to them; references typed by hand lead on from here."""
    if typed := request.args.get("reference", "").strip():
        if found := qid_parts().store.request(typed):
            return redirect(url_for("qid_pages.show", key=found.short))
        return redirect(url_for(".show", reference=typed.upper()))
    sessions = recent(parts().store, _SHOWN)
    sends = {row.session.reference: parts().tester.choices(row.session) for row in sessions}
    rows: list[Row | RequestRow] = [*sessions, *recent_requests(qid_parts().store, parts().store, _SHOWN)]
    rows.sort(key=lambda row: row.created_at, reverse=True)
    return render_template("sandbox/index.html", rows=rows[:_SHOWN], sends=sends)


@hosted.get("/s/<reference>")
def show(reference: str) -> ResponseReturnValue:
    """The welcome of an open session, where it was left, or its end."""
    session = find_session(reference)
    if session.state != "open":
        return ended_page(session)
    parts().store.opened(session.reference, parts().clock.now())
    visit = Visit.of(session)
    if visit.draft.started:
        return redirect(url_for("steps.step", reference=session.reference, page=visit.current))
    return hosted_page(visit, "welcome", failures=FAILURES)


def ended_page(session: StoredSession, *, error: str = "", status: int = 200) -> ResponseReturnValue:
    """The end as the applicant sees it, and beside it what a tester can have sent once more."""
    html = render_template(
        "sandbox/ended.html", session=session, options=session.options, next_url=next_url(session), error=error,
        sends=parts().tester.choices(session), row=callbacks_of(parts().store, session),
    )  # fmt: skip
    return make_response(html, status)


@hosted.get("/s/<reference>/leaving")
def leaving(reference: str) -> ResponseReturnValue:
    """The end once more, on the way to the customer's own page; a new navigation, so no form policy applies to it."""
    session = find_session(reference)
    response = make_response(ended_page(session))
    if session.state != "open" and (url := next_url(session)):
        response.headers["Refresh"] = f"0; url={iri_to_uri(url)}"
    return response


@hosted.get("/s/<reference>/specimen/<document>.jpg")
def specimen(reference: str, document: str) -> ResponseReturnValue:
    """A small picture of what would be shown: a document, its back with `?side=BACK`, or `selfie`."""
    session = find_session(reference)
    iso2 = request.args.get("country", default_country(session))
    kind = "passport" if document == "selfie" else document
    if kind not in DOCUMENTS or not is_country(iso2):
        abort(404)
    name = Draft.of(parts().store.draft(session.reference)).name
    showing = Showing(person_for(session.options, document=kind, iso2=iso2, name=name, today=parts().maker.today()))
    sides = document_pictures(showing)
    first = next(iter(sides.values()))
    content = selfie(showing) if document == "selfie" else sides.get(request.args.get("side", ""), first)
    with Image.open(io.BytesIO(content)) as picture:
        picture.thumbnail((440, 440))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=82)
    response = make_response(out.getvalue())
    response.headers.update({"Content-Type": "image/jpeg", "Cache-Control": "private, max-age=3600"})
    return response


def _submission(session: StoredSession) -> Submission:
    form, pictures = request.form, {}
    for name, side in _UPLOADS.items():
        content = request.files[name].read() if name in request.files else b""
        if content:
            pictures[side] = as_jpeg(content)
    return Submission(
        document=form.get("document") or accepted(session.options)[0],
        country=(form.get("country") or default_country(session)).upper(),
        name=form.get("name", "").strip()[:200],
        phone=form.get("phone", "").strip()[:40],
        scenario=form.get("scenario") or "auto",
        callback=form.get("callback", ""),
        single_attempt=form.get("single_attempt") == "1",
        pictures=pictures,
    )


@hosted.post("/s/<reference>/complete")
def complete(reference: str) -> ResponseReturnValue:
    """The whole pass in one post, for scripts; the fields are those of docs/sandbox.md."""
    session = find_session(reference)
    if session.options.reusable and session.state == "open":
        session = parts().sessions.visit(session)
    if session.state != "open":
        return redirect(url_for(".show", reference=session.reference), 303)
    if request.form.get("callback", "") not in {"", *TWISTS}:
        return _refused("There is no such kind of callback.")
    return _sign(session) if session.kind == "signature" else _verify(session)


def _refused(why: str) -> ResponseReturnValue:
    return render_template("sandbox/refused.html", why=why), 422


def _verify(session: StoredSession) -> ResponseReturnValue:
    try:
        sent = _submission(session)
    except NotAPicture:
        return _refused("One of the files is not a picture we can read. Send a JPEG or PNG photo.")
    if sent.document not in DOCUMENTS or not is_country(sent.country) or choose(sent.scenario) is None:
        return _refused("There is no such document, country or scenario.")
    result = parts().sessions.attempt(session, sent)
    if not result.final:
        _begin_again(session, result.code or 0)
    return _go_on(session, final=result.final)


def _begin_again(session: StoredSession, code: int) -> None:
    visit = Visit.of(session)
    visit.draft.begin_again(code)
    visit.save()


def _sign(session: StoredSession) -> ResponseReturnValue:
    form: Any = request.form
    if form.get("scenario") == EXPIRED:
        parts().sessions.expire(session)
        return _go_on(session)
    name = form.get("name", "").strip()[:200]
    if not name or form.get("agree") != "1":
        return _refused("A signature takes the fields name and agree=1.")
    parts().sessions.sign(session, Signature(name), form.get("callback", ""))
    return _go_on(session)


def _go_on(session: StoredSession, *, final: bool = True) -> ResponseReturnValue:
    """Straight to where the customer wants the browser; a script need not wait for the callback."""
    url = next_url(find_session(session.reference)) if final else ""
    return redirect(url or url_for(".show", reference=session.reference), 303)
