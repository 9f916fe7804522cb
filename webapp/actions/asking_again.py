"""Asking an applicant again: a new link and session for the same person, and the old session's way back to review."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, col, select

from webapp.actions import link_pictures, links
from webapp.actions.actor import Actor
from webapp.actions.decision_guards import Incomplete, NotNow, Refused, Said, Stale, admitted
from webapp.actions.decision_steps import release, states, tell, write
from webapp.actions.follow_ups import answered
from webapp.checks import deciding
from webapp.db import Database
from webapp.models import Decision, Link, LinkPicture, Person, VerificationSession
from webapp.models.words import AGAIN_WORDS
from webapp.providers.base import CodeMeaning, Provider
from webapp.queries.results import link_expected, link_options


class VendorRefused(Refused):
    """The vendor did not make the new link; the session is as it was."""


@dataclass(frozen=True, kw_only=True)
class Vendors:
    """What making a link needs of the console: the provider, and the addresses and names in what it is asked."""

    provider: Provider
    public_url: str
    company_name: str
    data_dir: Path


def ask_again(
    database: Database, *, by: Actor, said: Said, cause: str, anyway: bool, vendors: Vendors
) -> Decision | None:
    """Make a new link for the same person with the same checks, and let the session wait for it. None without a session.

    `cause` is a key of AGAIN_WORDS: what the person is told. `anyway` allows more than three attempts, with a note. Two
    short transactions, with the vendor asked between them and none open. Raises as `decisions.approve`, and VendorRefused:
    then nothing of the session is changed, and the next try asks for the same link again.
    """
    with database.writing() as db:
        session = _ready(db, by=by, said=said, cause=cause, anyway=anyway)
        if session is None:
            return None
        again = _again(db, session, vendors=vendors, cause=cause)
    try:
        made = _made(database, by=by, again=again, vendors=vendors)
    except links.PolicyForbids as forbidden:
        raise VendorRefused(f"{forbidden} The session is as it was.") from None
    if made.state != "active":
        text = made.error_text or "It has not answered yet."
        raise VendorRefused(f"The vendor did not make a new link: “{text}” The session is as it was; try again.")
    try:
        with database.writing() as db:
            return _join(db, by=by, said=said, link_id=made.id or 0, cause=cause, anyway=anyway)
    except Refused:  # somebody decided meanwhile: nobody is to use the new link
        with database.writing() as db:
            links.revoke(db, by=by, link_id=made.id or 0, reason="no_longer_needed")
        raise Stale("Somebody else changed the session while the link was made; the new link is withdrawn.") from None


@dataclass(frozen=True, kw_only=True)
class _Again:
    """The link to be made again: the one before, whose it is, the key of the attempt, and what the person is told."""

    link: Link
    person: Person
    pictures: Sequence[LinkPicture]
    key: str
    failed_id: int | None
    why: str


def _again(db: Session, session: VerificationSession, *, vendors: Vendors, cause: str) -> _Again:
    link = db.get_one(Link, session.link_id)
    person = db.get(Person, session.person_id) if session.person_id else None
    if person is None:
        raise NotNow("Nobody knows yet whom this session is about. Say who it is, then ask again.")
    key = f"again-{session.id}-{session.version}"
    failed = db.exec(select(Link.id).where(Link.form_key == key, Link.state == "create_failed")).first()
    code = vendors.provider.describe_code(session.outcome_code).under(link_options(link))
    return _Again(
        link=link, person=person, pictures=link_pictures.of_link(db, link.id or 0), key=key, failed_id=failed,
        why=why_again(cause, code) if session.outcome_code or cause != "vendor" else "",
    )  # fmt: skip


def _made(database: Database, *, by: Actor, again: _Again, vendors: Vendors) -> Link:
    """The new link; one that the vendor did not make the first time is asked for again."""
    if again.failed_id:
        return _try_again(database, by=by, link_id=again.failed_id, vendors=vendors)
    link = again.link
    return links.create(
        database, by=by, provider=vendors.provider, form_key=again.key, person_name="", own_reference="", email="",
        options=link_options(link), expected=link_expected(link), public_url=vendors.public_url,
        company_name=vendors.company_name, data_dir=vendors.data_dir, kind=link.kind, person=again.person,
        pictures=link_pictures.supplied(again.pictures, vendors.data_dir), preset_version_id=link.preset_version_id,
        why_again=again.why,
    )  # fmt: skip


def why_again(cause: str, code: CodeMeaning) -> str:
    """What the person is told: what may be told of the vendor's result, with its hint, or the words of the cause."""
    return f"{code.applicant} {code.hint}".strip() if cause == "vendor" else AGAIN_WORDS[cause]


def _ready(db: Session, *, by: Actor, said: Said, cause: str, anyway: bool) -> VerificationSession | None:
    session = admitted(db, by=by, kind="ask_again", said=said)
    if session is None:
        return None
    errors = {} if cause in AGAIN_WORDS else {"cause": "Choose what the person is told."}
    short = len(said.note.strip()) < deciding.SHORTEST_NOTE
    if session.attempt >= deciding.MOST_ATTEMPTS and not anyway:
        most = deciding.MOST_ATTEMPTS
        errors["anyway"] = (
            f"This was attempt {session.attempt} of {most}. To ask again all the same, tick this and say why."
        )
    elif session.attempt >= deciding.MOST_ATTEMPTS and short:
        errors["note"] = f"Write why once more is needed, in {deciding.SHORTEST_NOTE} characters or more."
    warnings = () if said.confirmed else deciding.note_warnings(said.note)
    if errors or warnings:
        raise Incomplete(errors, warnings=warnings)
    return session


def _try_again(database: Database, *, by: Actor, link_id: int, vendors: Vendors) -> Link:
    made = links.retry(
        database, by=by, provider=vendors.provider, link_id=link_id, public_url=vendors.public_url,
        company_name=vendors.company_name, data_dir=vendors.data_dir,
    )  # fmt: skip
    assert made is not None  # links are never deleted
    return made


def _join(db: Session, *, by: Actor, said: Said, link_id: int, cause: str, anyway: bool) -> Decision:
    """The new session follows the old one, which waits for it."""
    child = db.exec(
        select(VerificationSession)
        .where(VerificationSession.link_id == link_id, VerificationSession.capture != "create_failed")
        .with_for_update()
    ).first()
    assert child is not None  # a link for one person is made with its session
    if child.follows_session_id is not None:  # the same form, sent twice: it is done already
        done = select(Decision).where(Decision.session_id == said.session_id, Decision.kind == "ask_again")
        return db.exec(done.order_by(col(Decision.id).desc())).one()
    session = _ready(db, by=by, said=said, cause=cause, anyway=anyway)
    assert session is not None  # sessions are never deleted
    before = states(session)
    decision = write(db, by=by, session=session, kind="ask_again", said=said)
    child.follows_session_id, child.attempt = session.id, session.attempt + 1
    release(session)
    session.review = "awaiting_applicant"
    tell(
        db, by=by, session=session, decision=decision, action="session.askagain", before=before,
        more={"attempt": child.attempt, "cause": cause, "session": child.id},
    )  # fmt: skip
    db.flush()
    if child.outcome != "none":
        answered(db, child=child)
    return decision
