"""What happened to one session, newest first, in plain sentences: audit rows, and when its deliveries came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, or_, select
from sqlmodel import Session, col

from webapp.models import AuditEvent, Delivery

SHOWN = 200
"""Audit rows told on one page, newest first; sessions have a few dozen."""

VIEWS = ("session.view", "raw.view", "image.download")
"""What people looked at: recorded, told in one line at the end, and no reason to draw an open page again."""

_SENTENCES = {
    "link.create": "{who} created the link",
    "link.ready": "{vendor} made the link",
    "link.create_failed": "{vendor} did not make the link{code}",
    "link.retry": "{who} tried to make the link again",
    "link.revoke": "{who} withdrew the link",
    "link.open": "Link opened{times}",
    "link.return": "The applicant came back from {vendor}",
    "link.answer_unused": "A late answer of {vendor} was not used; another try was under way",
    "link.expire": "Link expired",
    "session.expire": "Link expired before a result arrived",
    "session.result": "{effect}",
    "delivery.waiting": "{vendor} could not be asked whether the result is its own; asking again{code}",
    "delivery.late": "A later result arrived; kept, not applied",
    "delivery.quarantined": "A delivery was set aside{reason}",
    "delivery.unmatched": "A delivery is waiting for its session",
    "evidence.saved": "{count} saved",
    "evidence.failed": "{count} could not be fetched{reason}",
    "evidence.refused": "{count} refused{reason}",
    "evidence.retry": "{who} asked for a picture again",
    "access.denied": "{who} was refused",
}
_TIMES = {1: "", 2: ", second time", 3: ", third time"}
_TOLD_ELSEWHERE = ("delivery.received", "delivery.confirmed", "delivery.applied", "delivery.repeat")
_MERGED = ("evidence.saved", "evidence.failed", "evidence.refused", "evidence.retry")


_COLUMNS: tuple[Any, ...] = (
    AuditEvent.utc, AuditEvent.actor_type, AuditEvent.actor_name_at_time, AuditEvent.action, AuditEvent.outcome,
    AuditEvent.after,
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


_OF_SESSION = col(AuditEvent.session_id) == bindparam("session_id")
_OF_LINK = and_(
    col(AuditEvent.object_type) == "link",
    col(AuditEvent.object_id) == bindparam("link_id"),
    col(AuditEvent.session_id).is_(None),
)
_ROWS = (
    select(*_COLUMNS)
    .where(or_(_OF_SESSION, _OF_LINK), col(AuditEvent.action).not_in(VIEWS + _TOLD_ELSEWHERE))
    .order_by(col(AuditEvent.seq).desc())
    .limit(SHOWN)
)
_VIEWERS = (
    select(col(AuditEvent.actor_name_at_time), func.count())
    .where(_OF_SESSION, col(AuditEvent.action).in_(VIEWS))
    .group_by(col(AuditEvent.actor_name_at_time))
    .order_by(func.max(AuditEvent.seq).desc())
)


def of_session(
    db: Session, *, session_id: int, link_id: int, vendor: str, deliveries: Sequence[Delivery] = ()
) -> Timeline:
    """The timeline of one session; `vendor` is the provider's name on screen. Two queries."""
    rows = db.execute(_ROWS, {"session_id": session_id, "link_id": link_id}).all()
    lines = [*_lines(rows, vendor), *_arrivals(deliveries, vendor)]
    viewers = _viewers(db, session_id)
    return Timeline(
        lines=tuple(sorted(lines, key=lambda line: line.at, reverse=True)),
        views=sum(viewers.values()),
        viewers=tuple(viewers),
    )


def _viewers(db: Session, session_id: int) -> dict[str, int]:
    """How often each person looked at the session, the last one first."""
    rows = db.execute(_VIEWERS, {"session_id": session_id})
    return {row[0]: row[1] for row in rows}


def _lines(rows: Sequence[Row[Any]], vendor: str) -> list[TimelineLine]:
    """One line for each row, but one for each run of the same evidence action."""
    lines: list[TimelineLine] = []
    index = 0
    while index < len(rows):
        row = rows[index]
        run = 1
        while row.action in _MERGED and index + run < len(rows) and rows[index + run].action == row.action:
            run += 1
        lines.append(_line(row, run, vendor))
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


def _line(row: Row[Any], count: int, vendor: str) -> TimelineLine:
    failed = row.action == "link.ready" and row.outcome == "error"
    pattern = _SENTENCES.get("link.create_failed" if failed else row.action, "{action}")
    text = pattern.format(
        who=_who(row), vendor=vendor, count=f"{count} {'picture' if count == 1 else 'pictures'}",
        action=row.action.replace(".", ": ").replace("_", " ").capitalize(), **_details(row.after or {}),
    )  # fmt: skip
    return TimelineLine(
        at=row.utc, text=text, by_person=row.actor_type == "person",
        wrong=row.outcome == "error" or row.action in ("delivery.quarantined", "evidence.failed", "evidence.refused"),
    )  # fmt: skip


def _who(row: Row[Any]) -> str:
    names = {"system": "Vouchdesk", "applicant": "The applicant", "vendor": "The vendor"}
    return row.actor_name_at_time or names.get(row.actor_type, "Someone")


def _effect(effect: str, review: object) -> str:
    """`Applied: failed, code 3.` becomes `Result applied: failed, code 3; needs review`."""
    words = effect.rstrip(".").replace("Applied:", "Result applied:", 1).replace("Kept", "Result kept", 1)
    return f"{words}; needs review" if review == "pending" else words


def _details(after: dict[str, Any]) -> dict[str, str]:
    """The optional ends of sentences, each empty when the row does not say."""
    opened, size = after.get("opened", after.get("count")), after.get("bytes")
    code = after.get("code") or after.get("error_code") or after.get("outcome_code")
    return {
        "times": _TIMES.get(opened, f", {opened} times") if isinstance(opened, int) else "",
        "size": f", {size / 1000:.1f} kB" if isinstance(size, int) else "",
        "effect": _effect(str(after.get("effect") or "Result read"), after.get("review")),
        "code": f": code {code}" if code else "",
        "reason": f": {after['reason']}" if after.get("reason") else "",
    }
