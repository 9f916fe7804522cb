"""The life of a sandbox session: created, tried, ended with a queued callback, expired; bodies are made elsewhere."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from . import outcomes, twists
from .callbacks import Clock
from .contract import Signature
from .files import Host
from .making import Maker, Submission
from .options import Options
from .scenarios import EXPIRED, FAILURES
from .store import Store, StoredSession

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PHONE_FAILED = 15


@dataclass(frozen=True)
class Result:
    """How an attempt ended. `final` False: another attempt is allowed and no callback went out."""

    success: bool
    code: int | None
    final: bool


def _reference() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(11))


class Sessions:
    """Every change of a session; ending one queues its callback in the same transaction."""

    def __init__(self, store: Store, clock: Clock, host: Host, maker: Maker) -> None:
        self._store, self._clock, self._host, self._maker = store, clock, host, maker
        self.on_due: Callable[[], None] = lambda: None

    def create(self, kind: str, options: Options, pictures: dict[str, bytes] | None = None) -> StoredSession:
        """A new open session; kind is `identity` or `signature`."""
        return self._add(kind, options, self._clock.after(options.expiry), "", pictures or {})

    def visit(self, parent: StoredSession) -> StoredSession:
        """A new session of a reusable link: the same options, its own reference (seed, reusable)."""
        supplied = self._store.supplied(parent.reference)
        return self._add(
            parent.kind, replace(parent.options, reusable=False), parent.expires_at, parent.reference, supplied
        )

    def _add(
        self, kind: str, options: Options, expires_at: float, parent: str, pictures: dict[str, bytes]
    ) -> StoredSession:
        reference = _reference()
        self._store.add(reference, kind, options, now=self._clock.now(), expires_at=expires_at, parent=parent)
        if pictures:
            self._store.supply(reference, pictures)
        # The thread sleeps until the next thing due, which may now be this session's expiry.
        self.on_due()
        found = self._store.session(reference)
        assert found is not None
        return found

    def attempt(self, session: StoredSession, sent: Submission, signature: Signature | None = None) -> Result:
        """One pass of an applicant; a failure with attempts left keeps it open. LookupError: no such scenario."""
        found = self._maker.find(session, sent)
        if found is None:
            self.expire(session)
            return Result(success=False, code=0, final=True)
        code = found.verdict.code
        if code is not None and sent.single_attempt and session.attempts_left > 1:
            self._store.failed_once(session.reference)
            return Result(success=False, code=code, final=False)
        own = {**self._store.supplied(session.reference), **sent.pictures}
        tail = self._maker.identity(session, found, own, signature)
        self._finish(session, tail, code=code, scenario=found.scenario.key, twist=sent.callback)
        return Result(success=code is None, code=code, final=True)

    def phone_failed(self, session: StoredSession) -> Result:
        """An attempt that ended at the phone step: nothing else was ever shown, so there is nothing else to return."""
        if session.attempts_left > 1:
            self._store.failed_once(session.reference)
            return Result(success=False, code=PHONE_FAILED, final=False)
        self._finish(session, outcomes.failure(PHONE_FAILED), code=PHONE_FAILED, scenario="phone")
        return Result(success=False, code=PHONE_FAILED, final=True)

    def sign(self, session: StoredSession, signature: Signature, twist: str = "") -> None:
        """End a signature session; the signed file's address is all its callback carries (seed)."""
        url = self._maker.contract_url(session, self._maker.contract(session), signature)
        self._finish(session, {"contract": {"document_url": url}}, scenario="signed", twist=twist)

    def expire(self, session: StoredSession) -> None:
        """End a session as expired; a reusable link is nobody's session and ends without a callback."""
        self._finish(
            session, outcomes.failure(0), code=0, state="expired", scenario=EXPIRED, quiet=session.options.reusable
        )

    def expire_due(self) -> None:
        """Expire every open session whose time is over."""
        while due := self._store.expired(self._clock.now()):
            for session in due:
                self.expire(session)

    def _finish(
        self, session: StoredSession, tail: dict[str, Any], *, scenario: str,
        code: int | None = None, state: str = "done", quiet: bool = False, twist: str = "",
    ) -> None:  # fmt: skip
        digest, success = secrets.token_hex(16), code is None
        start = outcomes.head(
            success=success, reference=session.reference, digest=digest, customid=session.options.customid
        )
        facts: dict[str, object] = {
            "state": state, "hash": digest, "success": int(success), "failcode": code, "scenario": scenario,
            "failreason": "" if code is None else FAILURES[code],
        }  # fmt: skip
        body = twists.twisted(twist, start | tail, self._host) if twist else json.dumps(start | tail)
        url = "" if quiet else session.options.callbackurl
        entry = str(tail.get("vaultid", ""))
        if self._store.finish(session.reference, now=self._clock.now(), facts=facts, url=url, body=body, entry=entry):
            self.on_due()
