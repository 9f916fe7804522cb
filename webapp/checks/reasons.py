"""Which kind of matter a vendor's cause for failing belongs to; no vendor's numbers or words are known here."""

KINDS = {
    "authenticity": "authenticity", "face": "face", "sides": "document", "expiry": "document", "document_type": "document",
    "issuer": "document", "name": "data", "birth": "data", "address": "data", "postcode": "data", "age": "data",
    "document_number": "data",
}  # fmt: skip
"""Our word for the cause (`providers.base.CAUSES`) -> the kind of matter; what is not here is a matter of its own."""


def kind_of(cause: str) -> str:
    """The kind of matter that a cause belongs to."""
    return KINDS.get(cause, "code")
