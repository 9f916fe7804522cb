"""Signing in and out, and the one-time address that makes the first administrator."""

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from webapp.access import actor
from webapp.actions import sign_ins
from webapp.filters import duration, utc_now
from webapp.forms.sign_in import SignInForm, WelcomeForm
from webapp.members import load_member
from webapp.request_db import close_db, current_database, current_db

bp = Blueprint("sign_in", __name__)
REFUSED = "The e-mail address or the password is not right. Check both and try again."


@bp.route("/sign-in", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The sign-in page."""
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(url_for("overview.index"), 303)
    form = SignInForm(next=request.args.get("next", ""))
    if request.method == "GET":
        return render_template("sign_in/index.html", form=form)
    if not form.validate():
        return render_template("sign_in/index.html", form=form), 422
    try:
        opened = sign_ins.sign_in(
            current_database(), by=actor(), email=form.email.data or "", password=form.password.data or "",
            secret_key=current_app.config["SECRET_KEY"],
        )  # fmt: skip
    except sign_ins.Locked as locked:
        wait = duration((locked.until - utc_now()).total_seconds())
        message = f"Too many tries did not work. Wait {wait}, then try again."
        return render_template("sign_in/index.html", form=form, message=message), 429
    if opened is None:
        return render_template("sign_in/index.html", form=form, message=REFUSED), 422
    _start(opened[1])
    return redirect(local_path(form.next.data) or url_for("overview.index"), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this sign-in on the server; the cookie is worthless from here on."""
    with current_database().writing() as db:
        sign_ins.end_sign_in(db, by=actor(), sign_in_id=current_user.sign_in_id)
    logout_user()
    session.clear()
    return redirect(url_for("sign_in.index"), 303)


@bp.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> ResponseReturnValue:
    """Make the first administrator, once."""
    if sign_ins.find_invitation(current_db(), secret=token) is None:
        return render_template("sign_in/welcome_gone.html"), 410
    form = WelcomeForm()
    if request.method == "GET":
        return render_template("sign_in/welcome.html", form=form)
    if not form.validate():
        return render_template("sign_in/welcome.html", form=form), 422
    with current_database().writing() as db:
        user = sign_ins.accept_invitation(
            db,
            by=actor(),
            secret=token,
            email=form.email.data or "",
            name=form.name.data or "",
            password=form.password.data or "",
        )
        secret = sign_ins.open_sign_in(db, by=actor(), user=user) if user else ""
    if not secret:
        return render_template("sign_in/welcome_gone.html"), 410
    _start(secret)
    return redirect(url_for("overview.index"), 303)


def local_path(target: str | None) -> str:
    """The target when it is a path on this console, else nothing: never a redirect to a stranger."""
    path = target or ""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and not any(ord(c) < 32 for c in path)
    return path if safe and "\\" not in path else ""


def _start(secret: str) -> None:
    session.clear()  # a session id planted before signing in must not survive it
    close_db()  # what this request read before does not know the new sign-in
    member = load_member(secret)
    if member is not None:
        session.permanent = True
        login_user(member)
