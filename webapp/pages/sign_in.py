"""Signing in and out, the second step, and the one-time addresses that make an account."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from webapp.access import STEPS, actor
from webapp.actions import invitations, sign_ins
from webapp.actions.passwords import hash_password
from webapp.filters import duration, utc_now
from webapp.forms.sign_in import JoinForm, SecondStepForm, SignInForm, WelcomeForm
from webapp.members import load_member
from webapp.models import Invitation
from webapp.queries.user_words import agent_words
from webapp.request_db import close_db, current_database, current_db
from webapp.sealing import Unsealable

bp = Blueprint("sign_in", __name__)
REFUSED = "The e-mail address or the password is not right. Check both and try again."
WRONG_CODE = "The code is not right, or was used already. Wait for the next one, or use a recovery code."
UNREADABLE = (
    "The second factor cannot be read: this console’s SECRET_KEY was changed since it was set up. "
    "Use a recovery code, or ask an administrator to reset it."
)


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
            secret_key=current_app.config["SECRET_KEY"], agent=_agent(),
        )  # fmt: skip
    except sign_ins.Locked as locked:
        return render_template("sign_in/index.html", form=form, message=wait_words(locked)), 429
    if opened is None:
        return render_template("sign_in/index.html", form=form, message=REFUSED), 422
    return _start(opened[1], local_path(form.next.data))


@bp.route("/sign-in/second", methods=["GET", "POST"])
def second() -> ResponseReturnValue:
    """The second step: a code of the authenticator, or a recovery code. Nothing else can be reached before it."""
    if current_user.waiting != "code":
        return redirect(url_for("overview.index"), 303)
    form = SecondStepForm(next=request.args.get("next", ""))
    if request.method == "GET":
        return render_template("sign_in/second.html", form=form)
    if not form.validate():
        return render_template("sign_in/second.html", form=form), 422
    try:
        passed = sign_ins.give_second_factor(
            current_database(), by=actor(), sign_in_id=current_user.sign_in_id, code=form.code.data or "",
            secret_key=current_app.config["SECRET_KEY"],
        )  # fmt: skip
    except sign_ins.Locked as locked:
        return render_template("sign_in/second.html", form=form, message=wait_words(locked)), 429
    except Unsealable:
        return render_template("sign_in/second.html", form=form, message=UNREADABLE), 422
    if passed is None:
        return render_template("sign_in/second.html", form=form, message=WRONG_CODE), 422
    answer = _start(passed[0], local_path(form.next.data))
    if passed[1] == "recovery_code":
        flash("That recovery code is used up. Your account page says how many are left, and makes new ones.", "warn")
    return answer


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
    """Make the account that a one-time address is for, once: the first administrator's, or an invited colleague's."""
    invitation = invitations.find_invitation(current_db(), secret=token)
    if invitation is None:
        return render_template("sign_in/welcome_gone.html"), 410
    form = JoinForm(name=invitation.name) if invitation.email else WelcomeForm()
    if request.method == "GET":
        return render_template("sign_in/welcome.html", form=form, invitation=invitation)
    if not form.validate():
        return render_template("sign_in/welcome.html", form=form, invitation=invitation), 422
    secret = _join(token, form, invitation)
    if not secret:
        return render_template("sign_in/welcome_gone.html"), 410
    return _start(secret)


def local_path(target: str | None) -> str:
    """The target when it is a path on this console, else nothing: never a redirect to a stranger."""
    path = target or ""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and not any(ord(c) < 32 for c in path)
    return path if safe and "\\" not in path else ""


def wait_words(locked: sign_ins.Locked) -> str:
    """What somebody reads who has to wait."""
    return f"Too many tries did not work. Wait {duration((locked.until - utc_now()).total_seconds())}, then try again."


def _join(token: str, form: JoinForm | WelcomeForm, invitation: Invitation) -> str:
    """Use the invitation; the secret of the new user's sign-in, or nothing when somebody was faster."""
    hashed = hash_password(form.password.data or "")
    with current_database().writing() as db:
        user = invitations.accept_invitation(
            db, by=actor(), secret=token, email=invitation.email or form.email.data or "", name=form.name.data or "",
            password_hash=hashed,
        )  # fmt: skip
        return sign_ins.open_sign_in(db, by=actor(), user=user, agent=_agent()) if user else ""


def _agent() -> str:
    return agent_words(request.user_agent.string or "")


def _start(secret: str, target: str = "") -> ResponseReturnValue:
    """Carry the sign-in in the cookie and go on: to the step that is due, else to the target."""
    session.clear()  # a session id planted before signing in must not survive it
    close_db()  # what this request read before does not know the new sign-in
    member = load_member(secret)
    if member is None:
        return redirect(url_for("sign_in.index"), 303)
    session.permanent = True
    login_user(member)
    if member.waiting:
        return redirect(url_for(STEPS[member.waiting][0], next=target or None), 303)
    return redirect(target or url_for("overview.index"), 303)
