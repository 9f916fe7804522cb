"""Reading a DocuPass request the vendor's way: loose types, empty is absent, its refusals; no storage."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from .countries import is_country
from .options import HALF_YEAR, Options

API_KEY = "sandbox"
TEMPLATE = "TPL1"
LANGUAGES = ("en", "fr", "nl", "de", "es", "sr", "zh-TW", "zh-CN")

Parser = Callable[[str], Any]


class ApiError(Exception):
    """An application error: answered with HTTP 200 and this message and code, as the vendor does."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def as_text(value: object) -> str:
    """One JSON value as the text a form would have carried; None is "" and so not given."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value)


def _boolean(text: str) -> bool:
    known = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    return known[text.strip().lower()]


def _integer(low: int, high: int) -> Parser:
    def parse(text: str) -> int:
        number = float(text)
        if number != int(number) or not low <= number <= high:
            raise ValueError(text)
        return int(number)

    return parse


def _number(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise ValueError(text)
    return number


def _matching(pattern: str) -> Parser:
    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text.strip()):
            raise ValueError(text)
        return text.strip()

    return parse


def _longest(limit: int) -> Parser:
    def parse(text: str) -> str:
        if len(text) > limit:
            raise ValueError(text)
        return text.strip()

    return parse


def _url(text: str) -> str:
    parts = urlsplit(text.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(text)
    return text.strip()


def _countries(text: str) -> str:
    codes = [part.strip().upper() for part in text.split(",") if part.strip()]
    if not all(is_country(code) for code in codes):
        raise ValueError(text)
    return ",".join(codes)


def _date(text: str) -> str:
    year, month, day = (int(part) for part in text.split("/"))
    if not 1850 <= year <= 2100:
        raise ValueError(text)
    return f"{date(year, month, day):%Y/%m/%d}"


def _ages(text: str) -> str:
    low, high = (int(part) for part in text.split("-"))
    if not 0 <= low <= high <= 150:
        raise ValueError(text)
    return f"{low}-{high}"


_PARSERS: dict[str, Parser] = {
    "type": _integer(0, 3),
    "callbackurl": _url,
    "biometric": _integer(0, 2),
    "biometric_threshold": _number,
    "authenticate_minscore": _number,
    "authenticate_module": _matching("1|2|quick"),
    "maxattempt": _integer(1, 10),
    "successredir": _url,
    "failredir": _url,
    "documenttype": lambda text: _matching("[PDI]+")(text.upper()),
    "documentcountry": _countries,
    "verify_dob": _date,
    "verify_age": _ages,
    "contract_format": lambda text: _matching("PDF|DOCX|HTML")(text.upper()),
    "return_type": _integer(0, 1),
    "welcomemessage": _longest(1_000),
    "language": _matching("|".join(LANGUAGES)),
    "expiry": _integer(600, HALF_YEAR),
    "qr_color": _matching("[0-9A-Fa-f]{6}"),
    "qr_bgcolor": _matching("[0-9A-Fa-f]{6}"),
    "qr_size": _integer(1, 50),
    "qr_margin": _integer(1, 50),
}
_PHONES = ("sms_verification_link", "sms_contract_link", "verify_phone")
_SIGNATURE_ONLY = {"template_id", "sms_contract_link"}
_IDENTITY_ONLY = {"type", "contract_generate", "contract_sign", "verify_phone", "sms_verification_link"}


def invalid(name: str) -> ApiError:
    """The vendor's refusal of one parameter, in the words of the seed's sample."""
    return ApiError(f"Invalid value for `{name}`", 1002)


def _parse(name: str, text: str) -> Any:
    parser = _PARSERS.get(name)
    if parser is None:
        parser = _boolean if isinstance(getattr(Options, name, ""), bool) else str.strip
    try:
        return parser(text)
    except (ValueError, KeyError, OverflowError):
        raise invalid(name) from None


def check_key(given: Mapping[str, str]) -> None:
    """Refuse any key but `sandbox`; the vendor names it error 1."""
    if given.get("apikey", "") != API_KEY:
        raise ApiError("Invalid API key", 1)


def _read(given: Mapping[str, str], ignored: set[str]) -> Options:
    if not given.get("companyname", "").strip():
        raise invalid("companyname")
    # A key that is absent and one that is empty mean the same: the clients send some fifty empty ones every time.
    names = [field.name for field in fields(Options) if field.name not in ignored and given.get(field.name, "").strip()]
    options = Options(**{name: _parse(name, given[name]) for name in names})
    if not options.callbackurl and not options.vault_save:
        raise invalid("callbackurl")
    for name in _PHONES:
        if getattr(options, name) and not re.fullmatch(r"\+\d{7,15}", re.sub(r"[ ()-]", "", getattr(options, name))):
            raise ApiError("Invalid or unreachable phone number", 1050)
    return options


def read_identity(given: Mapping[str, str]) -> Options:
    """Options of /docupass/create, or ApiError 1002 / 1050. Keys that belong to signing are ignored (vendors, 1.2)."""
    options = _read(given, _SIGNATURE_ONLY)
    if not given.get("type", "").strip():
        raise invalid("type")
    for template in (options.contract_generate, options.contract_sign):
        if template and template != TEMPLATE:
            raise ApiError("Invalid contract template ID", 1002)
    return options


def read_signature(given: Mapping[str, str]) -> Options:
    """Options of /docupass/sign, or ApiError. The identity settings the clients send along are ignored."""
    options = _read(given, _IDENTITY_ONLY)
    if options.template_id != TEMPLATE:
        raise ApiError("Invalid contract template ID", 1002)
    return options
