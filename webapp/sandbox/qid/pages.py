"""The 3D selfie page: start, capture, end, each with the tester's panel beside it; outcomes are read elsewhere."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import BaseConverter

from ..parts import parts
from . import codes
from .asked import ATTRIBUTES
from .bodies import TWIST_LABELS
from .found import BOOLEANS, EMOTIONS, NO_PLACE, PLACES, SHAPES, Wrong, guess
from .parts import qid_parts
from .rows import webhooks_of
from .store import StoredRequest
from .submission import read_outcome
from .tester import NotNow, choices, send

qid_pages = Blueprint("qid_pages", __name__)
_PEOPLE = 5


class WebidConverter(BaseConverter):
    """A webid_key in an address, so that a reference alone leads to either vendor's page."""

    regex = "[0-9a-z]{4}(?:-[0-9a-z]{4}){5}"
    weight = 50


def _find(key: str) -> StoredRequest:
    found = qid_parts().store.request(key)
    if found is None:
        abort(404)
    return found


def _page(template: str, asked_by: StoredRequest, status: int = 200, **more: Any) -> ResponseReturnValue:
    html = render_template(
        f"sandbox/qid/{template}.html",
        request_=asked_by,
        asked=asked_by.asked,
        codes=codes,
        attributes=ATTRIBUTES,
        **more,
    )
    return make_response(html, status)


def _open_page(asked_by: StoredRequest, error: str = "") -> ResponseReturnValue:
    known = [
        (person.webid_key, person.aidx_uuid, f"{datetime.fromtimestamp(person.finished_at or 0, UTC):%d %b %H:%M}")
        for person in qid_parts().store.people(_PEOPLE)
    ]
    return _page(
        asked_by.step or "start", asked_by, 422 if error else 200, error=error, said=request.form, people=known,
        twists=TWIST_LABELS, face=guess(asked_by), places=PLACES, no_place=NO_PLACE, shapes=SHAPES, emotions=EMOTIONS,
        booleans={name: ATTRIBUTES[number] for number, name in BOOLEANS.items() if number in asked_by.asked.metadata},
    )  # fmt: skip


def _ended_page(asked_by: StoredRequest, error: str = "", status: int = 200) -> ResponseReturnValue:
    row = webhooks_of(parts().store, asked_by)
    return _page("ended", asked_by, status, error=error, row=row, sends=choices(asked_by))


@qid_pages.get("/s/<webid:key>")
@qid_pages.get("/q/<key>")
def show(key: str) -> ResponseReturnValue:
    """Where the person is on the way, or the end; looking at it is activity."""
    found = _find(key)
    if found.state != "open":
        return _ended_page(found)
    qid_parts().service.active(found)
    return _open_page(found)


@qid_pages.post("/q/<key>/camera")
def camera(key: str) -> ResponseReturnValue:
    """The person allowed the camera, and the location where it is recorded."""
    found = _find(key)
    qid_parts().service.active(found, "capture")
    return redirect(url_for(".show", key=found.short), 303)


@qid_pages.post("/s/<webid:key>/complete")
@qid_pages.post("/q/<key>/complete")
def complete(key: str) -> ResponseReturnValue:
    """The outcome, from the page or a script; the fields are those of docs/sandbox.md. 422 when one does not fit."""
    found = _find(key)
    if found.state == "open":
        try:
            outcome = read_outcome(request.form, found, qid_parts().service)
        except Wrong as wrong:
            return _open_page(found, str(wrong))
        qid_parts().service.active(found)
        qid_parts().service.finish(found, outcome)
    return redirect(url_for(".show", key=found.short), 303)


@qid_pages.post("/s/<webid:key>/send")
@qid_pages.post("/q/<key>/send")
def send_again(key: str) -> ResponseReturnValue:
    """Post `what` for this request; 404 for an unknown choice, 409 when it does not fit."""
    found = _find(key)
    try:
        send(found, request.form.get("what", ""), qid_parts().store, qid_parts().service)
    except LookupError:
        abort(404)
    except NotNow as why:
        if found.state == "open":
            return make_response(render_template("sandbox/refused.html", why=str(why)), 409)
        return _ended_page(found, str(why), 409)
    to_list = request.form.get("back") == "list"
    return redirect(url_for("hosted.index") if to_list else url_for(".show", key=found.short), 303)
