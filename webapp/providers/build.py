"""The vendors' clients, built from the settings. Whoever needs only names and shapes is spared what it takes to ask a vendor."""

from datetime import timedelta
from typing import Protocol

from webapp.providers.base import Networks, Provider
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

    @property
    def qid_webhook_token(self) -> str: ...

    @property
    def qid_networks(self) -> Networks: ...


SILENT_AFTER: dict[str, timedelta] = {each.key: each.silent_after for each in (DocuPass, QiD)}
"""How long after a link's end each one's silence is a gap."""


def build_providers(settings: ProviderSettings) -> dict[str, Provider]:
    """Build one client for each provider from the settings."""
    return {
        "docupass": DocuPass(base_url=settings.docupass_api_url, api_key=settings.docupass_key),
        "qid": QiD(
            base_url=settings.qid_api_url, subscriber_id=settings.qid_subscriber, mode=settings.qid_mode_in_force,
            style=settings.qid_style, webhook_token=settings.qid_webhook_token, networks=settings.qid_networks,
        ),
    }  # fmt: skip
