"""A liveness check with its result, brought there by the code that does it in life, and what such a result may hold."""

import json
from datetime import datetime
from typing import Any

from flask import Flask

from tests.support.applied import _data_dir
from tests.support.factory import Make
from webapp.actions.deliveries import take_in
from webapp.actions.subjects import compare
from webapp.models import Person, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import ATTRIBUTES, Options

MARIE = "66a9-b279-59ac-e312-6957-75bc"
KARL = "77b0-1111-2222-3333-4444-55cd"
EVERYTHING = Options(liveness=True, location=True, attributes=ATTRIBUTES)
METADATA: dict[str, Any] = {
    "Gender": {"value": "Female", "confidence": "97.5%"}, "Age Range": {"low": 27, "high": 35},
    "Beard": {"value": False, "confidence": 99}, "Spectacles": {"value": True, "confidence": 81.25},
    "Eyes Open": {"value": True, "confidence": 98}, "Face Mask": {"value": False, "confidence": 96},
    "Mouth Open": {"value": False, "confidence": 55}, "Moustache": {"value": False, "confidence": 93},
    "Emotions": [{"value": "Calm", "confidence": 80}, {"value": "Happy", "confidence": 14.5}],
}  # fmt: skip
FULL = {"metadata": METADATA, "location": {"lat": 51.50735, "lon": -0.12776, "accuracy": 18}}


def opened(make: Make, *, person: Person | None = None, options: Options | None = None) -> VerificationSession:
    """A liveness session whose link was opened."""
    link = make.link(provider="qid", kind="liveness", person=person, options=options or Options(), opened_count=1)
    return make.session(link=link, capture="opened", opened_at=utc_now())


def send(
    app: Flask, make: Make, code: str, *, session: VerificationSession | None = None, person: Person | None = None,
    options: Options | None = None, subject: str = "", received_at: datetime | None = None, **body: Any,
) -> VerificationSession:  # fmt: skip
    """Deliver this code to the session (or a new one) and have it applied and compared; the session, loaded again."""
    session = session or opened(make, person=person, options=options)
    who = {"aidx_uuid": subject} if subject else {}
    whole = {"status": code == "101", "code": code, "message": "Specimen", "webid_key": session.reference, "mode": 1}
    times = {"received_at": received_at} if received_at else {}
    delivery = make.delivery(
        session=session, body=json.dumps({**whole, **who, **body}).encode(), state="received", session_id=None,
        confirmed_at=None, settled_at=None, **times,
    )  # fmt: skip
    provider = app.extensions["vouchdesk.providers"]["qid"]
    take_in(make.database, delivery_id=delivery.id or 0, provider=provider, data_dir=_data_dir(app))
    compare(make.database, session_id=session.id or 0, provider=provider)
    with make.database.reading() as db:
        return db.get_one(VerificationSession, session.id)
