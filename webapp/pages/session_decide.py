"""Deciding a session: one route for each step, each a form of the decision column; what a step does is in the actions."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session

from webapp.access import actor, deny
from webapp.actions import asking_again, decisions, reviews, second_approvals
from webapp.actions.decision_guards import Incomplete, MissingRight, Refused, Said, SamePerson, Stale
from webapp.forms.decide import ProposalNumber, StepForm
from webapp.masking import look_at
from webapp.models import Decision
from webapp.pages import session, session_panel
from webapp.pages.session_panel import vendor_says
from webapp.queries import session_page, session_was
from webapp.queries.session_seen import Seen
from webapp.request_db import close_db, current_database, current_db
from webapp.settings import Settings

bp = Blueprint("decide", __name__)
SEEING = frozenset({"view", "see_personal", "see_images", "see_document_numbers", "see_raw"})
"""The rights that count on a page that only shows."""
Step = Callable[[Session, Said], Any]


@bp.post("/sessions/<int:session_id>/approve")
def approve(session_id: int) -> ResponseReturnValue:
    """Approve, or propose to."""
    return _step(session_id, "approve", lambda db, said: decisions.approve(db, by=actor(), said=said))


@bp.post("/sessions/<int:session_id>/reject")
def reject(session_id: int) -> ResponseReturnValue:
    """Reject, or propose to."""
    return _step(session_id, "reject", lambda db, said: decisions.reject(db, by=actor(), said=said))


@bp.post("/sessions/<int:session_id>/escalate")
def escalate(session_id: int) -> ResponseReturnValue:
    """Hand it to those who may decide escalated sessions."""
    return _step(session_id, "escalate", lambda db, said: decisions.escalate(db, by=actor(), said=said))


@bp.post("/sessions/<int:session_id>/ask-again")
def ask_again(session_id: int) -> ResponseReturnValue:
    """Make a new link for the same person; the vendor is asked with no transaction open."""
    db = current_db()
    found = session_page.detail(db, session_id, providers=current_app.extensions["vouchdesk.providers"])
    if found is None:
        abort(404)
    form = StepForm(request.form, kind="ask_again", vendor_says=vendor_says(found))
    if not form.validate():
        return session.again(session_id, sent=form)
    close_db()
    try:
        done = asking_again.ask_again(
            current_database(), by=actor(), said=form.said(session_id, request.form), cause=form.cause.data,
            anyway=bool(form.anyway.data), vendors=_vendors(found.session.provider),
        )  # fmt: skip
    except Refused as refused:
        return answer_refusal(session_id, form, refused)
    return _done(session_id, done)


def _vendors(provider: str) -> asking_again.Vendors:
    settings: Settings = current_app.extensions["vouchdesk.settings"]
    return asking_again.Vendors(
        provider=current_app.extensions["vouchdesk.providers"][provider], public_url=settings.public_url,
        company_name=settings.company_name, data_dir=settings.data_dir,
    )  # fmt: skip


@bp.get("/sessions/<int:session_id>/decisions/<int:decision_id>")
def as_it_was(session_id: int, decision_id: int) -> ResponseReturnValue:
    """The session's page as it was when a step was taken: read from what was stored with it, and held against its hash."""
    providers = current_app.extensions["vouchdesk.providers"]
    found = session_was.at(current_db(), session_id, decision_id, user_id=current_user.user_id, providers=providers)
    if found is None:
        abort(404)
    look_at(session_id)
    session.record_view(session_id)
    told = session_panel.context(found.page, Seen(token="", status="", version=0, told=0)) if found.page else {}
    rights = frozenset(current_user.rights) & SEEING
    shown = {**session_panel.WORDS, **told, "page": found.page, "rights": rights}
    return render_template("session/was.html", found=found, session_id=session_id, **shown)


