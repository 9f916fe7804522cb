"""Taking a person's own values away, once no session and no link of hers needs them any more."""

from collections.abc import Collection

from sqlalchemy import exists
from sqlmodel import Session, col, select

from webapp.models import AmlDismissal, LegalHold, Link, Person, VerificationSession
from webapp.models.columns import utc_now

BY_CLASS = {"extracted": ("name", "name_key", "birth", "own_reference"), "contact": ("email", "phone")}


def blank(db: Session, session: VerificationSession, classes: Collection[str]) -> None:
    """Take away what only these classes of this session still kept of its person."""
    if session.person_id is None:
        return
    person = db.get_one(Person, session.person_id, with_for_update=True)
    for key, names in BY_CLASS.items():
        if key in classes and not _needed(db, session, key):
            for name in names:
                setattr(person, name, "")
    if "aml" in classes and not _needed(db, session, "aml"):
        for row in db.exec(select(AmlDismissal).where(AmlDismissal.person_id == person.id)):
            row.entry_key = row.entry_hash = row.entry_name = row.ended_why = ""
            row.discriminators, row.ended_at = [], row.ended_at or utc_now()
    if "decision" in classes:
        _blank_holds(db, session, person.id or 0)


def _needed(db: Session, session: VerificationSession, key: str) -> bool:
    """Whether another session of the person still keeps this class, or a link still waits for her."""
    others = select(VerificationSession.id, VerificationSession.erased, VerificationSession.erased_classes).where(
        VerificationSession.person_id == session.person_id, VerificationSession.id != session.id
    )
    if any(not erased and key not in gone for _, erased, gone in db.exec(others)):
        return True
    began = exists().where(col(VerificationSession.link_id) == col(Link.id))
    waits = select(Link.id).where(
        Link.person_id == session.person_id, col(Link.state).in_(("creating", "active", "paused")), ~began
    )
    return db.exec(waits.limit(1)).first() is not None


def _blank_holds(db: Session, session: VerificationSession, person_id: int) -> None:
    """The words of holds that are over: of this session, and of the person when nothing else is noted of her."""
    mine = col(LegalHold.session_id) == session.id
    if not _needed(db, session, "decision"):
        mine = mine | (col(LegalHold.person_id) == person_id)
    for hold in db.exec(select(LegalHold).where(mine, col(LegalHold.released_at).is_not(None))):
        hold.reason = hold.release_reason = ""
