"""The words of the status model and the sentence that turns four facts into the one word shown (product rules 5.1)."""

CAPTURE = ("draft", "creating", "create_failed", "ready", "opened", "returned", "finished", "expired", "revoked")
OUTCOME = (
    "none", "passed", "failed", "signed", "captured", "abandoned", "timed_out", "liveness_failed", "inconclusive", "error",
)  # fmt: skip
REVIEW = ("not_needed", "pending", "in_review", "awaiting_second", "awaiting_applicant", "escalated", "done")
DECISION = ("none", "approved", "rejected")
LINK_STATE = ("creating", "create_failed", "active", "paused", "used_up", "expired", "revoked")
DELIVERY_STATE = ("received", "applied", "repeat", "unmatched", "quarantined")
EVIDENCE_STATE = ("pending", "saved", "failed", "refused")
EXPORT_KIND = ("sessions", "links", "deliveries", "matches", "decisions", "audit", "pack", "sample")
EXPORT_STATE = ("waiting", "queued", "running", "ready", "failed", "cancelled", "expired", "refused", "lapsed")
PROPOSAL_STATE = ("waiting", "confirmed", "sent_back", "withdrawn", "lapsed")
ERASURE_STATE = ("due", "proposed", "refused", "running", "partly", "done", "withdrawn")
RETENTION_CLASS = ("pictures", "biometrics", "extracted", "contact", "aml", "decision")
MATTER_KIND = (
    "aml", "face", "authenticity", "document", "data", "inconsistent", "conflicting", "late", "near_threshold",
    "evidence", "code", "link", "subject",
)  # fmt: skip
DECISION_KIND = ("approve", "reject", "ask_again", "escalate", "reopen", "confirm", "send_back", "lapse")
VERDICT = ("open", "same", "not_same", "unclear")
MATCH_KIND = ("", "sanction", "pep", "other")
"""What an entry is that is the same person."""
LIST_KIND = ("sanction", "crime", "pep", "other")
STRENGTHS = (60, 80)
"""Strengths from which on matches can be listed; each has an index."""

FLAGS = (
    "aml_open", "evidence_missing", "late_result", "conflicting_results", "unverified", "inconsistent_data",
    "duplicate_suspected", "new_facts_after_decision", "outside_link", "erased",
)  # fmt: skip

STATUS_WORDS = {
    "erased": "Erased",
    "creation_failed": "Creation failed",
    "approved": "Approved",
    "rejected": "Rejected",
    "awaiting_second": "Waiting for second approval",
    "escalated": "Escalated",
    "awaiting_applicant": "Waiting for applicant",
    "in_review": "In review",
    "needs_review": "Needs review",
    "signed": "Signed",
    "captured": "Captured",
    "failed": "Failed",
    "revoked": "Revoked",
    "expired": "Expired",
    "waiting_for_result": "Waiting for result",
    "opened": "Opened",
    "ready": "Ready",
    "draft": "Draft",
}

OUTCOME_WORDS = {
    "none": "",
    "passed": "Passed",
    "failed": "Failed",
    "signed": "Signed",
    "captured": "Captured",
    "abandoned": "Abandoned",
    "timed_out": "Timed out",
    "liveness_failed": "Liveness failed",
    "inconclusive": "Inconclusive",
    "error": "Not clear",
}

MATTER_WORDS = {
    "aml": "AML",
    "face": "Face",
    "authenticity": "Authenticity",
    "document": "Document",
    "data": "Data",
    "inconsistent": "Data disagree",
    "conflicting": "Two results",
    "late": "Late result",
    "near_threshold": "Near threshold",
    "evidence": "Evidence",
    "code": "Unclear result",
    "link": "Link",
    "subject": "Another person?",
}

FINAL_STATUSES = (
    "erased",
    "creation_failed",
    "approved",
    "rejected",
    "signed",
    "captured",
    "failed",
    "revoked",
    "expired",
)
"""Statuses at which a page may stop asking for changes."""

STATUS_SQL = """CASE
 WHEN erased THEN 'erased'
 WHEN capture = 'create_failed' THEN 'creation_failed'
 WHEN decision <> 'none' AND review = 'done' THEN decision
 WHEN review IN ('awaiting_second', 'escalated', 'awaiting_applicant', 'in_review') THEN review
 WHEN review = 'pending' THEN 'needs_review'
 WHEN outcome IN ('signed', 'captured') THEN outcome
 WHEN outcome IN ('failed', 'abandoned', 'timed_out', 'liveness_failed', 'inconclusive', 'error') THEN 'failed'
 WHEN capture = 'revoked' THEN 'revoked'
 WHEN capture = 'expired' THEN 'expired'
 WHEN capture = 'returned' OR unverified THEN 'waiting_for_result'
 WHEN capture IN ('opened', 'ready') THEN capture
 WHEN capture = 'finished' THEN 'needs_review'
 ELSE 'draft'
END"""
"""First that applies; the database computes it, so that no code can show another word. `finished` without a route can
only mean that a rule forgot the session: it falls to a person, never to a final word."""

