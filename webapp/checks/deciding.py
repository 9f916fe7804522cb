"""What a decision needs before it may be taken: a state, a reason, a second person; and what a note should not hold."""

import re
from collections.abc import Collection
from dataclasses import dataclass

DECIDING = ("approve", "reject")
"""What ends a review; the rest of the kinds move it somewhere else."""
AGAINST = ("failed", "abandoned", "timed_out", "liveness_failed", "inconclusive", "error", "none")
"""Outcomes that an approval goes against."""
ENDED_WITHOUT = ("failed", "expired")
"""Statuses without a review at which a person may be asked again all the same."""
SHORTEST_NOTE = 10
MOST_ATTEMPTS = 3

FROM: dict[str, tuple[str, ...]] = {
    "approve": ("pending", "in_review", "escalated", "awaiting_second"),
    "reject": ("pending", "in_review", "escalated", "awaiting_second"),
    "ask_again": ("pending", "in_review"),
    "escalate": ("pending", "in_review"),
    "reopen": ("done",),
    "confirm": ("awaiting_second",),
    "send_back": ("awaiting_second",),
}
"""From which `review` each step may be taken (product rules 5.2)."""

REASONS: dict[str, tuple[str, ...]] = {
    "approve": ("vendor_wrong", "explained", "low_risk", "new_information", "other"),
    "reject": (
        "document_fake", "face_mismatch", "data_mismatch", "document_unreadable", "document_expired", "aml_confirmed",
        "aml_unresolved", "duplicate", "policy", "new_information", "other",
    ),
    "escalate": ("aml_confirmed", "aml_unresolved", "document_fake", "duplicate", "policy", "other"),
    "reopen": ("error", "new_information", "vendor_wrong", "other"),
}  # fmt: skip
"""The reason codes that each step offers, the likeliest first."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a decision is about to be taken on. `failed` are the kinds of matters that failed, not those merely open.

    `open_hits` are list entries without a verdict, `real_hits` those that are the same person or cannot be told.
    """

    outcome: str
    failed: frozenset[str] = frozenset()
    open_hits: int = 0
    real_hits: int = 0


def state_of_review(
    kind: str, *, review: str, status: str, erased: bool, decided: bool, may_decide_escalated: bool
) -> str:
    """Why this step cannot be taken from this state, in a sentence; empty when it can."""
    if erased:
        return "The data of this session have been erased, so there is nothing to decide on."
    if kind == "ask_again" and review == "not_needed" and status in ENDED_WITHOUT:
        return ""
    if review not in FROM[kind]:
        return _NOT_NOW.get(review, "This session does not wait for a decision now.")
    if kind == "reopen" and not decided:
        return "Nothing was decided here, so there is nothing to reopen."
    if review == "escalated" and not may_decide_escalated:
        return "This session is escalated: somebody who may decide escalated sessions decides it."
    return ""


_NOT_NOW = {
    "not_needed": "No person is asked to decide this session.",
    "awaiting_second": "A decision was proposed and waits for a second person.",
    "awaiting_applicant": "The applicant was asked again; this session waits for that answer.",
    "escalated": "This session is escalated: it is approved or rejected from there.",
    "done": "This session is decided. It has to be reopened before anything else is decided.",
}


def why_reasons(kind: str, standing: Standing) -> str:
    """Why a reason and a note are needed for this step, in half a sentence; empty when they are not."""
    if kind in ("reject", "reopen", "escalate"):
        return f"{_NOUNS[kind]} always needs them"
    if kind == "approve" and standing.outcome in AGAINST:
        return "it goes against the vendor’s outcome"
    if kind == "approve" and standing.failed:
        return "a required check failed"
    if kind == "approve" and standing.real_hits:
        return "a list entry is the same person or cannot be told"
    return ""


_NOUNS = {"reject": "a rejection", "reopen": "reopening", "escalate": "an escalation"}


def confirmable(kind: str, standing: Standing) -> tuple[str, ...]:
    """The keys of the policy on second approval that this step falls under, whether or not they are in force."""
    if kind == "reopen":
        return ("reopen",)
    if kind == "reject":
        return ("reject_passed",) if standing.outcome in ("passed", "signed", "captured") else ()
    if kind != "approve":
        return ()
    found = []
    if standing.failed & {"face", "authenticity"}:
        found.append("approve_failed_check")
    if standing.real_hits:
        found.append("approve_with_match")
    if standing.outcome in AGAINST:
        found.append("approve_failed")
    return tuple(found)


def in_force(kind: str, standing: Standing, actions: Collection[str]) -> tuple[str, ...]:
    """Those of them that the policy asks a second person for."""
    return tuple(key for key in confirmable(kind, standing) if key in actions)


BECAUSE = {
    "approve_failed_check": "the face or the document check failed",
    "approve_with_match": "a list entry is the same person or cannot be told",
    "approve_failed": "the vendor failed the session",
    "reject_passed": "the vendor passed the session",
    "reopen": "reopening is confirmed by a second person",
}
"""Why a second person is needed, by key of the policy."""


def second_words(keys: Collection[str], policy_version: int) -> str:
    """`Second approval: needed, because the face or the document check failed (policy 4).`"""
    if not keys:
        return "Second approval: not needed."
    because = " and ".join(BECAUSE[key] for key in keys)
    return f"Second approval: needed, because {because} ({policy_words(policy_version)})."


def policy_words(version: int) -> str:
    """`policy 4`; `the policy as it came` where nobody ever changed it."""
    return f"policy {version}" if version else "the policy as it came"


def missing(kind: str, standing: Standing, *, reasons: Collection[str], note: str) -> dict[str, str]:
    """What the form still lacks: field -> message; empty when nothing."""
    found: dict[str, str] = {}
    why = why_reasons(kind, standing)
    unknown = set(reasons) - set(REASONS.get(kind, ()))
    if unknown:
        found["reasons"] = "Choose from the reasons offered."
    elif why and not reasons and kind != "escalate":
        found["reasons"] = f"Choose at least one reason: {why}."
    if (why or kind == "send_back") and len(note.strip()) < SHORTEST_NOTE:
        found["note"] = f"Write a note of {SHORTEST_NOTE} characters or more" + (f": {why}." if why else ".")
    return found


_NUMBER = re.compile(r"\b(?=(?:[A-Z0-9]*\d){4})[A-Z0-9]{7,20}\b", re.IGNORECASE)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAY = re.compile(
    r"\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}\b|\b(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}\b"
    rf"|\b\d{{1,2}}\.?\s+(?:{_MONTHS})[a-z]*\.?,?\s+(?:19|20)\d{{2}}\b|\b(?:{_MONTHS})[a-z]*\.?\s+\d{{1,2}},?\s+(?:19|20)\d{{2}}\b",
    re.IGNORECASE,
)
_REPORT = re.compile(
    r"\b(?:SARs?|STRs?)\b|(?i:\bsuspicious(?:\s+(?:activity|transaction))?\s+reports?\b|\bs\.a\.r\.|\bs\.t\.r\.)"
)


def note_warnings(note: str) -> tuple[str, ...]:
    """What a note should not hold, one sentence each: it is kept as long as the decision, longer than other data."""
    found = []
    if _NUMBER.search(note):
        found.append(
            "The note looks as if it holds a document number. Notes stay longer than other data: leave numbers out."
        )
    if _DAY.search(note):
        found.append(
            "The note looks as if it holds a date of birth. Notes stay longer than other data: leave dates of birth out."
        )
    if _REPORT.search(note):
        found.append("The note names a suspicious activity report. That belongs in the restricted file, not here.")
    return tuple(found)
