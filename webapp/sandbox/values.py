"""One value of a request at a time: from text to what it means, or ValueError; requests as a whole are elsewhere."""

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from .countries import is_country
from .options import HALF_YEAR

LANGUAGES = {
    "en": "English", "fr": "French", "nl": "Dutch", "de": "German", "es": "Spanish", "sr": "Serbian",
    "zh-TW": "Chinese, traditional", "zh-CN": "Chinese, simplified",
}  # fmt: skip
DATABASES = (
    "au_dfat", "ca_dfatd", "ch_seco", "eu_fsf", "fr_tresor_gels_avoir", "gb_hmt", "ua_sfms", "un_sc", "us_ofac",
    "interpol_red", "eu_cor", "eu_meps", "global_politicians",
)  # fmt: skip

Parser = Callable[[str], Any]


def as_text(value: object) -> str:
    """One JSON value as the text a form would have carried; None is "" and so not given."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value)


def boolean(text: str) -> bool:
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
    if not text.strip().isprintable() or " " in text.strip():
        raise ValueError(text)
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


def _databases(text: str) -> str:
    """Codes of lists; every official example spells `eu_cor` with an s (vendors 3)."""
    codes = ["eu_cor" if part.strip() == "eu_cors" else part.strip() for part in text.split(",") if part.strip()]
    if not set(codes) <= set(DATABASES):
        raise ValueError(text)
    return ",".join(codes)


def _prefill(text: str) -> str:
    """A flat JSON object with its values as text.

    The Python client form-encodes a dict as its keys alone (vendors 1.2): such words carry no values and fill nothing.
    """
    if text.strip()[:1] not in ("{", "["):
        return "{}"
    found = json.loads(text)
    if not isinstance(found, dict) or any(isinstance(value, dict | list) for value in found.values()):
        raise ValueError(text)
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in found.items()}
    return json.dumps({name: "" if found[name] is None else text for name, text in texts.items()})


PARSERS: dict[str, Parser] = {
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
    "aml_database": _databases,
    "contract_prefill_data": _prefill,
    "welcomemessage": _longest(1_000),
    "logo": _url,
    "customhtmlurl": _url,
    "language": _matching("|".join(LANGUAGES)),
    "expiry": _integer(600, HALF_YEAR),
    "qr_color": _matching("[0-9A-Fa-f]{6}"),
    "qr_bgcolor": _matching("[0-9A-Fa-f]{6}"),
    "qr_size": _integer(1, 50),
    "qr_margin": _integer(1, 50),
}
