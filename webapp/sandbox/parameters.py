"""Reading a DocuPass request the vendor's way: which keys count, empty is absent, its refusals; no storage."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from .options import Options
from .phones import reachable
from .values import PARSERS, boolean

API_KEY = "sandbox"
TEMPLATE = "TPL1"
_PHONES = ("sms_verification_link", "sms_contract_link", "verify_phone")
_SIGNATURE_ONLY = {"template_id", "sms_contract_link"}
_SIGNATURE = {
    "companyname", "template_id", "contract_format", "contract_prefill_data", "callbackurl", "successredir", "customid",
    "reusable", "sms_contract_link", "vault_save", "nobranding", "customhtmlurl", "language", "expiry",
    "qr_color", "qr_bgcolor", "qr_size", "qr_margin", "logo", "welcomemessage",
}  # fmt: skip
_IDENTITY = {field.name for field in fields(Options)} - _SIGNATURE_ONLY


class ApiError(Exception):
    """An application error: answered with HTTP 200 and this message and code, as the vendor does."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def invalid(name: str) -> ApiError:
    """The vendor's refusal of one parameter, in the words of the seed's sample."""
    return ApiError(f"Invalid value for `{name}`", 1002)


def _parse(name: str, text: str) -> Any:
    parser = PARSERS.get(name)
    if parser is None:
        parser = boolean if isinstance(getattr(Options, name, ""), bool) else str.strip
    try:
        return parser(text)
    except (ValueError, KeyError, OverflowError, RecursionError):
        raise invalid(name) from None


def check_key(given: Mapping[str, str]) -> None:
    """Refuse any key but `sandbox`; the vendor names it error 1."""
    if given.get("apikey", "") != API_KEY:
        raise ApiError("Invalid API key", 1)


def _read(given: Mapping[str, str], known: set[str]) -> Options:
    if not given.get("companyname", "").strip():
        raise invalid("companyname")
    # A key that is absent and one that is empty mean the same: the clients send some fifty empty ones every time.
    options = Options(**{name: _parse(name, given[name]) for name in sorted(known) if given.get(name, "").strip()})
    if not options.callbackurl and not options.vault_save:
        raise invalid("callbackurl")
    for name in _PHONES:
        if getattr(options, name) and not reachable(getattr(options, name)):
            raise ApiError("Invalid or unreachable phone number", 1050)
    return options


def read_identity(given: Mapping[str, str]) -> Options:
    """Options of /docupass/create, or ApiError 1002 / 1050. Keys that belong to signing are ignored (vendors, 1.2)."""
    options = _read(given, _IDENTITY)
    if not given.get("type", "").strip():
        raise invalid("type")
    for template in (options.contract_generate, options.contract_sign):
        if template and template != TEMPLATE:
            raise ApiError("Invalid contract template ID", 1002)
    return options


def read_signature(given: Mapping[str, str]) -> Options:
    """Options of /docupass/sign, or ApiError. The identity settings the clients send along are ignored (vendors, 1.2)."""
    options = _read(given, _SIGNATURE)
    if options.language == "sr":
        raise invalid("language")  # the one language the seed lists for create and not for sign
    if options.template_id != TEMPLATE:
        raise ApiError("Invalid contract template ID", 1002)
    return options
