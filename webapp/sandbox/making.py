"""From what an applicant sent to what the vendor found: showing, verdict, pictures, contract, body; nothing is stored."""

import random
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from . import outcomes
from .callbacks import Clock
from .contract import Contract, Signature, closed, contract, values_for
from .contract_files import FORMATS
from .files import Host, cropped
from .outcomes import Made
from .people import person_for
from .phones import reachable
from .scenarios import EXPIRED, Scenario, bend, choose
from .showing import Showing
from .specimens import document_pictures, selfie
from .store import StoredSession
from .verdict import Verdict, judge


@dataclass(frozen=True)
class Submission:
    """What the applicant (or a script) sent: the choice of specimen, his own pictures by side, the tester's wishes."""

    document: str = "passport"
    country: str = "GB"
    name: str = ""
    phone: str = ""
    scenario: str = "auto"
    callback: str = ""
    single_attempt: bool = False
    pictures: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What the vendor found in one attempt."""

    showing: Showing
    verdict: Verdict
    scenario: Scenario


class Maker:
    """Makes everything a result consists of; files go to the host."""

    def __init__(self, clock: Clock, host: Host) -> None:
        self._clock, self._host = clock, host

    def today(self) -> date:
        return datetime.now(UTC).date()

    def find(self, session: StoredSession, sent: Submission) -> Found | None:
        """What the vendor finds, the same each time; None when the session is to expire. LookupError: no such scenario."""
        scenario = choose(sent.scenario, session.options.verify_name, sent.name)
        if scenario is None:
            raise LookupError(sent.scenario)
        if scenario.key == EXPIRED:
            return None
        showing = self._shown(session, sent, scenario)
        return Found(showing, judge(showing, session.options, self.today()), scenario)

    def _shown(self, session: StoredSession, sent: Submission, scenario: Scenario) -> Showing:
        options, today = session.options, self.today()
        person = person_for(options, document=sent.document, iso2=sent.country, name=sent.name, today=today)
        # Scores differ from session to session, yet never fail somebody whom no scenario makes fail.
        dice = random.Random(session.reference)  # noqa: S311 - variety, not secrets
        face = max(dice.uniform(0.86, 0.985), min(options.biometric_threshold + 0.02, 1.0))
        authentic = max(dice.uniform(0.9, 1.02), options.authenticate_minscore)
        showing = Showing(
            person=person, phone=sent.phone, face_score=round(face, 3), authenticity=round(min(authentic, 1.0), 2),
            phone_reached=not sent.phone or reachable(sent.phone),
        )  # fmt: skip
        return bend(scenario, showing, options, today)

    def identity(
        self, session: StoredSession, found: Found, own: dict[str, bytes], signature: Signature | None = None
    ) -> dict[str, Any]:
        """Everything after the head of an identity callback; `own` are pictures by side that replace the specimen's."""
        made = self._made(session, found, own, signature)
        return outcomes.identity(found.showing, found.verdict, session.options, made, self.today())

    def _made(self, session: StoredSession, found: Found, own: dict[str, bytes], signature: Signature | None) -> Made:
        options, host, showing = session.options, self._host, found.showing
        wanted = found.verdict.passed and (options.contract_sign or options.contract_generate)
        if options.contract_sign:
            signature = signature or Signature(showing.person.full)
        return Made(
            [
                host.picture(content, return_type=options.return_type, side=side)
                for side, content in self._documents(session, showing, own).items()
            ],
            [
                host.picture(content, return_type=options.return_type)
                for content in ([own.get("FACE") or selfie(showing)] if "face" in found.verdict.checks else [])
                if options.return_faceimage
            ],
            self.contract_url(session, self.contract(session, showing), signature) if wanted else "",
            secrets.token_urlsafe(48).replace("-", "").replace("_", "")[:32] if options.vault_save else "",
        )

    def _documents(self, session: StoredSession, showing: Showing, own: dict[str, bytes]) -> dict[str, bytes]:
        if not session.options.return_documentimage:
            return {}
        sides: dict[str, bytes] = {side: own[side] for side in ("FRONT", "BACK") if side in own}
        if "FRONT" not in sides:
            sides = document_pictures(showing) | sides
        crop = session.options.crop_document
        return {side: cropped(content) if crop and side in own else content for side, content in sides.items()}

    def contract(self, session: StoredSession, showing: Showing | None = None) -> Contract:
        """The contract to read, with what was prefilled and what the ID says."""
        options = session.options
        data = outcomes.data(showing, options, self.today()) if showing else {}
        return contract(values_for(options.companyname, options.prefill, data))

    def contract_url(self, session: StoredSession, made: Contract, signature: Signature | None) -> str:
        """Where the finished file is, in the format that was asked for."""
        make, suffix, media_type = FORMATS[session.options.contract_format]
        content = make(closed(made, session.reference, self._clock.now(), signature))
        return self._host.url(content, suffix, media_type)
