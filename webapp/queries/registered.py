"""The addresses for results that are registered with a vendor by hand, once for the whole console; nothing is read here."""

from dataclasses import dataclass
from typing import Protocol


class RegisteredSettings(Protocol):
    """What this needs of the settings."""

    @property
    def public_url(self) -> str: ...

    @property
    def qid_webhook_token(self) -> str: ...

    @property
    def qid_mode_in_force(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One vendor's. `address` is empty while the setting `VOUCHDESK_<setting>` is; it holds a secret.

    `in_force`: the vendor posts there, whatever address a link gives it; else every link has an address of its own.
    """

    vendor: str
    address: str
    setting: str
    in_force: bool


def registered(settings: RegisteredSettings) -> dict[str, Registered]:
    """Provider -> the address to register with it, for the vendors that want one (vendor facts 5.2)."""
    token = settings.qid_webhook_token
    return {
        "qid": Registered(
            vendor="QiD", address=f"{settings.public_url}/webhooks/qid/{token}" if token else "",
            setting="QID_WEBHOOK_TOKEN", in_force=settings.qid_mode_in_force == "production",
        )
    }  # fmt: skip
