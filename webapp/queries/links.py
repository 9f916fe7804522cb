"""Reading links: the list, one link with its newest session, and the link behind an applicant's token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select
from sqlmodel import Session, col

from webapp.actions.link_keys import read_token
from webapp.models import Link, Person, VerificationSession
from webapp.providers.base import Expected, Options
from webapp.queries.results import link_expected, link_options

PAGE = 50
LARGEST_ID = 2**31 - 1
"""What a PostgreSQL integer holds; a larger number in an address is no id, not an error."""
LONGEST_TOKEN = 32


@dataclass(frozen=True, kw_only=True)
class LinkRow:
    """One line of the list. `status` is the word of the link's newest session."""

    id: int
    provider: str
    kind: str
    state: str
    error_code: str
    name: str
    own_reference: str
    status: str
    opened_count: int
    last_opened_at: datetime | None
    created_at: datetime
    created_by_name: str
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class LinkPage:
    """Up to 50 rows, newest first; `newer` and `older` are the cursors of the pages beside it, None at the ends."""

    rows: tuple[LinkRow, ...]
    newer: int | None
    older: int | None


@dataclass(frozen=True, kw_only=True)
class LinkDetail:
    """A link with its person and its newest session."""

    link: Link
    person: Person | None
    session: VerificationSession | None

    @property
    def options(self) -> Options:
        """What the link asks the vendor to check."""
        return link_options(self.link)

    @property
    def expected(self) -> Expected:
        """What the document is compared with."""
        return link_expected(self.link)

    @property
    def name(self) -> str:
        """What to call the person: name, else own reference."""
        return (self.person.name or self.person.own_reference) if self.person else ""


def cursor(text: str) -> int:
    """The link id in a page's address; raises ValueError when it cannot be one."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID)) else LARGEST_ID + 1
    if number > LARGEST_ID:
        raise ValueError("not a link's id")
    return number


def page(db: Session, *, before: int | None = None, after: int | None = None) -> LinkPage:
    """One page of links, newest first: those older than `before`, or newer than `after` (link ids rise with time)."""
    query = _rows()
    if after is not None:
        query = query.where(col(Link.id) > after).order_by(col(Link.id).asc())
    else:
        query = query.where(col(Link.id) < before) if before is not None else query
        query = query.order_by(col(Link.id).desc())
    found = list(db.execute(query.limit(PAGE + 1)))
    more, found = len(found) > PAGE, found[:PAGE]
    if after is not None:
        found.reverse()
    rows = tuple(LinkRow(**row._mapping) for row in found)
    has_newer, has_older = (more, True) if after is not None else (before is not None, more)
    return LinkPage(
        rows=rows, newer=rows[0].id if rows and has_newer else None, older=rows[-1].id if rows and has_older else None
    )


def detail(db: Session, link_id: int) -> LinkDetail | None:
    """One link, or None."""
    if link_id > LARGEST_ID:
        return None
    return _detail(db.execute(_details().where(col(Link.id) == link_id)).all())


def by_token(db: Session, token: str) -> LinkDetail | None:
    """The link behind an applicant's token, as typed or as meant (`link_keys.read_token`), or None."""
    if len(token) > LONGEST_TOKEN or not token.isascii() or not token.isprintable():
        return None
    return _detail(db.execute(_details().where(col(Link.token).in_({token, read_token(token)}))).all())


def _newest_session() -> ScalarSelect[int]:
    newest = select(func.max(VerificationSession.id)).where(col(VerificationSession.link_id) == col(Link.id))
    return newest.correlate(Link).scalar_subquery()


def _rows() -> Select[*tuple[Any, ...]]:
    columns = (Link.id, Link.provider, Link.kind, Link.state, Link.error_code, Link.opened_count, Link.last_opened_at,
               Link.created_at, Link.created_by_name, Link.expires_at)  # fmt: skip
    return _joined(
        select(
            *(col(column) for column in columns),
            func.coalesce(Person.name, "").label("name"),
            func.coalesce(Person.own_reference, "").label("own_reference"),
            func.coalesce(VerificationSession.status, "draft").label("status"),
        )
    )


def _details() -> Select[*tuple[Any, ...]]:
    return _joined(select(Link, Person, VerificationSession))


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.outerjoin(Person, col(Person.id) == col(Link.person_id)).outerjoin(
        VerificationSession, col(VerificationSession.id) == _newest_session()
    )


def _detail(found: Sequence[Any]) -> LinkDetail | None:
    return LinkDetail(link=found[0][0], person=found[0][1], session=found[0][2]) if found else None


def over(found: LinkDetail, now: datetime) -> str:
    """Why the applicant's address no longer works: `revoked`, `used` or `expired`; empty while it does.

    By our own clock as well: what is past its time is over before anybody says so.
    """
    capture = found.session.capture if found.session else ""
    if found.link.state == "revoked":
        return "revoked"
    if found.link.state == "used_up" or capture == "finished":
        return "used"
    past = found.link.expires_at is not None and found.link.expires_at <= now
    return "expired" if past or found.link.state == "expired" or capture == "expired" else ""
