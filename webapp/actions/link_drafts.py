"""What a form says, as rows: the link, its person and its pictures; found again when the same form is sent again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from webapp.actions import link_pictures
from webapp.actions.actor import Actor
from webapp.actions.audit import record
from webapp.actions.link_keys import new_customid, new_token, new_webhook_token, webhook_key
from webapp.actions.link_making import add_session
from webapp.actions.persons import name_key
from webapp.models import Link, LinkPicture, Person, PresetVersion
from webapp.providers.base import Options
from webapp.queries.results import link_options, options_from


class FormUsed(Exception):
    """The form's key made another link already, with other content; nothing new was made."""

    def __init__(self, link_id: int) -> None:
        super().__init__("form used")
        self.link_id = link_id


@dataclass
class Draft:
    """A link that is not made yet. `person` is None for a reusable one; `own_customid`: the form gave the customid."""

    link: Link
    person: Person | None
    pictures: Sequence[LinkPicture] = field(default_factory=list)
    own_customid: bool = False


def draft_link(*, customid: str, **said: Any) -> Link:
    """A link with fresh secrets, and a fresh opaque customid unless one is given."""
    secret = new_webhook_token()
    return Link(
        token=new_token(), webhook_token=secret, webhook_key=webhook_key(secret), customid=customid or new_customid(),
        **said,
    )  # fmt: skip


def draft_person(*, name: str, own_reference: str, email: str, phone: str, birth: str) -> Person:
    """Someone as the form says; `birth` is ISO or empty."""
    return Person(
        name=name, own_reference=own_reference, email=email, phone=phone, name_key=name_key(name), birth=birth[:10]
    )


def plain(options: Options) -> dict[str, object]:
    """As JSON gives it back, so that a stored copy compares equal."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(options).items()}


def made_before(db: Session, draft: Draft) -> Link | None:
    """The link that this form made already, or None. Raises FormUsed when what the form says is not the same."""
    row = db.exec(
        select(Link, Person)
        .outerjoin(Person, col(Person.id) == col(Link.person_id))
        .where(Link.form_key == draft.link.form_key)
    ).first()  # fmt: skip
    if row is None:
        return None
    link, person = row
    pictures = link_pictures.of_link(db, link.id or 0)
    if not (
        _same_link(link, draft.link)
        and _same_person(person, draft.person)
        and (not draft.own_customid or link.customid == draft.link.customid)
        and link_pictures.told(pictures) == link_pictures.told(draft.pictures)
    ):
        raise FormUsed(link.id or 0)
    return link


def insert(db: Session, *, by: Actor, draft: Draft) -> int | None:
    """Write the draft; the id of its session, or None for a reusable link, whose sessions come with their results."""
    link, person = draft.link, draft.person
    if person is None or person.id is None:
        person = _known_person(db, person) or person
    if person is not None:
        db.add(person)
        db.flush()
        link.person_id = person.id
    link.created_by_id, link.created_by_name = by.id, by.name
    _note_preset(db, link)
    db.add(link)
    db.flush()
    for picture in draft.pictures:
        picture.link_id = link.id or 0
        db.add(picture)
    session = None if link.reusable else add_session(db, link, person)
    record(
        db, by=by, action="link.create", object_type="link", object_id=link.id, session_id=session.id if session else None,
        after={"state": "creating", "provider": link.provider, "kind": link.kind, "reusable": link.reusable,
               "pictures": len(draft.pictures)},
    )  # fmt: skip
    return session.id if session else None


_SAID = (
    "provider", "kind", "options", "expected", "reusable", "session_cap", "label", "sms_to", "preset_version_id",
)  # fmt: skip


def _same_link(made: Link, said: Link) -> bool:
    return all(getattr(made, name) == getattr(said, name) for name in _SAID)


def _same_person(made: Person | None, said: Person | None) -> bool:
    """A person known from before may have an address or number that this form left empty."""
    if made is None or said is None:
        return made is said
    same = (name_key(made.name), made.own_reference) == (said.name_key, said.own_reference)
    return same and all(getattr(said, key) in ("", getattr(made, key)) for key in ("email", "phone", "birth"))


def _known_person(db: Session, person: Person | None) -> Person | None:
    """The person we know by the same own reference *and* the same name; the reference alone may be a typing slip."""
    if person is None or not person.own_reference:
        return None
    for known in db.exec(select(Person).where(Person.own_reference == person.own_reference)):
        if name_key(known.name) == person.name_key:
            for key in ("email", "phone", "birth", "name_key"):
                setattr(known, key, getattr(person, key) or getattr(known, key))
            return known
    return None


def _note_preset(db: Session, link: Link) -> None:
    """Whether the link's options are still those of the preset version it began with."""
    version = db.get(PresetVersion, link.preset_version_id) if link.preset_version_id else None
    if version is None:
        link.preset_version_id = None  # versions are never removed, so it never was one
        return
    link.preset_changed = options_from(version.options) != link_options(link)
