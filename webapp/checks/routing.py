"""Where a confirmed result goes: to a person or not, and how soon; what a person decides is not known here."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.checks.open_matter import OpenMatter
from webapp.providers.base import Outcome

FINAL_BY_ITSELF = ("signed", "captured")
"""Outcomes that end without a person when nothing is open (product rules 5.1, rows 9 and 10)."""
ALWAYS_REVIEWED = ("passed", "error", "liveness_failed")
_RANKS = ("low", "normal", "high")
_ALARMING = ("face", "authenticity", "conflicting", "subject")
"""Kinds that make a session urgent when they failed: signs of fraud, whatever code the vendor gave first (F7)."""
_AFTERWARDS = ("evidence",)
"""Matters that never bring back a failed session: a picture that could not be saved changes nothing about it."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """`review` is not_needed | pending, `capture` finished | expired, `priority` high | normal | low.

    `reason` is a sentence: the first thing that asked for a person, or how it ended without one.
    """

    review: str
    capture: str
    priority: str
    reason: str


def route(
    *, outcome: Outcome, matters: Sequence[OpenMatter], fail_route: str, fail_priority: str, late: bool = False,
    conflicting: bool = False,
) -> Route:  # fmt: skip
    """Route one confirmed result (product rules 5.3, 5.4 and the default set of 2.14).

    - Passed is never final: a person always decides, as no rule may approve by itself yet.
    - Failed by a code whose default is Failed stays failed only if nothing else is open: an AML hit, disagreeing data,
      a failed check beside the code's own (F7), a score near its threshold, a late or second result ask for a person.
    - Signed, captured and expired need nobody unless something is open, a result outside its link among it. An unknown
      route or outcome goes to a person.
    """
    capture = "expired" if outcome.result == "expired" else "finished"
    weighty = [matter for matter in matters if not matter.own and not _is_afterthought(matter, outcome)]
    reviewed = (
        late or conflicting or bool(weighty) or outcome.result in ALWAYS_REVIEWED
        or _asks(outcome, fail_route)
    )  # fmt: skip
    if not reviewed:
        return Route(review="not_needed", capture=capture, priority="low", reason=_ended(outcome))
    priority = _priority(outcome, weighty, fail_priority, late or conflicting)
    reason = _reason(outcome, weighty, fail_route, late, conflicting)
    return Route(review="pending", capture=capture, priority=priority, reason=reason)


def _is_afterthought(matter: OpenMatter, outcome: Outcome) -> bool:
    return matter.kind in _AFTERWARDS and outcome.result not in ("passed", *FINAL_BY_ITSELF)


def _asks(outcome: Outcome, fail_route: str) -> bool:
    """Whether the outcome by itself asks for a person, before anything else is looked at."""
    if outcome.result in (*FINAL_BY_ITSELF, "expired"):
        return False
    return fail_route not in ("failed", "expired")


def _priority(outcome: Outcome, weighty: Sequence[OpenMatter], fail_priority: str, out_of_order: bool) -> str:
    asked = []
    if outcome.result not in ("passed", "expired", *FINAL_BY_ITSELF):
        asked.append(fail_priority if fail_priority in _RANKS else "high")
    if outcome.result in ("error", "liveness_failed"):
        asked.append("high")
    asked += ["high" for matter in weighty if matter.kind in _ALARMING and matter.severity == "bad"]
    # An address that differs is no more than its own low code says.
    asked += ["normal" for matter in weighty if matter.kind not in ("data", "evidence") or matter.severity == "bad"]
    if out_of_order or not asked:
        asked.append("normal")
    return max(asked, key=_RANKS.index)


def _reason(outcome: Outcome, weighty: Sequence[OpenMatter], fail_route: str, late: bool, conflicting: bool) -> str:
    """The first thing that asked for a person; all of them are in the list of matters."""
    if outcome.result == "error":
        return "The result is not clear."
    if outcome.result not in ("passed", *FINAL_BY_ITSELF, "expired") and _asks(outcome, fail_route):
        return f"Fail code {outcome.code[:20]}." if outcome.code else "Failed without a code."
    if late or conflicting:
        return "A late result." if late else "Two results disagree."
    if weighty:
        first = min(weighty, key=lambda matter: _FIRST.index(matter.kind) if matter.kind in _FIRST else len(_FIRST))
        return _REASONS.get(first.kind, first.headline if first.headline.endswith(".") else f"{first.headline}.")
    return "Passed: a person decides."


_FIRST = ("aml", "inconsistent")
_REASONS = {"aml": "AML hit.", "inconsistent": "Inconsistent data."}


def _ended(outcome: Outcome) -> str:
    words = {"signed": "Signed.", "captured": "Captured.", "expired": "Expired."}
    return words.get(outcome.result, f"Failed, code {outcome.code[:20]}." if outcome.code else "Failed.")
