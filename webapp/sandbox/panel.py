"""For testers: the outbox of SMS, and callbacks sent once more on request; bodies and order are in tester.py."""

from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from .hosted import ended_page
from .pages import find_session
from .parts import parts
from .phones import UNREACHABLE, kind
from .tester import Refused

panel = Blueprint("panel", __name__)
_SHOWN = 100


@panel.get("/outbox")
def outbox() -> ResponseReturnValue:
    """Every message the sandbox would have sent, newest first."""
    messages = [
        {
            **dict(row),
            "at": f"{datetime.fromtimestamp(row['sent_at'], UTC):%d %b %H:%M:%S}",
            "line": kind(row["number"]),
        }
        for row in parts().store.outbox(_SHOWN)
    ]
    return render_template("sandbox/outbox.html", messages=messages, unreachable=UNREACHABLE, shown=_SHOWN)


@panel.post("/s/<reference>/send")
def send(reference: str) -> ResponseReturnValue:
    """Post `what` for this session; 404 for an unknown choice, 409 when it does not fit."""
    session = find_session(reference)
    try:
        parts().tester.send(session, request.form.get("what", ""))
    except LookupError:
        abort(404)
    except Refused as refused:
        if session.state == "open":
            return render_template("sandbox/refused.html", why=str(refused)), 409
        return ended_page(session, error=str(refused), status=409)
    back = (
        url_for("hosted.index") if request.form.get("back") == "list" else url_for("hosted.show", reference=reference)
    )
    return redirect(back, 303)
