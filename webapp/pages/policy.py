"""The policy: what links may ask, who decides how, how soon, how people sign in; the addresses to register with vendors."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from webapp.access import actor
from webapp.actions import policies as actions
from webapp.actions.policy_proposals import NoReason, Second, Waits
from webapp.checks.retention import CLASSES
from webapp.forms import retention as retention_form
from webapp.forms.policy import WHY, FactorForm, HoursForm, PolicyForm, RememberingForm, SecondForm
from webapp.forms.proposals import SendBackForm
from webapp.models import PolicyProposal
from webapp.pages import proposals
from webapp.queries import eligible, policies, policy_states, presets
from webapp.queries.policy_states import Policies
from webapp.queries.policy_words import differences
from webapp.queries.registered import registered
from webapp.queries.retention import minimums
from webapp.request_db import close_db, current_database, current_db

bp = Blueprint("policy", __name__, url_prefix="/settings/policy")


@dataclass(frozen=True, kw_only=True)
class Section:
    """One policy on the page: its form, how that begins, and the action that saves it, with `by`, `version` and `second`."""

    form: Callable[..., Any]
    begin: Callable[[Policies], dict[str, Any]]
    save: Callable[..., actions.Saved]


SECTIONS: dict[str, Section] = {
    policies.FORBIDDEN_OPTIONS: Section(
        form=PolicyForm, begin=lambda now: {"attributes": "attributes" in now.forbidden},
        save=lambda db, form, **how: actions.forbid_options(db, names=form.names(), **how),
    ),
    policies.SECOND_APPROVAL: Section(
        form=SecondForm,
        begin=lambda now: {"actions": sorted(now.second.actions), "blind": now.second.blind,
                           "lapse_hours": now.second.lapse_hours},
        save=lambda db, form, **how: actions.require_second(db, wanted=form.wanted(), **how),
    ),
    policies.REMEMBER_DISMISSALS: Section(
        form=RememberingForm, begin=lambda now: {"allowed": now.remembering.allowed, "months": now.remembering.months},
        save=lambda db, form, **how: actions.remember_dismissals(db, wanted=form.wanted(), **how),
    ),
    policies.REVIEW_HOURS: Section(
        form=HoursForm,
        begin=lambda now: {"high": now.hours.high, "normal": now.hours.normal, "low": now.hours.low},
        save=lambda db, form, **how: actions.set_review_hours(db, wanted=form.wanted(), **how),
    ),
    policies.RETENTION: Section(
        form=retention_form.RetentionForm, begin=lambda now: retention_form.begin(now.retention),
        save=lambda db, form, **how: actions.set_retention(
            db, wanted=form.wanted(), minimums=minimums(_minimum_days()), **how),
    ),
    policies.SECOND_FACTOR: Section(
        form=FactorForm, begin=lambda now: {"roles": sorted(now.factor_roles)},
        save=lambda db, form, **how: actions.require_second_factor(db, roles=form.roles.data or (), **how),
    ),
}  # fmt: skip
"""By the key of the policy; the first is the one that a form without a key means."""


@bp.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Every policy as it stands; a sent form, of the one that `policy` names, changes it for everybody."""
    if request.method == "GET":
        return _show(policy_states.current(current_db()))
    key = request.form.get("policy", policies.FORBIDDEN_OPTIONS)
    if key not in SECTIONS:
        abort(404)
    form = _form(key, request.form)
    if not form.validate():
        return _show(policy_states.current(current_db()), key, form), 422
    return _change(key, form)


