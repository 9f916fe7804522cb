"""What else is known of a person and of a face: earlier sessions of the person, and others' with the vendor's same id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, literal, or_, select, union_all
from sqlmodel import Session

from webapp.checks.subjects import NOTHING_KNOWN, Past
from webapp.models import Person, SessionResult, VerificationSession
from webapp.models.columns import table_of
from webapp.providers.base import CodeMeaning
from webapp.queries import restricted

MOST = 200
"""Sessions looked at on either side; a person has a handful."""
SURE = ("captured", "passed", "signed")
"""Outcomes that say who somebody is; a face that failed stands for nobody."""
S, R, P = table_of(VerificationSession).c, table_of(SessionResult).c, table_of(Person).c


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A session in which the vendor said who somebody is. `mine`: it is the same person's, as far as we know."""

    session_id: int
    subject: str
    captured_at: datetime
    mine: bool
    person_id: int | None
    name: str


@dataclass(frozen=True, kw_only=True)
class History:
    """`earlier` sessions of the person, `later` ones, and those `elsewhere`, of others with the same id; oldest first."""

    earlier: tuple[Seen, ...] = ()
    later: tuple[Seen, ...] = ()
    elsewhere: tuple[Seen, ...] = ()


def _branch(mine: bool, *conditions: Any) -> Select[Any]:
    usual = (
        S.provider == bindparam("provider"), S.id != bindparam("session_id"), R.subject != "", S.erased.is_(False),
        S.decision != "rejected", S.outcome.in_(SURE),
    )  # fmt: skip
    keys = (
        select(S.id, R.subject, R.captured_at, S.person_id, func.coalesce(restricted.name(), "").label("name"))
        .join_from(table_of(SessionResult), table_of(VerificationSession), R.session_id == S.id)
        .outerjoin(table_of(Person), P.id == S.person_id)
        .where(*conditions, *usual)
        .limit(MOST)
    )
    found = keys.subquery()
    return select(literal(mine).label("mine"), *found.c)


_MINE = _branch(True, S.person_id == bindparam("person_id"))
_ELSEWHERE = _branch(
    False, R.subject == bindparam("subject"), or_(S.person_id.is_(None), S.person_id != bindparam("person_id"))
)
_BOTH = union_all(_MINE, _ELSEWHERE)
"""Each side by an index of its own: the sessions of a person, and the results with an id."""
_NOBODY = -1
"""Nobody's id: a session that is nobody's has no earlier sessions, and every other may be about the same person."""


def history(db: Session, session: VerificationSession, result: SessionResult) -> History:
    """What the vendor's id in this result agrees or disagrees with; rejected and erased sessions do not count. One query."""
    if not result.subject:
        return History()
    about = {
        "provider": session.provider,
        "session_id": session.id,
        "subject": result.subject,
        "person_id": session.person_id or _NOBODY,
    }
    rows = db.execute(_BOTH, about).all()
    seen = sorted((_seen(row) for row in rows), key=lambda each: (each.captured_at, each.session_id))
    now = (result.captured_at, session.id or 0)
    mine = [each for each in seen if each.mine]
    return History(
        earlier=tuple(each for each in mine if (each.captured_at, each.session_id) < now),
        later=tuple(each for each in mine if (each.captured_at, each.session_id) > now),
        elsewhere=tuple(each for each in seen if not each.mine),
    )


def kept(known: History, subject: str) -> list[dict[str, Any]]:
    """The same as plain JSON for the page of a decision. Of ids it keeps only which are this one's, of others no name: what
    belongs to another session is erased there, and nowhere else."""
    sides = {"earlier": known.earlier, "later": known.later, "elsewhere": known.elsewhere}
    return [
        {
            "when": when, "session_id": each.session_id, "captured_at": each.captured_at.isoformat(),
            "same": each.subject == subject, "person_id": each.person_id,
        }
        for when, side in sides.items()
        for each in side
    ]  # fmt: skip


def was(db: Session, rows: Sequence[dict[str, Any]], subject: str) -> History:
    """What `kept` has kept, with the names that people have now. One query, none where nobody is named."""
    numbers = {row["person_id"] for row in rows if row["when"] == "elsewhere" and row["person_id"]}
    found = db.execute(_NAMES, {"numbers": sorted(numbers)}).all() if numbers else []
    names: dict[int, str] = {row[0]: row[1] for row in found}
    sides: dict[str, list[Seen]] = {"earlier": [], "later": [], "elsewhere": []}
    for row in rows:
        sides[row["when"]].append(
            Seen(
                session_id=row["session_id"], subject=subject if row["same"] else "",
                captured_at=datetime.fromisoformat(row["captured_at"]), mine=row["when"] != "elsewhere",
                person_id=row["person_id"], name=names.get(row["person_id"]) or (SOMEBODY if row["person_id"] else ""),
            )
        )  # fmt: skip
    return History(**{when: tuple(side) for when, side in sides.items()})


SOMEBODY = "Somebody else"
_NAMES = select(P.id, restricted.name()).where(P.id.in_(bindparam("numbers", expanding=True)))


def past(
    db: Session, session: VerificationSession, result: SessionResult, *, describe: Callable[[str], CodeMeaning]
) -> Past:
    """The same for the rules: what stands beside this result. No query where neither its id nor its code asks for one."""
    time = _time(db, session, describe)
    if not result.subject and time == 1:
        return NOTHING_KNOWN
    known = history(db, session, result)
    return Past(time=time, earlier=tuple(each.subject for each in known.earlier), elsewhere=len(known.elsewhere))


def _time(db: Session, session: VerificationSession, describe: Callable[[str], CodeMeaning]) -> int:
    """The person's how-manyeth result of this kind; only counted where the code asks for it."""
    meaning = describe(session.outcome_code)
    if not meaning.review_at or session.person_id is None:
        return 1
    mine = S.person_id == session.person_id, S.provider == session.provider, S.erased.is_(False)
    query = (
        select(S.outcome_code, S.finished_at, S.id).where(*mine, S.id != session.id, S.outcome != "none").limit(MOST)
    )
    return 1 + sum(_is_before(row, session) for row in db.execute(query) if describe(row[0]).short == meaning.short)


def _is_before(row: Row[Any], session: VerificationSession) -> bool:
    finished: datetime | None = row.finished_at
    return finished is not None and (
        session.finished_at is None or (finished, row.id) < (session.finished_at, session.id or 0)
    )


def _seen(row: Row[Any]) -> Seen:
    return Seen(
        session_id=row.id, subject=row.subject, captured_at=row.captured_at, mine=bool(row.mine),
        person_id=row.person_id, name=row.name,
    )  # fmt: skip


def concerned(known: History) -> Sequence[int]:
    """The sessions whose own comparison this result changes: later ones of the person, and others with the same face."""
    later = [each.session_id for each in known.later]
    return sorted({*later, *(each.session_id for each in known.elsewhere)})
