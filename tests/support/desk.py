"""A link whose vendor posts results to its webhook address, and the worker that takes them in."""

import json
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import select

from tests.support.applied import payload
from tests.support.factory import Make
from tests.support.worker import TestWorker
from webapp.models import Link, VerificationSession


class Desk:
    """`post(body)` delivers a body about `reference` (the link's own unless given) and runs the worker."""

    def __init__(self, client: FlaskClient, make: Make, worker: TestWorker, **link: Any) -> None:
        self.client, self.make, self.worker, self.database = client, make, worker, make.database
        self.made = make.link(**link)

    def post(self, body: dict[str, Any], *, reference: str = "", run: bool = True) -> int:
        """Deliver; the answer's status."""
        about = {"reference": reference or self.made.vendor_reference, "customid": self.made.customid}
        answer = self.client.post(
            f"/webhooks/docupass/{self.made.webhook_token}", data=json.dumps({**about, **body}).encode()
        )
        if run:
            self.worker.run()
        return answer.status_code

    @property
    def link(self) -> Link:
        """The link as it is now."""
        with self.database.reading() as db:
            return db.get_one(Link, self.made.id)

    def session(self, reference: str = "") -> VerificationSession:
        """The session with this reference, the link's own unless given."""
        with self.database.reading() as db:
            wanted = reference or self.made.vendor_reference
            return db.exec(select(VerificationSession).where(VerificationSession.reference == wanted)).one()

    def rows(self, model: Any) -> list[Any]:
        """All rows in order."""
        with self.database.reading() as db:
            return list(db.exec(select(model).order_by(*model.__table__.primary_key)))


def passed(**more: Any) -> dict[str, Any]:
    """A pass that agrees with itself, without pictures."""
    body = payload("callback_identity_passed")
    body["data"]["dob_day"] = 18  # the vendor's sample contradicts itself here, and is six years old
    for key in ("age", "daysToExpiry"):
        body["data"].pop(key)
    for key in ("reference", "customid", "contract"):
        body.pop(key, None)
    return {**body, "documentimage": [], "faceimage": [], **more}


def failed(code: int = 3, **more: Any) -> dict[str, Any]:
    """A failure with this code."""
    body = payload("callback_identity_failed")
    for key in ("reference", "customid"):
        body.pop(key, None)
    return {**body, "failcode": code, "documentimage": [], "faceimage": [], "aml": [], **more}


def unreadable(proof: str = "u") -> dict[str, Any]:
    """A failure that needs nobody: the document could not be read, and nothing else is known."""
    return {"success": False, "hash": proof * 32, "failreason": "Document not recognized", "failcode": 1}


def expired() -> dict[str, Any]:
    """The vendor's word that nobody finished in time."""
    return {"success": False, "hash": "e" * 32, "failreason": "Session expired", "failcode": 0}


def signed(**more: Any) -> dict[str, Any]:
    """A signature with its file."""
    return {
        "success": True,
        "hash": "5" * 32,
        "contract": {"document_url": "https://objects.idanalyzer.com/s.pdf"},
        **more,
    }
