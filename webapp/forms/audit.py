"""The audit page's filter as it stands in the URL: read, never refused; what is not understood becomes a notice."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from werkzeug.datastructures import MultiDict

from webapp.filters import day
from webapp.queries.audit import AuditFilter
from webapp.queries.audit_words import ACTION_WORDS, ACTOR_WORDS, GROUP_WORDS, OUTCOME_WORDS

OBJECT = re.compile(r"([a-z_]{1,40}):(\d{1,9})")
OBJECT_WORDS = {
    "link": "Link", "delivery": "Delivery", "preset": "Preset", "user": "User", "evidence_file": "File", "sign_in": "Sign-in",
    "backup": "Backup", "export": "Export", "proposal": "Proposal",
}  # fmt: skip


@dataclass(frozen=True)
class Chip:
    """One part in force, and the filter without it."""

    text: str
    less: AuditFilter


@dataclass
class AuditFilterForm:
    """The filter and place that a URL asks for. `notices` says in words what was left out or mended."""

    filter: AuditFilter
    after: int | None = None
    before: int | None = None
    notices: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> "AuditFilterForm":
        """Read the URL. Never raises, whatever is in it."""
        notices: list[str] = []
        actor = args.get("actor", "")
        if actor and actor not in ACTOR_WORDS and not _number(actor):
            notices.append(f"Unknown person “{actor[:40]}” was left out")
            actor = ""
        wanted = AuditFilter(
            actor=actor,
            action=_known(args, "action", {**GROUP_WORDS, **ACTION_WORDS}, notices),
            object=_object(args, notices),
            session=_number(args.get("session", "")),
            outcome=_known(args, "outcome", OUTCOME_WORDS, notices),
            first_day=_day(args, "from", notices),
            last_day=_day(args, "to", notices),
        )
        if wanted.first_day and wanted.last_day and wanted.last_day < wanted.first_day:
            wanted = replace(wanted, first_day=wanted.last_day, last_day=wanted.first_day)
            notices.append("The end came before the start; the two days were swapped")
        return cls(wanted, _number(args.get("after", "")), _number(args.get("before", "")), notices)

    def chips(self, names: Mapping[str, str]) -> list[Chip]:
        """What is in force, one chip each; `names` are the users' by number."""
        wanted = self.filter
        who = ACTOR_WORDS.get(wanted.actor) or names.get(wanted.actor, f"user {wanted.actor}")
        what = GROUP_WORDS.get(wanted.action) or ACTION_WORDS.get(wanted.action, "")
        chips = [
            (wanted.actor, f"Who: {who}", ("actor",)),
            (wanted.action, f"What: {what}", ("action",)),
            (wanted.object, f"About: {_object_words(wanted.object)}", ("object",)),
            (wanted.session, f"Session {wanted.session}", ("session",)),
            (wanted.outcome, f"Outcome: {OUTCOME_WORDS.get(wanted.outcome, '')}", ("outcome",)),
            (wanted.first_day or wanted.last_day, _days(wanted), ("first_day", "last_day")),
        ]
        return [Chip(text, wanted.without(*parts)) for value, text, parts in chips if value]


def _object_words(text: str) -> str:
    kind, _, number = text.partition(":")
    return f"{OBJECT_WORDS.get(kind, kind.replace('_', ' '))} {number}".lower()


def _days(wanted: AuditFilter) -> str:
    first, last = day(wanted.first_day), day(wanted.last_day)
    if first and last:
        return f"On {first}" if first == last else f"{first} to {last}"
    return f"Since {first}" if first else f"Up to {last}"


def _known(args: MultiDict[str, str], name: str, words: Mapping[str, str], notices: list[str]) -> str:
    value = args.get(name, "")
    if value and value not in words:
        notices.append(f"Unknown {name} “{value[:40]}” was left out")
        return ""
    return value


def _object(args: MultiDict[str, str], notices: list[str]) -> str:
    kind, number = args.get("object", ""), args.get("number", "").strip()
    text = f"{kind}:{number}" if number and ":" not in kind else kind
    if not text:
        return ""
    found = OBJECT.fullmatch(text)
    if not found:
        notices.append("Say the kind and the number of what the rows are to be about, such as link 12")
        return ""
    return text


def _day(args: MultiDict[str, str], name: str, notices: list[str]) -> date | None:
    text = args.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 1970 <= found.year <= 2999:
        notices.append(f"“{text[:40]}” is no day like 2026-11-21 and was left out")
        return None
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= 9 and int(text) else None
