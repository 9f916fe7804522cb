"""The DocuPass API v1 over HTTP: makes links, asks whether a result is the vendor's own; payloads reads results."""

from datetime import UTC, date, datetime
from typing import Any

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from webapp.providers.base import (
    CheckMeaning,
    CodeMeaning,
    DatabaseMeaning,
    LinkRequest,
    Outcome,
    ProviderError,
    VendorLink,
)
from webapp.providers.docupass import codes, payloads
from webapp.providers.docupass.form import create_form
from webapp.providers.docupass.shapes import text_of
from webapp.providers.http import post_form
from webapp.providers.untrusted import storable_text

CREATE_SECONDS = 10.0
CONFIRM_SECONDS = 20.0
PATHS = {"identity": "docupass/create", "signature": "docupass/sign"}
NOT_ITS_OWN = "1003"
FILE_ORIGINS = (
    "https://api.idanalyzer.com", "https://api-eu.idanalyzer.com", "https://objects.idanalyzer.com",
    "https://docupass.app",
)  # fmt: skip
"""Where the vendor keeps pictures and contracts, as far as its samples tell (vendor facts 4.1)."""


class DocuPass:
    """ID Analyzer DocuPass; implements `Provider`. `base_url` may end with a slash or not, and may have a path."""

    key = "docupass"
    known_checks = tuple(codes.CHECKS)

    def __init__(self, *, base_url: str, api_key: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self.file_origins: tuple[str, ...] = FILE_ORIGINS

    def create(self, request: LinkRequest) -> VendorLink:
        """Make a link (seed "Creating DocuPass ... Session"). Asked once only: each creation is a session of its own.

        Raises ProviderError: permanent with the vendor's code and text when it refuses, else not permanent.
        """
        path = PATHS.get(request.kind)
        if path is None:
            raise ProviderError(f"DocuPass has no links of the kind {request.kind}.", code="kind", permanent=True)
        answer = self._post(path, create_form(request), CREATE_SECONDS)
        if "error" in answer:
            raise _refusal(answer["error"], permanent=True)
        return _read_link(answer)

    def confirm(self, outcome: Outcome) -> bool:
        """Ask whether reference and hash are the vendor's own (seed "Validating Callback").

        Only a literal `true` for the same reference counts. Error 1003 is a no; any other answer, our own wrong key
        among them, says nothing about the result and raises ProviderError(permanent=False).
        """
        form = {"reference": outcome.reference, "hash": outcome.proof}
        answer = self._post("docupass/validate", form, CONFIRM_SECONDS)
        if "error" in answer:
            refusal = _refusal(answer["error"], permanent=False)
            if refusal.code == NOT_ITS_OWN and "success" not in answer:
                return False
            raise refusal
        if answer.get("success") is True and answer.get("reference") == outcome.reference:
            return True
        raise _misunderstood("it neither confirms this result nor denies it")

    def _post(self, path: str, form: dict[str, str], seconds: float) -> dict[str, Any]:
        return post_form(f"{self._base_url}/{path}", {"apikey": self._api_key, **form}, timeout=seconds)

    def identify(self, body: bytes) -> str:
        """The reference that a callback names; raises Unreadable."""
        return payloads.identify(body)

    def read(self, body: bytes, *, today: date | None = None) -> Outcome:
        """Read a callback received on `today` (UTC); raises Unreadable."""
        return payloads.read(body, today=today)

    def embedded_file(self, body: bytes, pointer: tuple[str | int, ...]) -> bytes:
        """The bytes of a picture inside a callback; raises ValueError."""
        return payloads.embedded_file(body, pointer)

    def describe_code(self, code: str) -> CodeMeaning:
        """What a `failcode` means."""
        return codes.fail_code(code)

    def describe_error(self, code: str) -> str:
        """What an `error.code` means and what to do; empty when not known."""
        return codes.error_code(code)

    def describe_check(self, name: str) -> CheckMeaning:
        """A document check in plain words."""
        return codes.check(name)

    def describe_database(self, code: str) -> DatabaseMeaning:
        """An AML list in plain words."""
        return codes.database(code)


def _refusal(error: Any, *, permanent: bool) -> ProviderError:
    details = error if isinstance(error, dict) else {"message": error}
    text = storable_text(text_of(details.get("message")))[:500] or "The vendor refused without saying why."
    return ProviderError(text, code=storable_text(text_of(details.get("code")))[:20], permanent=permanent)


def _misunderstood(why: str) -> ProviderError:
    return ProviderError(f"The vendor's answer could not be understood: {why}.", code="bad_answer", permanent=False)


def _read_link(answer: dict[str, Any]) -> VendorLink:
    reference, url = answer.get("reference"), answer.get("url")
    if not isinstance(reference, str) or not _is_reference(reference):
        raise _misunderstood("it names no reference")
    if not isinstance(url, str) or not _is_web_address(url):
        raise _misunderstood("it has no address to send people to")
    expires_at = _read_expiry(answer.get("expiry"))
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise ProviderError("The vendor made the link with an expiry in the past.", code="expiry_past", permanent=True)
    return VendorLink(reference=reference, url=url, expires_at=expires_at)


def _is_reference(text: str) -> bool:
    return bool(text.strip()) and len(text) <= payloads.MAX_REFERENCE and text.isprintable()


def _is_web_address(url: str) -> bool:
    if len(url) > 2000 or not url.isprintable() or " " in url:
        return False
    try:
        parts = parse_url(url)
    except LocationParseError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.host)


def _read_expiry(value: Any) -> datetime | None:
    """UNIX time as number or text: the vendor's table says text, its sample has a number."""
    try:
        return datetime.fromtimestamp(float(text_of(value)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
