"""Presets: the list, one with its versions, making, changing, archiving and restoring them."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from webapp.access import actor
from webapp.actions import presets
from webapp.forms.presets import FORMS, PresetForm
from webapp.masking import sight
from webapp.pages.links_new import idle_hours
from webapp.providers.base import Options
from webapp.queries import option_words, policies
from webapp.queries import presets as queries
from webapp.request_db import close_db, current_database, current_db

bp = Blueprint("presets", __name__, url_prefix="/settings/presets")


@bp.get("")
def index() -> ResponseReturnValue:
    """All presets by name, the archived ones apart."""
    listed = queries.listed(current_db())
    forbidden = _forbidden([row.options for row in (*listed.offered, *listed.archived)])
    return render_template("presets/index.html", presets=listed, forbidden=forbidden, left_out=policies.left_out)


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form for a preset of `?kind=`, or with the options of the link `?from_link=`; a sent one makes it."""
    kind = request.values.get("kind", "identity")
    if kind not in FORMS:
        abort(404)
    if request.method == "GET":
        return _begin(kind)
    form = _empty(kind, request.form)
    if not form.validate():
        return _form(form, kind), 422
    try:
        with current_database().writing() as db:
            made = presets.create(db, by=actor(), name=form.preset_name.data, kind=kind, options=form.options())
    except presets.NameTaken as taken:
        return _name_taken(form, kind, taken)
    flash(f"The preset “{made.name}” is saved. New links can start from it.", "ok")
    return _to(made.id or 0)


@bp.get("/<int:preset_id>")
def show(preset_id: int) -> ResponseReturnValue:
    """One preset: what its newest version asks, and every version, 50 at a time."""
    preset, db = _found(preset_id), current_db()
    history = queries.history(db, preset_id, before=request.args.get("before", type=int))
    return render_template(
        "presets/show.html", preset=preset, history=history, said=_said,
        left_out=policies.left_out(preset.options, _forbidden([preset.options])),
        settings=option_words.settings(preset.options, preset.kind),
        archived_by=queries.archived_by(db, preset_id) if preset.archived_at else "",
    )  # fmt: skip


@bp.get("/<int:preset_id>/versions/<int:number>")
def version(preset_id: int, number: int) -> ResponseReturnValue:
    """One version as it was."""
    preset, step = _found(preset_id), queries.numbered(current_db(), preset_id, number)
    if step is None:
        abort(404)
    return render_template(
        "presets/version.html", preset=preset, step=step, said=_said, asked=queries.asked(step.options, preset.kind),
        settings=option_words.settings(step.options, preset.kind),
    )  # fmt: skip


@bp.route("/<int:preset_id>/edit", methods=["GET", "POST"])
def edit(preset_id: int) -> ResponseReturnValue:
    """The form with the newest version; a sent one that differs from it makes the next version."""
    preset = _found(preset_id)
    form = _empty(preset.kind, request.form if request.method == "POST" else None)
    if request.method == "GET":
        if preset.archived_at is not None:
            flash("This preset is archived. Restore it first, then it can be changed.", "warn")
            return _to(preset_id)
        form.load(preset.options)
        form.preset_name.data, form.began_with.data = preset.name, preset.number
        return _form(form, preset.kind, preset=preset, left_out=form.left_out(preset.options))
    if not form.validate():
        return _form(form, preset.kind, preset=preset), 422
    return _change(preset, form)


@bp.post("/<int:preset_id>/archive")
def archive(preset_id: int) -> ResponseReturnValue:
    """No longer offer it for new links."""
    with current_database().writing() as db:
        kept = presets.archive(db, by=actor(), preset_id=preset_id) or abort(404)
    flash(f"“{kept.name}” is archived: new links can no longer start from it. Links made from it keep it.", "ok")
    return _to(preset_id)


@bp.post("/<int:preset_id>/restore")
def restore(preset_id: int) -> ResponseReturnValue:
    """Offer it again."""
    with current_database().writing() as db:
        kept = presets.restore(db, by=actor(), preset_id=preset_id) or abort(404)
    flash(f"“{kept.name}” is offered for new links again.", "ok")
    return _to(preset_id)


