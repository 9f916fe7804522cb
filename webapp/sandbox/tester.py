"""What a tester can have posted once more after a session ended: which bodies, in which order; posting is elsewhere."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import outcomes, twists
from .callbacks import Clock
from .files import Host
from .making import Maker, Submission
from .sessions import Sessions
from .store import Store, StoredSession
from .stored_callbacks import Extra


class Refused(Exception):
    """This cannot be sent for this session; the message says why and what can."""


@dataclass(frozen=True)
class Send:
    """One choice of the panel; `identity_only` ones make no sense for a signature."""

    key: str
    label: str
    identity_only: bool = False


SENDS = (
    Send("duplicate", "The same callback again, byte for byte"),
    Send("repeat", "The same result in other words: fresh addresses, other key order"),
    Send("late", "A passed result after the expiry"),
    Send("out_of_order", "Expired, then passed"),
    Send("failed_after_passed", "Passed, then failed, for one reference"),
    Send("forged", "A forged one: passed, with a wrong hash"),
    Send("large", "One of 25 MB, pictures inside", identity_only=True),
    Send("trailing_commas", "One with trailing commas: not JSON"),
    Send("unknown_code", f"One with the unknown fail code {twists.UNKNOWN_CODE}"),
    Send("contradiction", "One that contradicts itself: passed, and a failed face check", identity_only=True),
    Send("success_text", "success as the text “true”"),
    Send("aml_items", "AML matches as {items: [...]}", identity_only=True),
    Send("contract_error", "A contract that could not be made"),
    Send("shapes", "Code as text, score as number, pictures under url", identity_only=True),
)
TWIST_LABELS = {send.key: send.label for send in SENDS if send.key in twists.TWISTS}
_ENDED = ("done", "expired")


class Tester:
    """Queues callbacks beyond the one a session ended with; all but the forged one carry the session's true hash."""

    def __init__(self, store: Store, clock: Clock, host: Host, maker: Maker, sessions: Sessions) -> None:
        self._store, self._clock, self._host, self._maker, self._sessions = store, clock, host, maker, sessions

    def choices(self, session: StoredSession) -> list[Send]:
        """What can be sent for this session."""
        if session.state not in _ENDED or not session.options.callbackurl or session.options.reusable:
            return []
        fitting = [send for send in SENDS if session.kind == "identity" or not send.identity_only]
        return [send for send in fitting if send.key != "late" or session.state == "expired"]

    def send(self, session: StoredSession, what: str) -> None:
        """Queue it, to be posted at once. LookupError: no such choice; Refused: not for this session.

        An open session is expired first where the choice is about an expiry.
        """
        if what not in {send.key for send in SENDS}:
            raise LookupError(what)
        if what in ("late", "out_of_order") and session.state == "open" and not session.options.reusable:
            session = self._expired(session)
            what = "late"
        self._check(session, what)
        extras = self._extras(session, what)
        self._store.send_extras(session.reference, session.options.callbackurl, extras, self._clock.now())
        self._sessions.on_due()

    def _expired(self, session: StoredSession) -> StoredSession:
        self._sessions.expire(session)
        found = self._store.session(session.reference)
        assert found is not None
        return found

    def _check(self, session: StoredSession, what: str) -> None:
        if session.options.reusable:
            raise Refused("This is a reusable link: results belong to the references of its visitors.")
        if not session.options.callbackurl:
            raise Refused("This session named no callback address, so there is nowhere to send to.")
        if session.state == "open":
            raise Refused("This session has not ended yet. Finish it first.")
        if what not in {send.key for send in self.choices(session)}:
            reason = "It did not expire: choose “Expired, then passed”." if what == "late" else "It is a signature."
            raise Refused(f"That does not fit this session. {reason}")

    def _extras(self, session: StoredSession, what: str) -> list[Extra]:
        first = self._store.first_body(session.reference) or "{}"
        expired = self._head(session, success=False) | outcomes.failure(0)
        ways: dict[str, Callable[[], list[str]]] = {
            "duplicate": lambda: [first],
            "repeat": lambda: [twists.again_in_other_words(self._first(session, first), self._host)],
            "late": lambda: [json.dumps(self._passed(session))],
            "out_of_order": lambda: [json.dumps(expired), json.dumps(self._passed(session))],
            "failed_after_passed": lambda: self._passed_then_failed(session),
            "trailing_commas": lambda: [twists.trailing_commas(self._first(session, first), self._host)],
        }
        bodies = ways[what]() if what in ways else [twists.twisted(what, self._passed(session), self._host)]
        label = next(send.label for send in SENDS if send.key == what)
        return [Extra(label, body) for body in bodies]

    def _first(self, session: StoredSession, first: str) -> dict[str, Any]:
        """The result the session ended with; one that was posted as no JSON counts as passed."""
        try:
            found = json.loads(first)
        except ValueError:
            found = None
        return found if isinstance(found, dict) and found else self._passed(session)

    def _head(self, session: StoredSession, *, success: bool) -> dict[str, Any]:
        return outcomes.head(
            success=success, reference=session.reference, digest=session.hash, customid=session.options.customid
        )

    def _passed(self, session: StoredSession) -> dict[str, Any]:
        """A passed result of this session: the true one, or one made for it."""
        true = self._store.first_body(session.reference)
        if session.success and true and _readable(true):
            found: dict[str, Any] = json.loads(true)
            return found | {"hash": session.hash, "success": True}
        return self._head(session, success=True) | self._tail(session, "passed")

    def _passed_then_failed(self, session: StoredSession) -> list[str]:
        passed = self._passed(session)
        failed = {key: value for key, value in passed.items() if key != "contract"} | {"success": False}
        failed |= outcomes.failure(99)
        if "face" in passed:
            failed |= outcomes.failure(3) | {"face": {"isIdentical": False, "confidence": "0.091"}}
            checks = passed["verification"]["result"] | {"face": False}
            failed["verification"] = {"passed": False, "result": checks}
        return [json.dumps(body) for body in ([failed] if session.success else [passed, failed])]

    def _tail(self, session: StoredSession, scenario: str) -> dict[str, Any]:
        if session.kind == "signature":
            url = self._maker.contract_url(session, self._maker.contract(session), None)
            return {"contract": {"document_url": url}}
        options = session.options
        sent = Submission(country=options.countries[0] if options.countries else "GB", scenario=scenario)
        found = self._maker.find(session, sent)
        assert found is not None
        return self._maker.identity(session, found, {})


def _readable(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
