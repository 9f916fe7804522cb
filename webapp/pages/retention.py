"""What is due to be erased, what is held, what was erased with its certificate; routes only."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session

from webapp.access import actor
from webapp.actions import erasures, retention, vendor_copies
from webapp.filters import utc_now
from webapp.forms.retention import ReleaseForm
from webapp.later import later
from webapp.models import Erasure
from webapp.models.words import ERASURE_STATE_WORDS, RETENTION_CLASS_WORDS
from webapp.queries import policies
from webapp.queries import retention as queries
from webapp.queries.link_list import LARGEST_ID
from webapp.request_db import close_db, current_database, current_db

certificate_pdf = later("webapp.exports.pdf_certificate:certificate")
bp = Blueprint("retention", __name__, url_prefix="/settings/retention")
WORDS: dict[str, Any] = {"class_words": RETENTION_CLASS_WORDS, "erasure_words": ERASURE_STATE_WORDS}


@bp.get("")
def index() -> ResponseReturnValue:
    """What waits, what is held, what is past."""
    return _page()


@bp.get("/<int:erasure_id>/certificate.pdf")
def certificate(erasure_id: int) -> ResponseReturnValue:
    """What was erased when, at whose word, without a word about whom."""
    row = current_db().get(Erasure, erasure_id) if erasure_id <= LARGEST_ID else None
    if row is None or row.state not in ("done", "partly"):
        abort(404)
    answer = Response(certificate_pdf(row), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="erasure-{erasure_id}.pdf"'
    return answer


@bp.post("/<int:erasure_id>/confirm")
def confirm(erasure_id: int) -> ResponseReturnValue:
    """Agree, as a second person; the worker erases now."""
    return _do(lambda db: erasures.confirm(db, by=actor(), erasure_id=erasure_id), "Confirmed. It is being erased now.")


@bp.post("/<int:erasure_id>/withdraw")
def withdraw(erasure_id: int) -> ResponseReturnValue:
    """Take a request back."""
    return _do(lambda db: erasures.withdraw(db, by=actor(), erasure_id=erasure_id), "Withdrawn. Nothing is erased.")


@bp.post("/<int:erasure_id>/vendor-done")
def vendor_done(erasure_id: int) -> ResponseReturnValue:
    """The copy at the vendor is deleted too."""
    return _do(lambda db: vendor_copies.noted(db, by=actor(), erasure_id=erasure_id), "Noted: nothing is left there.")


@bp.post("/<int:erasure_id>/vendor-retry")
def vendor_retry(erasure_id: int) -> ResponseReturnValue:
    """Have the vendor asked now, and not when it would be asked next."""
    return _do(
        lambda db: vendor_copies.try_now(db, by=actor(), erasure_id=erasure_id), "The vendor is being asked now."
    )


@bp.post("/holds/<int:hold_id>/release")
def release(hold_id: int) -> ResponseReturnValue:
    """End a hold, with the reason."""
    form = ReleaseForm(request.form)
    if not form.validate():
        return _page(wrong=(hold_id, form)), 422
    return _do(
        lambda db: retention.release_hold(db, by=actor(), hold_id=hold_id, reason=form.reason.data),
        "The hold is released.",
    )


def _do(take: Callable[[Session], Any], words: str) -> ResponseReturnValue:
    try:
        with current_database().writing() as db:
            done = take(db)
    except retention.NotPossible as refused:
        close_db()
        return _page(message=str(refused)), 409
    if done is None:
        abort(404)
    flash(words, "ok")
    return redirect(url_for("retention.index"), 303)


def _page(**more: Any) -> str:
    db = current_db()
    before = request.args.get("before", type=int)
    waiting, now = queries.waiting(db), utc_now()
    at_vendor = [row.id for row in waiting if row.state == "partly"]
    past = queries.past(db, before if before and 0 < before <= LARGEST_ID else None)
    return render_template(
        "retention/index.html", waiting=waiting, holds=queries.holds(db), past=past[: queries.PAGE_SIZE],
        older=len(past) > queries.PAGE_SIZE, before=before, policy=policies.retention(db), me=current_user.user_id,
        questions=queries.questions(db, at_vendor) if at_vendor else {}, on_hold=queries.ON_HOLD, now=now,
        **{"wrong": None, "message": "", **WORDS, **more},
    )  # fmt: skip
