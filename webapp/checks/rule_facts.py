"""What routing rules can ask about a result: every fact with its words, the same for every vendor; no rule is here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from webapp.providers import PROVIDERS
from webapp.providers.base import CAUSES

Value = str | bool | float | frozenset[str] | None
Facts = Mapping[str, Value]
"""The facts of one result by key: a word, several words, yes or no, a number (None where there is none)."""

PASSING = ("passed", "signed", "captured")
UNFAILED = (*PASSING, "expired", "none")
"""Outcomes without a fail code."""
MATTERS = {
    "aml": "AML", "face": "face", "authenticity": "authenticity", "document": "document", "data": "data",
    "inconsistent": "data disagree", "conflicting": "two results", "late": "late result",
    "near_threshold": "near threshold", "evidence": "evidence", "code": "unclear result", "link": "link full or paused",
    "subject": "another person",
}  # fmt: skip
_OUTCOMES = {
    "passed": "passed", "failed": "failed", "signed": "signed", "captured": "captured", "abandoned": "abandoned",
    "timed_out": "timed out", "liveness_failed": "liveness failed", "inconclusive": "inconclusive", "error": "not clear",
    "expired": "expired",
}  # fmt: skip
_CAUSES = {"other": "another cause", "capture": "unreadable", "expiry": "expired document", "birth": "date of birth",
           "issuer": "country or region", "sides": "sides differ"}  # fmt: skip
_CLASSES = {
    "fraud": "sign of fraud", "mismatch": "mismatch", "policy": "policy", "capture": "capture", "contact": "contact",
    "time": "time", "device": "device", "setup": "set-up", "unknown": "unknown",
}  # fmt: skip
ASKS = {"high": "review with high priority", "normal": "review with normal priority", "low": "review with low priority",
        "nothing": "no review"}  # fmt: skip
_LISTS = {"sanction": "sanctions", "crime": "wanted", "pep": "public offices", "other": "another list"}
_TYPES = {"passport": "passport", "licence": "driving licence", "card": "identity card", "visa": "visa",
          "residence": "residence permit", "other": "another"}  # fmt: skip
_KINDS = {"identity": "identity check", "signature": "signature", "liveness": "liveness check"}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that a rule can ask about.

    `kind` is word (one of them), words (several), yes (or no) or number. Without `choices` the words are typed. `yes` and
    `no` say both answers in a sentence; `least` and `most` are a number's bounds, `always` that it is never missing.
    """

    key: str
    label: str
    group: str
    kind: str
    choices: Mapping[str, str] = field(default_factory=dict)
    yes: str = ""
    no: str = ""
    least: float = 0
    most: float = 0
    always: bool = False
    hint: str = ""

    def said(self, value: str) -> str:
        """A choice in words; what was typed as it is."""
        return self.choices.get(value, value)


def _word(key: str, label: str, group: str, choices: Mapping[str, str], **more: str) -> Fact:
    return Fact(key=key, label=label, group=group, kind="word", choices=choices, **more)  # type: ignore[arg-type]


def _words(key: str, label: str, group: str, choices: Mapping[str, str], hint: str) -> Fact:
    return Fact(key=key, label=label, group=group, kind="words", choices=choices, hint=hint)


def _yes(key: str, label: str, group: str, yes: str, no: str) -> Fact:
    return Fact(key=key, label=label, group=group, kind="yes", yes=yes, no=no)


def _number(
    key: str, label: str, group: str, least: float, most: float, *, always: bool = False, hint: str = ""
) -> Fact:
    return Fact(key=key, label=label, group=group, kind="number", least=least, most=most, always=always, hint=hint)


_RESULT, _OPEN, _LIST, _ORDER, _LINK = "Result", "What is open", "AML entries", "Order of events", "Link and document"
_MARGIN = "Score less threshold, from -1 to 1: 0.05 is just above. A result without a score fits neither."

FACTS: dict[str, Fact] = {
    fact.key: fact
    for fact in (
        _word("outcome", "outcome", _RESULT, _OUTCOMES),
        _word("code_asks", "default of the fail code", _RESULT, ASKS,
              hint="What our table of the vendor’s codes says; no review for a result that did not fail."),
        _word("code", "fail code", _RESULT, {}, hint="The vendor’s own codes, such as 2, 3. Each vendor has its own."),
        _word("cause", "cause of failing", _RESULT, {each: _CAUSES.get(each, each.replace("_", " ")) for each in CAUSES}),
        _word("code_class", "class of the fail code", _RESULT, _CLASSES),
        _yes("unknown_code", "unknown code", _RESULT, "the code is unknown or the result unclear", "the code is known"),
        _words("matters", "open matters", _OPEN, MATTERS, "Whatever is listed under “Why this is here”."),
        _words("serious", "failed checks", _OPEN, MATTERS, "Matters marked as failed, not merely to be looked at."),
        _yes("inconsistent", "inconsistent data", _OPEN, "the data disagree with themselves", "the data agree with themselves"),
        _yes("duplicate", "duplicate", _OPEN, "the person may be known under another name",
             "no other person has the same face"),
        _number("face_margin", "margin of the face score", _OPEN, -1, 1, hint=_MARGIN),
        _number("authenticity_margin", "margin of the authenticity score", _OPEN, -1, 1, hint=_MARGIN),
        _number("aml_open", "number of AML entries not ruled out", _LIST, 0, 10_000, always=True,
                hint="Open ones, and those that are the same person or cannot be told."),
        _number("aml_entries", "number of AML entries", _LIST, 0, 10_000, always=True),
        _number("aml_strength", "strength of the strongest AML entry", _LIST, 0, 100, always=True,
                hint="0 to 100; 0 where there is none."),
        _words("aml_lists", "lists of the AML entries", _LIST, _LISTS, "What kind of list an entry is on."),
        _yes("late", "late result", _ORDER, "the result came after its link had ended", "the result came in time"),
        _yes("conflicting", "conflicting results", _ORDER, "two results disagree", "no second result disagrees"),
        _yes("outside_link", "outside its link", _ORDER, "the link was full or paused", "the link was open"),
        _word("provider", "vendor", _LINK, PROVIDERS),
        _word("kind", "kind of session", _LINK, _KINDS),
        _word("preset", "preset", _LINK, {}),
        _yes("reusable", "reusable link", _LINK, "the link is reusable", "the link is for one person"),
        _number("attempt", "number of the attempt", _LINK, 1, 100, always=True,
                hint="2 for the first time a person was asked again."),
        _word("document_type", "document type", _LINK, _TYPES),
        _word("issuer", "issuing country", _LINK, {}, hint="Country codes of two letters, such as NL, DE."),
        _word("nationality", "nationality", _LINK, {}, hint="Country codes of two letters, such as NL, DE."),
    )
}  # fmt: skip
"""Every fact by its key, in the order of the form. `unverified` is no choice: it is for the fixed rules alone."""
UNVERIFIED = _yes("unverified", "not confirmed", _ORDER, "the vendor has not confirmed the result", "confirmed")


def fact(key: str) -> Fact:
    """The fact of that key; raises KeyError."""
    return UNVERIFIED if key == UNVERIFIED.key else FACTS[key]
