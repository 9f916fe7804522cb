"""What the shared cases need of each provider: bodies of its own, and a stand-in for the vendor on a real socket."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from tests.support.desk import expired as docupass_expired
from tests.support.desk import failed as docupass_failed
from tests.support.desk import passed as docupass_passed
from tests.support.qid_vendor import INITIATE, Call, QidVendor
from webapp.settings import Settings

CREATE, VALIDATE, DELETE = "/docupass/create", "/docupass/validate", "/vault/delete"
SUBJECT = "66a9-b279-59ac-e312-6957-75bc"


class Vendors(QidVendor):
    """Every vendor at once: makes links, and says yes to every result while `believes`."""

    believes = True

    def _usual(self, call: Call) -> dict[str, Any]:
        if call.path == VALIDATE:
            reference = parse_qs(call.body.decode())["reference"][0]
            return {"success": True, "reference": reference} if self.believes else _error(1003)
        if call.path == CREATE:
            made = {"reference": f"SPECIMEN{len(self.calls)}", "url": "https://docupass.app/SPECIMEN", "type": 3}
            return {**made, "customid": "", "expiry": int(time.time()) + 86_400}
        if call.path == DELETE:
            return {"success": 1}
        answer = super()._usual(call)
        return (
            answer | {"webid_key": f"{answer['webid_key'][:-4]}{len(self.calls):04d}"}
            if "webid_key" in answer
            else answer
        )


def _error(code: int) -> dict[str, Any]:
    return {"error": {"message": "Specimen refusal", "code": code}}


@dataclass(frozen=True, kw_only=True)
class Kit:
    """One provider. Bodies are made for a reference and our own name of the link; `codes` is an answer's code to us."""

    key: str
    kind: str
    done: str
    """The outcome of `passed`, the provider's best result."""
    reference: str
    makes: str
    """The path at which the vendor makes links."""
    erases: str
    """The path at which the vendor deletes its copy of a result; empty where it keeps none."""
    refusal: dict[str, Any]
    refusal_code: str
    passed: Callable[[str, str], dict[str, Any]]
    failed: Callable[[str, str], dict[str, Any]]
    """Ended badly, by a code whose default needs nobody."""
    expired: Callable[[str, str], dict[str, Any]]
    forged: Callable[[dict[str, Any]], dict[str, Any]]
    """The same result from somebody who is not the vendor."""
    settings: dict[str, str]


def docupass(make: Callable[..., dict[str, Any]], **fixed: Any) -> Callable[[str, str], dict[str, Any]]:
    """A body of DocuPass's for a reference."""
    return lambda reference, customid: {**make(**fixed), "reference": reference, "customid": customid}


def qid(code: str, *, subject: str = "", **more: Any) -> Callable[[str, str], dict[str, Any]]:
    """A body of QiD's with this code."""
    who = {"aidx_uuid": subject} if subject else {}
    return lambda reference, _customid: {
        "status": code == "101", "code": code, "message": "Specimen", "webid_key": reference, "mode": 1, **who, **more,
    }  # fmt: skip


KITS = {
    "docupass": Kit(
        key="docupass", kind="identity", done="passed", reference="AFNWUQG9C2X", makes=CREATE, erases=DELETE,
        refusal=_error(1002), refusal_code="1002", passed=docupass(docupass_passed), failed=docupass(docupass_failed, code=1),
        expired=docupass(docupass_expired), forged=lambda body: {**body, "hash": "0" * 32},
        settings={"docupass_api_key": "specimen-secret-key"},
    ),
    "qid": Kit(
        key="qid", kind="liveness", done="captured", reference="66af-2613-df8d-5614-6392-16ab", makes=INITIATE, erases="",
        refusal={"status": False, "code": "052", "message": "Specimen refusal"}, refusal_code="052",
        passed=qid("101", subject=SUBJECT), failed=qid("017"), expired=qid("006"),
        forged=lambda body: {**body, "mode": 0},
        settings={"qid_subscriber_id": "specimen-secret-subscriber", "qid_webhook_token": "a specimen of a long secret token"},
    ),
}  # fmt: skip


def with_vendors(settings: Settings, vendors: Vendors) -> Settings:
    """The settings of a console whose vendors are all the stand-in."""
    known = {name: value for kit in KITS.values() for name, value in kit.settings.items()}
    return settings.model_copy(update={**known, "docupass_base_url": vendors.url, "qid_base_url": vendors.url})


def raw(body: dict[str, Any], **more: Any) -> bytes:
    """The bytes of a body."""
    return json.dumps({**body, **more}).encode()
