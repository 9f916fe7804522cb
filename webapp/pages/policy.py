"""The policy: what no link may ask for, and the addresses that are registered with vendors by hand; for administrators."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import actor
from webapp.actions import policies as actions
from webapp.forms.policy import PolicyForm
from webapp.queries import policies, presets
from webapp.queries.registered import registered
from webapp.request_db import close_db, current_database, current_db

bp = Blueprint("policy", __name__, url_prefix="/settings/policy")


@bp.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The policy as it stands; a sent form changes it for everybody, from the next link on."""
    if request.method == "GET":
        state = policies.forbidden(current_db())
        return _show(PolicyForm(attributes="attributes" in state.names, began_with=state.version), state)
    form = PolicyForm(request.form)
    if not form.validate():
        return _show(form, policies.forbidden(current_db())), 422
    return _change(form)


def _change(form: PolicyForm) -> ResponseReturnValue:
    began_with = form.began_with.data or 0
    try:
        with current_database().writing() as db:
            version = actions.forbid_options(db, by=actor(), names=form.names(), version=began_with)
    except actions.StalePolicy:
        close_db()  # what this request has read may be from before the other one saved
        return _show(form, policies.forbidden(current_db()), stale=True), 409
    if version == began_with:
        flash("Nothing was changed.", "ok")
    else:
        flash(f"The policy is changed: attributes of the face are {'forbidden' if form.names() else 'allowed'}.", "ok")
    return redirect(url_for("policy.index"), 303)


def _show(form: PolicyForm, state: policies.PolicyState, *, stale: bool = False) -> str:
    touched = [row for row in presets.listed(current_db()).offered if policies.touched(row.options)]
    return render_template(
        "policy/index.html", form=form, state=state, stale=stale, touched=touched,
        registered=registered(current_app.extensions["vouchdesk.settings"]),
    )  # fmt: skip
