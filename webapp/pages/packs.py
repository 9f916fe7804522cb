"""Asking for a session's evidence pack and for an inspector's sample; both are made by the worker, and had under Exports."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import actor
from webapp.actions import exports
from webapp.exports.sample_asked import SampleAsked, new_seed
from webapp.forms.packs import PackForm, SampleForm
from webapp.masking import restrict, sight
from webapp.models import VerificationSession
from webapp.queries import eligible, sampling
from webapp.queries.policies import LARGE_EXPORT, second_approval
from webapp.queries.presets import LARGEST_ID
from webapp.queries.retention import is_restricted
from webapp.request_db import current_database, current_db

bp = Blueprint("packs", __name__)


@bp.get("/sessions/<int:session_id>/pack")
def new(session_id: int) -> ResponseReturnValue:
    """What for, and with pictures or without."""
    return _form(_session(session_id), PackForm())


@bp.post("/sessions/<int:session_id>/pack")
def create(session_id: int) -> ResponseReturnValue:
    """Have the pack made; asked for twice at once, it is one."""
    session, form = _session(session_id), PackForm(request.form)
    if not form.validate():
        return _form(session, form), 422
    if _is_hidden(session):
        return _form(session, form), 409
    with current_database().writing() as db:
        export = exports.request(
            db, by=actor(), kind="pack", format="zip", filter=[], options=_options(form.pictures.data), sight=sight(),
            purpose=form.purpose.data, purpose_text=form.purpose_text.data, session_id=session_id,
        )  # fmt: skip
        number = export.id
    return redirect(url_for("exports.show", export_id=number), 303)


@bp.get("/exports/sample")
def sample() -> ResponseReturnValue:
    """From which sessions to draw, and how many."""
    return _sample(SampleForm.fresh())


@bp.post("/exports/sample")
def draw() -> ResponseReturnValue:
    """Have the sample made."""
    form = SampleForm(request.form)
    if not form.validate():
        return _sample(form), 422
    wanted = SampleAsked(population=form.population(), count=form.count.data or 1, seed=form.seed.data or new_seed())
    found = sampling.size(current_db(), wanted.population)
    if not found:
        return _sample(form, nothing=True), 422
    with current_database().writing() as db:
        export = exports.request(
            db, by=actor(), kind="sample", format="zip", filter=wanted.params(found),
            options={**_options(form.pictures.data), **wanted.options()}, sight=sight(), purpose=form.purpose.data,
            purpose_text=form.purpose_text.data, rows=min(wanted.count, found),
        )  # fmt: skip
        number = export.id
    return redirect(url_for("exports.show", export_id=number), 303)


def _options(pictures: bool) -> dict[str, object]:
    """Whether pictures are wanted, and whether whoever asks may have what the vendors sent as it came."""
    return {"pictures": pictures, "raw": "see_raw" in current_user.rights}


def _session(session_id: int) -> VerificationSession:
    session = current_db().get(VerificationSession, session_id) if session_id <= LARGEST_ID else None
    return session or abort(404)


def _is_hidden(session: VerificationSession) -> bool:
    """Whether a proposal waits whose maker and content nobody may see before a second person has decided."""
    return session.review == "awaiting_second" and second_approval(current_db()).blind


def _form(session: VerificationSession, form: PackForm) -> str:
    seen = restrict(is_restricted(current_db(), session.id or 0))
    return render_template("packs/new.html", session=session, form=form, hidden=_is_hidden(session), sight=seen)


def _sample(form: SampleForm, *, nothing: bool = False) -> str:
    held = LARGE_EXPORT if eligible.large_exports(current_db()) else 0
    return render_template("packs/sample.html", form=form, nothing=nothing, sight=sight(), held=held)
