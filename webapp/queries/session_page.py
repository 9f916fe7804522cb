"""Everything the session page shows, read in a fixed number of queries, judged by the pure rules; no writing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Row, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from webapp.checks.case import Case
from webapp.checks.fields import LABELS
from webapp.checks.people import name_of
from webapp.models import (
    AmlMatch,
    Delivery,
    EvidenceFile,
    Link,
    LinkPicture,
    Matter,
    Person,
    PresetVersion,
    SessionResult,
    VerificationSession,
)  # fmt: skip
from webapp.providers import PROVIDERS
from webapp.providers.base import CheckMeaning, CodeMeaning, Expected, Options, Provider
from webapp.queries import link_ways, link_words, persons, presets, session_blocks, session_subject, timeline
from webapp.queries.cases import Cases
from webapp.queries.presets import PresetShown
from webapp.queries.results import link_expected, link_options, session_flags, stored_outcome
from webapp.queries.session_findings import Findings, findings
from webapp.queries.session_matches import MatchCard, cards
from webapp.queries.session_pictures import Pictures, arrange, years_between
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
    def to_settle(self) -> int:
        """How many things are open to settle."""
        return len(self.matters)


_SESSION_ID: BindParameter[int] = bindparam("session_id")


def _of_session(model: Any, order: Any) -> Select[Any]:
    return select(model).where(model.session_id == _SESSION_ID).order_by(order)


# Built once: building a statement costs more than running it.
_FILES = _of_session(EvidenceFile, EvidenceFile.id)
_ENTRIES = _of_session(AmlMatch, AmlMatch.position)
_MATTERS = _of_session(Matter, Matter.position)
_UNMATCHED = and_(
    col(Delivery.session_id).is_(None), col(Delivery.reference) == bindparam("reference"), col(Delivery.reference) != ""
)
_LINK_ID: BindParameter[int] = bindparam("link_id")
_MINE = col(Delivery.session_id) == _SESSION_ID
_DELIVERIES = {
    reusable: select(Delivery)
    .options(defer(Delivery.body))  # type: ignore[arg-type]
    .where(which)
    .order_by(col(Delivery.received_at).desc(), col(Delivery.id).desc())
    for reusable, which in (
        (False, and_(col(Delivery.link_id) == _LINK_ID, or_(_MINE, _UNMATCHED))),
        (True, or_(_MINE, and_(_UNMATCHED, col(Delivery.link_id) + 0 == _LINK_ID))),
    )
}
"""By whether the link is reusable: such a link may have thousands, so that its index is no way to those of one session
(`+ 0` keeps it from being used)."""
_OTHERS = (
    select(col(VerificationSession.status), func.count())
    .where(col(VerificationSession.person_id) == bindparam("person_id"), col(VerificationSession.id) != _SESSION_ID)
    .group_by(col(VerificationSession.status))
    .order_by(func.count().desc())
)


def belongs(db: Session, delivery: Delivery, session_id: int) -> bool:
    """Whether the delivery is shown on this session's page."""
    session = db.get(VerificationSession, session_id)
    if session is None:
        return False
    reusable = db.get_one(Link, session.link_id).reusable
    return any(delivery.id == mine.id for mine in _deliveries(db, session, reusable))


_GIVEN = (
    select(func.aggregate_strings(col(LinkPicture.part), " "))
    .where(col(LinkPicture.link_id) == col(Link.id))
    .correlate(Link)
    .scalar_subquery()
)
_ANY_ENTRY = exists().where(col(AmlMatch.session_id) == col(VerificationSession.id))
"""Most results have none, which spares asking for them."""
_ROW = (
    select(VerificationSession, Link, Person, SessionResult, PresetVersion, _GIVEN, _ANY_ENTRY)
    .options(defer(PresetVersion.options))  # type: ignore[arg-type]
    .join(Link, col(Link.id) == col(VerificationSession.link_id))
    .outerjoin(PresetVersion, col(PresetVersion.id) == col(Link.preset_version_id))
    .outerjoin(Person, col(Person.id) == col(VerificationSession.person_id))
    .outerjoin(SessionResult, col(SessionResult.session_id) == col(VerificationSession.id))
    .where(col(VerificationSession.id) == bindparam("session_id"))
)


def detail(db: Session, session_id: int, *, providers: dict[str, Provider]) -> SessionPage | None:
    """One session with everything its page shows, or None for an unknown id. Nine queries at most."""
    row = db.execute(_ROW, {"session_id": session_id}).first()
    if row is None:
        return None
    return _assemble(db, row, providers[row[0].provider])


