"""A DocuPass callback, bytes to Outcome: tolerant of its shapes, strict about its verdict; asks and stores nothing."""

import base64
import hashlib
from datetime import UTC, date, datetime
from typing import Any

from webapp.providers.base import Outcome, Unreadable
from webapp.providers.docupass.findings import has_matches, read_authenticity, read_files, read_matches, read_texts
from webapp.providers.docupass.person import read_person
from webapp.providers.docupass.verdict import read_checks, read_face, read_result
from webapp.providers.shapes import Notes, is_absent, object_of, shown, text_of
from webapp.providers.untrusted import Parsed, canonical, parse_object, peek_object, storable, storable_text

MAX_REFERENCE = 64
MAX_HASH = 128
IMAGE_KEYS = ("documentimage", "faceimage")
KNOWN_KEYS = (
    "success", "reference", "hash", "customid", "failreason", "failcode", "data", "contract", "phone", "face",
    "verification", "authentication", "aml", "vaultid", *IMAGE_KEYS,
)  # fmt: skip


def identify(body: bytes) -> str:
    """The reference that the body names; raises Unreadable for what cannot be a DocuPass callback."""
    peeked = peek_object(body)
    reference = _key(peeked, "reference", MAX_REFERENCE)
    _key(peeked, "hash", MAX_HASH)
    return reference


def _identify(body: bytes) -> tuple[str, str, Parsed]:
    parsed = parse_object(body)
    return _key(parsed.value, "reference", MAX_REFERENCE), _key(parsed.value, "hash", MAX_HASH), parsed


def _key(body: dict[str, Any], name: str, longest: int) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Unreadable(f"The body has no “{name}”, so it cannot be a DocuPass result.")
    if len(value) > longest:
        raise Unreadable(f"“{name}” has more than {longest} characters, so it cannot be DocuPass's.")
    return storable_text(value)


def read(raw: bytes, *, today: date | None = None) -> Outcome:
    """Read a callback (seed "POST Body"; shapes of vendor facts 4.2); raises Unreadable, never anything else.

    `today` is the day (UTC) it was received; without it, the present day.
    """
    reference, proof, parsed = _identify(raw)
    body: dict[str, Any] = storable(parsed.value)
    notes = Notes(verdict=[f"“{shown(storable_text(key))}” stands twice in the result." for key in parsed.repeated])
    data = object_of(body, "data", notes.data)
    person = read_person(data, today or datetime.now(UTC).date(), notes)
    checks, checks_passed = read_checks(body, notes)
    face = read_face(body, notes)
    authenticity, matches = read_authenticity(body, notes), read_matches(body, notes)
    phone, contract = read_texts(body, "phone", notes), read_texts(body, "contract", notes)
    customid, text, vault_id = (_plain_text(body, key, notes) for key in ("customid", "failreason", "vaultid"))
    _note_images(body, notes)
    result, code = read_result(body, checks, face, notes)
    return Outcome(
        reference=reference, proof=proof, customid=customid, result=result, code=code, text=text, person=person,
        fields=data, face=face, authenticity=authenticity, vendor_checks=checks, vendor_checks_passed=checks_passed,
        matches=matches, matches_returned=has_matches(body), phone=phone, contract=contract, files=read_files(body),
        vault_id=vault_id, contradictions=notes.sentences, other=_unknown_keys(body), content_key=_content_key(body),
    )  # fmt: skip


def _plain_text(body: dict[str, Any], key: str, notes: Notes) -> str:
    value = body.get(key)
    if not is_absent(value) and not text_of(value):
        notes.data.append(f"“{key}” in the result is not text, so it cannot be read.")
    return text_of(value)


def _note_images(body: dict[str, Any], notes: Notes) -> None:
    for key in IMAGE_KEYS:
        value = body.get(key)
        wrong = not is_absent(value) and not (isinstance(value, list) and all(isinstance(item, dict) for item in value))
        if wrong:
            notes.data.append(f"“{key}” in the result is not a list of pictures, so some may be missing.")


def _unknown_keys(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in KNOWN_KEYS}


def _content_key(body: dict[str, Any]) -> str:
    """Hash of what the body says: a retry has fresh image addresses and perhaps another hash and order of keys."""
    content = {key: value for key, value in body.items() if key != "hash"}
    for key in IMAGE_KEYS:
        if isinstance(content.get(key), list):
            content[key] = [_without(image, "url", "content") for image in content[key]]
    content["contract"] = _without(content.get("contract"), "document_url")
    return hashlib.sha256(canonical(content)).hexdigest()


def _without(value: Any, *keys: str) -> Any:
    return {key: item for key, item in value.items() if key not in keys} if isinstance(value, dict) else value


def embedded_file(body: bytes, pointer: tuple[str | int, ...]) -> bytes:
    """The bytes of a picture inside the body, base64 with or without a `data:` prefix; raises ValueError if none."""
    try:
        value: Any = parse_object(body).value
        for step in pointer:
            value = value[step]
    except (Unreadable, LookupError, TypeError):
        raise ValueError("There is no such file in the delivered result.") from None
    if not isinstance(value, str):
        raise ValueError("The file in the delivered result is not text.")
    text = "".join(value.split())
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        raise ValueError("The file in the delivered result is not base64.") from None
    if not content:
        raise ValueError("The file in the delivered result is empty.")
    return content
