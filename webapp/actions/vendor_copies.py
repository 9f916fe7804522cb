"""The copy that a vendor keeps of what is erased here: the vendor is asked to delete it until it says so, or a person does."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, col, select

from webapp.actions.actor import SYSTEM, Actor
from webapp.actions.audit import record_call
from webapp.actions.erasures import OnHold, on_record, purge_later
from webapp.actions.jobs import TryAgain, enqueue
from webapp.actions.retention import NotPossible
from webapp.actions.tombstones import digest
from webapp.db import Database
from webapp.models import Erasure, Job, VerificationSession
from webapp.models.columns import utc_now
from webapp.providers.base import Provider, ProviderError
from webapp.queries.retention import ERASE_COPY, ON_HOLD, holds_on

CALL = "vault/delete"
DOUBT = "An earlier question was never answered, so the copy may be gone already: look in the vendor’s portal."
UNANSWERED = ("asked", "away")
"""The vendor was asked before, and nobody knows what it did."""


@dataclass(frozen=True)
class _Question:
    copy_id: str
    doubtful: bool


def ask(database: Database, *, erasure_id: int, provider: Provider) -> None:
    """Have the vendor delete its copy, with no transaction open meanwhile. Safe to run again at any point.

    Raises TryAgain while the vendor refuses or is away, and while a legal hold stands: then it is not asked.
    """
    question = _begin(database, erasure_id)
    if question is None:
        return
    try:
        provider.erase_copy(question.copy_id)
    except ProviderError as error:
        _keep_failure(database, erasure_id, provider, error, question)
        return
    with database.writing() as db:
        erasure = db.get_one(Erasure, erasure_id, with_for_update=True)
        _called(db, erasure, provider)
        if erasure.state == "partly":
            _gone(db, SYSTEM, erasure, "confirmed", "retention.vendor_erased")


def _begin(database: Database, erasure_id: int) -> _Question | None:
    """What to ask, noted before it is asked: whoever dies now leaves it known that the vendor may have done it."""
    with database.writing() as db:
        erasure = db.get(Erasure, erasure_id, with_for_update=True)
        if erasure is None or erasure.state != "partly" or not erasure.tombstone.get("vault_id"):
            return None
        if holds_on(db, db.get_one(VerificationSession, erasure.session_id)):
            raise TryAgain(ON_HOLD)
        doubtful = erasure.vendor_state in UNANSWERED or DOUBT in erasure.error
        erasure.vendor_state = "asked"
        return _Question(erasure.tombstone["vault_id"], doubtful)


def _keep_failure(
    database: Database, erasure_id: int, provider: Provider, error: ProviderError, question: _Question
) -> None:
    """Keep the vendor's code and words until it is done, and ask again later; unless it was done meanwhile."""
    with database.writing() as db:
        erasure = db.get_one(Erasure, erasure_id, with_for_update=True)
        if error.calls != ():  # else it could tell without asking
            _called(db, erasure, provider, code=error.code or "refused")
        if erasure.state != "partly":
            return
        erasure.vendor_state = "refused" if error.permanent else "away"
        erasure.error = _in_words(error, doubtful=question.doubtful)
    raise TryAgain(f"the vendor {'refused' if error.permanent else 'could not be asked'} ({error.code})")


def _in_words(error: ProviderError, *, doubtful: bool) -> str:
    """What the vendor said, with its code; of a refusal after silence, what it may mean."""
    code = f" (error {error.code})" if error.permanent and error.code else ""
    return f"{error.text.rstrip('. ')}{code}." + (f" {DOUBT}" if error.permanent and doubtful else "")


def _called(db: Session, erasure: Erasure, provider: Provider, *, code: str = "") -> None:
    record_call(
        db, by=SYSTEM, provider=provider.key, call=CALL, object_type="erasure", object_id=erasure.id,
        session_id=erasure.session_id, code=code[:64], outcome="error" if code else "ok",
    )  # fmt: skip


def noted(db: Session, *, by: Actor, erasure_id: int) -> Erasure | None:
    """The vendor's copy is deleted too, says a person. Raises NotPossible when none was left there."""
    erasure = _left(db, erasure_id)
    if erasure is not None:
        _gone(db, by, erasure, "done", "retention.vendor")
        db.execute(delete(Job).where(*_jobs(erasure_id), col(Job.leased_until).is_(None)))  # else it ends by itself
    return erasure


def try_now(db: Session, *, by: Actor, erasure_id: int) -> Erasure | None:
    """Ask the vendor now, and not when it would be asked next. Raises NotPossible when nothing is left, OnHold on a hold."""
    erasure = _left(db, erasure_id)
    if erasure is None:
        return None
    if holds_on(db, db.get_one(VerificationSession, erasure.session_id)):
        raise OnHold("A legal hold stands against it. Release the hold first.")
    on_record(db, by, "retention.vendor_retry", erasure)
    free = (*_jobs(erasure_id), col(Job.leased_until).is_(None))
    db.execute(delete(Job).where(*free, col(Job.failed_at).is_not(None)))  # set aside: it begins anew
    db.execute(update(Job).where(*free).values(due_at=utc_now(), attempts=0))  # after a failure the pauses grow anew
    if db.exec(select(Job.id).where(*_jobs(erasure_id)).limit(1)).first() is None:
        enqueue(db, kind=ERASE_COPY, subject_id=erasure_id)
    return erasure


def _jobs(erasure_id: int) -> tuple[ColumnElement[bool], ...]:
    return col(Job.kind) == ERASE_COPY, col(Job.subject_id) == erasure_id


def _left(db: Session, erasure_id: int) -> Erasure | None:
    erasure = db.get(Erasure, erasure_id, with_for_update=True)
    if erasure is not None and erasure.state != "partly":
        raise NotPossible("Nothing of this erasure is left at the vendor.")
    return erasure


def _gone(db: Session, by: Actor, erasure: Erasure, vendor_state: str, action: str) -> None:
    """The copy's id has served its time, and so have the vendor's words, which may name it."""
    erasure.state, erasure.vendor_state, erasure.error = "done", vendor_state, ""
    moment = utc_now().isoformat(timespec="seconds")
    erasure.tombstone = {**erasure.tombstone, "vault_id": "", "vendor_erased": moment}
    erasure.certificate_sha256 = digest(erasure.tombstone)
    on_record(db, by, action, erasure)
    purge_later(db, erasure)
    # What an open page of the session says of it changed, although no column of the session did.
    flag_modified(db.get_one(VerificationSession, erasure.session_id, with_for_update=True), "erased_classes")
