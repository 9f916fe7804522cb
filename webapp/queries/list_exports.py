"""The links, deliveries, matches and decisions of a filter, all of them, as plain tuples for files; sessions are in
`session_export`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, case, cast, func, select
from sqlmodel import Session

from webapp.checks.entries import full_names
from webapp.db import Database
from webapp.models import AmlMatch, Decision, Delivery, Link, Note, Person, PresetVersion, VerificationSession
from webapp.models.columns import table_of
from webapp.queries import matches, restricted, session_export, session_keys
from webapp.queries.link_list import newest_session
from webapp.queries.matches import MatchFilter
from webapp.queries.session_beside import ForSessions
from webapp.queries.session_export import iso, spaced
from webapp.queries.session_filter import SessionFilter
from webapp.queries.session_search import plan_of

CHUNK = 2500
L: Any = Link  # to mypy, fields of a table are plain values; in a query they are columns
P: Any = Person
S: Any = VerificationSession
V: Any = PresetVersion
D: Any = Delivery
M: Any = AmlMatch
C: Any = Decision
N: Any = Note
Rows = Iterator[Sequence[Row[Any]]]


@dataclass(frozen=True, kw_only=True)
class StateFilter:
    """A list narrowed to one state, or not at all."""

    state: str = ""

    def params(self) -> list[tuple[str, str]]:
        """The filter as URL parameters."""
        return [("state", self.state)] if self.state else []


@contextmanager
def snapshot(database: Database) -> Iterator[Session]:
    """A reading session that shows one moment, however long it reads."""
    with database.reading() as db:
        if not database.is_sqlite:
            db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield db


def links(database: Database, wanted: StateFilter, names: Sequence[str]) -> Rows:
    """Every link of the filter, newest first."""
    with snapshot(database) as db:
        yield from _read(db, _links(db, wanted, names))


def deliveries(database: Database, wanted: StateFilter, names: Sequence[str]) -> Rows:
    """Every delivery of the filter, newest first."""
    with snapshot(database) as db:
        yield from _read(db, _deliveries(db, wanted, names))


def entries(database: Database, wanted: MatchFilter, names: Sequence[str]) -> Iterator[Sequence[Sequence[Any]]]:
    """Every match of the filter, newest first. What differs is a list of its keys, with a space between."""
    entry, differs = names.index("entry_name"), names.index("discriminators")
    with snapshot(database) as db:
        for rows in _read(db, _matches(db, wanted, names)):
            plain = [list(row) for row in rows]
            for row in plain:
                row[entry] = next(iter(full_names(row[entry] or {})), "")
                row[differs] = " ".join(each.get("key", "") for each in row[differs] or [])
            yield plain


def decisions(database: Database, wanted: SessionFilter, names: Sequence[str]) -> Iterator[Sequence[Sequence[Any]]]:
    """Every step of deciding the sessions of the filter, by session as these are listed, and in order."""
    with snapshot(database) as db:
        asked = ForSessions(_decisions(db, names).add_columns(C.session_id).order_by(C.id), C.session_id)
        for numbers in session_export.numbers_in(db, wanted):
            steps: dict[int, list[Sequence[Any]]] = {number: [] for number in numbers}
            for *step, number in asked.rows(db, numbers):
                if number in steps:
                    steps[number].append(step)
            yield [step for number in numbers for step in steps[number]]


def count_links(db: Session, wanted: StateFilter) -> int:
    """How many links the filter shows."""
    return db.scalar(select(func.count(L.id)).where(*([L.state == wanted.state] if wanted.state else []))) or 0


def count_deliveries(db: Session, wanted: StateFilter) -> int:
    """How many deliveries the filter shows."""
    return db.scalar(select(func.count(D.id)).where(*([D.state == wanted.state] if wanted.state else []))) or 0


def count_decisions(db: Session, wanted: SessionFilter, limit: int) -> int:
    """How many steps the sessions of the filter have."""
    if wanted.is_empty:
        return db.scalar(select(func.count(C.id))) or 0
    found = session_keys.keys(db, wanted, plan_of(db, wanted), limit=limit)
    return db.scalar(select(func.count(C.id)).join(found, found.c.id == C.session_id)) or 0


def _read(db: Session, query: Select[Any]) -> Rows:
    """Rows as the database finds them, so that memory stays flat."""
    yield from db.connection().execute(query, execution_options={"yield_per": CHUNK}).partitions()


def _chosen(available: dict[str, Any], names: Sequence[str]) -> Select[Any]:
    return select(*(available[name].label(name) for name in names))


def _links(db: Session, wanted: StateFilter, names: Sequence[str]) -> Select[Any]:
    other = table_of(VerificationSession).alias("brought").c
    inside = select(func.count(other.id)).where(other.link_id == L.id, ~other.outside_link)
    available = {
        **{name: getattr(L, name) for name in (
            "id", "provider", "kind", "state", "error_code", "label", "session_cap", "opened_count",
        )},
        **{name: iso(db, getattr(L, name)) for name in ("created_at", "last_opened_at", "expires_at")},
        "reusable": _yes(L.reusable), "person": restricted.name_in_file(), "created_by": L.created_by_name,
        "own_reference": func.coalesce(P.own_reference, ""), "status": func.coalesce(S.status, "draft"),
        "preset": func.coalesce(V.name, ""), "preset_changed": _yes(L.preset_changed),
        "sessions": inside.correlate(Link).scalar_subquery(),
    }  # fmt: skip
    return (
        _chosen(available, names)
        .select_from(L)
        .outerjoin(P, P.id == L.person_id)
        .outerjoin(S, S.id == newest_session())
        .outerjoin(V, V.id == L.preset_version_id)
        .where(*([L.state == wanted.state] if wanted.state else []))
        .order_by(L.created_at.desc(), L.id.desc())
    )


def _deliveries(db: Session, wanted: StateFilter, names: Sequence[str]) -> Select[Any]:
    moments = ("received_at", "last_seen_at", "confirmed_at", "settled_at")
    available = {
        **{name: getattr(D, name) for name in (
            "id", "provider", "link_id", "session_id", "reference", "state", "reason", "copies",
        )},
        **{name: iso(db, getattr(D, name)) for name in moments},
        "bytes": D.body_bytes, "sha256": D.body_sha256, "person": restricted.name_in_file(),
        "own_reference": func.coalesce(P.own_reference, ""),
    }  # fmt: skip
    return (
        _chosen(available, names)
        .select_from(D)
        .outerjoin(L, L.id == D.link_id)
        .outerjoin(S, S.id == D.session_id)
        .outerjoin(P, P.id == func.coalesce(S.person_id, L.person_id))
        .where(*([D.state == wanted.state] if wanted.state else []))
        .order_by(D.received_at.desc(), D.id.desc())
    )


def _matches(db: Session, wanted: MatchFilter, names: Sequence[str]) -> Select[Any]:
    available = {
        **{name: getattr(M, name) for name in (
            "id", "session_id", "strength", "list_kind", "database", "verdict", "kind", "discriminators",
        )},
        **{name: iso(db, getattr(M, name)) for name in ("found_at", "decided_at")},
        "entry_name": M.entry, "decided_by": M.decided_by_name, "reference": S.reference, "status": S.status,
        "person": restricted.name_in_file(), "own_reference": func.coalesce(P.own_reference, ""),
    }  # fmt: skip
    return (
        _chosen(available, names)
        .select_from(M)
        .join(S, S.id == M.session_id)
        .outerjoin(P, P.id == S.person_id)
        .where(*matches.conditions(wanted))
        .order_by(M.found_at.desc(), M.id.desc())
    )


def _decisions(db: Session, names: Sequence[str]) -> Select[Any]:
    available = {
        **{name: getattr(C, name) for name in (
            "id", "session_id", "kind", "stage", "proposal_id", "actor_type", "rule_version", "policy_version",
            "evidence_hash",
        )},
        "at": iso(db, C.created_at), "by": C.actor_name, "role": C.role_at_time,
        "reasons": spaced(cast(C.reason_codes, String)), "note": func.coalesce(N.text, ""), "reference": S.reference,
        "person": restricted.name_in_file(), "own_reference": func.coalesce(P.own_reference, ""),
    }  # fmt: skip
    return (
        _chosen(available, names)
        .select_from(C)
        .join(S, S.id == C.session_id)
        .outerjoin(P, P.id == S.person_id)
        .outerjoin(N, N.id == C.note_id)
    )


def _yes(fact: ColumnElement[bool]) -> ColumnElement[str]:
    return case((fact, "yes"), else_="no")
