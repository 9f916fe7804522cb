"""What other routing rules would have done with the results of the last 90 days; nothing is written."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from webapp.checks.case import Case, read_case
from webapp.checks.case_facts import About
from webapp.checks.routing import Route, by_rules
from webapp.checks.rules import Rule
from webapp.models import AmlMatch, Link, PresetVersion, SessionResult, VerificationSession
from webapp.providers.base import Outcome, Provider
from webapp.queries import policies, subjects
from webapp.queries.results import link_expected, link_options, session_flags, stored_outcome

DAYS = 90
MOST = 5000
SECONDS = 12
"""A page waits for it: what is not read by then is left out, and said to be."""
CHUNK = 100
EXAMPLES = 5
S: Any = VerificationSession
Row = tuple[VerificationSession, SessionResult, Link]


@dataclass(frozen=True)
class Move:
    """Sessions that would go elsewhere: from where to where, how many, and the newest few of them."""

    before: str
    after: str
    count: int
    examples: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """`looked` results were read of `total`, the newest first; what is in no move would go where it goes now."""

    looked: int
    total: int
    moves: tuple[Move, ...] = ()

    @property
    def changed(self) -> int:
        """How many would go elsewhere."""
        return sum(move.count for move in self.moves)


@dataclass(frozen=True, kw_only=True)
class _Beside:
    """What is read for a whole chunk at once."""

    entries: dict[int, list[AmlMatch]] = field(default_factory=dict)
    presets: dict[int, int] = field(default_factory=dict)


def try_out(
    db: Session, *, rules: Sequence[Rule], instead_of: Sequence[Rule], providers: Mapping[str, Provider], now: datetime,
    most: int = MOST,
) -> Trial:  # fmt: skip
    """Hold both sets of rules against the stored results of 90 days, at most `most` and for SECONDS, in chunks.

    Results are taken as they came: list entries are open, pictures not missed yet. Flags of later are those of now.
    """
    since = now - timedelta(days=DAYS)
    two_reject = "reject_passed" in policies.second_approval(db).actions
    found: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], list[int]] = {}
    looked = 0
    for session, case, outcome in _cases(db, since, most, providers):
        looked += 1
        ways = (
            by_rules(outcome=outcome, matters=case.matters, facts=case.facts, rules=each)
            for each in (instead_of, rules)
        )
        before, after = (_words(way, outcome, two_reject) for way in ways)
        if before != after:
            found[before, after] += 1
            examples.setdefault((before, after), []).append(session.id or 0)
    total = db.execute(select(func.count()).where(*_recent(since))).scalar_one()
    moves = (Move(*pair, count, tuple(examples[pair][:EXAMPLES])) for pair, count in found.most_common())
    return Trial(looked=looked, total=total, moves=tuple(moves))


def _words(way: Route, outcome: Outcome, two_reject: bool) -> str:
    """Where a result goes, in words."""
    if way.decision == "rejected" and not (two_reject and outcome.result == "passed"):
        return "Rejected by a rule"
    if way.decision == "approved":
        return "Approved by a rule"
    return "No review" if way.review == "not_needed" else f"Needs review, {way.priority} priority"


def _recent(since: datetime) -> tuple[Any, ...]:
    return S.finished_at >= since, S.outcome != "none", S.erased.is_(False)


def _cases(
    db: Session, since: datetime, most: int, providers: Mapping[str, Provider]
) -> Iterator[tuple[VerificationSession, Case, Outcome]]:
    """The newest results first, read anew by our rules of review."""
    place, left, until = None, most, time.monotonic() + SECONDS
    while left > 0 and time.monotonic() < until:
        chunk = _chunk(db, since, place, min(CHUNK, left))
        beside = _beside(db, chunk)
        for session, result, link in chunk:
            provider = providers.get(session.provider)
            if provider is not None:
                yield session, *_case(db, (session, result, link), provider, beside)
        if len(chunk) < CHUNK:
            return
        place, left = (chunk[-1][0].finished_at, chunk[-1][0].id), left - len(chunk)
        db.expunge_all()  # thousands of results are not kept side by side


def _chunk(db: Session, since: datetime, place: tuple[Any, Any] | None, size: int) -> list[Row]:
    query = (
        select(VerificationSession, SessionResult, Link)
        .join(SessionResult, col(SessionResult.session_id) == S.id)
        .join(Link, col(Link.id) == S.link_id)
        .where(*_recent(since))
        .order_by(S.finished_at.desc(), S.id.desc())
        .limit(size)
    )
    if place:
        query = query.where(or_(S.finished_at < place[0], and_(S.finished_at == place[0], S.id < place[1])))
    return [tuple(row) for row in db.execute(query)]


def _beside(db: Session, chunk: Sequence[Row]) -> _Beside:
    numbers = [session.id for session, _, _ in chunk]
    versions = {link.preset_version_id for _, _, link in chunk} - {None}
    entries: dict[int, list[AmlMatch]] = {}
    for entry in db.exec(
        select(AmlMatch).where(col(AmlMatch.session_id).in_(numbers)).order_by(col(AmlMatch.position))
    ):
        entries.setdefault(entry.session_id, []).append(entry)
    wanted = select(col(PresetVersion.id), col(PresetVersion.preset_id)).where(col(PresetVersion.id).in_(versions))
    return _Beside(entries=entries, presets={row[0]: row[1] for row in db.execute(wanted)} if versions else {})


def _case(db: Session, row: Row, provider: Provider, beside: _Beside) -> tuple[Case, Outcome]:
    session, result, link = row
    outcome = stored_outcome(session, result, beside.entries.get(session.id or 0, []))
    preset = beside.presets.get(link.preset_version_id or 0)
    case = read_case(
        outcome=outcome, options=link_options(link), expected=link_expected(link),
        code=provider.describe_code(session.outcome_code), known_checks=provider.known_checks,
        captured_on=result.captured_at.date(), flags={**session_flags(session), "evidence_missing": False},
        kind=session.kind, past=subjects.past(db, session, result, describe=provider.describe_code),
        about=About(provider=session.provider, preset=str(preset or ""), reusable=link.reusable, attempt=session.attempt),
    )  # fmt: skip
    return case, outcome