def _begin(kind: str) -> str:
    """An empty form, or one with the options of a link."""
    link_id = request.args.get("from_link")
    if link_id is None:
        return _form(_empty(kind), kind)
    number = int(link_id) if link_id.isascii() and link_id.isdigit() and len(link_id) < 11 else 0
    start = queries.link_start(current_db(), number) or abort(404)
    form = _empty(start.kind)
    # What was filled into a contract belongs to a person: who may not see it there does not find it here.
    form.load(start.options if sight().personal else replace(start.options, contract_prefill=""))
    form.preset_name.data = start.label[: presets.LONGEST_NAME]
    return _form(form, start.kind, from_link=number, left_out=form.left_out(start.options))


def _empty(kind: str, sent: ImmutableMultiDict[str, str] | None = None) -> PresetForm:
    """The form of this kind, as sent or as it begins, knowing what the policy forbids of its options."""
    form = FORMS[kind](sent)
    if any(name in form for name in policies.MAY_BE_FORBIDDEN):
        form.forbid(policies.forbidden_options(current_db()))
    return form


def _forbidden(several: Sequence[Options]) -> frozenset[str]:
    """What the policy forbids; asked only where one of the options may be touched by it."""
    return policies.forbidden_options(current_db()) if any(policies.touched(each) for each in several) else frozenset()


def _change(preset: queries.PresetRow, form: PresetForm) -> ResponseReturnValue:
    version = form.replacing.data or form.began_with.data or 0
    try:
        with current_database().writing() as db:
            saved = presets.change(
                db, by=actor(), preset_id=preset.id, name=form.preset_name.data, options=form.options(), version=version
            )
    except presets.NameTaken as taken:
        return _name_taken(form, preset.kind, taken, preset=preset)
    except presets.Stale as stale:
        close_db()  # what this request has read may be from before the other one saved
        form.began_with.data = min(version, stale.newest)
        return _form(form, preset.kind, preset=preset, newest=stale.newest), 409
    except presets.Archived:
        return _form(form, preset.kind, preset=preset, archived=True), 409
    if saved is None or saved.version == preset.number:
        flash(f"Nothing was changed, so version {preset.number} stays as it is.", "ok")
    else:
        flash(f"Version {saved.version} is saved. New links use it; links made before keep theirs.", "ok")
    return _to(preset.id)


def _name_taken(
    form: PresetForm, kind: str, taken: presets.NameTaken, *, preset: queries.PresetRow | None = None
) -> ResponseReturnValue:
    form.preset_name.errors = [_taken_words(taken)]
    return _form(form, kind, preset=preset), 422


def _taken_words(taken: presets.NameTaken) -> str:
    if taken.archived:
        return f"An archived preset is called “{taken.name}”. Choose another name, or restore that one."
    if taken.name:
        return f"There is a preset “{taken.name}” already. Choose another name, or change that one."
    return "Another preset has just got this name. Choose another one."


def _form(
    form: PresetForm, kind: str, *, preset: queries.PresetRow | None = None, newest: int = 0, archived: bool = False,
    from_link: int = 0, left_out: tuple[str, ...] = (),
) -> str:  # fmt: skip
    since = queries.saved_since(current_db(), preset.id, form.began_with.data or 0) if preset and newest else ()
    return render_template(
        "presets/edit.html", form=form, kind=kind, preset=preset, folded=form.folded(), newest=newest, since=since,
        archived=archived, from_link=from_link, said=_said, asked=queries.asked(form.options(), kind),
        left_out=left_out, idle_hours=idle_hours(),
    )  # fmt: skip


def _said(step: queries.Step) -> tuple[option_words.Change, ...]:
    """What a version changed, in words."""
    named = option_words.Change(label="Name", old=step.name_before, new=step.name)
    changes = option_words.changes(step.before or step.options, step.options)
    return ((named,) if step.name != step.name_before else ()) + changes


def _found(preset_id: int) -> queries.PresetRow:
    return queries.one(current_db(), preset_id) or abort(404)


def _to(preset_id: int) -> ResponseReturnValue:
    return redirect(url_for("presets.show", preset_id=preset_id), 303)
