"""The life of a sandbox session: created, tried, ended with a queued callback, expired; pages are elsewhere."""

import json
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from . import outcomes
from .callbacks import Clock
from .contract_pdf import contract_pdf
from .files import Host
from .options import Options
from .outcomes import Made
from .people import person_for
from .scenarios import EXPIRED, FAILURES, Scenario, bend, choose
from .showing import Showing
from .specimens import document_pictures, selfie
from .store import Store, StoredSession
from .verdict import Verdict, judge

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Submission:
    """What the applicant (or a script) sent: the choice of specimen, his own pictures by side, the tester's wish."""

    document: str = "passport"
    country: str = "GB"
    name: str = ""
    phone: str = ""
    scenario: str = "auto"
    single_attempt: bool = False
    pictures: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """How an attempt ended. `final` False: another attempt is allowed and no callback went out."""

    success: bool
    code: int | None
    final: bool


def _reference() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(11))


def _hash() -> str:
    return secrets.token_hex(16)


class Sessions:
    """Every change of a session; ending one queues its callback in the same transaction."""

    def __init__(self, store: Store, clock: Clock, host: Host) -> None:
        self._store, self._clock, self._host = store, clock, host
        self.on_due: Callable[[], None] = lambda: None

    def today(self) -> date:
        return datetime.now(UTC).date()

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

    def attempt(self, session: StoredSession, sent: Submission) -> Result:
        """One pass of an applicant; a failure with attempts left keeps it open. LookupError: no such scenario."""
        scenario = choose(sent.scenario, session.options.verify_name, sent.name)
        if scenario is None:
            raise LookupError(sent.scenario)
        if scenario.key == EXPIRED:
            self.expire(session)
            return Result(success=False, code=0, final=True)
        showing = self._shown(session, sent, scenario)
        verdict = judge(showing, session.options, self.today())
        if verdict.code is not None and sent.single_attempt and session.attempts_left > 1:
            self._store.failed_once(session.reference)
            return Result(success=False, code=verdict.code, final=False)
        self._end_identity(session, showing, verdict, sent.pictures, scenario.key)
        return Result(success=verdict.passed, code=verdict.code, final=True)

    def _shown(self, session: StoredSession, sent: Submission, scenario: Scenario) -> Showing:
        options, today = session.options, self.today()
        person = person_for(options, document=sent.document, iso2=sent.country, name=sent.name, today=today)
        # Scores differ from session to session, yet never fail somebody whom no scenario makes fail.
        dice = random.Random(session.reference)  # noqa: S311 - variety, not secrets
        face = max(dice.uniform(0.86, 0.985), min(options.biometric_threshold + 0.02, 1.0))
        authentic = max(dice.uniform(0.9, 1.02), options.authenticate_minscore)
        showing = Showing(
            person=person, phone=sent.phone, face_score=round(face, 3), authenticity=round(min(authentic, 1.0), 2)
        )
        return bend(scenario, showing, options, today)

    def _end_identity(
        self, session: StoredSession, showing: Showing, verdict: Verdict, pictures: dict[str, bytes], scenario: str
    ) -> None:
        made = self._make(session, showing, verdict, {**self._store.supplied(session.reference), **pictures})
        tail = outcomes.identity(showing, verdict, session.options, made, self.today())
        self._finish(session, tail, code=verdict.code, scenario=scenario)

    def _make(self, session: StoredSession, showing: Showing, verdict: Verdict, own: dict[str, bytes]) -> Made:
        options, host = session.options, self._host
        documents: dict[str, bytes] = {}
        if options.return_documentimage:
            documents = {side: own[side] for side in ("FRONT", "BACK") if side in own} or document_pictures(showing)
        faces = []
        if options.return_faceimage and "face" in verdict.checks:
            faces = [own.get("FACE") or selfie(showing)]
        wanted = options.contract_sign or options.contract_generate
        return Made(
            [host.picture(content, return_type=options.return_type, side=side) for side, content in documents.items()],
            [host.picture(content, return_type=options.return_type) for content in faces],
            self._contract(session, showing.person.full, signed=bool(options.contract_sign)) if wanted else "",
            secrets.token_urlsafe(48).replace("-", "").replace("_", "")[:32] if options.vault_save else "",
        )

    def _contract(self, session: StoredSession, name: str, *, signed: bool) -> str:
        content = contract_pdf(session.options.companyname, name, session.reference, self._clock.now(), signed=signed)
        return self._host.url(content, "pdf", "application/pdf")

    def sign(self, session: StoredSession, name: str) -> None:
        """End a signature session; the signed file's address is all its callback carries (seed)."""
        self._finish(
            session, {"contract": {"document_url": self._contract(session, name, signed=True)}}, scenario="signed"
        )

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
        code: int | None = None, state: str = "done", quiet: bool = False,
    ) -> None:  # fmt: skip
        digest, success = _hash(), code is None
        start = outcomes.head(
            success=success, reference=session.reference, digest=digest, customid=session.options.customid
        )
        facts: dict[str, object] = {
            "state": state, "hash": digest, "success": int(success), "failcode": code, "scenario": scenario,
            "failreason": "" if code is None else FAILURES[code],
        }  # fmt: skip
        url = "" if quiet else session.options.callbackurl
        ended = self._store.finish(
            session.reference, now=self._clock.now(), facts=facts, url=url, body=json.dumps(start | tail)
        )
        if ended:
            self.on_due()
