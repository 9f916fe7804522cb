"""What happened to one session, newest first, in plain sentences: audit rows, and when its deliveries came."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, and_, bindparam, cast, func, null, or_, select, union_all
from sqlmodel import Session

from webapp.models import AuditEvent, Delivery, Link, VerificationSession
from webapp.models.columns import table_of
from webapp.models.words import OUTCOME, OUTCOME_WORDS, VERDICT_WORDS
from webapp.queries.presets import PresetShown
from webapp.queries.timeline_words import SENTENCES

SHOWN = 200
"""Audit rows told on one page, newest first; sessions have a few dozen."""
ALL = 100_000
"""The same for a report, which leaves nothing out."""

COUNTED_VIEWS = ("session.view", "raw.view", "image.download")
LOOKS = (*COUNTED_VIEWS, "image.view")
"""What people looked at: recorded, and told in one line at the end."""
VIEWS = (*LOOKS, "data.reveal", "data.hide")
"""What changes nothing for others, and is no reason to draw an open page again."""

_SMS = {
    "asked": "{who} asked {vendor} to send the link by SMS",
    "sent": "{vendor} sent the link by SMS",
    "refused": "{vendor} did not send the SMS",
    "unknown": "{vendor} did not say whether the SMS was sent",
}
_TIMES = {1: "", 2: ", second time", 3: ", third time"}
_TOLD_ELSEWHERE = (
    "delivery.received",
    "delivery.confirmed",
    "delivery.applied",
    "delivery.repeat",
    "delivery.verified",
    "vendor.call",
    "export.ready",
    "export.expire",
)
_MERGED = ("evidence.saved", "evidence.failed", "evidence.refused", "evidence.retry")


_OUTCOMES = re.compile(rf"\b(?:{'|'.join(word for word in OUTCOME if '_' in word)})\b")
"""Outcomes whose words in the database are not those on screen."""

A = table_of(AuditEvent).c
_COLUMNS: tuple[Any, ...] = (
    A.utc, A.actor_type, A.actor_name_at_time, A.action, A.outcome,
    A.after,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TimelineLine:
    """One thing that happened. `by_person` tells a member of the team from the system, the applicant and the vendor."""

    at: datetime
    text: str
    by_person: bool
    wrong: bool = False


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The lines, newest first, and who looked at the session: how often and how many people."""

    lines: tuple[TimelineLine, ...]
    views: int
    viewers: tuple[str, ...]


_OF_SESSION = A.session_id == bindparam("session_id")
_OF_LINK = and_(
    A.object_type == "link",
    A.object_id == bindparam("link_id"),
    A.session_id.is_(None),
)
_VIEWERS = (
    select(
        func.max(A.utc), null(), A.actor_name_at_time, null(), null(), null(), func.count(), func.max(A.seq),
    )
    .where(_OF_SESSION, A.action.in_(COUNTED_VIEWS))
    .group_by(A.actor_name_at_time)
)  # fmt: skip
_ROWS = {
    (reusable, most): union_all(
        select(
            select(*_COLUMNS, cast(null(), Integer).label("views"), A.seq)
            .where(or_(_OF_SESSION, _OF_LINK), A.action.not_in(LOOKS + _TOLD_ELSEWHERE + untold))
            .order_by(A.seq.desc())
            .limit(most)
            .subquery()
        ),
        _VIEWERS,
    )
    for reusable, untold in ((False, ("link.expire", "link.unexpire")), (True, ("link.open",)))
    for most in (SHOWN, ALL)
}
"""By whether the link is reusable, and how many rows are told. Who opens such a link is nobody yet; one that is not expires
with its session. Who looked, how often (`views`), comes in the same answer."""


def of_session(
    db: Session, *, session: VerificationSession, link: Link, vendor: str, deliveries: Sequence[Delivery] = (),
    preset: PresetShown | None = None, contracts: bool = False, until: datetime | None = None, blind: bool = False,
    most: int = SHOWN,
) -> Timeline:  # fmt: skip
    """The timeline of one session; `vendor` is the provider's name on screen. One query.

    `contracts`: not all of its files are pictures. `until`: nothing that came after. `blind`: what was proposed is not told.
    `most`: SHOWN or ALL.
    """
    told = db.execute(_ROWS[link.reusable, most], {"session_id": session.id, "link_id": link.id}).all()
    looked = sorted((row for row in told if row.views is not None), key=lambda row: -row.seq)
    rows: list[Any] = sorted((row for row in told if row.views is None), key=lambda row: -row.seq)
    rows = rows if until is None else [row for row in rows if row.utc <= until]
    deliveries = deliveries if until is None else [each for each in deliveries if each.received_at <= until]
    words = {"vendor": vendor, "preset": _from_preset(preset), "file": "file" if contracts else "picture"}
    lines = [*_lines(_unnamed(rows) if blind else rows, words), *_arrivals(deliveries, vendor)]
    return Timeline(
        lines=tuple(sorted(lines, key=lambda line: line.at, reverse=True)),
        views=sum(row.views for row in looked) if until is None else 0,
        viewers=tuple(row.actor_name_at_time for row in looked),
    )


def _unnamed(rows: Sequence[Any]) -> list[Any]:
    """The newest proposal without who proposed what: the second person is to decide by himself."""
    newest = max((row.seq for row in rows if row.action == "session.propose"), default=0)
    return [_Hidden(row.utc) if row.seq == newest else row for row in rows]


@dataclass(frozen=True)
class _Hidden:
    """In place of a row that is not told now."""

    utc: datetime
    actor_type: str = "person"
    actor_name_at_time: str = "Somebody"
    action: str = "session.proposed"
    outcome: str = "ok"
    after: dict[str, Any] | None = None


