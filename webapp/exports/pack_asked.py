"""What is asked for with an evidence pack, and how its personal values are shown to whoever asked."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from webapp import masks
from webapp.masks import Sight
from webapp.models import Erasure, Person
from webapp.models.rights import role_words
from webapp.models.words import PURPOSE_WORDS


@dataclass(frozen=True, kw_only=True)
class PackAsked:
    """One pack. `pictures` and `raw`: whether pictures and the bytes of deliveries are in it, where the sight allows it."""

    session_id: int
    sight: Sight
    purpose: str
    exporter: str
    at: datetime
    pictures: bool = True
    raw: bool = True

    @property
    def shows_pictures(self) -> bool:
        """Whether pictures are in it."""
        return self.pictures and self.sight.images

    def about(self, person: Person | None) -> "PackAsked":
        """The same as it may be made of this person, whose data may be such that they are only kept."""
        return replace(self, sight=self.sight.of_person(person is not None and person.restricted_at is not None))

    def name(self, text: str) -> str:
        """A person's name."""
        return text if self.sight.personal else masks.name(text)

    def personal(self, text: str) -> str:
        """Any other personal text."""
        return text if self.sight.personal else masks.stars(text)

    def field(self, key: str, text: str) -> str:
        """One field of a comparison."""
        return masks.field(key, text, self.sight)


@dataclass
class Found:
    """What came to light while the pack was made and belongs on its first page."""

    warnings: list[str] = field(default_factory=list)
    verdict_notes: frozenset[int] = frozenset()
    """Notes that stand with a verdict on a list entry, by number, and are told there."""
    erasure: Erasure | None = None
    """What stays of a session that is erased."""


def purpose_words(purpose: str, text: str) -> str:
    """`An audit, our own or an outside one: file 12 of the inspection`."""
    return ": ".join(part for part in (PURPOSE_WORDS.get(purpose, ""), text.strip()) if part)


def exporter_words(name: str, role: str) -> str:
    """`Ines Inspector (auditor)`."""
    return f"{name} ({role_words(role).lower()})" if role_words(role) else name
