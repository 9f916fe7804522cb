"""The applicant's way through the hosted pages, one page at a time; what each answer means is in answers.py."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from .answers import ANSWERS, Wrong, context
from .pages import Visit, find_session, hosted_page, leave
from .parts import parts

steps = Blueprint("steps", __name__)
_PAGES = "phone,code,document,back,face,check,read,sign"


def _to_current(visit: Visit) -> ResponseReturnValue:
    return redirect(url_for(".step", reference=visit.session.reference, page=visit.current), 303)


@steps.post("/s/<reference>/start")
def start(reference: str) -> ResponseReturnValue:
    """From the welcome to the first step; a visitor of a reusable link gets a reference of his own here."""
    session = find_session(reference)
    if session.state == "open" and session.options.reusable:
        session = parts().sessions.visit(session)
        parts().store.opened(session.reference, parts().clock.now())
    if session.state != "open":
        return redirect(url_for("hosted.show", reference=session.reference), 303)
    visit = Visit.of(session)
    visit.draft.started = True
    visit.save()
    return _to_current(visit)


@steps.route(f"/s/<reference>/<any({_PAGES}):page>", methods=["GET", "POST"])
def step(reference: str, page: str) -> ResponseReturnValue:
    """One page: shown, or its answer taken. A page that is not reached yet leads to the one that is."""
    session = find_session(reference)
    visit = Visit.of(session)
    if session.state != "open" or not visit.draft.started:
        return redirect(url_for("hosted.show", reference=session.reference), 303)
    if not visit.reachable(page):
        return _to_current(visit)
    if request.method == "GET":
        return hosted_page(visit, f"step_{page}", page=page, **context(visit, page))
    try:
        ended = ANSWERS[page](visit, request)
    except Wrong as wrong:
        return hosted_page(visit, f"step_{page}", page=page, error=str(wrong), **context(visit, page))
    return leave(session) if ended else _to_current(visit)


@steps.post("/s/<reference>/expire")
def expire(reference: str) -> ResponseReturnValue:
    """The tester's button: the session's time is over now."""
    session = find_session(reference)
    if session.state == "open":
        parts().sessions.expire(session)
    return leave(session)
