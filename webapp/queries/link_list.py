"""The list of links: one page of lean rows, newest first, by the keys of its indexes; one link is in `links`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, func, select, tuple_
from sqlmodel import Session

from webapp.models import Link, Person, PresetVersion, VerificationSession
from webapp.queries import restricted

L: Any = Link  # to mypy, fields of a table are plain values; in a query they are columns
P: Any = Person
S: Any = VerificationSession
V: Any = PresetVersion

PAGE = 50
LARGEST_ID = 2**31 - 1
"""What a PostgreSQL integer holds; a larger number in an address is no id, not an error."""


@dataclass(frozen=True, kw_only=True)
class LinkRow:
    """One line of the list. `status` is the word of the link's newest session, `sessions` how many a
    reusable one brought, without those past its cap or a pause."""

    id: int
    provider: str
    kind: str
    reusable: bool
    state: str
    error_code: str
    label: str
    name: str
    own_reference: str
    status: str
    preset: str
    preset_changed: bool
    session_cap: int | None
    opened_count: int
    last_opened_at: datetime | None
    created_at: datetime
    created_by_name: str
    expires_at: datetime | None
    sessions: int = 0

    @property
    def named(self) -> bool:
        """Whether the title is a person's name."""
        return bool(self.name and not self.label)

    @property
    def title(self) -> str:
        """What to call it: the label of a reusable link, else the person's name or own reference, else its number."""
        return self.label or self.name or self.own_reference or f"Link {self.id}"


@dataclass(frozen=True, kw_only=True)
class LinkPage:
    """Up to 50 rows, newest first; `newer` and `older` are the cursors of the pages beside it, None at the ends."""

    rows: tuple[LinkRow, ...]
    newer: int | None
    older: int | None


def cursor(text: str) -> int:
    """The link or session id in a page's address; raises ValueError when it cannot be one."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID)) else LARGEST_ID + 1
    if number > LARGEST_ID:
        raise ValueError("not an id")
    return number


def page(db: Session, *, state: str = "", before: int | None = None, after: int | None = None) -> LinkPage:
    """One page of links, of one state or of all: those older than the link `before`, or newer than the link `after`.

    One query, two where reusable links are on the page. A cursor that is no link gives an empty page.
    """
    query = _rows().where(L.state == state) if state else _rows()
    place = tuple_(L.created_at, L.id)
    if after is not None:
        query = query.where(place > _place(after)).order_by(L.created_at.asc(), L.id.asc())
    else:
        query = query.where(place < _place(before)) if before is not None else query
        query = query.order_by(L.created_at.desc(), L.id.desc())
    found = list(db.execute(query.limit(PAGE + 1)))
    more, found = len(found) > PAGE, found[:PAGE]
    if after is not None:
        found.reverse()
    rows = _counted(db, found)
    has_newer, has_older = (more, True) if after is not None else (before is not None, more)
    return LinkPage(
        rows=rows, newer=rows[0].id if rows and has_newer else None, older=rows[-1].id if rows and has_older else None
    )


def _place(link_id: int) -> ScalarSelect[Any]:
    other: Any = Link.__table__.alias("cursor")  # type: ignore[attr-defined]
    return select(other.c.created_at, other.c.id).where(other.c.id == link_id).scalar_subquery()


def newest_session() -> ScalarSelect[int]:
    """The id of a link's newest session, for a query that selects from Link."""
    return select(func.max(S.id)).where(S.link_id == L.id).correlate(Link).scalar_subquery()


def _rows() -> Select[*tuple[Any, ...]]:
    columns = (L.id, L.provider, L.kind, L.reusable, L.state, L.error_code, L.label, L.preset_changed, L.session_cap,
               L.opened_count, L.last_opened_at, L.created_at, L.created_by_name, L.expires_at)  # fmt: skip
    return (
        select(
            *columns,
            func.coalesce(restricted.name(), "").label("name"),
            func.coalesce(P.own_reference, "").label("own_reference"),
            func.coalesce(S.status, "draft").label("status"),
            func.coalesce(V.name, "").label("preset"),
        )
        .outerjoin(P, P.id == L.person_id)
        .outerjoin(S, S.id == newest_session())
        .outerjoin(V, V.id == L.preset_version_id)
    )


def _counted(db: Session, found: Sequence[Row[*tuple[Any, ...]]]) -> tuple[LinkRow, ...]:
    many = [row.id for row in found if row.reusable]
    counts: dict[int, int] = {}
    if many:
        inside = (S.link_id.in_(many), ~S.outside_link)
        grouped = select(S.link_id, func.count()).where(*inside).group_by(S.link_id)
        counts = {row[0]: row[1] for row in db.execute(grouped)}
    return tuple(LinkRow(**row._mapping, sessions=counts.get(row.id, 0)) for row in found)
