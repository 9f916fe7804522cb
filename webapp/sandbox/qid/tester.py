"""Webhooks beyond the first, for testers: which bodies, in which order; the service queues them."""

import json
import random
from collections.abc import Callable
from typing import Any

from . import bodies
from .codes import COMPLETED, EXPIRED, MESSAGES, label
from .service import Service, six_groups
from .store import QidStore, StoredRequest, Webhook
from .submission import asked_for

SENDS = {
    "duplicate": "The same webhook again, byte for byte",
    "repeat": "The same in another order of the keys",
    "late": "Completed after the expiry",
    "out_of_order": "Expired, then completed",
    "failed_after_passed": "Completed, then liveness failed",
    "other_person": "Completed again, as somebody else",
    **{twist: f"Completed, {words}" for twist, words in bodies.TWIST_LABELS.items()},
}
SENDS["unknown_code"] = bodies.TWIST_LABELS["unknown_code"].capitalize()
SENDS["contradiction"] = bodies.TWIST_LABELS["contradiction"].capitalize()


class NotNow(Exception):
    """This cannot be sent for this request; the message says why."""


def choices(request: StoredRequest) -> dict[str, str]:
    """What can be sent for this request; codes can be sent too."""
    if request.state == "open":
        return {}
    return {key: words for key, words in SENDS.items() if key != "late" or request.state == "expired"}


def send(request: StoredRequest, what: str, store: QidStore, service: Service) -> None:
    """Queue it, behind what waits. LookupError: no such choice; NotNow: not for this request.

    An open request expires first where the choice is about an expiry.
    """
    if what not in SENDS and what not in MESSAGES:
        raise LookupError(what)
    if what in ("late", "out_of_order") and request.state == "open":
        service.expire(request)
        request, what = store.request(request.webid_key) or request, "late"
    if request.state == "open":
        raise NotNow("This request has not ended yet. Finish it first.")
    if what == "late" and request.state != "expired":
        raise NotNow("It did not expire: choose “Expired, then completed”.")
    name = SENDS.get(what) or label(what)
    service.post(request, [Webhook(name, body) for body in _bodies(request, what)])


def _bodies(request: StoredRequest, what: str) -> list[str]:
    completed = _completed(request)
    text, expired = json.dumps(completed), json.dumps(bodies.body(request, EXPIRED))
    ways: dict[str, Callable[[], list[str]]] = {
        "duplicate": lambda: [request.body],
        "repeat": lambda: [bodies.again(_first(request) or completed)],
        "late": lambda: [text],
        "out_of_order": lambda: [expired, text],
        "failed_after_passed": lambda: [
            *([] if request.code == COMPLETED else [text]), json.dumps(bodies.body(request, "029"))
        ],
        "other_person": lambda: [json.dumps(completed | {"aidx_uuid": six_groups()})],
    }  # fmt: skip
    if what in ways:
        return ways[what]()
    if what in bodies.TWISTS:
        return [bodies.twisted(what, completed)]
    return [text if what == COMPLETED else json.dumps(bodies.body(request, what))]


def _first(request: StoredRequest) -> dict[str, Any]:
    """The body that ended the request; empty when that was no JSON."""
    try:
        found = json.loads(request.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _completed(request: StoredRequest) -> dict[str, Any]:
    """A completed webhook of this request: the true one, or one made for it."""
    first = _first(request)
    if request.code == COMPLETED and first.get("webid_key") == request.webid_key:
        return bodies.body(request, COMPLETED, request.aidx_uuid, _more(first))
    somebody = six_groups(random.Random(request.webid_key).choice)  # noqa: S311 - the same one each time
    return bodies.body(request, COMPLETED, request.aidx_uuid or somebody, asked_for({}, request))


def _more(first: dict[str, Any]) -> dict[str, Any]:
    return {key: first[key] for key in ("metadata", "location") if key in first}
