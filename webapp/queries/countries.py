"""Names and codes of countries, as people write them and as the screen shows them (ISO 3166-1); no database."""

import pycountry

_OTHER_NAMES = {
    "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "russia": "RU", "turkey": "TR", "america": "US", "holland": "NL", "ivory coast": "CI",
    "macedonia": "MK", "palestine": "PS", "congo-kinshasa": "CD", "british virgin islands": "VG",
    "us virgin islands": "VI", "micronesia": "FM",
}  # fmt: skip
_SHORT_NAMES = {
    "CD": "Congo-Kinshasa", "FM": "Micronesia", "PS": "Palestine", "VG": "British Virgin Islands",
    "VI": "US Virgin Islands", "TR": "Türkiye", "BQ": "Caribbean Netherlands", "SH": "Saint Helena",
}  # fmt: skip


def country_code(text: str) -> str:
    """The ISO alpha-2 code of a country by code or name; empty when there is none."""
    known = _OTHER_NAMES.get(text.casefold().removeprefix("the "))
    if known:
        return known
    try:
        return str(pycountry.countries.lookup(text).alpha_2)
    except LookupError:
        return ""


def country_name(code: str) -> str:
    """The short English name of a country by its alpha-2 code; the code itself when unknown."""
    country = pycountry.countries.get(alpha_2=code)
    return _SHORT_NAMES.get(code) or (getattr(country, "common_name", None) or country.name if country else code)
