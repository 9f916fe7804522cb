"""Issuing countries: ISO codes, a name, and the code of the machine-readable zone; no people here."""

from dataclasses import dataclass
from functools import lru_cache

import pycountry

# Germany is one letter in a machine-readable zone (ICAO 9303 part 3, section 5).
_ZONE_CODES = {"DEU": "D"}
COMMON = ("GB", "DE", "FR", "NL", "ES", "IT", "SE", "PL", "IE", "US", "CA", "JP", "GR", "UA", "BR", "NG")


@dataclass(frozen=True)
class Country:
    iso2: str
    iso3: str
    name: str

    @property
    def zone(self) -> str:
        return _ZONE_CODES.get(self.iso3, self.iso3)


@lru_cache(maxsize=256)
def country(iso2: str) -> Country:
    """The country of an ISO alpha-2 code; LookupError when there is none."""
    found = pycountry.countries.get(alpha_2=iso2.upper())
    if found is None:
        raise LookupError(iso2)
    name = getattr(found, "common_name", found.name)
    return Country(found.alpha_2, found.alpha_3, name.split(",")[0])


def is_country(iso2: str) -> bool:
    """Whether ISO knows this alpha-2 code."""
    try:
        country(iso2)
    except LookupError:
        return False
    return True
