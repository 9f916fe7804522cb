"""The demo's second half: about a third of what waits for a person is decided, so that decided sessions can be looked at."""

import time

from sqlmodel import col, select

from webapp.actions import decisions
from webapp.actions.actor import Actor
from webapp.actions.decision_guards import Refused, Said
from webapp.db import Database
from webapp.jobs import waiting
from webapp.models import VerificationSession

BY = Actor(kind="system", name="demo", role="compliance_lead")
WAIT = 60.0
REJECTED = {
    "2": ("document_fake", "Two of the document's checks failed, and by eye its print is blurred."),
    "3": ("face_mismatch", "The selfie shows another person than the portrait."),
    "16": ("data_mismatch", "The number on the document is not the one we were given."),
}
"""DocuPass fail code -> reason code and note of the demo's rejection."""
ESCALATED = ("11", "The two sides belong to different documents; the compliance lead is to see this.")


def decide(database: Database) -> dict[str, int]:
    """Approve every second clean pass, reject some failures with a reason, escalate what is odd; how many of each.

    Waits up to a minute for the worker to have nothing to do: what arrives later would be new to a decision.
    """
    until = time.monotonic() + WAIT
    while waiting(database) and time.monotonic() < until:
        time.sleep(0.5)
    done = {"approved": 0, "rejected": 0, "escalated": 0}
    for number, (session_id, outcome, code) in enumerate(_open(database)):
        if outcome == "passed" and number % 2 == 0:
            done["approved"] += _step(database, session_id, "approve")
        elif code in REJECTED and number % 3:
            reason, note = REJECTED[code]
            done["rejected"] += _step(database, session_id, "reject", reason, note)
        elif code == ESCALATED[0]:
            done["escalated"] += _step(database, session_id, "escalate", "document_fake", ESCALATED[1])
    return done


def _open(database: Database) -> list[tuple[int, str, str]]:
    query = (
        select(VerificationSession).where(VerificationSession.review == "pending").order_by(col(VerificationSession.id))
    )
    with database.reading() as db:
        return [(each.id or 0, each.outcome, each.outcome_code) for each in db.exec(query)]


def _step(database: Database, session_id: int, kind: str, reason: str = "", note: str = "") -> bool:
    """Take one step; False where something is open to settle first: that is left to who looks at the demo."""
    with database.reading() as db:
        version = db.get_one(VerificationSession, session_id).version
    said = Said(session_id=session_id, version=version, reasons=(reason,) if reason else (), note=note)
    take = {"approve": decisions.approve, "reject": decisions.reject, "escalate": decisions.escalate}[kind]
    try:
        with database.writing() as db:
            return take(db, by=BY, said=said) is not None
    except Refused:
        return False
