"""What a call asks for: options from headers with the vendor's spellings, subscribers and how each is answered."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ..values import PARSERS

ATTRIBUTES = {
    1: "Gender", 2: "Age Range", 3: "Beard", 4: "Spectacles", 5: "Eyes Open", 6: "Face Mask", 7: "Mouth Open",
    8: "Moustache", 9: "Emotions",
}  # fmt: skip
"""Metadata ids and their names, as the seed spells them."""

OPTIONS = ("metadata", "metadata_list", "mode_id", "livecheck_id", "location_id")
"""The headers that carry them."""
DEVELOPMENT, PRODUCTION = "SANDBOX", "SANDBOX-LIVE"
REFUSED = {"INACTIVE": "003", "BADIP": "004", "NOIP": "005", "NOTOKEN": "054"}
"""Subscribers that get no token, and the code that says so."""
BROKEN = {"BROKEN": "000"}
"""Subscribers that get a token, and the code of each request after that."""
KNOWN = frozenset({DEVELOPMENT, PRODUCTION, *REFUSED, *BROKEN})


class Refused(Exception):
    """The call cannot be done; `code` is the vendor's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Asked:
    """The options of one request."""

    metadata: tuple[int, ...] = ()
    dark: bool = False
    liveness: bool = False
    location: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Asked":
        found = json.loads(text)
        return cls(**found | {"metadata": tuple(found["metadata"])})


def _plain(headers: Mapping[str, str], name: str) -> str:
    """A header without the quotes that the vendor's own sample puts around its value (vendors 5.4)."""
    return headers.get(name, "").strip().strip("'\"").strip()


def _switch(headers: Mapping[str, str], name: str, words: dict[str, bool]) -> bool:
    value = _plain(headers, name).upper()
    if value not in words:
        raise Refused("007")
    return words[value]


def _ids(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if parts in ([], ["0"]):
        return ()
    known = {str(number): number for number in ATTRIBUTES}
    if not set(parts) <= known.keys():
        raise Refused("007")
    return tuple(dict.fromkeys(known[part] for part in parts))


def read_options(headers: Mapping[str, str]) -> Asked:
    """The options of an initiate call; Refused 007 for a value outside the table."""
    yes_no = {"": False, "0": False, "1": True}
    return Asked(
        metadata=_ids(_plain(headers, "metadata") or _plain(headers, "metadata_list")),
        dark=_switch(headers, "mode_id", yes_no | {"LIGHT": False, "DARK": True}),
        liveness=_switch(headers, "livecheck_id", yes_no),
        location=_switch(headers, "location_id", yes_no),
    )


def read_address(text: str) -> str:
    """A webhook address; Refused 051 when there is none, 052 when it is no http or https address."""
    if not text.strip():
        raise Refused("051")
    try:
        return str(PARSERS["callbackurl"](text))
    except ValueError:
        raise Refused("052") from None
