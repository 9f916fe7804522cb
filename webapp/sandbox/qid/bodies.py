"""The bodies of QiD's webhooks: as the vendor's samples have them, and bent for testers; posting is elsewhere."""

import json
import re
import secrets
from collections.abc import Callable
from typing import Any

from .codes import COMPLETED, GOOD, UNKNOWN, message
from .store import StoredRequest

Body = dict[str, Any]
ID = re.compile(r"(?=[^-]*-)[0-9A-Za-z-]{16,64}")
"""An aidx_uuid: six groups in the samples, a UUID in the seed."""


def body(request: StoredRequest, code: str, aidx_uuid: str = "", more: Body | None = None) -> Body:
    """One webhook: `aidx_uuid` and what was asked for come with 101 alone."""
    start = {"status": code in GOOD, "webid_key": request.webid_key, "mode": request.mode}
    found: Body = start | {"code": code, "message": message(code)}
    return found | {"aidx_uuid": aidx_uuid} | (more or {}) if code == COMPLETED else found


def again(found: Body) -> str:
    """The same in another order of the keys."""
    return json.dumps({key: found[key] for key in reversed(found)})


def _other_code(found: Body, code: str, *, status: bool = False) -> Body:
    kept = {key: found[key] for key in found if key in ("webid_key", "mode")}
    return kept | {"status": status, "code": code, "message": message(code)}


def _contradiction(found: Body) -> str:
    return json.dumps(found | {"status": True, "code": "029", "message": message("029")})


def _no_person(found: Body) -> str:
    return json.dumps({key: value for key, value in found.items() if key != "aidx_uuid"})


def _forged(found: Body) -> str:
    unknown = "-".join(secrets.token_hex(2) for _ in range(6))
    return json.dumps(found | {"webid_key": unknown})


def _comments(found: Body) -> str:
    """Comments and a needless backslash, as in the samples of the vendor's pages; no parser takes it."""
    shown = json.dumps(found | {"message": "the '3D selfie'"}, indent=2).replace("'", "\\'")
    return re.sub(r'("mode": \d,?)', r"\1 // 0 sandbox, 1 production", shown)


TWISTS: dict[str, Callable[[Body], str]] = {
    "forged": _forged,
    "wrong_mode": lambda found: json.dumps(found | {"mode": 1 - found["mode"]}),
    "unknown_code": lambda found: json.dumps(_other_code(found, UNKNOWN)),
    "contradiction": _contradiction,
    "no_person": _no_person,
    "status_text": lambda found: json.dumps(found | {"status": "true" if found["status"] else "false"}),
    "code_number": lambda found: json.dumps(found | {"code": int(found["code"])}),
    "comments": _comments,
}
TWIST_LABELS = {
    "forged": "under a webid_key that was never given",
    "wrong_mode": "with the other mode",
    "unknown_code": f"with the unknown code {UNKNOWN}",
    "contradiction": "contradicting itself: status true with code 029",
    "no_person": "without aidx_uuid",
    "status_text": "with status as text",
    "code_number": "with code as a number",
    "comments": "with comments: not JSON",
}
"""What each twist does, as an end of a sentence."""


def twisted(key: str, found: Body) -> str:
    """The text to post; as it is for an empty key, KeyError when there is no such twist."""
    return TWISTS[key](found) if key else json.dumps(found)
