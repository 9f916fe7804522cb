"""What stays of an erased session: numbers, days, outcome, reason codes and hashes; nothing that tells who it was."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from webapp.models import Decision, Delivery, Erasure, EvidenceFile, VerificationSession


def tombstone(db: Session, session: VerificationSession, erasure: Erasure) -> dict[str, Any]:
    """The facts of the session as they are now, before its values go."""
    steps = db.exec(select(Decision).where(Decision.session_id == session.id).order_by(col(Decision.id))).all()
    bodies = db.exec(select(Delivery.body_sha256).where(Delivery.session_id == session.id).order_by(col(Delivery.id)))
    pictures = select(EvidenceFile.sha256).where(EvidenceFile.session_id == session.id, EvidenceFile.sha256 != "")
    return {
        "session": session.id, "provider": session.provider, "kind": session.kind, "reference": session.reference,
        "created": _day(session.created_at), "finished": _day(session.finished_at), "decided": _day(session.decided_at),
        "capture": session.capture, "outcome": session.outcome, "outcome_code": session.outcome_code,
        "decision": session.decision, "classes": list(erasure.classes), "cause": erasure.cause,
        "steps": [
            {"kind": each.kind, "stage": each.stage, "reasons": each.reason_codes, "evidence": each.evidence_hash}
            for each in steps
        ],
        "results_sha256": list(bodies), "files_sha256": list(db.exec(pictures.order_by(col(EvidenceFile.id)))),
    }  # fmt: skip


def digest(stone: dict[str, Any]) -> str:
    """The hash that the certificate and the audit log both name."""
    return hashlib.sha256(json.dumps(stone, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""
