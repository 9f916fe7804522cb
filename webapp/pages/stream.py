"""The open pages' stream of changes (server-sent events)."""

import time
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.db import Database
from webapp.live import RESYNC, Hub, StreamsUsedUp
from webapp.members import is_alive
from webapp.request_db import current_database

bp = Blueprint("live", __name__)
COUNT_EVERY = 1.0  # seconds between tellings that figures may have changed; the last one may wait for the heartbeat
CHECK_EVERY = 9.0  # seconds between looks at whether the sign-in behind a stream still stands


@bp.get("/live")
def stream() -> ResponseReturnValue:
    """`sessions` events for a list, `session-<id>` for one page (`?session=<id>`); 503 when all streams are taken.

    Both also hear `counts`, once a second at most, when any session changed: every page's sidebar follows that.
    """
    hub: Hub = current_app.extensions["vouchdesk.live"]
    wanted = request.args.get("session", type=int)
    subscription = hub.subscribe()
    try:
        changes = subscription.__enter__()
    except StreamsUsedUp:
        return Response("All streams are taken; ask again from time to time.", 503, {"Retry-After": "30"})
    body = _events(changes, wanted, current_database(), current_user.secret)
    response = Response(
        body, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    )
    response.call_on_close(lambda: subscription.__exit__(None, None, None))
    return response


def _events(changes: Iterator[int | bool | None], wanted: int | None, database: Database, secret: str) -> Iterator[str]:
    name = f"session-{wanted}" if wanted else "sessions"
    yield "retry: 2000\n\n: open\n\n"
    checked, told, owed = time.monotonic(), 0.0, False
    for change in changes:
        if time.monotonic() - checked >= CHECK_EVERY:
            checked = time.monotonic()
            if not is_alive(database, secret):
                yield "event: signed-out\ndata: \n\n"
                return
        if change is not False and (wanted is None or change in (wanted, RESYNC)):
            yield f"event: {name}\ndata: {change}\n\n"
        owed = owed or change is not False
        if owed and time.monotonic() - told >= COUNT_EVERY:
            told, owed = time.monotonic(), False
            yield "event: counts\ndata: \n\n"
        elif change is False:
            yield ": alive\n\n"
