"""Which of our own causes a vendor's plain-word reason for failing speaks of; no vendor's numbers are known here."""

import re

CAUSES: tuple[tuple[str, str, str], ...] = (
    ("front and back", "sides", "document"),
    ("authenticity", "authenticity", "authenticity"),
    ("face", "face", "face"),
    ("liveness", "face", "face"),
    ("document expired", "expiry", "document"),
    ("not recognised", "capture", "code"),
    ("information missing", "capture", "code"),
    ("type not accepted", "document_type", "document"),
    ("country not accepted", "issuer", "document"),
    ("region not accepted", "issuer", "document"),
    ("date of birth", "birth", "data"),
    ("document number", "document_number", "data"),
    ("postcode", "postcode", "data"),
    ("address", "address", "data"),
    ("name", "name", "data"),
    ("age", "age", "data"),
)
"""Words of the reason, our cause, the kind of matter it belongs to; the first whose words occur counts."""


def cause_of(meaning: str) -> tuple[str, str]:
    """Cause and kind of matter for a reason such as "Date of birth differs"; `("code", "code")` if it names none."""
    found = (each for each in CAUSES if re.search(rf"\b{each[0]}\b", meaning, re.IGNORECASE))
    return next(((cause, kind) for _, cause, kind in found), ("code", "code"))
