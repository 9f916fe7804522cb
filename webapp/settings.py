"""Settings: read from the environment or `.env`, checked once, refused with one clear line for each that is wrong."""

import hmac
import os
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from webapp.settings_qid import QID_VENDOR_URL, SANDBOX_QID_SUBSCRIBER, QidSettings

PREFIX = "VOUCHDESK_"
DOCUPASS_VENDOR_URL = "https://api.idanalyzer.com/"
SANDBOX_DOCUPASS_KEY = "sandbox"
MIN_PASSWORD = 12


class WrongSettings(Exception):
    """One line for each setting that is wrong; the program ends with exit code 2."""


class Settings(QidSettings):
    """Every setting; `docs/settings.md` explains each. `NAME_FILE` beside `NAME` reads the value from a file."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", env_ignore_empty=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    environment: Literal["development", "production"] = "development"
    data_dir: Path = Path("instance")
    database_url: str = ""
    public_url: str = ""
    secret_key: str = ""
    admin_email: str = ""
    admin_password: str = ""
    company_name: str = "Your company"
    docupass_base_url: str = ""
    docupass_api_key: str = ""
    evidence_origins: Annotated[tuple[str, ...], NoDecode] = ()
    sms_per_number: int = Field(default=3, ge=0, le=1000)
    sms_per_day: int = Field(default=50, ge=0, le=1_000_000)
    retention_minimum_days: int = Field(default=1825, ge=0, le=36_500)
    sandbox: Literal["auto", "on", "off"] = "auto"
    sandbox_clock: float = Field(default=1.0, gt=0)
    embedded_worker: bool = True
    live_streams: int = Field(default=200, ge=0, le=240)
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    audit_heads_path: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put `NAME_FILE` behind `NAME`: a plain value wins over a file."""
        return init_settings, env_settings, dotenv_settings, _FileSource(settings_cls)

    @field_validator("evidence_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: Any) -> Any:
        return tuple(part for part in value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("evidence_origins")
    @classmethod
    def _check_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
                raise ValueError(f"{origin!r} is not an origin like https://objects.example")
        return tuple(origin.rstrip("/") for origin in value)

    @field_validator("public_url", "docupass_base_url", "qid_base_url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("is not an http(s) address")
        return value.rstrip("/")

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        self.public_url = self.public_url or f"http://{self._reachable_host}:{self.port}"
        self.database_url = self.database_url or f"sqlite:///{self.data_dir.absolute() / 'app.sqlite'}"
        if self.database_url.startswith(("postgresql://", "postgres://")):
            self.database_url = "postgresql+psycopg://" + self.database_url.split("://", 1)[1]
        if not self.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://")
        if bool(self.admin_email) != bool(self.admin_password):
            raise ValueError("ADMIN_EMAIL and ADMIN_PASSWORD go together: set both or neither")
        if self.admin_password and len(self.admin_password) < MIN_PASSWORD:
            raise ValueError(f"ADMIN_PASSWORD: use {MIN_PASSWORD} characters or more")
        if self.docupass_base_url and not self.docupass_api_key and self.sandbox == "auto":
            raise ValueError("DOCUPASS_API_KEY is required with DOCUPASS_BASE_URL (or SANDBOX=on for the sandbox)")
        if self.environment == "production":
            self._refuse_insecure()
        return self

    def _refuse_insecure(self) -> None:
        if len(self.secret_key) < 32:
            raise ValueError("SECRET_KEY is required in production, at least 32 characters")
        if not self.public_url.startswith("https://"):
            raise ValueError("PUBLIC_URL must begin with https:// in production")
        if self.sandbox == "auto" and not self.docupass_api_key:
            raise ValueError("DOCUPASS_API_KEY is required in production (or SANDBOX=on to go on with the sandbox)")

    @property
    def _reachable_host(self) -> str:
        return "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104 - compared, not bound

    @property
    def _sandbox_url(self) -> str:
        return f"http://{self._reachable_host}:{self.port}/sandbox/"

    @property
    def sandbox_on(self) -> bool:
        """Whether the embedded sandbox stands in: asked for, or `auto` without a vendor key."""
        return self.sandbox == "on" or (self.sandbox == "auto" and not self.docupass_api_key)

    @property
    def docupass_api_url(self) -> str:
        """Base address of the DocuPass API: the setting, else the sandbox's over loopback, else the vendor's."""
        return self.docupass_base_url or (self._sandbox_url if self.sandbox_on else DOCUPASS_VENDOR_URL)

    @property
    def docupass_key(self) -> str:
        """The API key in force; the sandbox has its own, so that a real key never goes there."""
        return SANDBOX_DOCUPASS_KEY if self.sandbox_on and not self.docupass_base_url else self.docupass_api_key

    @property
    def qid_sandbox_on(self) -> bool:
        """Whether the embedded sandbox stands in for QiD: asked for, or on by itself without a subscriber ID."""
        return self.sandbox_on and not self.qid_base_url and (self.sandbox == "on" or not self.qid_subscriber_id)

    @property
    def stood_in_for(self) -> dict[str, bool]:
        """For each provider, whether the embedded sandbox stands in for it."""
        return {"docupass": self.sandbox_on and not self.docupass_base_url, "qid": self.qid_sandbox_on}

    @property
    def qid_api_url(self) -> str:
        """Base address of QiD's API: the setting, else the sandbox's over loopback, else the vendor's."""
        return self.qid_base_url or (self._sandbox_url if self.qid_sandbox_on else QID_VENDOR_URL)

    @property
    def qid_subscriber(self) -> str:
        """The subscriber ID in force; the sandbox has its own, so that a real one never goes there."""
        return SANDBOX_QID_SUBSCRIBER if self.qid_sandbox_on else self.qid_subscriber_id

    @property
    def qid_mode_in_force(self) -> str:
        """Whose results are taken, the vendor's production or its sandbox."""
        return self.qid_mode or ("sandbox" if self.qid_sandbox_on else "production")

    @property
    def sandbox_origins(self) -> tuple[str, ...]:
        """Where the sandbox's own files are while it is on: this console, on whatever network it stands."""
        own = urlsplit(self.public_url)
        return (f"{own.scheme}://{own.netloc}",) if self.sandbox_on else ()

    @property
    def heads_file(self) -> Path:
        """Where signed ends of the audit log are noted: best a place that who runs this machine cannot change."""
        return Path(self.audit_heads_path) if self.audit_heads_path else self.data_dir / "audit-heads.jsonl"

    @property
    def installation_key(self) -> bytes:
        """What makes personal values unreadable on the record; of the secret key, and of no other use of it."""
        return hmac.new(self.secret_key.encode(), b"vouchdesk installation key", "sha256").digest()

    @property
    def secure_cookies(self) -> bool:
        """Cookies go over TLS only when the console is reached over TLS."""
        return self.public_url.startswith("https://")

    def prepare_data_dir(self) -> None:
        """Make the data folder, for this user's eyes only, and a secret key in it if none is set (development)."""
        for folder in ("", "evidence", "deliveries", "exports"):
            (self.data_dir / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.secret_key:
            path = self.data_dir / "secret_key"
            if not path.exists():
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w") as file:
                    file.write(secrets.token_urlsafe(48))
            self.secret_key = path.read_text().strip()


class _FileSource(PydanticBaseSettingsSource):
    """Reads `VOUCHDESK_<NAME>_FILE`, from the environment or `.env`."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        name = f"{PREFIX}{field_name.upper()}_FILE"
        path = os.environ.get(name) or self._dotenv.get(name) or ""
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text().strip(), field_name, False
        except OSError as error:
            raise WrongSettings(f"{name}: cannot read {path}: {error.strerror}") from None

    def __call__(self) -> dict[str, Any]:
        env_file = self.config.get("env_file")
        self._dotenv: dict[str, str | None] = dotenv_values(env_file) if isinstance(env_file, str | Path) else {}
        found = {name: self.get_field_value(None, name)[0] for name in self.settings_cls.model_fields}
        return {name: value for name, value in found.items() if value is not None}


def load_settings(**overrides: Any) -> Settings:
    """Read the settings. Raises WrongSettings with one line for each wrong one, never showing a secret's value."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise WrongSettings("\n".join(_line(item) for item in error.errors(include_input=False))) from None


def _line(item: Any) -> str:
    name = ".".join(str(part) for part in item["loc"])
    message = item["msg"].removeprefix("Value error, ")
    return f"{PREFIX}{name.upper()}: {message}" if name else f"{PREFIX}{message}"
