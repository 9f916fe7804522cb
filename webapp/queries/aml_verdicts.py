"""What was said about list entries before: the last verdict on each match, and those on the same entry in other sessions."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Integer, String, bindparam, literal_column, null, select, type_coerce, union_all
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from webapp.checks.discriminators import LABELS
from webapp.models import AmlDismissal, AmlMatch, AmlVerdict, Note, Policy, VerificationSession
from webapp.models.columns import table_of
from webapp.queries.policies import REMEMBER_DISMISSALS, Remembering

V, D, N = table_of(AmlVerdict).c, table_of(AmlDismissal).c, table_of(Note).c
M, S, P = table_of(AmlMatch).c, table_of(VerificationSession).c, table_of(Policy).c


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

    @property
    def labels(self) -> list[str]:
        """What differed then, in words."""
        return [LABELS.get(key, key) for key in self.keys]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is known beside the matches themselves. `remember_until`: None where the policy or the session forbids it."""

    last: dict[int, LastVerdict] = field(default_factory=dict)
    before: dict[int, SeenBefore] = field(default_factory=dict)
    remember_until: datetime | None = None


_SESSION_ID: BindParameter[int] = bindparam("session_id")
_BEFORE = (
    select(
        literal_column("'before'", String).label("what"), M.session_id.label("number"), M.entry_key, M.entry_hash, M.verdict,
        M.decided_by_name, M.decided_at, type_coerce(null(), S.held_until.type).label("until"), M.discriminators, M.id,
    )
    .join(table_of(VerificationSession), S.id == M.session_id)
    .where(
        S.person_id == bindparam("person_id"), S.id != _SESSION_ID, M.verdict != "open",
        M.entry_key.in_(bindparam("keys", expanding=True)),
    )
)  # fmt: skip
_LAST = (
    select(
        literal_column("'last'", String), V.match_id, N.text, literal_column("''", String), V.verdict, D.created_by_name,
        D.created_at, D.expires_at, V.discriminators, V.id,
    )
    .outerjoin_from(table_of(AmlVerdict), table_of(Note), N.id == V.note_id)
    .outerjoin(table_of(AmlDismissal), D.id == V.dismissal_id)
    .where(V.session_id == _SESSION_ID)
)  # fmt: skip
_POLICY = select(
    literal_column("'policy'", String), P.version, P.key, literal_column("''", String), literal_column("''", String),
    literal_column("''", String), null(), null(), P.value, literal_column("0", Integer),
).where(P.key == REMEMBER_DISMISSALS)  # fmt: skip
_TOLD = union_all(_BEFORE, _LAST, _POLICY)
"""One query for the session page, built once as all of its statements."""


def newest(db: Session, match_id: int) -> AmlVerdict | None:
    """The last verdict on a match, or its undoing."""
    query = select_rows(AmlVerdict).where(AmlVerdict.match_id == match_id).order_by(col(AmlVerdict.id).desc())
    return db.exec(query.limit(1)).first()


def told(db: Session, session: VerificationSession, matches: Sequence[AmlMatch], *, now: datetime) -> Told:
    """What was said of these matches, and of their entries before. One query; none without matches, nor where nobody can
    have said anything: all are open, and the session is nobody's yet."""
    if not matches or (session.person_id is None and all(match.verdict == "open" for match in matches)):
        return Told()
    keys = sorted({match.entry_key for match in matches if match.verdict == "open" and match.entry_key})
    place = {"session_id": session.id, "person_id": session.person_id or 0, "keys": keys}
    rows = db.execute(_TOLD, place).all()
    before = [row for row in rows if row.what == "before"]
    found = {match.id or 0: _nearest(match, before) for match in matches if match.verdict == "open"}
    last = sorted((row for row in rows if row.what == "last"), key=lambda row: row.id)
    kept = next(({**row.discriminators, "version": row.number} for row in rows if row.what == "policy"), {})
    policy = Remembering(**kept)
    return Told(
        last={row.number: _last(row) for row in last},
        before={number: each for number, each in found.items() if each},
        remember_until=remembered_until(policy, now) if policy.allowed and session.person_id else None,
    )


def _last(row: Any) -> LastVerdict:
    return LastVerdict(
        note=row.entry_key or "",
        dismissed_by=row.decided_by_name or "",
        dismissed_at=row.decided_at,
        expires_at=row.until,
    )


def _nearest(match: AmlMatch, rows: Sequence[Any]) -> SeenBefore | None:
    """The newest with the same content, else the newest of the entry."""
    mine = sorted((row for row in rows if match.entry_key == row.entry_key), key=lambda row: row.id)
    same = [row for row in mine if row.entry_hash == match.entry_hash]
    if not mine:
        return None
    row = (same or mine)[-1]
    return SeenBefore(
        session_id=row.number, verdict=row.verdict, by=row.decided_by_name, at=row.decided_at,
        keys=tuple(str(each.get("key", "")) for each in row.discriminators), changed=not same,
    )  # fmt: skip


def remembered_until(policy: Remembering, now: datetime) -> datetime:
    """The day so many months from now as the policy allows, at the same time; the last of a shorter month."""
    months = now.month - 1 + min(max(policy.months, 1), 12)
    year, month = now.year + months // 12, months % 12 + 1
    return now.replace(year=year, month=month, day=min(now.day, calendar.monthrange(year, month)[1]))
