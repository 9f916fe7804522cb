"""The routing rules in force, each version of them as it was saved, and what a rule may ask about a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session, col, select

from webapp.checks.case_facts import About
from webapp.checks.default_rules import DEFAULT
from webapp.checks.rule_words import Change, changes
from webapp.checks.rules import BadRule, Rule, Rules, parse
from webapp.models import Link, Preset, PresetVersion, RuleSet, VerificationSession

log = structlog.get_logger()
PAGE = 20
UNREADABLE: Rules = (Rule(reason="The routing rules cannot be read: a person decides.", priority="high"),)
"""In place of a stored set that this release cannot read: nothing slips through."""


@dataclass(frozen=True, kw_only=True)
class RuleVersion:
    """One version of the rules. Version 0 is the default set, saved by nobody."""

    version: int
    rules: Rules
    note: str = ""
    made_at: datetime | None = None
    made_by: str = ""


THE_DEFAULT = RuleVersion(version=0, rules=DEFAULT)


def in_force(db: Session) -> RuleVersion:
    """The newest version. One query."""
    row = db.exec(select(RuleSet).order_by(col(RuleSet.version).desc()).limit(1)).first()
    return _read(row) if row else THE_DEFAULT


def numbered(db: Session, version: int) -> RuleVersion | None:
    """One version, or None. One query at most."""
    if version == 0:
        return THE_DEFAULT
    row = db.get(RuleSet, version) if 0 < version < 2**31 else None
    return _read(row) if row else None


def history(db: Session, *, before: int | None = None) -> list[tuple[RuleVersion, RuleVersion | None]]:
    """Versions, newest first, each with the one before it; PAGE at most, those older than `before`. One query."""
    query = select(RuleSet).order_by(col(RuleSet.version).desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(col(RuleSet.version) < before)
    found = [_read(row) for row in db.exec(query)]
    if len(found) <= PAGE:
        found.append(THE_DEFAULT)
    return [(each, earlier) for each, earlier in zip(found, [*found[1:], None], strict=True)][:PAGE]


def about(db: Session, *, session: VerificationSession, link: Link, rules: Sequence[Rule]) -> About:
    """What the rules may ask about a session beside its result; its preset is only looked up where one of them asks."""
    asked = link.preset_version_id is not None and any(each.fact == "preset" for rule in rules for each in rule.when)
    version = db.get(PresetVersion, link.preset_version_id) if asked else None
    return About(
        provider=session.provider, preset=str(version.preset_id) if version else "", reusable=link.reusable,
        attempt=session.attempt,
    )  # fmt: skip


def preset_names(db: Session) -> dict[str, str]:
    """Name of each preset by its number as text, the archived ones too: a rule may still ask for them. One query."""
    rows = db.exec(select(Preset).order_by(col(Preset.name_key)))
    return {str(preset.id): preset.name for preset in rows}


def proposed(now: RuleVersion, value: Any, names: Mapping[str, str]) -> tuple[Change, ...]:
    """What proposed rules, as their proposal keeps them, would change; nothing where this release cannot read them."""
    try:
        return changes(now.rules, parse(value), names)
    except BadRule:
        return ()


def _read(row: RuleSet) -> RuleVersion:
    try:
        rules = parse(row.rules)
    except BadRule as bad:
        log.error("rules.unreadable", version=row.version, reason=str(bad))
        rules = UNREADABLE
    return RuleVersion(
        version=row.version, rules=rules, note=row.note, made_at=row.created_at, made_by=row.created_by_name
    )