REASON_WORDS = {
    "document_fake": "The document is not genuine or was altered",
    "face_mismatch": "The face is another person's",
    "data_mismatch": "The data do not match what we know",
    "document_unreadable": "The pictures are not readable",
    "document_expired": "The document has expired",
    "aml_confirmed": "A list entry is the same person",
    "aml_unresolved": "A list entry cannot be ruled out",
    "duplicate": "The person is known under another name",
    "vendor_wrong": "The vendor's check is wrong, seen by eye",
    "explained": "The difference is explained by other evidence",
    "low_risk": "The risk is accepted as low",
    "policy": "Our policy does not allow it",
    "error": "The decision before was a mistake",
    "new_information": "New information has arrived",
    "other": "Another reason, in the note",
}
"""Reason codes of decisions: key, and the words on screen, in exports and in the record."""

AGAIN_WORDS = {
    "vendor": "What the vendor’s result says may be told",
    "unreadable": "We could not read the pictures. Use good light, and hold the document still.",
    "incomplete": "Part of the document was not visible. Show all of it.",
    "expired": "Please use a document that is still valid.",
    "other_document": "Please use another document.",
    "selfie": "We could not see your face well. Use good light, and take off glasses and hats.",
    "details": "Some of the details could not be confirmed. Please do it once more.",
}
"""Why somebody is asked again, in words for that person: never a reason of fraud, of a list or of authenticity."""

VERDICT_WORDS = {"open": "Open", "same": "Same person", "not_same": "Not the same person", "unclear": "Cannot tell"}
MATCH_KIND_WORDS = {"sanction": "Sanction", "pep": "Politically exposed person", "other": "Other list"}

REVEAL_WORDS = {
    "person_asks": "The person asked about it",
    "tell_apart": "To tell two people apart",
    "find_fault": "To find a fault",
    "complaint": "To answer a complaint or an authority",
    "other": "Another reason",
}
"""Why masked data are uncovered."""
LIST_KIND_WORDS = {"sanction": "Sanctions", "crime": "Crime", "pep": "Public office", "other": "Other list"}
"""What kind of list an entry is on; `MATCH_KIND_WORDS` is what a person says the same person is."""

PURPOSE_WORDS = {
    "inspection": "A supervisor or an inspector asked for it",
    "audit": "An audit, our own or an outside one",
    "case": "Work on a case",
    "figures": "Reports and figures",
    "person": "The person asked for a copy",
    "court": "A court, the police or a lawyer",
    "other": "Another purpose",
}
"""What a file is asked for."""
EXPORT_STATE_WORDS = {
    "waiting": "Waiting for approval",
    "queued": "Waiting its turn",
    "running": "Being made",
    "ready": "Ready",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "expired": "Deleted",
    "refused": "Not approved",
    "lapsed": "Lapsed",
}
EXPORT_KIND_WORDS = {
    "sessions": "Sessions",
    "links": "Links",
    "deliveries": "Deliveries",
    "matches": "Matches",
    "decisions": "Decisions",
    "audit": "Audit log",
    "pack": "Evidence pack",
    "sample": "Inspector’s sample",
}
EXPORT_NEWS_WORDS = {
    "ready": "the file is ready.",
    "failed": "the file could not be made.",
    "refused": "the export was not approved.",
    "lapsed": "the export lapsed, and no file was made.",
}
"""What whoever asked for a file is told of it, on whatever page, by its state; others say nothing new."""
PROPOSAL_STATE_WORDS = {
    "waiting": "Waiting for second person",
    "confirmed": "Confirmed",
    "sent_back": "Sent back",
    "withdrawn": "Withdrawn",
    "lapsed": "Lapsed",
}
RETENTION_CLASS_WORDS = {
    "pictures": "Pictures of documents",
    "biometrics": "Selfies and results about the face",
    "extracted": "Data read from documents",
    "contact": "Contact data",
    "aml": "Matches with lists",
    "decision": "Notes and reasons in words",
}
"""What is erased together."""
ERASURE_STATE_WORDS = {
    "due": "Due",
    "proposed": "Waiting for second person",
    "refused": "Refused",
    "running": "Being erased",
    "partly": "Partly erased",
    "done": "Erased",
    "withdrawn": "Withdrawn",
}
LINK_STATE_WORDS = {
    "active": "Works",
    "paused": "Paused",
    "used_up": "Used up",
    "expired": "Expired",
    "revoked": "Revoked",
    "creating": "Being created",
    "create_failed": "Creation failed",
}
DELIVERY_STATE_WORDS = {
    "received": "Being checked",
    "applied": "Applied",
    "repeat": "Kept, not applied",
    "unmatched": "Waiting for its session",
    "quarantined": "In quarantine",
}
