"""The lists that can be had as files: one line each says its columns, its filter, how many rows and which."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from webapp.actions.export_making import Making
from webapp.exports import columns as of
from webapp.exports.audit_file import CSV_COLUMNS, cells
from webapp.exports.base import Column, Rows
from webapp.forms.matches import MatchFilterForm
from webapp.forms.sessions import SessionFilterForm
from webapp.later import later
from webapp.masks import Sight
from webapp.models.words import DELIVERY_STATE_WORDS, LINK_STATE_WORDS
from webapp.queries import audit, list_exports, matches, session_export, session_keys
from webapp.queries.audit import AuditFilter
from webapp.queries.list_exports import StateFilter
from webapp.queries.session_filter import SessionFilter
from webapp.queries.session_search import plan_of

Args = MultiDict[str, str]
ALL_ROWS = 2**31 - 1
signed_end = later("webapp.actions.audit_exports:signed_end")  # signing takes a library that no other list needs


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A named choice of columns."""

    label: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True)
class ListOf:
    """One list. `read` gives the filter of an address as its page reads it, `count` how many rows it shows."""

    label: str
    one: str
    many: str
    page: str
    profiles: dict[str, Profile]
    read: Callable[[Session, Args, Sight], Any]
    count: Callable[[Session, Any, int], int]
    chunks: Callable[[Making, Any, Sequence[str]], Iterable[Rows]]
    right: str = "export"


def _session_filter(_db: Session, args: Args, sight: Sight) -> SessionFilter:
    return SessionFilterForm.read(args, references_only=not sight.personal).filter


def _match_filter(db: Session, args: Args, _sight: Sight) -> matches.MatchFilter:
    return MatchFilterForm.read(args, {code: code for code in matches.databases(db)}).filter


def _state(words: dict[str, str]) -> Callable[[Session, Args, Sight], StateFilter]:
    return lambda _db, args, _sight: StateFilter(state=args.get("state", "") if args.get("state") in words else "")


def _count_sessions(db: Session, wanted: SessionFilter, limit: int) -> int:
    return session_keys.count(db, wanted, plan_of(db, wanted), limit=limit)


def _audit_rows(making: Making, wanted: AuditFilter, _names: Sequence[str]) -> Iterable[Rows]:
    end = signed_end(making.database, making.settings)
    return ([cells(row) for row in rows] for rows in audit.chunks(making.database, wanted, upto=end.seq))


def _screen(columns: tuple[Column, ...]) -> dict[str, Profile]:
    return {"": Profile(label="As on screen", columns=columns)}


LISTS: dict[str, ListOf] = {
    "sessions": ListOf(
        label="Sessions", one="session", many="sessions", page="sessions.index",
        profiles={**_screen(of.SESSIONS), "regulator": Profile(label="For a supervisor", columns=of.REGULATOR)},
        read=_session_filter, count=_count_sessions,
        chunks=lambda making, wanted, names: session_export.chunks(making.database, wanted, names),
    ),
    "decisions": ListOf(
        label="Decisions", one="step of deciding", many="steps of deciding", page="sessions.index",
        profiles=_screen(of.DECISIONS), read=_session_filter, count=list_exports.count_decisions,
        chunks=lambda making, wanted, names: list_exports.decisions(making.database, wanted, names),
    ),
    "links": ListOf(
        label="Links", one="link", many="links", page="links.index", profiles=_screen(of.LINKS),
        read=_state(LINK_STATE_WORDS), count=lambda db, wanted, _limit: list_exports.count_links(db, wanted),
        chunks=lambda making, wanted, names: list_exports.links(making.database, wanted, names),
    ),
    "deliveries": ListOf(
        label="Deliveries", one="delivery", many="deliveries", page="deliveries.index", profiles=_screen(of.DELIVERIES),
        read=_state(DELIVERY_STATE_WORDS),
        count=lambda db, wanted, _limit: list_exports.count_deliveries(db, wanted),
        chunks=lambda making, wanted, names: list_exports.deliveries(making.database, wanted, names),
    ),
    "matches": ListOf(
        label="Matches", one="match", many="matches", page="matches.index", profiles=_screen(of.MATCHES),
        read=_match_filter, count=lambda db, wanted, _limit: matches.count(db, wanted),
        chunks=lambda making, wanted, names: list_exports.entries(making.database, wanted, names),
    ),
    "audit": ListOf(
        label="Audit log", one="row", many="rows", page="audit.index", profiles=_screen(CSV_COLUMNS),
        read=lambda _db, args, _sight: AuditFilter.of(args.items()),
        count=lambda db, wanted, _limit: audit.count(db, wanted), chunks=_audit_rows, right="read_audit",
    ),
}  # fmt: skip
