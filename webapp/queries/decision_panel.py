"""What the decision column offers a person on one session: which steps, what each would do, what stands in the way."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from webapp.checks import deciding
from webapp.checks.deciding import DECIDING, Standing
from webapp.models.words import REASON_WORDS
from webapp.queries import standing
from webapp.queries.session_page import SessionPage
from webapp.queries.session_record import Step

LABELS = {"approve": "Approve", "reject": "Reject", "ask_again": "Ask again", "escalate": "Escalate"}
KEYS = {"approve": "a", "reject": "d", "ask_again": "q", "escalate": "e"}
DONE_WORDS = {
    "approve": "Approved",
    "reject": "Rejected",
    "escalate": "Escalated",
    "ask_again": "Waiting for applicant",
}
STEP_WORDS = {
    "approve": "approved", "reject": "rejected", "ask_again": "asked again", "escalate": "escalated",
    "reopen": "reopened", "confirm": "confirmed", "send_back": "sent the proposal back", "lapse": "the proposal lapsed",
}  # fmt: skip
PROPOSED_WORDS = {"approve": "proposed to approve", "reject": "proposed to reject", "reopen": "proposed to reopen"}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One step that may be taken now. `why`: why it needs a reason and a note (empty: it needs neither); `effect`: what it
    does, in sentences; `blocked`: list entries to settle first."""

    kind: str
    reasons: tuple[tuple[str, str], ...]
    why: str
    effect: str
    blocked: int

    @property
    def label(self) -> str:
        """The words of its button."""
        return LABELS.get(self.kind, self.kind.replace("_", " ").capitalize())

    @property
    def key(self) -> str:
        """The key that opens its form; none for a step that is not of every day."""
        return KEYS.get(self.kind, "")


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The offers, why there are none (`shut`), the proposal that waits and what this person may do about it.

    `hidden`: who proposed what is not told (the policy is blind). `keeps` are version, newest record and status that a form
    is sent back with.
    """

    offers: tuple[Offer, ...]
    shut: str
    proposal: Step | None
    hidden: bool
    may_answer: bool
    mine: bool
    lapses_after: int
    because: str
    """Why the proposal needs a second person, and by which policy, in half a sentence."""
    reopen: Offer | None
    may_write: bool
    keeps: dict[str, str]


def panel(page: SessionPage, *, user_id: int, rights: Collection[str], told: int, version: int, now: datetime) -> Panel:
    """What this person may do on this page now. No query: the page has read it all."""
    session = page.session
    stands = standing.made_of(
        session.outcome, [(each.kind, each.severity) for each in page.matters],
        [card.match.verdict for card in page.matches],
    )  # fmt: skip
    proposal = next((step for step in page.steps if step.id == session.proposal_id), None)
    waiting = proposal if session.review == "awaiting_second" else None
    mine = waiting is not None and waiting.actor_id == user_id
    may_answer = waiting is not None and not mine and "approve_second" in rights
    may_reopen = "decide" in rights and session.review == "done" and session.decision != "none" and not session.erased
    shut = _shut(page, waiting, user_id=user_id, rights=rights, now=now)
    kinds = () if shut or page.was else _kinds(page, waiting, rights=rights)
    return Panel(
        offers=tuple(_offer(kind, page, stands) for kind in kinds), shut="" if kinds else shut, proposal=waiting,
        hidden=waiting is not None and page.second.blind and not mine, may_answer=may_answer, mine=mine,
        lapses_after=page.second.lapse_hours, because=_because(waiting, stands),
        reopen=_offer("reopen", page, stands) if may_reopen else None,
        may_write="decide" in rights, keeps={"version": str(version), "told": str(told), "was": session.status},
    )  # fmt: skip


def _because(waiting: Step | None, stands: Standing) -> str:
    if waiting is None:
        return ""
    keys = deciding.confirmable(waiting.kind, stands)
    why = " and ".join(deciding.BECAUSE[key] for key in keys) or "it differs from another person’s proposal"
    return f"{why} ({deciding.policy_words(waiting.policy_version)})"


def _kinds(page: SessionPage, waiting: Step | None, *, rights: Collection[str]) -> tuple[str, ...]:
    session = page.session
    if waiting is not None:
        others = DECIDING if page.second.blind else tuple(kind for kind in DECIDING if kind != waiting.kind)
        return others if waiting.kind in DECIDING else ()
    return tuple(
        kind
        for kind in LABELS
        if not deciding.state_of_review(
            kind, review=session.review, status=session.status, erased=session.erased,
            decided=session.decision != "none", may_decide_escalated="handle_escalated" in rights,
        )
    )  # fmt: skip


def _shut(page: SessionPage, waiting: Step | None, *, user_id: int, rights: Collection[str], now: datetime) -> str:
    """Why nothing is offered, in a sentence; empty when something may be, or when there is nothing to explain."""
    session = page.session
    if "decide" not in rights:
        return "You may look at this session, not decide it." if session.review != "done" else " "
    if waiting is not None:
        if waiting.actor_id == user_id:
            return "You proposed this decision, so another person has to answer it."
        return "" if "approve_second" in rights else "Somebody who may give the second approval answers this proposal."
    held = session.holder_id not in (None, user_id) and session.held_until is not None and session.held_until > now
    if session.review == "in_review" and held and session.held_until is not None:
        until = f"{session.held_until.astimezone(UTC):%H:%M} UTC"
        return (
            f"{session.holder_name or 'Somebody else'} has this session in review until {until}, so it is to read only."
        )
    why = deciding.state_of_review(
        "approve", review=session.review, status=session.status, erased=session.erased, decided=False,
        may_decide_escalated="handle_escalated" in rights,
    )  # fmt: skip
    may_ask = not deciding.state_of_review(
        "ask_again", review=session.review, status=session.status, erased=session.erased, decided=False,
        may_decide_escalated=False,
    )  # fmt: skip
    return " " if session.review == "done" else "" if may_ask else why


def _offer(kind: str, page: SessionPage, stands: Standing) -> Offer:
    return Offer(
        kind=kind, reasons=tuple((code, REASON_WORDS[code]) for code in deciding.REASONS.get(kind, ())),
        why=deciding.why_reasons(kind, stands), effect=_effect(kind, page, stands),
        blocked=stands.open_hits if kind in DECIDING else 0,
    )  # fmt: skip


def _effect(kind: str, page: SessionPage, stands: Standing) -> str:
    """What the step does, said before it is taken."""
    again = page.session.review == "awaiting_second"
    keys = deciding.in_force(kind, stands, page.second.actions)
    if kind == "escalate":
        return "Status becomes Escalated: somebody who may decide escalated sessions decides it. The applicant is not told."
    if kind == "ask_again":
        return "Status becomes Waiting for applicant. A new link is made for the same person and checks; you send it."
    if kind == "reopen":
        first = (
            "Status becomes Waiting for second approval, then Needs review" if keys else "Status becomes Needs review"
        )
        return f"{first}. {deciding.second_words(keys, page.second.version)} The decision before stays in the list."
    if again and not (page.second.blind):
        return f"Status stays Waiting for second approval: yours is a proposal to {kind} then, and another person answers it."
    if again:
        return (
            "If it is what was proposed, it takes effect. If not, yours is a proposal, and another person answers it."
        )
    becomes = "Waiting for second approval" if keys else DONE_WORDS[kind]
    after = f", then {DONE_WORDS[kind]}" if keys else ""
    return f"Status becomes {becomes}{after}. {deciding.second_words(keys, page.second.version)} The applicant is not told."
