"""The sessions list's filter as it stands in the URL: read, never refused; what is not understood becomes a notice."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from werkzeug.datastructures import MultiDict

from webapp.models.words import MATTER_WORDS, OUTCOME_WORDS, STATUS_WORDS
from webapp.queries.session_filter import Position, SessionFilter
from webapp.queries.session_keys import Bounds

MAX_SEARCH = 200
NO_OUTCOME = "No result yet"

STATUS_ORDER = (
    "needs_review", "in_review", "awaiting_second", "escalated", "awaiting_applicant", "waiting_for_result", "opened",
    "ready", "draft", "creation_failed", "approved", "rejected", "signed", "captured", "failed", "expired", "revoked",
    "erased",
)  # fmt: skip
"""What somebody must act on first; every status has its place here."""
STATUS_CHOICES = {key: STATUS_WORDS[key] for key in STATUS_ORDER}
OUTCOME_CHOICES = {**{key: word for key, word in OUTCOME_WORDS.items() if word}, "none": NO_OUTCOME}

PARTS: dict[str, tuple[str, Mapping[str, str]]] = {
    "status": ("statuses", STATUS_CHOICES),
    "outcome": ("outcomes", OUTCOME_CHOICES),
    "matter": ("matters", MATTER_WORDS),
}
"""URL parameter -> part of the filter, and its words. Each may be given several times."""

LABELS = {"status": "Status", "outcome": "Vendor outcome", "matter": "Open matter"}


Args = MultiDict[str, str]


@dataclass(frozen=True)
class Chip:
    """One part in force, and the filter without it."""

    text: str
    less: SessionFilter


@dataclass
class SessionFilterForm:
    """The filter and place in the list that a URL asks for. `notices` says in words what was left out or mended."""

    filter: SessionFilter
    bounds: Bounds = field(default_factory=Bounds)
    notices: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, args: Args, *, references_only: bool = False) -> "SessionFilterForm":
        """Read the URL. Never raises, whatever is in it. `references_only`: a search finds whole references alone."""
        notices: list[str] = []
        wanted = SessionFilter(
            q=_search(args, notices),
            references_only=references_only,
            **{part: _known(args, name, words, notices) for name, (part, words) in PARTS.items()},
            created_from=_day(args, "created_from", notices),
            created_to=_day(args, "created_to", notices),
        )
        if wanted.created_from and wanted.created_to and wanted.created_to < wanted.created_from:
            wanted = replace(wanted, created_from=wanted.created_to, created_to=wanted.created_from)
            notices.append("The end came before the start; the two days were swapped")
        return cls(wanted, _bounds(args, notices), notices)

    @property
    def chips(self) -> list[Chip]:
        """What is in force, one chip each."""
        wanted = self.filter
        chips = [Chip(f"“{wanted.q}”", wanted.without("q"))] if wanted.q else []
        for name, (part, words) in PARTS.items():
            chosen = getattr(wanted, part)
            chips += [Chip(f"{LABELS[name]}: {words[word]}", wanted.without(part, word)) for word in chosen]
        if wanted.created_from or wanted.created_to:
            chips.append(Chip(days_in_words(wanted), replace(wanted, created_from=None, created_to=None)))
        return chips


def days_in_words(wanted: SessionFilter) -> str:
    """`Created 1 Nov 2026 to 20 Nov 2026`."""
    first, last = (f"{day.day} {day:%b %Y}" if day else "" for day in (wanted.created_from, wanted.created_to))
    if first and last:
        return f"Created on {first}" if first == last else f"Created {first} to {last}"
    return f"Created since {first}" if first else f"Created up to {last}"


def part_in_words(wanted: SessionFilter, part: str) -> str:
    """One part of the filter as a sentence names it: `Open matter: AML`."""
    if part == "q":
        return f"“{wanted.q}”"
    for name, (field_name, words) in PARTS.items():
        if field_name == part:
            return f"{LABELS[name]}: {', '.join(words[word] for word in getattr(wanted, part))}"
    return days_in_words(wanted)


def _search(args: Args, notices: list[str]) -> str:
    text = " ".join(args.get("q", "").replace("\0", " ").split())
    if len(text) > MAX_SEARCH:
        notices.append(f"Only the first {MAX_SEARCH} characters were searched for")
    return text[:MAX_SEARCH]


def _known(args: Args, name: str, words: Mapping[str, str], notices: list[str]) -> tuple[str, ...]:
    given = [value for value in dict.fromkeys(args.getlist(name)) if value]
    unknown = [value for value in given if value not in words]
    notices += [f"Unknown {LABELS[name].lower()} “{value[:40]}” was left out" for value in unknown[:3]]
    if len(unknown) > 3:
        notices.append(f"{len(unknown) - 3} more unknown values were left out")
    return tuple(word for word in words if word in given)


def _day(args: Args, name: str, notices: list[str]) -> date | None:
    text = args.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1970 <= day.year <= 2999:
        notices.append(f"“{text[:40]}” is no day like 2026-11-21 and was left out")
        return None
    return day


def _bounds(args: Args, notices: list[str]) -> Bounds:
    for name in ("after", "before", "top"):
        text = args.get(name, "")
        if not text:
            continue
        position = Position.parse(text)
        if position:
            return Bounds(**{name: position})
        notices.append("The page asked for does not exist; this is the first one")
        return Bounds()
    return Bounds()
