"""Where a session stands, in words: the four ticks of its result, or one sentence for a state without a result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.models import Delivery, Link, VerificationSession
from webapp.queries.session_pictures import Pictures


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One step of a result. `state` is done | waiting | wrong; `at` when it was done; `reason` why not, for people."""

    word: str
    state: str
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Why there is no result to look at: `text` before and `rest` after the time `at`; `tone` as for icons."""

    icon: str
    text: str
    at: datetime | None = None
    rest: str = ""
    tone: str = ""


def ticks(delivery: Delivery | None, pictures: Pictures, *, vendor: str) -> tuple[Tick, ...]:
    """Received, authentic, applied, evidence saved; none at all before anything arrived."""
    if delivery is None:
        return ()
    received = Tick(word="Received", state="done", at=delivery.received_at)
    return received, _authentic(delivery, vendor), _applied(delivery), *_saved(pictures)


def _authentic(delivery: Delivery, vendor: str) -> Tick:
    if delivery.confirmed_at:
        return Tick(word="Authentic", state="done", at=delivery.confirmed_at)
    if delivery.state == "quarantined":
        return Tick(word="Not authentic", state="wrong", reason=delivery.reason)
    if delivery.state in ("applied", "repeat"):
        why = f"{vendor} cannot be asked; the secret address and the reference speak for it."
        return Tick(word="Not confirmed", state="waiting", reason=why)
    return Tick(word="Authentic", state="waiting", reason=f"Not known yet whether the result is {vendor}’s own.")


def _applied(delivery: Delivery) -> Tick:
    if delivery.state in ("applied", "repeat"):
        return Tick(word="Applied", state="done", at=delivery.settled_at)
    if delivery.state == "quarantined":
        why = delivery.reason if delivery.confirmed_at else "Nothing was changed."
        return Tick(word="Not applied", state="wrong" if delivery.confirmed_at else "waiting", reason=why)
    return Tick(word="Applied", state="waiting")


def _saved(pictures: Pictures) -> tuple[Tick, ...]:
    total, wrong = len(pictures.files), pictures.wrong
    if not total:
        return ()
    word = f"Evidence saved, {pictures.saved} of {total}"
    if wrong:
        return (Tick(word=word, state="wrong", reason=wrong[0].reason or "A file could not be fetched."),)
    if pictures.saved < total:
        return (Tick(word=word, state="waiting", reason="the rest is being fetched."),)
    return (Tick(word=word, state="done", at=max(file.saved_at for file in pictures.files if file.saved_at)),)


def newest(deliveries: Sequence[Delivery], applied_id: int | None) -> Delivery | None:
    """The delivery the ticks speak of: the applied one, else the newest."""
    return next((d for d in deliveries if d.id == applied_id), deliveries[0] if deliveries else None)


def waiting(session: VerificationSession, link: Link, delivery: Delivery | None, *, vendor: str) -> Wait:
    """One sentence for a session without a result: what happened last, and what it waits for."""
    if session.capture == "create_failed":
        return Wait(icon="alert-triangle", tone="bad", text=f"{vendor} did not make this link, so nobody can use it.")
    if session.unverified or (delivery is not None and delivery.state == "received"):
        return Wait(icon="loader", text="A result has arrived; its authenticity is being checked.")
    if session.capture == "expired":
        return _expired(session, link, vendor)
    if session.capture == "opened":
        rest = f"; {vendor} reports only the final result."
        return Wait(icon="device-mobile", text="Opened", at=session.opened_at, rest=rest)
    if session.capture == "ready":
        return Wait(icon="send", text="Link made", at=link.created_at, rest=", not opened yet.")
    icon, text = _PLAIN.get(session.capture, ("circle-dashed", "The link is being made at {vendor}."))
    return Wait(icon=icon, text=text.format(vendor=vendor))


_PLAIN = {
    "revoked": ("link-off", "The link was withdrawn before a result arrived."),
    "returned": ("loader", "The applicant came back from {vendor}; the result has not arrived yet."),
    "finished": ("eye", "The session has ended, but its result is missing. Read the raw result."),
}
"""The states whose sentence has no time in it."""


def _expired(session: VerificationSession, link: Link, vendor: str) -> Wait:
    opened = "Opened, but not finished" if session.opened_at else "Nobody opened the link"
    known = (
        f"{vendor} confirmed it."
        if session.expiry_confirmed
        else f"{vendor} has sent no answer; a late one still counts."
    )
    ended = min((moment for moment in (link.expires_at, session.finished_at) if moment), default=None)
    return Wait(icon="calendar-off", text=f"{opened} before it expired", at=ended, rest=f". {known}")
