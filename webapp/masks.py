"""What stands in place of personal data for those who may not see it, and who may see what; pure, no request and no database."""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

STARS = "***"
"""Always three: the number of letters would help to guess."""
MOST_WORDS = 4
RESTRICTED = "\x02"
"""Before the name of a person whose data may only be kept: `queries.restricted` puts it there, what prints names takes it off."""
SHORTEST_NUMBER = 6
"""A shorter number is hidden whole: its end would be most of it."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What somebody may see: personal data, pictures, document numbers; `restricted`: also those of a person whose data may only
    be kept. `until`: the end of what was uncovered for a while.
    """

    personal: bool = False
    images: bool = False
    document_numbers: bool = False
    restricted: bool = False
    until: datetime | None = None

    @classmethod
    def of(cls, rights: Collection[str]) -> "Sight":
        """What these rights let somebody see."""
        return cls(
            personal="see_personal" in rights, images="see_images" in rights,
            document_numbers="see_document_numbers" in rights, restricted="manage_retention" in rights,
        )  # fmt: skip

    @property
    def whole(self) -> bool:
        """Whether nothing is masked."""
        return self.personal and self.images and self.document_numbers

    @property
    def key(self) -> str:
        """Differs when what is drawn would: for what is kept drawn, and for pages that ask whether they changed."""
        parts = (("p", self.personal), ("i", self.images), ("n", self.document_numbers), ("r", self.restricted))
        seen = "".join(letter for letter, may in parts if may)
        return f"{seen or 'masked'}{int(self.until.timestamp()) if self.until else ''}"

    def of_person(self, restricted: bool) -> "Sight":
        """What is left of it for one person: nothing, where his data may only be kept and whoever looks does not manage that."""
        return NOTHING if restricted and not self.restricted else self

    @property
    def hidden(self) -> tuple[str, ...]:
        """What is masked, in words."""
        each = (
            (self.personal, "names and other personal data"), (self.document_numbers, "document numbers"),
            (self.images, "pictures"),
        )  # fmt: skip
        return tuple(words for may, words in each if not may)


NOTHING = Sight()
EVERYTHING = Sight(personal=True, images=True, document_numbers=True)


def name(text: str) -> str:
    """`M*** S***`: the first letter of each of the first four words, whatever the script and however long they are."""
    return " ".join(_initial(word) + STARS for word in text.split()[:MOST_WORDS])


def email(text: str) -> str:
    """`m***@e***.com`: the first letter of both parts, and the top domain."""
    local, at, domain = text.strip().rpartition("@")
    host, dot, top = domain.rpartition(".")
    if not (local and at and host and dot and top.isalpha()):
        return STARS if text.strip() else ""
    return f"{_initial(local)}{STARS}@{_initial(host)}{STARS}.{top}"


def document_number(text: str) -> str:
    """`***C3`: its last two signs, of a number that is long enough."""
    signs = "".join(sign for sign in text if sign.isalnum())
    if not signs:
        return STARS if text.strip() else ""
    return STARS + (signs[-2:] if len(signs) >= SHORTEST_NUMBER else "")


def birth(text: str) -> str:
    """`****-**-**`, however it was written."""
    return "****-**-**" if text.strip() else ""


def stars(text: str) -> str:
    """Nothing of it: for addresses, numbers of telephones and free text."""
    return STARS if text.strip() else ""


def _initial(word: str) -> str:
    """The first letter or digit; none of what hides, joins or turns around its neighbours."""
    composed = unicodedata.normalize("NFC", word)
    return next((sign for sign in composed if unicodedata.category(sign)[0] in "LN"), "")


Mask = Callable[[str], str]
OPEN_FIELDS = frozenset({"expiry", "issuer", "document_type"})
"""Fields of a document that tell nobody who it is."""
_MORE = re.compile(r"(?:, \+\d{1,3} more)?\Z")
"""The end of a value that stands for several (`checks.findings.with_more`)."""
_NUMBERS = ("document_number", "document")
_OF_FIELD: dict[str, Mask] = {"name": name, "birth": birth}


def may_see_field(key: str, sight: Sight) -> bool:
    """Whether one field of a comparison, or of a list entry beside the applicant, is shown as it is."""
    if key in OPEN_FIELDS:
        return True
    return sight.document_numbers if key in _NUMBERS else sight.personal


def field(key: str, text: str, sight: Sight) -> str:
    """The value of one field, as this sight shows it; a dash for what is not there stays."""
    if not text or text == "–" or may_see_field(key, sight):
        return text
    found = _MORE.search(text)
    more = found[0] if found else ""
    value = text.removesuffix(more)
    return (document_number(value) if key in _NUMBERS else _OF_FIELD.get(key, stars)(value)) + more
