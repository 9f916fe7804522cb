"""The filter of the matches' list as it stands in the URL: read, never refused; what is not understood becomes a notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from werkzeug.datastructures import MultiDict

from webapp.forms.sessions import STATUS_CHOICES
from webapp.models.words import LIST_KIND_WORDS, STRENGTHS, VERDICT_WORDS
from webapp.queries.matches import MatchFilter
from webapp.queries.session_filter import Position
from webapp.queries.session_keys import Bounds

LABELS = {
    "verdict": "Verdict",
    "list_kind": "List",
    "database": "Database",
    "strength": "Strength",
    "status": "Session",
}
Args = MultiDict[str, str]


@dataclass
class MatchFilterForm:
    """The filter and place that a URL asks for. `choices` are the words of each part; `notices` what was left out."""

    filter: MatchFilter
    choices: Mapping[str, Mapping[str, str]]
    bounds: Bounds = field(default_factory=Bounds)
    notices: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, args: Args, databases: Mapping[str, str]) -> "MatchFilterForm":
        """Read the URL. Never raises, whatever is in it."""
        choices: dict[str, Mapping[str, str]] = {
            "verdict": VERDICT_WORDS, "list_kind": LIST_KIND_WORDS, "database": databases,
            "strength": {str(least): f"{least} or more" for least in STRENGTHS}, "status": STATUS_CHOICES,
        }  # fmt: skip
        notices: list[str] = []
        words = {name: _known(args, name, known, notices) for name, known in choices.items()}
        wanted = MatchFilter(
            verdict=words["verdict"], list_kind=words["list_kind"], database=words["database"],
            strength=int(words["strength"] or 0), status=words["status"], found_from=_day(args, "found_from", notices),
            found_to=_day(args, "found_to", notices),
        )  # fmt: skip
        if wanted.found_from and wanted.found_to and wanted.found_to < wanted.found_from:
            wanted = replace(wanted, found_from=wanted.found_to, found_to=wanted.found_from)
            notices.append("The end came before the start; the two days were swapped")
        return cls(wanted, choices, _bounds(args), notices)

    @property
    def chips(self) -> Sequence[tuple[str, MatchFilter]]:
        """What is in force, and the filter without it."""
        wanted = self.filter
        found = [
            (f"{LABELS[name]}: {words[str(getattr(wanted, name))]}", wanted.without(name))
            for name, words in self.choices.items()
            if getattr(wanted, name)
        ]
        days = (("found_from", "Found since"), ("found_to", "Found up to"))
        return found + [
            (f"{words} {getattr(wanted, name):%-d %b %Y}", wanted.without(name))
            for name, words in days
            if getattr(wanted, name)
        ]


def _known(args: Args, name: str, words: Mapping[str, str], notices: list[str]) -> str:
    given = args.get(name, "").strip()
    if given and given not in words:
        notices.append(f"Unknown {LABELS[name].lower()} “{given[:40]}” was left out")
    return given if given in words else ""


def _day(args: Args, name: str, notices: list[str]) -> date | None:
    given = args.get(name, "").strip()
    if not given:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        day = date.min
    if not 1970 <= day.year <= 2999:
        notices.append(f"“{given[:40]}” is no day like 2026-11-21 and was left out")
        return None
    return day


def _bounds(args: Args) -> Bounds:
    for name in ("after", "before"):
        position = Position.parse(args.get(name, ""))
        if position:
            return Bounds(**{name: position})
    return Bounds()
