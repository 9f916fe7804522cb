"""One body bent into what a receiver must stand: forged, huge, broken, odd; which are sent when is decided elsewhere."""

import base64
import io
import json
import re
import secrets
from collections.abc import Callable
from typing import Any

from PIL import Image

from .files import Host

Body = dict[str, Any]
LARGE_BYTES = 25_000_000
UNKNOWN_CODE = 42
_SEGMENT = 65_000


def forged(body: Body, host: Host) -> str:
    """A hash that validate refuses."""
    return json.dumps(body | {"hash": secrets.token_hex(16)})


def trailing_commas(body: Body, host: Host) -> str:
    """A comma before every closing bracket, as in the vendor's own samples; no parser takes it."""
    return re.sub(r"(\n *[}\]])", r",\1", json.dumps(body, indent=4))


def unknown_code(body: Body, host: Host) -> str:
    """A failure whose code no table has."""
    kept = {key: value for key, value in body.items() if key != "contract"}
    return json.dumps(kept | {"success": False, "failreason": "A reason of tomorrow", "failcode": UNKNOWN_CODE})


def contradiction(body: Body, host: Host) -> str:
    """Passed, with a fail code, a failed check and another face."""
    checks = {**body.get("verification", {}).get("result", {}), "face": False}
    bent = body | {"success": True, "failcode": 3, "failreason": "Face photo does not match with provided document."}
    bent["face"] = {"isIdentical": False, "confidence": "0.091"}
    bent["verification"] = {"passed": False, "result": checks}
    return json.dumps(bent)


def success_text(body: Body, host: Host) -> str:
    """`success` as a word instead of true or false."""
    return json.dumps(body | {"success": "true" if body["success"] else "false"})


def aml_items(body: Body, host: Host) -> str:
    """AML matches wrapped in an object, as another endpoint of the vendor has them."""
    return json.dumps(body | {"aml": {"items": body.get("aml", [])}})


def contract_error(body: Body, host: Host) -> str:
    """A contract that could not be made."""
    return json.dumps(body | {"contract": {"error": "The contract could not be generated from this template"}})


def shapes(body: Body, host: Host) -> str:
    """The other spellings vendors use: code as text, score as number, pictures under `url` and without side."""
    bent = dict(body)
    if "failcode" in bent:
        bent["failcode"] = str(bent["failcode"])
    if "confidence" in bent.get("face", {}):
        bent["face"] = bent["face"] | {"confidence": float(bent["face"]["confidence"])}
    for key in ("documentimage", "faceimage"):
        if key in bent:
            bent[key] = [_other_picture(picture) for picture in bent[key]]
    return json.dumps(bent)


def _other_picture(picture: dict[str, str]) -> dict[str, str]:
    content = picture["content"]
    return {"type": picture["type"], "url" if content.startswith("http") else "content": content}


def large(body: Body, host: Host) -> str:
    """25 MB: the same pictures inside as base64, heavy as a phone takes them."""
    pictures = [*body.get("documentimage", []), *body.get("faceimage", [])]
    if not pictures:
        body = body | {"documentimage": [{"side": "FRONT", "type": "jpg", "content": ""}]}
        pictures = body["documentimage"]
    each = LARGE_BYTES * 3 // 4 // len(pictures)
    bent = dict(body)
    for key in ("documentimage", "faceimage"):
        if key in body:
            bent[key] = [picture | {"content": _heavy(host.content(picture), each)} for picture in body[key]]
    return json.dumps(bent)


def _heavy(jpeg: bytes, size: int) -> str:
    """A JPEG of at least `size` bytes in base64: comments make the weight, the picture stays as it is."""
    if not jpeg:
        out = io.BytesIO()
        Image.new("RGB", (400, 250), "#8aa29e").save(out, "JPEG")
        jpeg = out.getvalue()
    comment = b"\xff\xfe" + (_SEGMENT + 2).to_bytes(2, "big") + b"specimen" * (_SEGMENT // 8)
    count = max((size - len(jpeg)) // len(comment) + 1, 0)
    return base64.b64encode(jpeg[:2] + comment * count + jpeg[2:]).decode()


def again_in_other_words(body: Body, host: Host) -> str:
    """The same result once more: fresh addresses of the same files, and another order of the keys."""
    bent = dict(body)
    for key in ("documentimage", "faceimage"):
        if key in body:
            bent[key] = [picture | {"content": host.again(picture["content"])} for picture in body[key]]
    if "document_url" in body.get("contract", {}):
        bent["contract"] = {"document_url": host.again(body["contract"]["document_url"])}
    return json.dumps(_reversed(bent))


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    return [_reversed(each) for each in value] if isinstance(value, list) else value


TWISTS: dict[str, Callable[[Body, Host], str]] = {
    "forged": forged, "large": large, "trailing_commas": trailing_commas, "unknown_code": unknown_code,
    "contradiction": contradiction, "success_text": success_text, "aml_items": aml_items,
    "contract_error": contract_error, "shapes": shapes,
}  # fmt: skip


def twisted(key: str, body: Body, host: Host) -> str:
    """The text to post; KeyError when there is no such twist."""
    return TWISTS[key](body, host)