def _change(key: str, form: Any) -> ResponseReturnValue:
    began_with = form.began_with.data or 0
    try:
        with current_database().writing() as db:
            saved = SECTIONS[key].save(
                db, form, by=actor(), version=began_with, second=Second(why=form.why.data)
            )  # fmt: skip
    except NoReason:
        form.why.errors = [WHY]
        return _show(policy_states.current(current_db()), key, form), 422
    except Waits as waits:
        close_db()
        return _show(policy_states.current(current_db()), key, form, waits=waits.by), 409
    except actions.TooFewPeople:
        form.actions.errors = ["Nobody could confirm a proposal: this needs one person who may decide, and another "
                               "who may give the second approval. Invite an approver first."]  # fmt: skip
        return _show(policy_states.current(current_db()), key, form), 422
    except actions.LocksOut:
        form.roles.errors = ["You have one of these roles yourself and no second factor yet, so you would be locked "
                             "out. Set up your own first, then come back."]  # fmt: skip
        return _show(policy_states.current(current_db()), key, form), 422
    except actions.TooShort as short:
        form.refuse(short.faults)
        return _show(policy_states.current(current_db()), key, form), 422
    except actions.StalePolicy:
        close_db()  # what this request has read may be from before the other one saved
        return _show(policy_states.current(current_db()), key, form, stale=True), 409
    if isinstance(saved, PolicyProposal):
        flash("Proposed. It holds when another person who may change the policy has confirmed it.", "ok")
    elif saved == began_with:
        flash("Nothing was changed.", "ok")
    else:
        close_db()
        flash(f"The policy is changed: {policy_states.current(current_db()).said(key)}", "ok")
    return redirect(url_for("policy.index"), 303)


@bp.post("/proposals/<int:proposal_id>/confirm")
def confirm(proposal_id: int) -> ResponseReturnValue:
    """Agree to a change, as its second person; 403 for who proposed it."""
    return proposals.confirm(proposal_id, _again)


@bp.post("/proposals/<int:proposal_id>/send-back")
def send_back(proposal_id: int) -> ResponseReturnValue:
    """Refuse it, with the reason."""
    return proposals.send_back(proposal_id, _again)


@bp.post("/proposals/<int:proposal_id>/withdraw")
def withdraw(proposal_id: int) -> ResponseReturnValue:
    """Take one's own back."""
    return proposals.withdraw(proposal_id, _again)


def _again(**more: Any) -> str:
    return _show(policy_states.current(current_db()), **more)


def _minimum_days() -> int:
    """The administrator's minimum, for the classes that the law is about."""
    days: int = current_app.extensions["vouchdesk.settings"].retention_minimum_days
    return days


def _form(key: str, sent: ImmutableMultiDict[str, str] | None = None, **begins: Any) -> Any:
    """The form of a policy. Ids on the page are told apart by the key; the first form keeps its plain ones."""
    form = SECTIONS[key].form(sent, **begins)
    if key != policies.FORBIDDEN_OPTIONS:
        for field in form:
            field.id = f"{key}-{field.name}"
            field.label.field_id = field.id
    return form


def _show(
    now: Policies, key: str = "", sent: Any = None, *, stale: bool = False, waits: str = "", conflict: str = "",
    typed: str = "", wrong: tuple[int, SendBackForm] | None = None,
) -> str:  # fmt: skip
    forms = {
        each: sent if each == key else _form(each, began_with=now.of(each).version, **section.begin(now))
        for each, section in SECTIONS.items()
    }
    db, about = current_db(), proposals.shown(current_db(), rules=False, wrong=wrong)
    people = eligible.second_persons(db)
    refused = sent if sent is not None and not (stale or waits) else about["refused"]
    return render_template(
        "policy/index.html", now=now, policy_forms=forms, wrong=refused, stale=key if stale else "", waits=waits,
        classes=CLASSES, minimum_days=_minimum_days(), people=people, decisions=policies.DECISIONS,
        held=policies.POLICY_CHANGE in now.second.actions and len(people.policy_makers) > 1,
        touched=[row for row in presets.listed(db).offered if policies.touched(row.options)],
        registered=registered(current_app.extensions["vouchdesk.settings"]), conflict=conflict, typed=typed,
        changes={each.id: differences(each.key, now, each.value) for each in about["proposals"].waiting},
        hours=timedelta(hours=now.second.lapse_hours), **about,
    )  # fmt: skip
