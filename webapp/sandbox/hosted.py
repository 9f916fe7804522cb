"""The pages of applicant and tester: hosted page, its end, the list of sessions; steps live in sessions.py."""

import io
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from PIL import Image

from .activity import recent
from .contract_pdf import contract_lines
from .countries import COMMON, country, is_country
from .files import NotAPicture, as_jpeg
from .parts import parts
from .people import DOCUMENTS, person_for
from .scenarios import EXPIRED, FAILURES, SCENARIOS, choose
from .sessions import Result, Submission
from .showing import Showing
from .specimens import document_pictures, selfie
from .store import StoredSession

hosted = Blueprint("hosted", __name__)
_NAMES = {"passport": "Passport", "licence": "Driving licence", "card": "Identity card"}
_UPLOADS = {"front": "FRONT", "back": "BACK", "selfie": "FACE"}


def _find(reference: str) -> StoredSession:
    session = parts().store.session(reference)
    if session is None:
        abort(404)
    return session


@hosted.get("/")
def index() -> ResponseReturnValue:
    """Recent sessions with their callbacks and the answers to them; references typed by hand lead on from here."""
    if typed := request.args.get("reference", "").strip():
        return redirect(url_for(".show", reference=typed.upper()))
    return render_template("sandbox/index.html", rows=recent(parts().store, 50))


@hosted.get("/s/<reference>")
def show(reference: str) -> ResponseReturnValue:
    session = _find(reference)
    if session.options.reusable and session.state == "open":
        return redirect(url_for(".show", reference=parts().sessions.visit(session).reference))
    if session.state != "open":
        return _ended_page(session)
    parts().store.opened(session.reference, parts().clock.now())
    return _page(session)


def _default_country(session: StoredSession) -> str:
    return session.options.countries[0] if session.options.countries else "GB"


def _accepted(session: StoredSession) -> list[str]:
    letters = session.options.documenttype or "PDI"
    return [name for name, letter in DOCUMENTS.items() if letter in letters]


def _context(session: StoredSession, sent: Submission | None) -> dict[str, Any]:
    options = session.options
    codes = dict.fromkeys([*options.countries, *COMMON])
    return {
        "session": session, "options": options, "documents": _NAMES, "accepted": _accepted(session),
        "countries": [country(code) for code in codes], "scenarios": SCENARIOS, "failures": FAILURES,
        "sent": sent or Submission(document=_accepted(session)[0], country=_default_country(session)),
        "last_failure": request.args.get("failed", type=int) if session.attempts else None,
    }  # fmt: skip


def _page(session: StoredSession, *, error: str = "", sent: Submission | None = None) -> ResponseReturnValue:
    if session.kind == "signature":
        lines = contract_lines(session.options.companyname, "")
        html = render_template("sandbox/sign.html", session=session, options=session.options, lines=lines, error=error)
    else:
        html = render_template("sandbox/verify.html", error=error, **_context(session, sent))
    response = make_response(html, 422 if error else 200)
    # Browsers hold redirects after a form to form-action too, so the targets this session may lead to are named.
    targets = {_origin(url) for url in (session.options.successredir, session.options.failredir) if url}
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action "
        + " ".join(["'self'", *sorted(targets)])
    )
    return response


def _origin(url: str) -> str:
    found = urlsplit(url)
    return f"{found.scheme}://{found.netloc.rpartition('@')[2]}"


def _ended_page(session: StoredSession) -> ResponseReturnValue:
    return render_template("sandbox/ended.html", session=session, next_url=_next_url(session))


@hosted.get("/s/<reference>/specimen/<document>.jpg")
def specimen(reference: str, document: str) -> ResponseReturnValue:
    """A small picture of what would be shown; `document` may also be `selfie`."""
    session = _find(reference)
    iso2 = request.args.get("country", _default_country(session))
    kind = "passport" if document == "selfie" else document
    if kind not in DOCUMENTS or not is_country(iso2):
        abort(404)
    showing = Showing(person_for(session.options, document=kind, iso2=iso2, name="", today=parts().sessions.today()))
    content = selfie(showing) if document == "selfie" else next(iter(document_pictures(showing).values()))
    with Image.open(io.BytesIO(content)) as picture:
        picture.thumbnail((440, 440))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=82)
    response = make_response(out.getvalue())
    response.headers.update({"Content-Type": "image/jpeg", "Cache-Control": "private, max-age=3600"})
    return response


def _uploads() -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, side in _UPLOADS.items():
        content = request.files[name].read() if name in request.files else b""
        if content:
            found[side] = as_jpeg(content)
    return found


def _submission(session: StoredSession, pictures: dict[str, bytes]) -> Submission:
    form = request.form
    return Submission(
        document=form.get("document") or _accepted(session)[0],
        country=(form.get("country") or _default_country(session)).upper(),
        name=form.get("name", "").strip()[:200],
        phone=form.get("phone", "").strip()[:40],
        scenario=form.get("scenario") or "auto",
        single_attempt=form.get("single_attempt") == "1",
        pictures=pictures,
    )


@hosted.post("/s/<reference>/complete")
def complete(reference: str) -> ResponseReturnValue:
    """The whole pass in one post: fields document, country, name, scenario, phone, single_attempt, and own pictures."""
    session = _find(reference)
    if session.options.reusable and session.state == "open":
        session = parts().sessions.visit(session)
    if session.state != "open":
        return redirect(url_for(".show", reference=session.reference), 303)
    return _sign(session) if session.kind == "signature" else _verify(session)


def _verify(session: StoredSession) -> ResponseReturnValue:
    try:
        sent = _submission(session, _uploads())
    except NotAPicture:
        return _page(session, error="One of the files is not a picture we can read. Choose a JPEG or PNG photo.")
    if sent.document not in DOCUMENTS or not is_country(sent.country) or choose(sent.scenario) is None:
        return _page(
            session, error="That choice is not on this page. Choose one of the documents, countries and outcomes shown."
        )
    result = parts().sessions.attempt(session, sent)
    if not result.final:
        return redirect(url_for(".show", reference=session.reference, failed=result.code), 303)
    return _leave(session, result)


def _sign(session: StoredSession) -> ResponseReturnValue:
    if request.form.get("scenario") == EXPIRED:
        parts().sessions.expire(session)
        return _leave(session, Result(success=False, code=0, final=True))
    name = request.form.get("name", "").strip()[:200]
    if not name or request.form.get("agree") != "1":
        return _page(session, error="Type your full name and tick the box to sign.")
    parts().sessions.sign(session, name)
    return _leave(session, Result(success=True, code=None, final=True))


def _leave(session: StoredSession, result: Result) -> ResponseReturnValue:
    """Send the browser on; the callback was queued before this answer is written."""
    url = session.options.successredir if result.success else session.options.failredir
    return redirect(_with_names(url, session) if url else url_for(".show", reference=session.reference), 303)


def _with_names(url: str, session: StoredSession) -> str:
    joint = "&" if urlsplit(url).query else "?"
    address, mark, fragment = url.partition("#")
    query = urlencode({"reference": session.reference, "customid": session.options.customid})
    return f"{address}{joint}{query}{mark}{fragment}"


def _next_url(session: StoredSession) -> str:
    url = session.options.successredir if session.success else session.options.failredir
    return _with_names(url, session) if url else ""
