"""Which columns, files and pictures hold which class of data, and what stands in the place of a value that was erased."""

from typing import Any

BY_CLASS: dict[str, dict[str, Any]] = {
    "biometrics": {"face": None, "attributes": {}, "liveness": "", "subject": ""},
    "extracted": {
        "person": {}, "fields": {}, "authenticity": None, "vendor_checks": {}, "contract": {}, "contradictions": [],
        "other": {}, "content_key": "", "location": {},
    },
    "contact": {"phone": {}},
}  # fmt: skip
"""What of a result belongs to which class, and what stands in its place."""
KINDS = {"pictures": ("document", "contract"), "biometrics": ("face",)}
"""Kinds of files."""
PARTS = {"pictures": ("document", "document_back"), "biometrics": ("face",)}
"""Pictures that were given with a link."""
MATTERS = (("aml", "aml"), ("face", "biometrics"))
"""Kinds of matters whose words quote a class; with the data read from documents all go, as they may quote what differs."""
