"""What the pages of policy and rules share: showing what waits for a second person, and taking his answer; no routes."""

from collections.abc import Callable
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session

from webapp.access import actor, deny
from webapp.actions import policy_answers
from webapp.actions.second_person import MissingRight, NotNow, SamePerson
from webapp.forms.proposals import SendBackForm
from webapp.models import PolicyProposal
from webapp.models.words import PROPOSAL_STATE_WORDS
from webapp.queries import policies, proposals
from webapp.queries.link_list import LARGEST_ID
from webapp.queries.policy_words import NAMES
from webapp.queries.retention import minimums
from webapp.request_db import close_db, current_database

Show = Callable[..., str]
DONE = {
    "confirmed": "Confirmed: the change is in force.", "sent_back": "Sent back. Nothing was changed.",
    "withdrawn": "Withdrawn. Nothing was changed.",
}  # fmt: skip


def shown(db: Session, *, rules: bool, wrong: tuple[int, SendBackForm] | None = None) -> dict[str, Any]:
    """What `policy/_proposals.html` needs beside what each would change."""
    found = proposals.about(db, rules=rules)
    forms = {each.id: SendBackForm.of(each.id or 0) for each in found.waiting}
    return {
        "proposals": found, "answer_forms": {**forms, **({wrong[0]: wrong[1]} if wrong else {})}, "me": current_user.user_id,
        "proposal_words": PROPOSAL_STATE_WORDS, "policy_names": NAMES, "refused": wrong[1] if wrong else None,
        "answers_at": "rules" if rules else "policy",
    }  # fmt: skip


def confirm(proposal_id: int, show: Show) -> ResponseReturnValue:
    """Agree: what was proposed is made. `show` is the page again, with `conflict` in words."""
    days = current_app.extensions["vouchdesk.settings"].retention_minimum_days
    return _answer(
        proposal_id, show,
        lambda db: policy_answers.confirm(db, by=actor(), proposal_id=proposal_id, minimums=minimums(days)),
    )  # fmt: skip


def send_back(proposal_id: int, show: Show) -> ResponseReturnValue:
    """Refuse it, with the reason."""
    form = SendBackForm.of(proposal_id, request.form)
    if not form.validate():
        return show(wrong=(proposal_id, form)), 422
    words = form.note.data
    return _answer(
        proposal_id, show,
        lambda db: policy_answers.send_back(db, by=actor(), proposal_id=proposal_id, words=words), typed=words,
    )  # fmt: skip


def withdraw(proposal_id: int, show: Show) -> ResponseReturnValue:
    """Take one's own back."""
    return _answer(
        proposal_id, show, lambda db: policy_answers.withdraw(db, by=actor(), proposal_id=proposal_id)
    )  # fmt: skip


def lapse_hours(db: Session) -> int:
    """After how many hours it lapses."""
    return policies.second_approval(db).lapse_hours


def _answer(
    proposal_id: int, show: Show, take: Callable[[Session], PolicyProposal | None], *, typed: str = ""
) -> ResponseReturnValue:
    if proposal_id > LARGEST_ID:
        abort(404)
    try:
        with current_database().writing() as db:
            done = take(db)
    except SamePerson:
        with current_database().writing() as db:
            policy_answers.note_refusal(db, by=actor(), proposal_id=proposal_id)
        abort(403, description="confirm a change that you proposed")
    except MissingRight as missing:
        deny(missing.right)
    except NotNow as refused:
        close_db()  # what this request has read may be from before the other one answered
        return show(conflict=str(refused), typed=typed), 409
    close_db()
    if done is None:
        abort(404)
    if done.state == "lapsed":
        return show(conflict=f"It has lapsed instead. {done.note}", typed=typed), 409
    flash(DONE[done.state], "ok")
    return redirect(url_for(f"{request.blueprint}.index"), 303)
