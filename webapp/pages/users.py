"""Members of the team, for administrators: the list, one of them, invitations, and what each role may do."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import actor
from webapp.actions import invitations, sign_ins
from webapp.actions import users as actions
from webapp.filters import utc_now
from webapp.forms.users import InviteForm, ResetForm, RolesForm
from webapp.queries import user_words
from webapp.queries import users as queries
from webapp.request_db import close_db, current_database, current_db

bp = Blueprint("users", __name__, url_prefix="/users")
LAST = "This is the last administrator: nobody could manage users then. Make somebody else an administrator first."
OWN = "Another administrator has to do this for you: nobody changes his own access while somebody else can."


@bp.get("")
def index() -> ResponseReturnValue:
    """Everybody, by e-mail address, and the invitations that are open."""
    db, after = current_db(), request.args.get("after", "")
    return render_template(
        "users/index.html", page=queries.listed(db, after=after), after=after,
        invitations=queries.open_invitations(db),
    )  # fmt: skip


@bp.get("/roles")
def roles() -> ResponseReturnValue:
    """What each role may do."""
    names, rows = user_words.rights_table()
    return render_template("users/roles.html", names=names, rows=rows)


@bp.route("/invite", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    """The form for an invitation; the answer to a good one shows its address, this once: only its hash is kept."""
    form = InviteForm()
    if request.method == "GET":
        return _invite(form)
    if not form.validate():
        return _invite(form), 422
    try:
        with current_database().writing() as db:
            secret = invitations.invite(
                db, by=actor(), email=form.email.data, name=form.name.data, roles=form.roles.data or ()
            )
    except invitations.AlreadyUser:
        form.email.errors = ["There is a user with this address already. Change the roles on that user’s page."]
        return _invite(form), 422
    except invitations.AlreadyInvited:
        form.email.errors = [
            "An open invitation is for this address. Withdraw it on the users page, then invite again."
        ]
        return _invite(form), 422
    return _invited(form, secret)


@bp.post("/invitations/<int:invitation_id>/withdraw")
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Make an invitation worthless."""
    with current_database().writing() as db:
        found = invitations.withdraw(db, by=actor(), invitation_id=invitation_id)
    if found is None:
        abort(404)
    if found.used_at is not None:
        flash(
            "The invitation was used meanwhile: there is an account by now. Disable it if nobody should have it.",
            "warn",
        )
    else:
        flash("The invitation is withdrawn: its address no longer works.", "ok")
    return redirect(url_for("users.index"), 303)


@bp.get("/<int:user_id>")
def show(user_id: int) -> ResponseReturnValue:
    """One user: roles, second factor, sign-ins, and what can be done."""
    return _show(user_id)


@bp.post("/<int:user_id>/roles")
def change_roles(user_id: int) -> ResponseReturnValue:
    """Give other roles, from the next request on."""
    form = RolesForm()
    if not form.validate():
        return _show(user_id, roles_form=form), 422
    try:
        with current_database().writing() as db:
            user = actions.change_roles(
                db, by=actor(), user_id=user_id, roles=form.roles.data or (), was=form.was.data or ""
            )
    except actions.StaleUser:
        close_db()
        return _show(user_id, roles_form=form, stale=True), 409
    except actions.LastAdministrator:
        return _show(user_id, roles_form=form, message=LAST), 422
    except actions.OwnAccount:
        return _show(user_id, roles_form=form, message=OWN), 422
    if user is None:
        abort(404)
    flash("The roles are changed. They hold from the next click on.", "ok")
    return redirect(url_for("users.show", user_id=user_id), 303)


@bp.post("/<int:user_id>/disable")
def disable(user_id: int) -> ResponseReturnValue:
    """Keep a user out from now on."""
    try:
        with current_database().writing() as db:
            user = actions.disable(db, by=actor(), user_id=user_id)
    except actions.LastAdministrator:
        return _show(user_id, message=LAST), 422
    except actions.OwnAccount:
        return _show(user_id, message=OWN), 422
    return _done(user is not None, user_id, "The user is disabled, and every sign-in is ended.")