def _from_preset(preset: PresetShown | None) -> str:
    if preset is None:
        return ""
    return f" from preset {preset.name}, version {preset.number}{', changed' if preset.changed else ''}"


def _lines(rows: Sequence[Row[Any]], words: dict[str, str]) -> list[TimelineLine]:
    """One line for each row, but one for each run of the same evidence action."""
    lines: list[TimelineLine] = []
    index = 0
    while index < len(rows):
        row = rows[index]
        run = 1
        while row.action in _MERGED and index + run < len(rows) and rows[index + run].action == row.action:
            run += 1
        lines.append(_line(row, run, words))
        index += run
    return lines


def _arrivals(deliveries: Sequence[Delivery], vendor: str) -> list[TimelineLine]:
    """When each delivery came and was confirmed: taking one in is too hot a path for an audit row."""
    lines = []
    for delivery in deliveries:
        size = f"{delivery.body_bytes / 1000:.1f} kB"
        lines.append(TimelineLine(at=delivery.received_at, text=f"Result received, {size}", by_person=False))
        if delivery.confirmed_at:
            text = f"{vendor} confirmed the result is its own"
            lines.append(TimelineLine(at=delivery.confirmed_at, text=text, by_person=False))
    return lines


def _line(row: Row[Any], count: int, words: dict[str, str]) -> TimelineLine:
    after = row.after or {}
    text = _pattern(row, after).format_map(_Words(row, count, words))
    return TimelineLine(
        at=row.utc, text=text, by_person=row.actor_type == "person",
        wrong=row.outcome == "error" or row.action in ("delivery.quarantined", "evidence.failed", "evidence.refused"),
    )  # fmt: skip


def _pattern(row: Row[Any], after: dict[str, Any]) -> str:
    if row.action == "link.sms":
        return _SMS.get(str(after.get("sms")), "{action}")
    failed = row.action == "link.ready" and row.outcome == "error"
    return SENTENCES.get("link.create_failed" if failed else row.action, "{action}")


def _who(row: Row[Any]) -> str:
    names = {"system": "Vouchdesk", "applicant": "The applicant", "vendor": "The vendor"}
    return row.actor_name_at_time or names.get(row.actor_type, "Someone")


_DECIDED = {"approved": "approved", "rejected": "rejected"}
_PROPOSED = {"approve": "approve this session", "reject": "reject this session", "reopen": "reopen this session"}
_ANSWERED = {
    "finished": "The session asked for after this one has a result; this one waits for review again",
    "expired": "The session asked for after this one ran out; this one waits for review again",
    "revoked": "The link asked for after this one was withdrawn; this one waits for review again",
}


def _effect(effect: str, review: object) -> str:
    """`Applied: failed, code 3.` becomes `Result applied: failed, code 3; needs review`."""
    words = effect.rstrip(".").replace("Applied:", "Result applied:", 1).replace("Kept", "Result kept", 1)
    words = _OUTCOMES.sub(lambda found: OUTCOME_WORDS[found[0]].lower(), words)
    return f"{words}; needs review" if review == "pending" else words


def _times(after: dict[str, Any]) -> str:
    opened = after.get("opened", after.get("count"))
    return _TIMES.get(opened, f", {opened} times") if isinstance(opened, int) else ""


def _verdict(after: dict[str, Any]) -> str:
    verdict = after.get("verdict")
    if verdict not in VERDICT_WORDS:
        return ""
    return f": {VERDICT_WORDS[verdict].lower()}{' as remembered' if after.get('dismissal') else ''}"


def _code(after: dict[str, Any]) -> str:
    code = after.get("code") or after.get("error_code") or after.get("outcome_code")
    return f": code {code}" if code else ""


_ENDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "times": _times,
    "size": lambda after: f", {after['bytes'] / 1000:.1f} kB" if isinstance(after.get("bytes"), int) else "",
    "verdict": _verdict,
    "until": lambda after: f" until {after['until']}" if after.get("until") else "",
    "ended": lambda after: ": the entry has changed" if after.get("why") == "entry_changed" else "",
    "effect": lambda after: _effect(str(after.get("effect") or "Result read"), after.get("review")),
    "code": _code,
    "reason": lambda after: f": {after['reason']}" if after.get("reason") else "",
    "way": lambda after: " by the address for failures" if after.get("failed") is True else "",
    "cap": lambda after: f", {after['cap']}" if after.get("cap") else "",
    "outside": lambda after: ", outside its link" if after.get("outside_link") is True else "",
    "decided": lambda after: _DECIDED.get(str(after.get("decision")), "reopened"),
    "proposed": lambda after: _PROPOSED.get(str(after.get("kind")), "decide"),
    "attempt": lambda after: f": attempt {after['attempt']}" if after.get("attempt") else "",
    "answered": lambda after: _ANSWERED.get(str(after.get("why")), _ANSWERED["finished"]),
    "new": lambda after: ": a new person, made from the result" if after.get("new") is True else "",
}
"""The optional ends of sentences, each empty when the row does not say."""


class _Words:
    """What a sentence may name, worked out when it does: a page has many lines, and each names one thing or two."""

    def __init__(self, row: Row[Any], count: int, words: dict[str, str]) -> None:
        self._row, self._count, self._words = row, count, words

    def __getitem__(self, name: str) -> str:
        if name in self._words:
            return self._words[name]
        if name == "count":
            return f"{self._count} {self._words['file']}{'' if self._count == 1 else 's'}"
        return _ROW_ENDS[name](self._row) if name in _ROW_ENDS else _ENDS[name](self._row.after or {})


_ROW_ENDS: dict[str, Callable[[Row[Any]], str]] = {
    "who": _who,
    "action": lambda row: row.action.replace(".", ": ").replace("_", " ").capitalize(),
}
