"""From what a tester or a script sends to an outcome, with every field checked; nothing is stored here."""

import re
from collections.abc import Mapping
from typing import Any

from .bodies import TWISTS
from .codes import COMPLETED, UNKNOWN
from .found import SHAPES, Wrong, metadata, place, read_face
from .service import Outcome, Service
from .store import StoredRequest

LIVENESS = {"passed": COMPLETED, "failed": "029", "unclear": "030"}
_SHAPE = next(iter(SHAPES))


def read_outcome(form: Mapping[str, str], request: StoredRequest, service: Service) -> Outcome:
    """The outcome that a form chooses; Wrong says what does not fit."""
    code, twist = _code(form, request), form.get("callback", "")
    if twist not in {"", *TWISTS}:
        raise Wrong("There is no such kind of webhook.")
    if code != COMPLETED:
        return Outcome(code, twist=twist)
    try:
        aidx_uuid = service.person(form.get("person", "").strip() or "new")
    except LookupError:
        raise Wrong("The person is new, same, another, or the webid_key of a completed request.") from None
    return Outcome(code, aidx_uuid, asked_for(form, request), twist)


def _code(form: Mapping[str, str], request: StoredRequest) -> str:
    liveness, code = form.get("liveness", ""), form.get("code", "").strip()
    if liveness and (liveness not in LIVENESS or not request.asked.liveness):
        raise Wrong("Liveness is passed, failed or unclear, where the request asked for it.")
    if liveness and code and code != LIVENESS[liveness]:
        raise Wrong(f"Code {code} and liveness {liveness} are two outcomes. Choose one.")
    code = code or LIVENESS.get(liveness, COMPLETED)
    if code == "unknown":
        return UNKNOWN
    if not re.fullmatch(r"[0-9]{3}", code):
        raise Wrong("A code has three digits, such as 017.")
    return code


def asked_for(form: Mapping[str, str], request: StoredRequest) -> dict[str, Any]:
    """Metadata and location, where the request asked for them."""
    more: dict[str, Any] = {}
    if request.asked.metadata:
        more["metadata"] = metadata(request, read_face(form, request), form.get("shape", "") or _SHAPE)
    if request.asked.location and (where := place(form.get("location", ""))):
        more["location"] = where
    return more