@bp.post("/<int:user_id>/enable")
def enable(user_id: int) -> ResponseReturnValue:
    """Let a disabled user in again."""
    with current_database().writing() as db:
        user = actions.enable(db, by=actor(), user_id=user_id)
    return _done(user is not None, user_id, "The user is enabled, and can sign in with the password there was.")


@bp.post("/<int:user_id>/sign-ins/end")
def end_all(user_id: int) -> ResponseReturnValue:
    """End all sign-ins of a user."""
    with current_database().writing() as db:
        ended = sign_ins.end_sign_ins(db, by=actor(), user_id=user_id)
    return _done(True, user_id, f"Sign-ins ended: {ended}." if ended else "There was no sign-in to end.")


@bp.post("/<int:user_id>/sign-ins/<int:sign_in_id>/end")
def end(user_id: int, sign_in_id: int) -> ResponseReturnValue:
    """End one sign-in of a user."""
    with current_database().writing() as db:
        ended = sign_ins.end_sign_ins(db, by=actor(), user_id=user_id, only=sign_in_id)
    return _done(True, user_id, "The sign-in is ended." if ended else "That sign-in had ended already.")


@bp.post("/<int:user_id>/second-factor/reset")
def reset_second_factor(user_id: int) -> ResponseReturnValue:
    """Forget the second factor of somebody who lost it."""
    form = ResetForm()
    if not form.validate():
        return _show(user_id, reset_form=form), 422
    try:
        with current_database().writing() as db:
            user = actions.reset_second_factor(db, by=actor(), user_id=user_id, reason=form.reason.data or "")
    except actions.OwnAccount:
        return _show(user_id, message="Remove your own second factor on your account page, with a code."), 422
    return _done(user is not None, user_id, "The second factor is reset, and every sign-in is ended.")


def _done(found: bool, user_id: int, words: str) -> ResponseReturnValue:
    if not found:
        abort(404)
    flash(words, "ok")
    return redirect(url_for("users.show", user_id=user_id), 303)


def _show(
    user_id: int, *, roles_form: RolesForm | None = None, reset_form: ResetForm | None = None, message: str = "",
    stale: bool = False,
) -> str:  # fmt: skip
    db = current_db()
    user = queries.one(db, user_id)
    if user is None:
        abort(404)
    others = queries.other_administrators(db, user_id)
    return render_template(
        "users/show.html", user=user, message=message, stale=stale, wrong=roles_form or reset_form,
        roles_form=roles_form or RolesForm(None, roles=list(user.roles), was=user.role),
        reset_form=reset_form or ResetForm(None), sign_ins=queries.live_sign_ins(db, user_id),
        own=user_id == current_user.user_id, last=not others and "admin" in user.roles and not user.disabled_at,
        may_change=user_id != current_user.user_id or not others, summaries=user_words.role_summaries(),
        must=queries.must_confirm(db, user.role),
    )  # fmt: skip


def _invite(form: InviteForm) -> str:
    return render_template("users/invite.html", form=form, summaries=user_words.role_summaries())


def _invited(form: InviteForm, secret: str) -> str:
    settings, until = current_app.extensions["vouchdesk.settings"], utc_now() + invitations.LASTS
    address = f"{settings.public_url}/welcome/{secret}"
    mail = user_words.invitation_mail(
        name=form.name.data, company=settings.company_name, role=actions.joined(form.roles.data or ()),
        address=address, until=until, by=current_user.name,
    )  # fmt: skip
    return render_template(
        "users/invited.html", name=form.name.data, email=form.email.data.lower(), address=address, mail=mail,
        until=until, subject=f"{settings.company_name}: your account for identity verification",
    )  # fmt: skip
