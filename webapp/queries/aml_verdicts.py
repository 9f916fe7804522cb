"""What was said about list entries before: the last verdict on each match, and those on the same entry in other sessions."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from webapp.models import AmlDismissal, AmlMatch, AmlVerdict, Note, VerificationSession
from webapp.models.columns import table_of
from webapp.queries.policies import Remembering

V, D, N = table_of(AmlVerdict).c, table_of(AmlDismissal).c, table_of(Note).c
M, S = table_of(AmlMatch).c, table_of(VerificationSession).c


@dataclass(frozen=True, kw_only=True)
class LastVerdict:
    """The verdict in force on a match: its note, and the dismissal that settled it where no person did."""

    note: str = ""
    dismissed_by: str = ""
    dismissed_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def remembered(self) -> bool:
        """Whether a remembered dismissal gave it."""
        return self.dismissed_at is not None


@dataclass(frozen=True, kw_only=True)
class SeenBefore:
    """The newest verdict on the same entry in another session of the person. `changed`: the entry says something else now."""

    session_id: int
    verdict: str
    by: str
    at: datetime | None
    keys: tuple[str, ...]
    changed: bool


_SESSION_ID: BindParameter[int] = bindparam("session_id")
_LAST = (
    select(V.match_id, N.text, D.created_by_name, D.created_at, D.expires_at)
    .outerjoin_from(table_of(AmlVerdict), table_of(Note), N.id == V.note_id)
    .outerjoin(table_of(AmlDismissal), D.id == V.dismissal_id)
    .where(V.session_id == _SESSION_ID)
    .order_by(V.id)
)
_BEFORE = (
    select(M.entry_key, M.entry_hash, M.session_id, M.verdict, M.decided_by_name, M.decided_at, M.discriminators)
    .join(table_of(VerificationSession), S.id == M.session_id)
    .where(
        S.person_id == bindparam("person_id"), S.id != _SESSION_ID, M.verdict != "open",
        M.entry_key.in_(bindparam("keys", expanding=True)),
    )
    .order_by(M.decided_at, M.id)
)  # fmt: skip
"""Built once, as all statements of the session page."""


def newest(db: Session, match_id: int) -> AmlVerdict | None:
    """The last verdict on a match, or its undoing."""
    query = select_rows(AmlVerdict).where(AmlVerdict.match_id == match_id).order_by(col(AmlVerdict.id).desc())
    return db.exec(query.limit(1)).first()


def last_verdicts(db: Session, session_id: int, matches: Sequence[AmlMatch]) -> dict[int, LastVerdict]:
    """By match, the verdict in force. One query, none while every match is open."""
    if all(match.verdict == "open" for match in matches):
        return {}
    rows = db.execute(_LAST, {"session_id": session_id})
    return {
        row[0]: LastVerdict(note=row[1] or "", dismissed_by=row[2] or "", dismissed_at=row[3], expires_at=row[4])
        for row in rows
    }


def seen_before(
    db: Session, *, session_id: int, person_id: int | None, matches: Sequence[AmlMatch]
) -> dict[int, SeenBefore]:
    """By match that is open, what was said of its entry about this person. One query, none where no match is open."""
    open_ones = [match for match in matches if match.verdict == "open" and match.entry_key]
    if person_id is None or not open_ones:
        return {}
    keys = sorted({match.entry_key for match in open_ones})
    rows = db.execute(_BEFORE, {"person_id": person_id, "session_id": session_id, "keys": keys}).all()
    found = {match.id or 0: _nearest(match, rows) for match in open_ones}
    return {number: each for number, each in found.items() if each}


def _nearest(match: AmlMatch, rows: Sequence[Any]) -> SeenBefore | None:
    """The newest with the same content, else the newest of the entry."""
    mine = [row for row in rows if row.entry_key == match.entry_key]
    same = [row for row in mine if row.entry_hash == match.entry_hash]
    if not mine:
        return None
    row = (same or mine)[-1]
    return SeenBefore(
        session_id=row.session_id, verdict=row.verdict, by=row.decided_by_name, at=row.decided_at,
        keys=tuple(str(each.get("key", "")) for each in row.discriminators), changed=not same,
    )  # fmt: skip


def remembered_until(policy: Remembering, now: datetime) -> datetime:
    """The day so many months from now as the policy allows, at the same time; the last of a shorter month."""
    months = now.month - 1 + min(max(policy.months, 1), 12)
    year, month = now.year + months // 12, months % 12 + 1
    return now.replace(year=year, month=month, day=min(now.day, calendar.monthrange(year, month)[1]))
