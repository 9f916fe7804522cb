"""What the vendor concluded and whether to believe it: passed only on a literal `true` that nothing denies."""

from typing import Any

from webapp.providers.base import NO_DATA, Face
from webapp.providers.shapes import Notes, integer_of, is_absent, object_of, score_of, shown, text_of

EXPIRED = "0"
MAX_CODE = 20
CHECK_KEYS = {
    "notexpired": "expiry", "dob": "birth", "documentNumber": "document_number", "checkdigit": "check_digit",
}  # fmt: skip
"""`verification.result` keys that we call something else; `face name age postcode address` and unknown ones stay."""
CODE_CHECKS = {
    "3": "face", "4": "expiry", "5": "name", "6": "birth", "7": "address", "8": "postcode", "9": "age",
    "16": "document_number",
}  # fmt: skip
"""Fail code -> the check that it says failed."""
PERSONAL = ("data", "face", "verification", "authentication", "aml", "documentimage", "faceimage")
"""Keys of an identity session's result; a signature session has none of them."""


def read_result(
    body: dict[str, Any], checks: dict[str, bool | None], face: Face | None, notes: Notes
) -> tuple[str, str]:
    """Result and code of the body (seed "Response Data Fields"). Call it last: it counts the notes on the verdict."""
    code = _read_code(body, notes)
    success = body.get("success")
    if success is True:
        _doubt_success(body, notes)
        result = "signed" if _is_signature(body) else "passed"
    elif success is False:
        result = "expired" if code == EXPIRED else "failed"
        _doubt_failure(code, checks, face, notes)
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
        notes.data.append(NO_DATA)


def _doubt_failure(code: str, checks: dict[str, bool | None], face: Face | None, notes: Notes) -> None:
    """A failure that the body itself denies stays a failure; a person looks."""
    if not code:
        notes.data.append("The vendor says failed, but gives no fail code.")
    check = CODE_CHECKS.get(code)
    if check and checks.get(check) is True:
        what = check.replace("_", " ")
        notes.data.append(f"The vendor failed the session with code {code}, but its own check of “{what}” passed.")
    if face is None or face.identical is None:
        return
    says = "identical" if face.identical else "not identical"
    if check == "face" and face.identical and checks.get("face") is not True:
        notes.data.append(f"The vendor failed the session with code {code}, but says that the faces are identical.")
    if isinstance(checks.get("face"), bool) and checks["face"] != face.identical:
        passed = "passed" if checks["face"] else "failed"
        notes.data.append(f"The vendor says that the faces are {says}, but that its check of them {passed}.")


def _is_signature(body: dict[str, Any]) -> bool:
    """Whether it is the answer to a signature link: a contract and nothing about a person (seed, second sample).

    Without its contract it cannot be told from an identity session's: the kind of the session decides then.
    """
    contract = body.get("contract")
    return (
        isinstance(contract, dict)
        and any(text_of(contract.get(key)) for key in ("document_url", "error"))
        and all(is_absent(body.get(key)) for key in PERSONAL)
    )


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
    elif passed is False and checks and all(value is True for value in checks.values()):
        notes.data.append("The vendor's verification failed as a whole, although every check in it passed.")
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
