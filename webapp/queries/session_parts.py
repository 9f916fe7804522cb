"""The rows that a session's page is made of, in a fixed number of queries; what they mean is read in `session_page`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Select, String, and_, bindparam, cast, exists, func, or_, select, true, union_all
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from webapp.models import (
    AmlMatch,
    Decision,
    Delivery,
    EvidenceFile,
    Link,
    LinkPicture,
    Matter,
    Note,
    Person,
    Policy,
    PresetVersion,
    SessionResult,
    VerificationSession,
)  # fmt: skip
from webapp.models.columns import utc_now
from webapp.queries import holding, policies, presets, session_record
from webapp.queries.presets import PresetShown
from webapp.queries.session_record import Relative, Step, Written
from webapp.queries.subjects import History


@dataclass(frozen=True, kw_only=True)
class Parts:
    """One session's rows. `given` names the pictures that the team gave; `steps` and `notes` are what people did and wrote.

    `was`: these are rows as they were when a step was taken, not as they are.
    """

    session: VerificationSession
    link: Link
    person: Person | None
    result: SessionResult | None
    preset: PresetShown | None
    given: frozenset[str]
    deliveries: Sequence[Delivery]
    files: Sequence[EvidenceFile]
    entries: Sequence[AmlMatch]
    matters: tuple[Matter, ...]
    second: policies.SecondApproval
    steps: tuple[Step, ...] = ()
    notes: tuple[Written, ...] = ()
    relatives: tuple[Relative, ...] = ()
    """The session it was asked for again after, and those asked for after it."""
    others: dict[str, int] = field(default_factory=dict)
    """How many other sessions the same person has, by status, most first."""
    present: Sequence[Any] = ()
    """Who has the page open and how long the queue is, for `queries.holding`."""
    history: History | None = None
    """What was known of the vendor's id then; None: as it is."""
    was: bool = False


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
_GIVEN = (
    select(func.aggregate_strings(col(LinkPicture.part), " "))
    .where(col(LinkPicture.link_id) == col(Link.id))
    .correlate(Link)
    .scalar_subquery()
)
_THIS = col(VerificationSession.id)
_ANY_ENTRY = exists().where(col(AmlMatch.session_id) == _THIS)
_ANY_STEP = or_(exists().where(col(Decision.session_id) == _THIS), exists().where(col(Note.session_id) == _THIS))
"""Most sessions have none of these, which spares asking for them."""
_O = VerificationSession.__table__.alias("other")  # type: ignore[attr-defined]
_ME = VerificationSession.__table__.alias("me")  # type: ignore[attr-defined]


def _joined(*parts: Any, where: Any) -> Any:
    """The parts of each row with a colon between, and a space between the rows: small lists need no query of their own."""
    text = parts[0]
    for part in parts[1:]:
        text = text + ":" + part
    return select(func.aggregate_strings(text, " ")).where(where).scalar_subquery()


def _mine(name: str) -> Any:
    return select(_ME.c[name]).where(_ME.c.id == _SESSION_ID).scalar_subquery()


_COUNTED = (
    select(_O.c.status, func.count().label("number"))
    .where(_O.c.person_id == _mine("person_id"), _O.c.id != _SESSION_ID)
    .group_by(_O.c.status)
    .subquery()
)
_OTHERS = _joined(_COUNTED.c.status, cast(_COUNTED.c.number, String), where=true())
"""How many other sessions the same person has, by status."""
_AFTER = VerificationSession.__table__.alias("after")  # type: ignore[attr-defined]
_NEXT_TO = union_all(
    select(_AFTER.c.id).where(_AFTER.c.follows_session_id == _SESSION_ID),
    select(_ME.c.follows_session_id).where(_ME.c.id == _SESSION_ID),
)
"""The attempts after this one and the one before. By OR, SQLite would go through all sessions."""
_KIN = _joined(cast(_O.c.id, String), _O.c.status, cast(_O.c.attempt, String), where=_O.c.id.in_(_NEXT_TO))
_SECOND = tuple(
    select(what).where(col(Policy.key) == policies.SECOND_APPROVAL).scalar_subquery()
    for what in (col(Policy.value), col(Policy.version))
)
_ROW = (
    select(
        VerificationSession, Link, Person, SessionResult, PresetVersion, _GIVEN, _ANY_ENTRY, _ANY_STEP, _OTHERS, _KIN,
        *_SECOND, *holding.COLUMNS,
    )
    .options(defer(PresetVersion.options))  # type: ignore[arg-type]
    .join(Link, col(Link.id) == col(VerificationSession.link_id))
    .outerjoin(PresetVersion, col(PresetVersion.id) == col(Link.preset_version_id))
    .outerjoin(Person, col(Person.id) == col(VerificationSession.person_id))
    .outerjoin(SessionResult, col(SessionResult.session_id) == _THIS)
    .outerjoin(*holding.PRESENT)
    .outerjoin(*holding.NAMED)
    .where(bindparam("session_id") == _THIS)
    .order_by(*holding.IN_ORDER)
    .limit(holding.MOST_NAMED)
)  # fmt: skip
"""One row for each person who has the page open, one at least."""


def read(db: Session, session_id: int) -> Parts | None:
    """The rows of one session, or None for an unknown id. Six queries at most."""
    rows = db.execute(_ROW, {"session_id": session_id, **holding.moments(utc_now())}).all()
    if not rows:
        return None
    session, link, person, result, version, given, any_entry, any_step, others, kin, second, second_version = rows[0][
        :12
    ]
    mine = {"session_id": session.id}
    steps, notes = session_record.of_session(db, session_id) if any_step else ((), ())
    return Parts(
        session=session, link=link, person=person, result=result, preset=presets.shown(db, link) if version else None,
        given=frozenset((given or "").split()), deliveries=deliveries(db, session, link.reusable),
        files=db.scalars(_FILES, mine).all(), entries=db.scalars(_ENTRIES, mine).all() if any_entry else [],
        matters=tuple(db.scalars(_MATTERS, mine)), steps=steps, notes=notes,
        relatives=_relatives(kin, before=session.follows_session_id), others=_others(others),
        second=policies.second_approval_of(second, second_version or 0), present=rows,
    )  # fmt: skip


def belongs(db: Session, delivery: Delivery, session_id: int) -> bool:
    """Whether the delivery is shown on this session's page."""
    session = db.get(VerificationSession, session_id)
    if session is None:
        return False
    reusable = db.get_one(Link, session.link_id).reusable
    return any(delivery.id == mine.id for mine in deliveries(db, session, reusable))


def deliveries(db: Session, session: VerificationSession, reusable: bool) -> Sequence[Delivery]:
    """Newest first, without the bodies; those not matched yet but naming this session's reference belong to it too."""
    place = {"link_id": session.link_id, "session_id": session.id, "reference": session.reference}
    return db.scalars(_DELIVERIES[reusable], place).all()


def _others(text: str | None) -> dict[str, int]:
    pairs = [pair.rsplit(":", 1) for pair in (text or "").split()]
    return dict(sorted(((status, int(number)) for status, number in pairs), key=lambda each: (-each[1], each[0])))


def _relatives(text: str | None, *, before: int | None) -> tuple[Relative, ...]:
    rows = [row.split(":") for row in (text or "").split()]
    found = [Relative(id=int(a), status=b, attempt=int(c), before=int(a) == before) for a, b, c in rows]
    return tuple(sorted(found, key=lambda each: each.id))
