"""Routing rules: those in force, their versions, and a draft of others, which is tried and then saved."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import actor
from webapp.actions import rules as actions
from webapp.actions.policy_proposals import NoReason, Waits
from webapp.checks import rule_words
from webapp.checks.default_rules import ALWAYS_A_PERSON, NEVER_APPROVED
from webapp.checks.rule_faults import faults
from webapp.checks.rules import BadRule, Rules
from webapp.filters import utc_now
from webapp.forms import rule_draft
from webapp.forms.policy import WHY
from webapp.forms.proposals import SendBackForm
from webapp.forms.rules import RuleForm, SaveForm
from webapp.models import PolicyProposal
from webapp.pages import proposals
from webapp.queries import eligible, rule_trial
from webapp.queries import rules as queries
from webapp.request_db import close_db, current_database, current_db

bp = Blueprint("rules", __name__, url_prefix="/settings/rules")
FIXED = (("Always decided by a person", ALWAYS_A_PERSON), ("Never approved by a rule", NEVER_APPROVED))
UNREADABLE = "The draft in this address cannot be read, so here are the rules in force."


@bp.get("")
def index() -> ResponseReturnValue:
    """The rules in force, the fixed ones, and every version, 20 at a time."""
    return _index()


def _index(*, conflict: str = "", typed: str = "", wrong: tuple[int, SendBackForm] | None = None) -> str:
    db = current_db()
    before = request.args.get("before", type=int)
    history, now = queries.history(db, before=before), queries.in_force(db)
    older = history[-1][0].version if history[-1][0].version > 0 else None
    about, names = proposals.shown(db, rules=True, wrong=wrong), queries.preset_names(db)
    waiting = about["proposals"].waiting
    hours = timedelta(hours=proposals.lapse_hours(db) if waiting else 0)
    return _page(
        "index", now=now, history=history, older=older, said=rule_words.changes, names=names, conflict=conflict,
        typed=typed, changes={each.id: queries.proposed(now, each.value, names) for each in waiting}, hours=hours, **about,
    )  # fmt: skip


@bp.post("/proposals/<int:proposal_id>/confirm")
def confirm(proposal_id: int) -> ResponseReturnValue:
    """Agree to other rules, as their second person; 403 for who proposed them."""
    return proposals.confirm(proposal_id, _index)


@bp.post("/proposals/<int:proposal_id>/send-back")
def send_back(proposal_id: int) -> ResponseReturnValue:
    """Refuse them, with the reason."""
    return proposals.send_back(proposal_id, _index)


@bp.post("/proposals/<int:proposal_id>/withdraw")
def withdraw(proposal_id: int) -> ResponseReturnValue:
    """Take one's own back."""
    return proposals.withdraw(proposal_id, _index)


@bp.get("/versions/<int:number>")
def version(number: int) -> ResponseReturnValue:
    """One version as it was."""
    db = current_db()
    found = queries.numbered(db, number) or abort(404)
    earlier = queries.numbered(db, number - 1) if number else None
    return _page("version", found=found, earlier=earlier, now=queries.in_force(db), changes=rule_words.changes)


@bp.get("/draft")
def draft() -> ResponseReturnValue:
    """A draft, after what `do` asks of it (up:3, down:3, on:3, off:3, remove:3, try); without one, the rules in force."""
    now, rules, began_with = _draft()
    if rules is None:
        flash(UNREADABLE, "warn")
        return redirect(url_for("rules.draft"), 303)
    what = request.args.get("do", "")
    rules = rule_draft.done(rules, what)
    return _show_draft(now, rules, SaveForm(began_with=began_with), trial=_tried(now, rules) if what == "try" else None)


@bp.route("/draft/rule", methods=["GET", "POST"])
def rule() -> ResponseReturnValue:
    """The form of one rule of the draft, `number` 0 for a new one; a sent one goes back to the draft."""
    _now, rules, began_with = _draft()
    number = request.args.get("number", 0, type=int)
    if rules is None or not 0 <= number <= len(rules):
        flash(UNREADABLE, "warn")
        return redirect(url_for("rules.draft"), 303)
    names = queries.preset_names(current_db())
    if request.method == "GET":
        form = RuleForm(place=number or max(len(rules), 1)).offer(names)
        if number:
            form.load(rules[number - 1])
        return _rule_page(form, rules, number, began_with)
    form = RuleForm(request.form).offer(names)
    if not form.validate():
        return _rule_page(form, rules, number, began_with), 422
    try:
        changed = rule_draft.put(rules, form.rule(), place=form.place.data or 1, instead_of=number)
        text = rule_draft.written(rule_draft.read(rule_draft.written(changed)))
    except BadRule as bad:
        form.form_errors.append(str(bad))
        return _rule_page(form, rules, number, began_with), 422
    return redirect(url_for("rules.draft", d=text, began=began_with), 303)


