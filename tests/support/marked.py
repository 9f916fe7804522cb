"""A person whom no other text resembles, planted in every place where a page may show one; and what gives him away."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from tests.support.applied import change, files, save_pictures
from tests.support.factory import PERSON, Make
from webapp.actions import decisions
from webapp.actions.actor import Actor
from webapp.actions.decision_guards import Said
from webapp.checks.normalise import search_text
from webapp.models import AmlVerdict, Link, Note, Person, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import Expected, Options

NAME, EMAIL, PHONE = "Zyxwmark Qvutname", "zyxwmail@qvutdomain.example", "+447400123456"
NUMBER, ADDRESS, POSTCODE = "XZQ998877", "77 Wrongwayq Street", "ZQ9 7XX"
BIRTH, LAT = "1931-07-23", 51.507351
SAID = f"{NAME}, born {BIRTH}, {ADDRESS}, did not agree"
"""Free text of the vendor, as it may come."""
NUMBERS = ("xzq998877", "zyx4711qq")
PERSONAL = (
    "zyxwmark", "qvutname", "zyxwmail", "qvutdomain", "1931-07-23", "23 july 1931", "wrongwayq", "zq9 7xx", "7400123456",
    "51.50735", "qvutville",
)  # fmt: skip
"""What gives him away, in small letters."""


@dataclass(frozen=True)
class Planted:
    """His session with everything in it, its link, delivery and picture; others of his beside them."""

    session: VerificationSession
    link: Link
    delivery_id: int
    file_id: int
    decision_id: int
    others: tuple[VerificationSession, ...]

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of routes that lead to him."""
        return {
            "session_id": self.session.id, "link_id": self.link.id, "delivery_id": self.delivery_id,
            "file_id": self.file_id, "decision_id": self.decision_id,
        }  # fmt: skip


def found() -> dict[str, Any]:
    """What a document says of him, in our keys."""
    first, last = NAME.upper().split()
    return {
        **PERSON, "full_name": NAME.upper(), "first_name": first, "last_name": last, "birth": BIRTH, "age": 95,
        "document_number": NUMBER, "personal_number": "ZYX4711QQ", "address": ADDRESS, "postcode": POSTCODE,
        "nationality": "GB", "place_of_birth": "Qvutville",
    }  # fmt: skip


def plant(app: Flask, make: Make) -> Planted:
    """Everything a page may show of one person."""
    person = make.person(NAME, email=EMAIL, phone=PHONE, birth=BIRTH)
    session = _reviewed(make, person)
    body = {"reference": session.reference, "person": found(), "text": SAID}
    delivery = make.delivery(session=session, body=json.dumps(body).encode())
    make.evidence(delivery)
    make.evidence(delivery, position=1, kind="face", side="")
    save_pictures(app, make, session)
    make.evidence(delivery, position=2, side="back", state="failed", reason="The vendor did not answer.", attempts=3,
                  vendor_deletes_at=datetime.now(UTC) + timedelta(days=1))  # fmt: skip
    decision_id = _escalated(make, session)
    others = (_failed_link(make, person), _liveness(make, person), _nobodys(make), *_silent(make, person))
    with make.database.reading() as db:
        link = db.get_one(Link, session.link_id)
    return Planted(session, link, delivery.id or 0, files(make, session)[0].id or 0, decision_id, others)


