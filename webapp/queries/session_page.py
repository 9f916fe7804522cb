"""Everything the session page shows, read in a fixed number of queries, judged by the pure rules; no writing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from webapp.checks.case import Case
from webapp.checks.fields import LABELS
from webapp.checks.people import name_of
from webapp.models import AmlMatch, Delivery, Link, Matter, Person, SessionResult, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers import PROVIDERS
from webapp.providers.base import CheckMeaning, CodeMeaning, Expected, Options, Provider
from webapp.queries import (
    aml_verdicts,
    link_ways,
    link_words,
    persons,
    session_blocks,
    session_parts,
    session_subject,
    timeline,
)
from webapp.queries.aml_verdicts import Told
from webapp.queries.cases import Cases
from webapp.queries.policies import SecondApproval
from webapp.queries.presets import PresetShown
from webapp.queries.results import link_expected, link_options, session_flags, stored_outcome
from webapp.queries.session_findings import Findings, findings
from webapp.queries.session_matches import MatchCard, cards
from webapp.queries.session_parts import Parts
from webapp.queries.session_parts import belongs as belongs
from webapp.queries.session_pictures import Pictures, arrange, years_between
from webapp.queries.session_record import Relative, Step, Written
from webapp.queries.session_subject import Subject
from webapp.queries.session_ticks import Tick, Wait, newest, ticks, waiting

_CASES = Cases()
_ROWLESS = ("face", "authenticity")
"""Verdicts of the vendor that have a block of their own."""


@dataclass(frozen=True, kw_only=True)
class SessionPage:
    """One session with all that belongs to it. `result` and `case` (our reading of it) are None until one applies."""

    session: VerificationSession
    link: Link
    person: Person | None
    name: str
    named: bool
    """Whether `name` is a person's, and no reference or number."""
    vendor: str
    options: Options
    expected: Expected
    wait: Wait | None
    result: SessionResult | None
    code: CodeMeaning | None
    note: CodeMeaning | None
    """What the vendor said on the way, while there is no result: the wrong device, say."""
    case: Case | None
    checks: dict[str, CheckMeaning]
    matters: tuple[Matter, ...]
    matches: tuple[MatchCard, ...]
    pictures: Pictures
    deliveries: tuple[Delivery, ...]
    ticks: tuple[Tick, ...]
    timeline: timeline.Timeline
    other_sessions: dict[str, int]
    years_between: int | None
    error_help: str
    preset: PresetShown | None
    given: frozenset[str]
    """Parts whose pictures the team gave with the link: document, document_back, face."""
    proposals: tuple[Person, ...]
    """Whom a session that is nobody's yet may be about."""
    subject: Subject | None
    blocks: tuple[str, ...]
    steps: tuple[Step, ...]
    """What was decided, newest first; `notes` are all that was written, with a step or without."""
    notes: tuple[Written, ...]
    relatives: tuple[Relative, ...]
    second: SecondApproval
    present: Sequence[Any]
    """Who has the page open and how long the queue is, for `queries.holding`."""
    was: bool
    """Whether this is how the session was when a step was taken, and not how it is."""

    @property
    def found_name(self) -> str:
        """The name on the document; empty where the result has none."""
        return name_of(self.result.person) if self.result else ""

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Label and sentence for each thing that the link asks."""
        return link_words.asked(self.options, self.expected, kind=self.link.kind)

    @property
    def details(self) -> list[tuple[str, str]]:
        """Name and value of each detail that the document is compared with."""
        return link_words.details(self.expected)

    @property
    def prefilled(self) -> tuple[tuple[str, str], ...]:
        """Key and value of what was filled into the contract beforehand."""
        return link_ways.prefilled(self.options)

    @property
    def lists(self) -> str:
        """Where the vendor looked for AML entries: `all lists`."""
        return link_words.lists(self.options.aml_databases)

    @property
    def other_checks(self) -> tuple[tuple[str, bool | None], ...]:
        """The vendor's verdicts that no row of the comparison stands beside, those that failed first."""
        checks = self.result.vendor_checks if self.result else {}
        mine = [(key.replace("_", " "), passed) for key, passed in checks.items() if key not in (*LABELS, *_ROWLESS)]
        return tuple(sorted(mine, key=lambda each: each[1] is not False))

    @property
    def found(self) -> Findings:
        """What a check of a live person found beside its outcome."""
        return findings(self.result, self.options)

    @property
    def lettered(self) -> bool:
        """Whether blocks carry their letters: those of an identity check are known by them."""
        return self.session.kind == "identity"

    def place(self, matter: Matter) -> str:
        """The id of the block that the matter is settled in; `link` for the link's page, empty where there is none."""
        return session_blocks.place(
            matter, shown=self.blocks, pictures=self.pictures, raw=bool(self.deliveries),
            contradictions=bool(self.result and self.result.contradictions), unclear=self.session.outcome == "error",
        )  # fmt: skip

    @property
    def open_hits(self) -> tuple[tuple[int, int], ...]:
        """Number and place of each list entry that nobody has settled, as the page orders them."""
        return tuple((card.match.id or 0, card.match.position + 1) for card in self.matches if card.open)

    @property
    def to_settle(self) -> int:
        """How many things are open to settle."""
        return len(self.matters)


