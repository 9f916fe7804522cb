"""The vendors: which exist and how to build them from the settings; nothing here knows Flask or the database."""

from typing import Protocol

from webapp.providers.base import Provider
from webapp.providers.docupass.client import DocuPass
from webapp.providers.qid.client import QiD
from webapp.providers.qid.style import HeaderStyle


class ProviderSettings(Protocol):
    """What the providers need of the settings."""

    @property
    def docupass_api_url(self) -> str: ...

    @property
    def docupass_key(self) -> str: ...

    @property
    def qid_api_url(self) -> str: ...

    @property
    def qid_subscriber(self) -> str: ...

    @property
    def qid_mode_in_force(self) -> str: ...

    @property
    def qid_style(self) -> HeaderStyle: ...


PROVIDERS: dict[str, str] = {"docupass": "ID Analyzer DocuPass", "qid": "QiD"}
"""Every provider's key and its name on screen."""


def build_providers(settings: ProviderSettings) -> dict[str, Provider]:
    """Build one client for each provider from the settings."""
    return {
        "docupass": DocuPass(base_url=settings.docupass_api_url, api_key=settings.docupass_key),
        "qid": QiD(
            base_url=settings.qid_api_url, subscriber_id=settings.qid_subscriber, mode=settings.qid_mode_in_force,
            style=settings.qid_style,
        ),
    }  # fmt: skip
