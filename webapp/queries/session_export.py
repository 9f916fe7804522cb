"""The sessions of a filter, all of them, as plain tuples for files and scripts; how they are written is not here."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, select, type_coerce
from sqlmodel import Session

from webapp.db import Database
from webapp.models import AmlMatch, Decision, Delivery, Link, Matter, Person, SessionResult, VerificationSession
from webapp.queries.session_filter import Position, SessionFilter
from webapp.queries.session_keys import Bounds, keys
from webapp.queries.session_search import Search, plan_of

CHUNK = 2500
S: Any = VerificationSession  # to mypy, fields of a table are plain values; in a query they are columns
L: Any = Link
P: Any = Person
R: Any = SessionResult
M: Any = Matter
D: Any = Decision

FINAL = ("approve", "reject", "confirm")

CONTRACT = (
    "id", "reference", "provider", "kind", "status", "capture", "outcome", "review", "decision", "customid",
    "deliveries", "created_at", "finished_at",
)  # fmt: skip
"""Columns of the command `sessions list`, kept for scripts."""


def chunks(database: Database, wanted: SessionFilter, names: Sequence[str]) -> Iterator[Sequence[Sequence[Any]]]:
    """Rows in list order, 2,500 at a time, from one snapshot of the database in a session of its own.

    Times are ISO 8601 text in UTC; what a session lacks is None, or empty text.
    """
    with database.reading() as db:
        if not database.is_sqlite:
            db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield from chunks_in(db, wanted, names)


def chunks_in(db: Session, wanted: SessionFilter, names: Sequence[str]) -> Iterator[Sequence[Sequence[Any]]]:
    """The same rows, in a session that shows one moment."""
    search = plan_of(db, wanted)
    bounds = Bounds()
    while True:
        rows, last = _chunk(db, wanted, search, bounds, names)
        if rows:
            yield rows
        if last is None:
            return
        bounds = Bounds(after=last)


def _chunk(
    db: Session, wanted: SessionFilter, search: Search, bounds: Bounds, names: Sequence[str]
) -> tuple[Sequence[Sequence[Any]], Position | None]:
    found = keys(db, wanted, search, bounds=bounds, limit=CHUNK)
    available = _columns(db)
    statement = (
        select(*(available[name].label(name) for name in names))
        .select_from(found)
        .join(S, S.id == found.c.id)
        .join(L, L.id == S.link_id)
        .outerjoin(P, P.id == S.person_id)
        .outerjoin(R, R.session_id == S.id)
        .order_by(found.c.created_at.desc(), found.c.id.desc())
    )
    rows = db.connection().execute(statement).all()
    if len(rows) < CHUNK:
        return rows, None
    place = select(found.c.created_at, found.c.id).order_by(found.c.created_at, found.c.id).limit(1)
    created_at, number = db.execute(place).one()
    return rows, Position(created_at=created_at, id=number)


def _columns(db: Session) -> dict[str, ColumnElement[Any]]:
    return {
        **{name: getattr(S, name) for name in (
            "id", "reference", "provider", "kind", "status", "capture", "outcome", "review", "decision",
        )},
        **{name: iso(db, getattr(S, name)) for name in ("created_at", "opened_at", "finished_at", "decided_at")},
        "reasons": _reasons(),
        "decided_by": S.decided_by_name,
        "second_approver": _second(),
        "relationship_end": iso(db, P.relationship_ended_at),
        "own_reference": func.coalesce(P.own_reference, ""),
        "person": func.coalesce(P.name, ""),
        "customid": L.customid,
        "code": S.outcome_code,
        "code_text": S.outcome_text,
        "open_matters": _matters(db),
        "face_score": R.face["score"].as_float(),
        "face_threshold": L.options["face_threshold"].as_float(),
        "authenticity_score": R.authenticity["score"].as_float(),
        "authenticity_threshold": L.options["authenticity_threshold"].as_float(),
        "aml_matches": _number_of(AmlMatch.session_id),
        "aml_open": _number_of(AmlMatch.session_id, AmlMatch.verdict == "open"),
        "aml_same": _number_of(AmlMatch.session_id, AmlMatch.verdict == "same"),
        "document_type": func.coalesce(R.person["document_type"].as_string(), ""),
        "issuer": func.coalesce(R.person["issuer"].as_string(), ""),
        "deliveries": _number_of(Delivery.session_id),
    }  # fmt: skip


def _number_of(session_id: Any, *narrowed: Any) -> ColumnElement[int]:
    return select(func.count()).where(session_id == S.id, *narrowed).correlate(S).scalar_subquery()


def _reasons() -> ColumnElement[str]:
    """The reason codes of the decision in force, with a space between; of a confirmed one, those of its proposal."""
    newest = select(func.max(D.id)).where(D.session_id == S.id, D.kind.in_(("approve", "reject"))).correlate(S)
    found = (
        select(spaced(cast(D.reason_codes, String)))
        .where(D.id == newest.scalar_subquery())
        .correlate(S)
        .scalar_subquery()
    )
    return case((S.decision != "none", func.coalesce(found, "")), else_="")


def _second() -> ColumnElement[str]:
    """Who confirmed the decision in force; empty where nobody had to."""
    newest = select(func.max(D.id)).where(D.session_id == S.id, D.stage == "final", D.kind.in_(FINAL)).correlate(S)
    found = select(D.actor_name).where(D.id == newest.scalar_subquery(), D.kind == "confirm").correlate(S)
    return case((S.decision != "none", func.coalesce(found.scalar_subquery(), "")), else_="")


def spaced(words: Any) -> Any:
    """A JSON list of plain words as these words with a space between."""
    for mark, instead in (("[", ""), ("]", ""), ('"', ""), (", ", ","), (",", " ")):
        words = func.replace(words, mark, instead)
    return words


def _matters(db: Session) -> ColumnElement[str]:
    kinds = select(M.kind).where(M.session_id == S.id).order_by(M.position).correlate(S).subquery()
    joined = func.group_concat if db.get_bind().dialect.name == "sqlite" else func.string_agg
    return func.coalesce(select(joined(kinds.c.kind, " ")).scalar_subquery(), "")


def iso(db: Session, moment: ColumnElement[Any]) -> ColumnElement[str]:
    """The time as `2026-11-21T14:31:00Z`, made by the database: several times faster than in Python."""
    if db.get_bind().dialect.name == "sqlite":  # stored as "2026-11-21 14:31:00.000000", UTC
        text = type_coerce(moment, String)
        return func.replace(func.substr(text, 1, 19), " ", "T") + "Z"
    return func.to_char(func.timezone("UTC", moment), cast('YYYY-MM-DD"T"HH24:MI:SS"Z"', String))
