"""Reading one link: by its id, or behind an applicant's token, and whether it still works; the list is in `link_list`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session, col

from webapp.actions.link_keys import read_token
from webapp.models import Link, LinkPicture, Person, VerificationSession
from webapp.providers.base import Expected, Options
from webapp.queries.link_list import LARGEST_ID, newest_session
from webapp.queries.results import link_expected, link_options

LONGEST_TOKEN = 32
OVER_WORDS = {
    "revoked": "Switched off", "used": "Used", "full": "Full", "expired": "Run out", "paused": "Paused",
}  # fmt: skip
"""Why an address does not work (now), in a word: the keys are what `over` answers."""
OVER_STATES = {"revoked": "revoked", "full": "used_up", "used": "used_up", "expired": "expired", "paused": "paused"}
"""The state of the link that this comes to, also before the clock's own round has written it down."""


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
        """What to call it: the label of a reusable link, else the person's name, else the own reference."""
        if self.link.reusable:
            return self.link.label
        return (self.person.name or self.person.own_reference) if self.person else ""

    @property
    def named(self) -> bool:
        """Whether the name is a person's."""
        return bool(self.person and self.person.name and not self.link.reusable)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a link's page shows, in short: `token` changes when the page would; `status` is the newest session's."""

    token: str
    reusable: bool
    status: str | None


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


def seen(db: Session, link_id: int, now: datetime) -> Seen | None:
    """What the page of this link shows now, for a conditional answer; None when there is no such link. One query.

    Versions only rise, so that the sum of the sessions' versions changes with any of them. While a link is being created
    the clock alone may change its page, so the token does every 15 seconds.
    """
    if link_id > LARGEST_ID:
        return None
    row = db.execute(_SEEN, {"link_id": link_id}).first()
    if row is None:
        return None
    state, reusable, expires_at, status, *parts = row
    past = expires_at is not None and expires_at <= now
    round_ = int(now.timestamp() // 15) if state == "creating" else 0
    token = "-".join(str(part or 0) for part in (*parts, state, int(past), round_))
    return Seen(token=token, reusable=reusable, status=status)


def pictures(db: Session, link_id: int) -> tuple[LinkPicture, ...]:
    """The pictures that were given with the link, in the order of the form."""
    found = db.scalars(select(LinkPicture).where(col(LinkPicture.link_id) == link_id)).all()
    return tuple(sorted(found, key=lambda picture: ("document", "document_back", "face").index(picture.part)))


def over(found: LinkDetail, now: datetime) -> str:
    """Why the applicant's address does not work: a key of OVER_WORDS; empty while it does. `paused` may pass.

    By our own clock as well: what is past its time is over before anybody says so. One result uses up a link for one
    person; a reusable one is full when it has brought as many sessions as it may.
    """
    link = found.link
    capture = found.session.capture if found.session and not link.reusable else ""
    if link.state == "revoked":
        return "revoked"
    if link.state == "used_up" or capture == "finished":
        return "full" if link.reusable else "used"
    past = link.expires_at is not None and link.expires_at <= now
    if past or link.state == "expired" or capture == "expired":
        return "expired"
    return "paused" if link.state == "paused" else ""


def _details() -> Select[*tuple[Any, ...]]:
    return (
        select(Link, Person, VerificationSession)
        .outerjoin(Person, col(Person.id) == col(Link.person_id))
        .outerjoin(VerificationSession, col(VerificationSession.id) == newest_session())
    )


def _detail(found: Sequence[Any]) -> LinkDetail | None:
    return LinkDetail(link=found[0][0], person=found[0][1], session=found[0][2]) if found else None


def _seen_query() -> Select[*tuple[Any, ...]]:
    mine = col(VerificationSession.link_id) == col(Link.id)
    versions = select(func.sum(VerificationSession.version)).where(mine).correlate(Link).scalar_subquery()
    return (
        select(
            col(Link.state), col(Link.reusable), col(Link.expires_at), col(VerificationSession.status),
            col(VerificationSession.id), versions, col(Link.opened_count), col(Link.session_cap),
        )
        .outerjoin(VerificationSession, col(VerificationSession.id) == newest_session())
        .where(col(Link.id) == bindparam("link_id"))
    )  # fmt: skip


_SEEN = _seen_query()
"""Built once: an open page asks at each change of a session."""