def detail(db: Session, session_id: int, *, providers: dict[str, Provider]) -> SessionPage | None:
    """One session with everything its page shows, or None for an unknown id. Eleven queries at most."""
    parts = session_parts.read(db, session_id)
    return assemble(db, parts, providers[parts.session.provider]) if parts else None


def assemble(db: Session, parts: Parts, provider: Provider, *, until: datetime | None = None) -> SessionPage:
    """What the rows mean, by the same rules as when the result was applied. `until`: the timeline goes no further."""
    session, link, person, result, preset = parts.session, parts.link, parts.person, parts.result, parts.preset
    vendor, options, expected = vendor_name(session.provider), link_options(link), link_expected(link)
    pictures = arrange(parts.files, parts.given)
    spoken_of = newest(parts.deliveries, result.delivery_id if result else None)
    case = _case(session, result, parts.entries, provider, options, expected) if result else None
    return SessionPage(
        session=session, link=link, person=person, name=_name(session, person, result), named=bool(_known(person, result)),
        vendor=vendor,
        options=options, expected=expected, result=result, case=case,
        wait=None if result else waiting(session, link, spoken_of, vendor=vendor),
        code=_code(session, options, provider) if result else None,
        note=None if result else _note(session, provider),
        checks={name: provider.describe_check(name) for name in _check_names(case)},
        matters=parts.matters, matches=_cards(db, parts, case, provider),
        pictures=pictures, deliveries=tuple(parts.deliveries), ticks=ticks(spoken_of, pictures, vendor=vendor),
        timeline=timeline.of_session(
            db, session=session, link=link, vendor=vendor, deliveries=parts.deliveries, preset=preset,
            contracts=bool(pictures.contracts), until=until, blind=parts.second.blind and session.review == "awaiting_second",
        ),
        other_sessions=parts.others,
        years_between=years_between(result),
        error_help=provider.describe_error(link.error_code) if link.error_code else "", preset=preset, given=parts.given,
        proposals=persons.proposals(db, session) if result and not parts.was else (),
        subject=session_subject.of_session(db, session, result, then=parts.history),
        blocks=session_blocks.blocks(
            kind=session.kind, outcome=session.outcome, options=options, result=result, case=case,
            pictures=pictures, matters=parts.matters,
        ),
        steps=parts.steps, notes=parts.notes, relatives=parts.relatives, second=parts.second, present=parts.present,
        was=parts.was,
    )  # fmt: skip


def _cards(db: Session, parts: Parts, case: Case | None, provider: Provider) -> tuple[MatchCard, ...]:
    if case is None or parts.result is None:
        return ()
    told = Told() if parts.was else aml_verdicts.told(db, parts.session, parts.entries, now=utc_now())
    return cards(parts.entries, case, provider, person=parts.result.person, told=told)


def _case(
    session: VerificationSession, result: SessionResult, entries: Sequence[AmlMatch], provider: Provider,
    options: Options, expected: Expected,
) -> Case:  # fmt: skip
    """The stored result, read by the same rules as when it was applied."""
    outcome = stored_outcome(session, result, list(entries))
    return _CASES.read(
        session.id or 0, version=session.version, outcome=outcome, options=options,
        expected=expected, known_checks=provider.known_checks, code=provider.describe_code(session.outcome_code),
        captured_on=result.captured_at.date(), flags=session_flags(session),
        verdicts=[entry.verdict for entry in entries],
    )  # fmt: skip


def _code(session: VerificationSession, options: Options, provider: Provider) -> CodeMeaning | None:
    return provider.describe_code(session.outcome_code).under(options) if session.outcome_code else None


def _note(session: VerificationSession, provider: Provider) -> CodeMeaning | None:
    """What the vendor said that ended nothing; a code of a link that was not made is something else."""
    if not session.outcome_code or session.capture in ("create_failed", "creating"):
        return None
    meaning = provider.describe_code(session.outcome_code)
    return None if meaning.final else meaning


def vendor_name(provider: str) -> str:
    """The provider's short name on screen: `DocuPass`."""
    return PROVIDERS.get(provider, provider).split()[-1]


def _known(person: Person | None, result: SessionResult | None) -> str:
    """The name that the team gave, else the document's."""
    return (person.name if person else "") or (str(result.person.get("full_name", "")) if result else "")


def _name(session: VerificationSession, person: Person | None, result: SessionResult | None) -> str:
    return _known(person, result) or (person.own_reference if person else "") or f"Session {session.id}"


def _check_names(case: Case | None) -> list[str]:
    auth = case.authenticity if case else None
    return [*(check.name for check in (*auth.failed, *auth.unclear, *auth.passed)), *auth.not_returned] if auth else []