@bp.post("/save")
def save() -> ResponseReturnValue:
    """Put the draft in force."""
    form = SaveForm(request.form)
    try:
        rules = rule_draft.read(request.form.get("d", ""))
    except BadRule as bad:
        form.form_errors.append(f"{bad} Nothing was saved. Begin again from the rules in force.")
        now = queries.in_force(current_db())
        return _show_draft(now, now.rules, form), 422
    if not form.validate():
        return _show_draft(queries.in_force(current_db()), rules, form), 422
    return _save(form, rules)


def _save(form: SaveForm, rules: Rules) -> ResponseReturnValue:
    began_with = form.replacing.data or form.began_with.data or 0
    try:
        with current_database().writing() as db:
            saved = actions.save(db, by=actor(), rules=rules, version=began_with, note=form.note.data)
    except actions.FaultyRules as faulty:
        form.form_errors.extend(each.text for each in faulty.found)
        return _show_draft(queries.in_force(current_db()), rules, form), 422
    except NoReason:
        form.note.errors = [WHY]
        return _show_draft(queries.in_force(current_db()), rules, form), 422
    except Waits as waits:
        form.form_errors.append(
            f"{waits.by} proposed other rules already. Answer or withdraw that change first, under Rules."
        )
        return _show_draft(queries.in_force(current_db()), rules, form), 409
    except actions.StaleRules:
        close_db()  # what this request has read may be from before the other one saved
        return _show_draft(queries.in_force(current_db()), rules, form, stale=True), 409
    if isinstance(saved, PolicyProposal):
        flash("Proposed. They are in force when another person who may change the rules has confirmed them.", "ok")
    elif saved == began_with:
        flash(f"Nothing was changed, so version {saved} stays in force.", "ok")
    else:
        flash(f"Version {saved} is in force from the next result on. Results that are here stay where they are.", "ok")
    return redirect(url_for("rules.index"), 303)


def _draft() -> tuple[queries.RuleVersion, Rules | None, int]:
    """The rules in force, those of the address (None where they cannot be read), and the version that these began with."""
    now = queries.in_force(current_db())
    began_with = request.args.get("began", now.version, type=int)
    text = request.args.get("d", "")
    try:
        rules = rule_draft.read(text) if text else now.rules
    except BadRule:
        rules = None
    return now, rules, min(max(began_with, 0), 2**31 - 1)


def _tried(now: queries.RuleVersion, rules: Rules) -> rule_trial.Trial:
    with current_database().reading() as db:  # of its own: it lets go of what it has read
        return rule_trial.try_out(
            db,
            rules=rules,
            instead_of=now.rules,
            providers=current_app.extensions["vouchdesk.providers"],
            now=utc_now(),
        )


def _show_draft(
    now: queries.RuleVersion,
    rules: Rules,
    form: SaveForm,
    *,
    trial: rule_trial.Trial | None = None,
    stale: bool = False,
) -> str:
    names = queries.preset_names(current_db())
    return _page(
        "draft", now=now, rules=rules, form=form, trial=trial, stale=stale, text=rule_draft.written(rules),
        faults={each.number: each.text for each in faults(rules)}, names=names,
        changed=rule_words.changes(now.rules, rules, names), days=rule_trial.DAYS,
        held=eligible.policy_changes(current_db(), "manage_rules"),
    )  # fmt: skip


def _rule_page(form: RuleForm, rules: Rules, number: int, began_with: int) -> str:
    return _page(
        "rule", form=form, number=number, most=len(rules) + (0 if number else 1), began_with=began_with,
        text=rule_draft.written(rules),
    )  # fmt: skip


def _page(name: str, **shown: Any) -> str:
    names = shown.pop("names", None) or queries.preset_names(current_db())
    return render_template(f"rules/{name}.html", words=rule_words, names=names, fixed=FIXED, **shown)