def _reviewed(make: Make, person: Person) -> VerificationSession:
    options = Options(
        contract="sign", contract_template="T-1", contract_prefill=json.dumps({"holder": NAME, "street": ADDRESS}),
        aml=True, biometric="photo", authenticity_threshold=0.3,
    )  # fmt: skip
    expected = Expected(
        name=NAME, birth=BIRTH, document_number=NUMBER, address=ADDRESS, postcode=POSTCODE, phone=PHONE, age="18-99"
    )
    link = make.link(person=person, options=options, expected=expected, sms_to=PHONE)
    session = make.finished(
        link=link, outcome="failed", outcome_code="8", outcome_text=SAID, aml_open=True, inconsistent_data=True,
        search_text=search_text(NAME, EMAIL, person.own_reference, link.vendor_reference),
    )  # fmt: skip
    make.result(
        session, person=found() | {"first_name": "ZYXWMARKA"}, phone={"number": PHONE, "type": "mobile"},
        fields={"firstName": [{"value": NAME}], "documentNumber": NUMBER, "address1": ADDRESS, "dob": BIRTH},
        other={"remark": SAID}, contract={"error": SAID}, contradictions=[f"The name {NAME} disagrees with ZYXWMARKA."],
        authenticity={"score": 0.2, "checks": [{"name": "x", "passed": False, "reason": SAID}], "warnings": [SAID]},
        vendor_checks={"name": False, "birth": False, "document_number": False},
    )  # fmt: skip
    entry = {
        "fullname": [NAME], "alias": [f"{NAME} Junior"], "dob": [BIRTH], "documentnumber": [NUMBER], "schema": "sanction",
        "database": "specimen", "note": [SAID], "source": [f"https://lists.example/{NAME.split()[1]}"],
        "address": [ADDRESS], "nationality": ["GB"],
    }  # fmt: skip
    make.match(session, entry=entry)
    make.matter(session)
    return session


def _escalated(make: Make, session: VerificationSession) -> int:
    """The session handed up with a note, and one of its entries judged with another; the step's number."""
    by = Actor(kind="person", id=make.user("reviewer").id, name="Rachel Reviewer", role="reviewer")
    because = [{"key": "name", "applicant": NAME, "entry": f"{NAME} Senior", "note": SAID}]
    match = make.match(session, position=1)
    change(make, match, verdict="not_same", decided_by_name=by.name, decided_at=utc_now(), discriminators=because)
    note = make.save(Note(session_id=session.id, text=SAID, created_by_name=by.name))
    make.save(AmlVerdict(match_id=match.id, session_id=session.id, verdict="not_same", discriminators=because,
                         note_id=note.id, actor_name=by.name))  # fmt: skip
    with make.database.writing() as db:
        version = db.get_one(VerificationSession, session.id).version
        said = Said(session_id=session.id or 0, version=version, reasons=("other",), note=SAID, confirmed=True)
        step = decisions.escalate(db, by=by, said=said)
        assert step is not None
        return step.id or 0


def _failed_link(make: Make, person: Person) -> VerificationSession:
    link = make.link(
        person=person, state="create_failed", error_code="1", error_text=SAID, vendor_reference="", vendor_url=""
    )
    return make.session(link=link, capture="create_failed", outcome_text=SAID, reference="")


def _liveness(make: Make, person: Person) -> VerificationSession:
    link = make.link(provider="qid", kind="liveness", person=person, options=Options(liveness=True, location=True))
    session = make.finished(link=link, outcome="captured", outcome_code="101", outcome_text=SAID)
    make.result(session, person={}, fields={}, subject="face-1", liveness="passed", location={"lat": LAT, "lon": -0.1},
                attributes={"gender": {"value": "Qvutville", "confidence": 97}})  # fmt: skip
    twin = make.finished(link=make.link(provider="qid", kind="liveness"), outcome="captured", outcome_code="101")
    make.result(twin, person={}, fields={}, subject="face-1")
    return session


def _nobodys(make: Make) -> VerificationSession:
    """Of a reusable link, with the person proposed."""
    link = make.link(reusable=True, label="Specimen counter")
    session = make.finished(link=link, outcome="passed")
    make.result(session, person=found())
    return session


def _silent(make: Make, person: Person) -> tuple[VerificationSession, ...]:
    """In the lists of what is missing, and of what could not be confirmed."""
    past = datetime.now(UTC) - timedelta(days=4)
    gone = make.session(link=make.link(person=person, expires_at=past), capture="opened", opened_at=past)
    checked = make.session(link=make.link(person=person), capture="opened", opened_at=past)
    make.delivery(session=checked, state="received", session_id=None, received_at=past, confirmed_at=None,
                  settled_at=None)  # fmt: skip
    back = make.session(link=make.link(person=person), capture="returned", opened_at=past)
    make.audit("link.return", session=back, utc=past)
    return gone, checked, back
