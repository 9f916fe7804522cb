"""A QiD webhook body, bytes to Outcome: tolerant of its shapes, strict about its verdict; asks and stores nothing.

The code alone decides (product rules 5.5), never a text or a type; it is compared as the exact text it is.
"""

import hashlib
from typing import Any

from webapp.providers.base import Outcome, Unreadable
from webapp.providers.qid.attributes import read_attributes
from webapp.providers.qid.codes import CODES, COMPLETED, LIVENESS, READY, RESULTS, TOKEN_MADE, meaning
from webapp.providers.qid.location import read_location
from webapp.providers.shapes import Notes, is_absent, shown, text_of
from webapp.providers.untrusted import Parsed, canonical, parse_object, storable, storable_text

MAX_KEY = 64
"""The reference says 16 characters, its samples have 29; no pattern is asked for."""
MAX_SUBJECT = 64
MAX_CODE = 20
KNOWN_KEYS = ("status", "code", "message", "webid_key", "mode", "aidx_uuid", "metadata", "location")
MODES = {"1": "production", "0": "sandbox"}
DENYING = frozenset(CODES) - {COMPLETED, READY, TOKEN_MADE}
"""Codes that cannot stand beside a success; one we do not know may be of either kind, and goes to a person as it is."""


def identify(body: bytes) -> str:
    """The `webid_key` that the body names; raises Unreadable for what cannot be a QiD webhook."""
    return _identify(body)[0]


def _identify(body: bytes) -> tuple[str, str, Parsed]:
    parsed = parse_object(body)
    key = parsed.value.get("webid_key")
    if not isinstance(key, str) or not key.strip():
        raise Unreadable("The body has no “webid_key”, so it cannot be a QiD result.")
    if len(key) > MAX_KEY:
        raise Unreadable(f"“webid_key” has more than {MAX_KEY} characters, so it cannot be QiD's.")
    code = code_of(parsed.value.get("code"))
    if not code:
        raise Unreadable("The body has no “code”, so it cannot be a QiD result.")
    return storable_text(key), code, parsed


def code_of(value: Any) -> str:
    """The code as the text it is; a JSON number has lost its noughts and gets them back (`56` is `056`, `"56"` is not)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:03d}"[:MAX_CODE]
    return storable_text(value)[:MAX_CODE] if isinstance(value, str) and value.strip() else ""


def read(raw: bytes) -> Outcome:
    """Read a webhook body (seed "Webhook Return Parameters"); raises Unreadable, never anything else."""
    reference, code, parsed = _identify(raw)
    body: dict[str, Any] = storable(parsed.value)
    notes = Notes(verdict=[f"“{shown(storable_text(key))}” stands twice in the result." for key in parsed.repeated])
    mode = _read_mode(body, notes)
    subject = _read_subject(body, code, notes)
    _doubt(body, code, notes)
    location = read_location(body.get("location"), notes)
    result = "error" if notes.verdict else RESULTS.get(code, "error")
    return Outcome(
        reference=reference, result=result, code=code, text=_message(body, notes), subject=subject, mode=mode,
        liveness="" if notes.verdict else LIVENESS.get(code, ""), attributes=read_attributes(body.get("metadata")),
        location=location, final=bool(notes.verdict) or meaning(code).final, contradictions=notes.sentences,
        other={key: value for key, value in body.items() if key not in KNOWN_KEYS}, content_key=_content_key(body, code),
    )  # fmt: skip


def _doubt(body: dict[str, Any], code: str, notes: Notes) -> None:
    """Whether `status` says the same as the code: captured is only a 101 with the literal `true`."""
    status = body.get("status")
    if not isinstance(status, bool):
        what = "is missing" if "status" not in body else f"is “{shown(status)}”, which is neither true nor false"
        notes.verdict.append(f"The result does not say clearly whether it was completed: “status” {what}.")
    elif status and code in DENYING:
        notes.verdict.append(f"The vendor says completed, but gives the code {code} ({meaning(code).short}).")
    elif not status and code == COMPLETED:
        notes.verdict.append(f"The vendor says not completed, but gives the code {COMPLETED} (completed).")


def _read_subject(body: dict[str, Any], code: str, notes: Notes) -> str:
    value = body.get("aidx_uuid")
    subject = value.strip() if isinstance(value, str) else ""
    if not subject.isprintable() or len(subject) > MAX_SUBJECT:
        subject = ""
    if not subject and not is_absent(value):
        note = f"The id of the person is “{shown(value)}”, which is no id."
        (notes.verdict if code == COMPLETED else notes.data).append(note)
    elif not subject and code == COMPLETED:
        notes.verdict.append("The vendor says completed, but does not say who the person is: “aidx_uuid” is missing.")
    return subject


def _read_mode(body: dict[str, Any], notes: Notes) -> str:
    """Production or sandbox; whether it is ours is for `confirm`."""
    value = body.get("mode")
    if is_absent(value):
        return ""
    mode = MODES.get(text_of(value), "")
    if not mode:
        notes.verdict.append(f"The result's mode is “{shown(value)}”, which is neither production (1) nor sandbox (0).")
    return mode


def _message(body: dict[str, Any], notes: Notes) -> str:
    value = body.get("message")
    if not is_absent(value) and not text_of(value):
        notes.data.append("“message” in the result is not text, so it cannot be read.")
    return text_of(value)


def _content_key(body: dict[str, Any], code: str) -> str:
    """Hash of what the body says, without the vendor's wording, which differs between its own pages."""
    content = {key: value for key, value in body.items() if key != "message"} | {"code": code}
    return hashlib.sha256(canonical(content)).hexdigest()
