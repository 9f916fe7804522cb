"""One's own account: password, second factor with its recovery codes, and where one is signed in."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp import qr
from webapp.access import actor
from webapp.actions import account as actions
from webapp.actions import second_factor as factor
from webapp.actions import sign_ins
from webapp.db import Database
from webapp.forms.account import ChangePasswordForm, ProveForm, SetUpForm
from webapp.pages.sign_in import UNREADABLE, WRONG_CODE, local_path, wait_words
from webapp.queries import users as queries
from webapp.request_db import current_database, current_db
from webapp.sealing import Unsealable

bp = Blueprint("account", __name__, url_prefix="/account")
WRONG_PASSWORD = "This is not your password. Check it and try again."  # noqa: S105 - words, no password


@bp.get("")
def show() -> ResponseReturnValue:
    """The account as it stands."""
    return _show()


@bp.post("/password")
def password() -> ResponseReturnValue:
    """Change the password; every other sign-in ends."""
    form = ChangePasswordForm()
    if not form.validate():
        return _show(password_form=form), 422
    try:
        ended = actions.change_password(
            current_database(), by=actor(), sign_in_id=current_user.sign_in_id, old=form.old.data or "",
            new=form.new.data or "", secret_key=_key(),
        )  # fmt: skip
    except sign_ins.Locked as locked:
        return _show(password_form=form, message=wait_words(locked)), 429
    except actions.WrongPassword:
        form.old.errors = [WRONG_PASSWORD]
        return _show(password_form=form), 422
    also = f" Your other sign-ins ended: {ended}." if ended else ""
    flash(f"The password is changed.{also}", "ok")
    return redirect(url_for("account.show"), 303)


@bp.route("/second-factor", methods=["GET", "POST"])
def second_factor() -> ResponseReturnValue:
    """Set up a second factor: QR code and secret, and its first code. Its recovery codes are the answer, shown once."""
    form = SetUpForm()
    if current_user.waiting:
        del form.password  # it was given a moment ago
    if request.method == "GET":
        with_factor = queries.one(current_db(), current_user.user_id)
        if with_factor and with_factor.second_factor_at:
            return redirect(url_for("account.show"), 303)
        form.offer.data = factor.offer(current_user.user_id, secret_key=_key())
        return _offer(form)
    try:
        secret = factor.offered(form.offer.data or "", current_user.user_id, secret_key=_key())
    except Unsealable:
        return redirect(url_for("account.second_factor"), 303)
    if not form.validate():
        return _offer(form), 422
    return _set_up(form, secret)


@bp.post("/second-factor/remove")
def remove_second_factor() -> ResponseReturnValue:
    """Remove the second factor, proved by password and code."""
    refused = _proved(ProveForm(), actions.remove_second_factor)
    if refused is not None:
        return refused
    flash("The second factor is removed: your password alone signs you in.", "warn")
    return redirect(url_for("account.show"), 303)


@bp.post("/recovery-codes")
def recovery_codes() -> ResponseReturnValue:
    """New recovery codes, shown once in this answer; proved by password and code."""
    codes: list[str] = []

    def renew(database: Database, **proof: Any) -> None:
        codes.extend(actions.renew_recovery_codes(database, **proof))

    refused = _proved(ProveForm(), renew)
    return refused if refused is not None else render_template("account/codes.html", codes=codes, go_on="")


@bp.post("/sign-ins/<int:sign_in_id>/end")
def end(sign_in_id: int) -> ResponseReturnValue:
    """End one of one's other sign-ins."""
    with current_database().writing() as db:
        ended = sign_ins.end_sign_ins(db, by=actor(), user_id=current_user.user_id, only=sign_in_id)
    flash("That sign-in is ended." if ended else "That sign-in had ended already.", "ok")
    return redirect(url_for("account.show"), 303)


@bp.post("/sign-ins/end-others")
def end_others() -> ResponseReturnValue:
    """End all of one's sign-ins but this."""
    with current_database().writing() as db:
        ended = sign_ins.end_sign_ins(db, by=actor(), user_id=current_user.user_id, but=current_user.sign_in_id)
    flash(f"Your other sign-ins are ended: {ended}." if ended else "You were signed in nowhere else.", "ok")
    return redirect(url_for("account.show"), 303)


def _show(
    *, password_form: ChangePasswordForm | None = None, prove_form: ProveForm | None = None, message: str = ""
) -> str:
    db, user_id = current_db(), current_user.user_id
    user = queries.one(db, user_id)
    if user is None:
        abort(404)
    return render_template(
        "account/show.html", user=user, message=message, password_form=password_form or ChangePasswordForm(None),
        prove_form=prove_form or ProveForm(None), wrong=password_form or prove_form,
        sign_ins=queries.live_sign_ins(db, user_id), codes_left=factor.codes_left(db, user_id),
        must=queries.must_confirm(db, user.role),
    )  # fmt: skip


def _offer(form: SetUpForm, message: str = "") -> str:
    secret = factor.offered(form.offer.data or "", current_user.user_id, secret_key=_key())
    code_svg = qr.inline(factor.address(secret, email=current_user.email))
    return render_template("account/second_factor.html", form=form, secret=secret, code_svg=code_svg, message=message)


def _set_up(form: SetUpForm, secret: str) -> ResponseReturnValue:
    try:
        codes = actions.set_up_second_factor(
            current_database(), by=actor(), sign_in_id=current_user.sign_in_id, secret=secret,
            code=form.code.data or "", password=form.password.data or "" if "password" in form else None,
            secret_key=_key(),
        )  # fmt: skip
    except sign_ins.Locked as locked:
        return _offer(form, wait_words(locked)), 429
    except actions.WrongPassword:
        form.password.errors = [WRONG_PASSWORD]
        return _offer(form), 422
    except actions.WrongCode:
        form.code.errors = [
            "This is not the code of now. Check that the device’s clock is right, and type the next one."
        ]
        return _offer(form), 422
    except factor.AlreadySet:
        flash("There is a second factor already. Remove it first to set up another one.", "warn")
        return redirect(url_for("account.show"), 303)
    return render_template("account/codes.html", codes=codes, go_on=local_path(request.args.get("next")))


def _proved(form: ProveForm, action: Callable[..., None]) -> ResponseReturnValue | None:
    """Do what needs password and code; the page with what is wrong, or None when it is done."""
    if not form.validate():
        return _show(prove_form=form), 422
    try:
        action(
            current_database(), by=actor(), password=form.prove_password.data or "", code=form.prove_code.data or "",
            secret_key=_key(),
        )  # fmt: skip
    except sign_ins.Locked as locked:
        return _show(prove_form=form, message=wait_words(locked)), 429
    except actions.WrongPassword:
        form.prove_password.errors = [WRONG_PASSWORD]
    except actions.WrongCode:
        form.prove_code.errors = [WRONG_CODE]
    except Unsealable:
        return _show(prove_form=form, message=UNREADABLE), 422
    else:
        return None
    return _show(prove_form=form), 422


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])
