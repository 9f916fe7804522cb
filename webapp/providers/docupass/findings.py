"""What DocuPass found beside its verdict: document checks, AML entries, phone, contract and files; judged elsewhere."""

import re
from typing import Any

from webapp.providers.base import Authenticity, AuthenticityCheck, SourceFile
from webapp.providers.shapes import Notes, is_absent, object_of, score_of, shown, text_of, texts_of

AML_LISTS = (
    "fullname", "firstname", "middlename", "lastname", "alias", "dob", "birthplace", "gender", "address", "nationality",
    "program", "note", "source", "status",
)  # fmt: skip
"""Keys of an AML entity that hold a list of texts; some come as one text (vendor facts 3)."""
SIDES = ("front", "back", "biodata")


def read_authenticity(body: dict[str, Any], notes: Notes) -> Authenticity | None:
    """Score and checks of the document. The names of the checks are an open set, and their order is kept."""
    block = object_of(body, "authentication", notes.data)
    if not block:
        return None
    breakdown = object_of(block, "breakdown", notes.data)
    return Authenticity(
        score=score_of(block.get("score"), "authenticity score", notes.data),
        checks=tuple(_read_check(name, entry, notes) for name, entry in breakdown.items()),
        warnings=tuple(texts_of(block.get("warning"))),
    )


def _read_check(name: str, entry: Any, notes: Notes) -> AuthenticityCheck:
    details = entry if isinstance(entry, dict) else {"passed": entry}
    passed = details.get("passed")
    if not isinstance(passed, bool):
        notes.data.append(f"The document check “{shown(name)}” says neither passed nor failed.")
    return AuthenticityCheck(
        name=name,
        passed=passed if isinstance(passed, bool) else None,
        reason=text_of(details.get("reason")),
        code=text_of(details.get("code")),
        severity=text_of(details.get("severity")),
    )


def read_matches(body: dict[str, Any], notes: Notes) -> tuple[dict[str, Any], ...]:
    """The AML entries, their lists as lists. What cannot be read is kept as an entry: a match never vanishes."""
    value = body.get("aml")
    if isinstance(value, dict):
        # The AML endpoint wraps the list in `items`; a single entity without a list is taken as one.
        value = value.get("items", [value])
    if is_absent(value) or value == [{}]:
        return ()
    return tuple(_read_entity(entity, notes) for entity in (value if isinstance(value, list) else [value]))


def has_matches(body: dict[str, Any]) -> bool:
    """Whether the result says anything about AML: it holds an empty list if nothing was found (seed, `aml`)."""
    return body.get("aml") not in (None, "")


def _read_entity(entity: Any, notes: Notes) -> dict[str, Any]:
    if not isinstance(entity, dict):
        notes.data.append("An AML entry is not a list of named values; it is kept as a note.")
        return {"note": [shown(entity)]}
    return {key: _read_attribute(key, value, notes) for key, value in entity.items()}


def _read_attribute(key: str, value: Any, notes: Notes) -> Any:
    if key in AML_LISTS:
        if not is_absent(value) and not texts_of(value):
            notes.data.append(f"“{shown(key)}” in an AML entry is not text, so it cannot be read.")
        return texts_of(value)
    if key == "documentnumber":
        items = value if isinstance(value, list) else [] if is_absent(value) else [value]
        return [item if isinstance(item, dict) else {"id": text_of(item)} for item in items]
    return value


def read_texts(body: dict[str, Any], key: str, notes: Notes) -> dict[str, str]:
    """The small objects of texts: `phone` {number, type}, `contract` {document_url} or {error}."""
    block = object_of(body, key, notes.data)
    return {name: text_of(value) for name, value in block.items() if text_of(value)}


def read_files(body: dict[str, Any]) -> tuple[SourceFile, ...]:
    """Where each picture and the contract are to be had; what is left out (`"content": "..."`) is not listed."""
    listed = [
        _read_image(kind, key, index, image)
        for kind, key in (("document", "documentimage"), ("face", "faceimage"))
        for index, image in enumerate(_images(body.get(key)))
    ]
    contract = body.get("contract")
    url = text_of(contract.get("document_url")) if isinstance(contract, dict) else ""
    if url:
        listed.append(SourceFile(kind="contract", url=url))
    return tuple(file for file in listed if file)


def _images(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _read_image(kind: str, key: str, index: int, image: Any) -> SourceFile | None:
    """`url` first, then `content`, which holds an address or base64 according to `return_type` (vendor facts 4.2)."""
    if not isinstance(image, dict):
        return None
    side = text_of(image.get("side")).lower()
    side = side if side in SIDES else ""
    url, content = text_of(image.get("url")), text_of(image.get("content"))
    if not url and re.match("https?:", content, re.IGNORECASE):
        url = content
    if url:
        return SourceFile(kind=kind, side=side, url=url)
    if not content.strip("."):
        return None
    return SourceFile(kind=kind, side=side, pointer=(key, index, "content"))
