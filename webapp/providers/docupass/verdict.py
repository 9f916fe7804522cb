"""What the vendor concluded and whether to believe it: passed only on a literal `true` that nothing denies."""

from typing import Any

from webapp.providers.base import Face
from webapp.providers.docupass.shapes import Notes, integer_of, is_absent, object_of, score_of, shown, text_of

EXPIRED = "0"
MAX_CODE = 20
CHECK_KEYS = {
    "notexpired": "expiry", "dob": "birth", "documentNumber": "document_number", "checkdigit": "check_digit",
}  # fmt: skip
"""`verification.result` keys that we call something else; `face name age postcode address` and unknown ones stay."""


def read_result(body: dict[str, Any], notes: Notes) -> tuple[str, str]:
    """Result and code of the body (seed "Response Data Fields"). Call it last: it counts the notes on the verdict."""
    code = _read_code(body, notes)
    success = body.get("success")
    if success is True:
        _doubt_success(body, notes)
        result = "signed" if _is_signature(body) else "passed"
    elif success is False:
        result = "expired" if code == EXPIRED else "failed"
        if not code:
            notes.data.append("The vendor says failed, but gives no fail code.")
    else:
        what = "is missing" if "success" not in body else f"is “{shown(success)}”, which is neither true nor false"
        notes.verdict.append(f"The result does not say clearly whether it passed: “success” {what}.")
        result = "error"
    return ("error" if notes.verdict else result), code


def _read_code(body: dict[str, Any], notes: Notes) -> str:
    value = body.get("failcode")
    if value is None or value == "":
        return ""
    number = integer_of(value)
    if number is None and not text_of(value):
        notes.verdict.append(f"The fail code is “{shown(value)}”, which is not a code.")
    return text_of(value)[:MAX_CODE] if number is None else str(number)[:MAX_CODE]


def _doubt_success(body: dict[str, Any], notes: Notes) -> None:
    code, reason = body.get("failcode"), text_of(body.get("failreason"))
    if code is not None and code != "":
        notes.verdict.append(f"The vendor says passed, but gives the fail code {shown(code)}.")
    if reason:
        notes.verdict.append(f"The vendor says passed, but gives a reason for failing: “{shown(reason)}”.")
    if not _is_signature(body) and is_absent(body.get("data")):
        notes.data.append("The vendor says passed, but sent no data from the document.")


def _is_signature(body: dict[str, Any]) -> bool:
    """Whether it is the answer to a signature link: a document and nothing about a person (seed, second sample)."""
    contract = body.get("contract")
    has_document = isinstance(contract, dict) and bool(text_of(contract.get("document_url")))
    return has_document and all(is_absent(body.get(key)) for key in ("data", "face", "verification", "documentimage"))


def read_checks(body: dict[str, Any], notes: Notes) -> tuple[dict[str, bool | None], bool | None]:
    """The vendor's verdict on each thing it was asked to check, in our keys, and on all of them together."""
    block = object_of(body, "verification", notes.verdict)
    passed = _flag(block.get("passed"), "verification.passed", notes)
    items = object_of(block, "result", notes.verdict).items()
    checks = {CHECK_KEYS.get(key, key): _flag(value, f"verification.result.{key}", notes) for key, value in items}
    failed = [name for name, value in checks.items() if value is False]
    if body.get("success") is True:
        if passed is False:
            notes.verdict.append("The vendor says passed, but its verification as a whole did not pass.")
        for name in failed:
            what = shown(name).replace("_", " ")
            notes.verdict.append(f"The vendor says passed, but its own check of “{what}” failed.")
    elif passed is True and failed:
        notes.data.append("The vendor's verification passed as a whole, although a check in it failed.")
    return checks, passed


def read_face(body: dict[str, Any], notes: Notes) -> Face | None:
    """The comparison of portrait and selfie; `confidence` comes as text or number (vendor facts 2.2)."""
    block = object_of(body, "face", notes.verdict)
    if not block:
        return None
    face = Face(
        score=score_of(block.get("confidence"), "face score", notes.verdict),
        identical=_flag(block.get("isIdentical"), "face.isIdentical", notes),
        error=_face_error(block),
    )
    if body.get("success") is True and face.identical is False:
        notes.verdict.append("The vendor says passed, but also that the faces are not identical.")
    if body.get("success") is True and face.error:
        notes.verdict.append("The vendor says passed, but its comparison of the faces ended with an error.")
    return face


def _face_error(block: dict[str, Any]) -> str:
    code, message = text_of(block.get("error")), text_of(block.get("error_message"))
    if code in ("", "0"):
        return message
    return message or f"The comparison failed with the vendor's code {code[:MAX_CODE]}."


def _flag(value: Any, what: str, notes: Notes) -> bool | None:
    if not isinstance(value, bool) and value is not None:
        notes.verdict.append(f"“{shown(what)}” is “{shown(value)}”, which is neither true nor false.")
    return value if isinstance(value, bool) else None
