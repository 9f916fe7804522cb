"""Countries by code or name; regions and nationalities as words are not here."""

from functools import lru_cache

import pycountry

from webapp.checks.normalise import fold

_COUNTRY_NAMES = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
    "gbd": "GB", "gbn": "GB", "gbo": "GB", "gbp": "GB", "gbs": "GB", "d": "DE", "america": "US", "russia": "RU",
    "iran": "IR", "syria": "SY", "south korea": "KR", "north korea": "KP", "turkey": "TR", "czech republic": "CZ",
    "ivory coast": "CI", "laos": "LA", "cape verde": "CV", "swaziland": "SZ", "macedonia": "MK", "palestine": "PS",
    "brunei": "BN", "kosovo": "XK", "rks": "XK",
}  # fmt: skip
"""What people and machine-readable zones write that ISO 3166 does not list."""


def country(text: object) -> str:
    """The ISO 3166-1 alpha-2 code of a country given by code or English name; empty if it is not known."""
    return _countries().get(fold(text), "")


def country_name(code: str) -> str:
    """The country's English name, or the code itself if it is not known."""
    found = pycountry.countries.get(alpha_2=code) if code else None
    return str(getattr(found, "common_name", found.name)) if found else code


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    names = dict(_COUNTRY_NAMES)
    for each in pycountry.countries:
        for key in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            if getattr(each, key, ""):
                names[fold(getattr(each, key))] = each.alpha_2
    return names
