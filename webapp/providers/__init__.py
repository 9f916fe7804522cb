"""The vendors by name; nothing here knows Flask or the database. What builds their clients is in `build`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webapp.providers.base import Provider

PROVIDERS: dict[str, str] = {"docupass": "ID Analyzer DocuPass", "qid": "QiD"}
"""Every provider's key and its name on screen."""


def for_kind(providers: Mapping[str, "Provider"], kind: str) -> "Provider":
    """The provider that makes links of this kind; raises LookupError when none does."""
    for provider in providers.values():
        if kind in provider.kinds:
            return provider
    raise LookupError(f"no provider makes links of the kind {kind}")