def _assemble(db: Session, row: Row[*tuple[Any, ...]], provider: Provider) -> SessionPage:
    session, link, person, result, version, parts, any_entry = row
    vendor = vendor_name(session.provider)
    given = frozenset((parts or "").split())
    deliveries = _deliveries(db, session, link.reusable)
    mine = {"session_id": session.id}
    pictures = arrange(db.scalars(_FILES, mine).all(), given)
    spoken_of = newest(deliveries, result.delivery_id if result else None)
    entries = db.scalars(_ENTRIES, mine).all() if any_entry else []
    matters = tuple(db.scalars(_MATTERS, mine))
    case = _case(session, link, result, entries, provider) if result else None
    preset = presets.shown(db, link) if version else None  # read already: no query
    return SessionPage(
        session=session, link=link, person=person, name=_name(session, person, result), named=bool(_known(person, result)),
        vendor=vendor,
        options=link_options(link), expected=link_expected(link), result=result, case=case,
        wait=None if result else waiting(session, link, spoken_of, vendor=vendor),
        code=_code(session, link, provider) if result else None,
        note=None if result else _note(session, provider),
        checks={name: provider.describe_check(name) for name in _check_names(case)},
        matters=matters, matches=cards(entries, case, provider) if case else (),
        pictures=pictures, deliveries=tuple(deliveries), ticks=ticks(spoken_of, pictures, vendor=vendor),
        timeline=timeline.of_session(
            db, session=session, link=link, vendor=vendor, deliveries=deliveries, preset=preset,
            contracts=bool(pictures.contracts),
        ),
        other_sessions=_other_sessions(db, session), years_between=years_between(result),
        error_help=provider.describe_error(link.error_code) if link.error_code else "", preset=preset, given=given,
        proposals=persons.proposals(db, session) if result else (),
        subject=session_subject.of_session(db, session, result),
        blocks=session_blocks.blocks(
            kind=session.kind, outcome=session.outcome, options=link_options(link), result=result, case=case,
            pictures=pictures, matters=matters,
        ),
    )  # fmt: skip


def _case(
    session: VerificationSession, link: Link, result: SessionResult, entries: Sequence[AmlMatch], provider: Provider
) -> Case:
    """The stored result, read by the same rules as when it was applied."""
    outcome = stored_outcome(session, result, list(entries))
    return _CASES.read(
        session.id or 0, version=session.version, outcome=outcome, options=link_options(link),
        expected=link_expected(link), known_checks=provider.known_checks, code=provider.describe_code(session.outcome_code),
        captured_on=result.captured_at.date(), flags=session_flags(session),
        verdicts=[entry.verdict for entry in entries],
    )  # fmt: skip


def _code(session: VerificationSession, link: Link, provider: Provider) -> CodeMeaning | None:
    return provider.describe_code(session.outcome_code).under(link_options(link)) if session.outcome_code else None


def _note(session: VerificationSession, provider: Provider) -> CodeMeaning | None:
    """What the vendor said that ended nothing; a code of a link that was not made is something else."""
    if not session.outcome_code or session.capture in ("create_failed", "creating"):
        return None
    meaning = provider.describe_code(session.outcome_code)
    return None if meaning.final else meaning


def vendor_name(provider: str) -> str:
    """The provider's short name on screen: `DocuPass`."""
    return PROVIDERS.get(provider, provider).split()[-1]


def _deliveries(db: Session, session: VerificationSession, reusable: bool) -> Sequence[Delivery]:
    """Newest first, without the bodies; those not matched yet but naming this session's reference belong to it too."""
    place = {"link_id": session.link_id, "session_id": session.id, "reference": session.reference}
    return db.scalars(_DELIVERIES[reusable], place).all()


def _other_sessions(db: Session, session: VerificationSession) -> dict[str, int]:
    """How many other sessions this person has, by status."""
    if session.person_id is None:
        return {}
    rows = db.execute(_OTHERS, {"person_id": session.person_id, "session_id": session.id})
    return {str(status): int(count) for status, count in rows}


def _known(person: Person | None, result: SessionResult | None) -> str:
    """The name that the team gave, else the document's."""
    return (person.name if person else "") or (str(result.person.get("full_name", "")) if result else "")


def _name(session: VerificationSession, person: Person | None, result: SessionResult | None) -> str:
    return _known(person, result) or (person.own_reference if person else "") or f"Session {session.id}"


def _check_names(case: Case | None) -> list[str]:
    auth = case.authenticity if case else None
    return [*(check.name for check in (*auth.failed, *auth.unclear, *auth.passed)), *auth.not_returned] if auth else []