@bp.post("/sessions/<int:session_id>/reopen")
def reopen(session_id: int) -> ResponseReturnValue:
    """Take a decided session back to review, or propose to."""
    return _step(session_id, "reopen", lambda db, said: decisions.reopen(db, by=actor(), said=said))


@bp.post("/sessions/<int:session_id>/confirm")
def confirm(session_id: int) -> ResponseReturnValue:
    """Make another person's proposal final."""
    number = ProposalNumber(request.form).proposal.data or 0
    return _step(
        session_id, "confirm", lambda db, said: second_approvals.confirm(db, by=actor(), said=said, proposal_id=number)
    )


@bp.post("/sessions/<int:session_id>/send-back")
def send_back(session_id: int) -> ResponseReturnValue:
    """Refuse another person's proposal."""
    number = ProposalNumber(request.form).proposal.data or 0
    return _step(
        session_id, "send_back",
        lambda db, said: second_approvals.send_back(db, by=actor(), said=said, proposal_id=number),
    )  # fmt: skip


@bp.post("/sessions/<int:session_id>/note")
def note(session_id: int) -> ResponseReturnValue:
    """Write a note, which changes nothing else."""
    return _step(
        session_id, "note",
        lambda db, said: decisions.add_note(
            db, by=actor(), session_id=session_id, text=said.note, confirmed=said.confirmed
        ),
    )  # fmt: skip


def _step(session_id: int, kind: str, take: Step) -> ResponseReturnValue:
    """Take a step with what its form says; refused, the page comes back with the reason and all that was typed."""
    form = StepForm(request.form, kind=kind)
    valid = form.validate()
    try:
        if not valid:
            raise Incomplete({})
        with current_database().writing() as db:
            done = take(db, form.said(session_id, request.form))
    except Refused as refused:
        return answer_refusal(session_id, form, refused)
    if done is None:
        abort(404)
    return _done(session_id, done)


def answer_refusal(session_id: int, form: StepForm, refused: Refused) -> ResponseReturnValue:
    """422 for what is missing, 403 for what a person may not do, 409 for what is not so any more."""
    if isinstance(refused, MissingRight):
        deny(refused.right)
    if isinstance(refused, SamePerson):
        with current_database().writing() as db:
            second_approvals.note_refusal(db, by=actor(), session_id=session_id)
        abort(403, description="confirm a decision that you proposed yourself")
    close_db()  # what this request has read may be from before the other one saved
    if isinstance(refused, Incomplete):
        form.refuse(refused.errors, warnings=refused.warnings, open_hits=refused.open_hits)
        return session.again(session_id, sent=form)
    return session.again(session_id, sent=form, conflict=str(refused), stale=isinstance(refused, Stale), status=409)


def _done(session_id: int, done: Any) -> ResponseReturnValue:
    if isinstance(done, Decision) and done.kind == "lapse":
        close_db()
        words = "The proposal has lapsed instead, for the reason under “What was decided”."
        return session.again(session_id, conflict=words, status=409)
    flash(_words(done), "ok")
    return redirect(url_for("session.show", session_id=_following(done) or session_id), 303)


def _following(done: Any) -> int | None:
    """The next session of the queue, held, for who decided and keeps going; None to stay."""
    if not isinstance(done, Decision) or not request.form.get("keep_going") or "decide" not in current_user.rights:
        return None
    with current_database().writing() as db:
        following = reviews.next_for(db, by=actor())
    if following is None:
        flash("Nothing else is free to take.", "ok")
    return following


_FLASHES = {
    "approve": "Approved.", "reject": "Rejected.", "escalate": "Escalated.", "reopen": "Reopened: it needs review again.",
    "confirm": "Confirmed: the decision is in force.", "send_back": "Sent back.", "ask_again": "Asked again.",
}  # fmt: skip


def _words(done: Any) -> str:
    if not isinstance(done, Decision):
        return "The note is saved."
    if done.stage == "proposed":
        return "Proposed. Another person has to confirm it."
    return _FLASHES[done.kind]
