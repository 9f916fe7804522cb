"""The vendors: which exist and how to build them from the settings; nothing here knows Flask or the database."""

from typing import Protocol

from webapp.providers.base import Provider
from webapp.providers.docupass.client import DocuPass


class ProviderSettings(Protocol):
    """What the providers need of the settings."""

    @property
    def docupass_api_url(self) -> str: ...

    @property
    def docupass_key(self) -> str: ...


PROVIDERS: dict[str, str] = {"docupass": "ID Analyzer DocuPass"}
"""Every provider's key and its name on screen."""


def build_providers(settings: ProviderSettings) -> dict[str, Provider]:
    """Build one client for each provider from the settings."""
    return {"docupass": DocuPass(base_url=settings.docupass_api_url, api_key=settings.docupass_key)}
