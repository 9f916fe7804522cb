"""Settings of QiD; the rest is in `settings`. Paths, names and spellings have the documented defaults (vendor facts 5.5)."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from webapp.providers.qid.style import HeaderStyle

QID_VENDOR_URL = "https://qid.aiq.bio"
SANDBOX_QID_SUBSCRIBER = "SANDBOX"
_DEFAULT = HeaderStyle()
_HEADER = r"^[A-Za-z0-9_-]{1,60}$"
_PATH = r"^[A-Za-z0-9_./-]{1,200}$"


class QidSettings(BaseSettings):
    """The settings whose names begin with QID_; `docs/settings.md` explains each."""

    qid_base_url: str = ""
    qid_subscriber_id: str = ""
    qid_webhook_token: str = ""
    qid_webhook_addresses: Annotated[tuple[str, ...], NoDecode] = ()
    qid_mode: Literal["", "production", "sandbox"] = ""
    qid_token_path: str = Field(default=_DEFAULT.create_path, pattern=_PATH)
    qid_refresh_path: str = Field(default=_DEFAULT.refresh_path, pattern=_PATH)
    qid_initiate_path: str = Field(default=_DEFAULT.initiate_path, pattern=_PATH)
    qid_refresh_header: str = Field(default=_DEFAULT.refresh_header, pattern=_HEADER)
    qid_auth_header: str = Field(default=_DEFAULT.auth_header, pattern=_HEADER)
    qid_webhook_header: str = Field(default=_DEFAULT.webhook, pattern=_HEADER)
    qid_metadata_header: str = Field(default=_DEFAULT.metadata, pattern=_HEADER)
    qid_mode_header: str = Field(default=_DEFAULT.mode, pattern=_HEADER)
    qid_liveness_header: str = Field(default=_DEFAULT.liveness, pattern=_HEADER)
    qid_location_header: str = Field(default=_DEFAULT.location, pattern=_HEADER)
    qid_mode_style: Literal["words", "numbers"] = "words"
    qid_token_minutes: float = Field(default=60, gt=0, le=24 * 60)
    qid_refresh_minutes: float = Field(default=50, gt=0, le=24 * 60)
    qid_request_hours: float = Field(default=12, gt=0, le=24 * 30)

    @field_validator("qid_webhook_addresses", mode="before")
    @classmethod
    def _split_addresses(cls, value: Any) -> Any:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("qid_webhook_addresses")
    @classmethod
    def _check_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            try:
                ip_network(each, strict=False)
            except ValueError:
                raise ValueError(f"{each!r} is not a network address like 192.0.2.7 or 192.0.2.0/24") from None
        return value

    @model_validator(mode="after")
    def _check_refresh(self) -> Self:
        if self.qid_refresh_minutes > self.qid_token_minutes:
            raise ValueError("QID_REFRESH_MINUTES must not be more than QID_TOKEN_MINUTES")
        return self

    @property
    def qid_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The only networks that QiD's results are taken from; none: any."""
        return tuple(ip_network(each, strict=False) for each in self.qid_webhook_addresses)

    @property
    def qid_style(self) -> HeaderStyle:
        """How QiD is spoken to."""
        light, dark = ("LIGHT", "DARK") if self.qid_mode_style == "words" else ("0", "1")
        return HeaderStyle(
            create_path=self.qid_token_path, refresh_path=self.qid_refresh_path, initiate_path=self.qid_initiate_path,
            refresh_header=self.qid_refresh_header, auth_header=self.qid_auth_header,
            auth_scheme=_DEFAULT.auth_scheme if self.qid_auth_header == _DEFAULT.auth_header else "",
            webhook=self.qid_webhook_header, metadata=self.qid_metadata_header, mode=self.qid_mode_header, light=light,
            dark=dark, liveness=self.qid_liveness_header, location=self.qid_location_header,
            token_life=timedelta(minutes=self.qid_token_minutes),
            refresh_lead=timedelta(minutes=self.qid_token_minutes - self.qid_refresh_minutes),
            request_life=timedelta(hours=self.qid_request_hours),
        )  # fmt: skip
