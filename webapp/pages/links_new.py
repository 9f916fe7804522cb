"""New links: a form for each kind; the pages of links that exist are in `links`."""

from dataclasses import replace
from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import CombinedMultiDict

from webapp.access import ACCESS, actor
from webapp.actions import links, sms
from webapp.filters import utc_now
from webapp.forms.links import NewLink, new_form_key
from webapp.forms.liveness import NewLiveness
from webapp.forms.pictures import MAX_PICTURE, PARTS
from webapp.forms.signatures import NewSignature
from webapp.pages.links import bp
from webapp.providers import for_kind
from webapp.providers.base import Options
from webapp.queries import link_words, policies
from webapp.queries import presets as preset_queries
from webapp.request_db import current_database, current_db

MAX_UPLOAD = len(PARTS) * MAX_PICTURE * 4 // 3 + 2 * 1024 * 1024
"""Bytes of a whole form with pictures: each of 10 MB, even as base64 text, and the fields around them."""
NewForm = NewLink | NewSignature | NewLiveness
TEMPLATES: dict[type[NewForm], str] = {
    NewLink: "links/new.html", NewSignature: "links/new_signature.html", NewLiveness: "links/new_liveness.html",
}  # fmt: skip


def allow_uploads() -> None:
    """Before anything reads the form: the form that takes pictures may be large, for those who may send it."""
    endpoint = request.endpoint or ""
    takes_pictures = endpoint == "links.new" and request.method == "POST"
    if takes_pictures and current_user.is_authenticated and ACCESS[endpoint] in current_user.rights:
        request.max_content_length = request.max_form_memory_size = MAX_UPLOAD


@bp.route("/links/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form for an identity check; a sent one makes the link and goes to its page."""
    return _handle(NewLink)


@bp.route("/links/new/signature", methods=["GET", "POST"])
def new_signature() -> ResponseReturnValue:
    """The form for a signature; a sent one makes the link and goes to its page."""
    return _handle(NewSignature)


@bp.route("/links/new/liveness", methods=["GET", "POST"])
def new_liveness() -> ResponseReturnValue:
    """The form for a liveness check; a sent one makes the link and goes to its page."""
    return _handle(NewLiveness)


def _handle(kind: type[NewForm]) -> ResponseReturnValue:
    if request.method == "GET":
        form = _forbidding(kind(form_key=new_form_key()))
        _offer(form, asked_for := request.args.get("preset", ""), strict=True)
        if asked_for:
            _load(form)
        return _show(form)
    form = _forbidding(kind(CombinedMultiDict((request.form, request.files))))
    if "use_preset" in request.form:  # nothing is made: the same form with the preset's options
        _offer(form, form.preset.data or "")
        _load(form)
        return _show(form)
    _offer(form, form.preset_used.data or "")
    return _make(form) if form.validate() else (_show(form), 422)


def _make(form: NewForm) -> ResponseReturnValue:
    try:
        link = links.create(current_database(), by=actor(), **form.wanted(), **_vendor(form.KIND))
    except links.FormUsed as used:
        form.form_key.data = new_form_key()
        form.form_errors.append("This form made a link before. Press “Create link” again to make another one.")
        return _show(form, made_before=used.link_id), 422
    except (sms.SmsCapReached, links.PolicyForbids) as refused:
        form.object_to(refused.option if isinstance(refused, links.PolicyForbids) else "sms_to", str(refused))
        return _show(form), 422
    return redirect(url_for("links.show", link_id=link.id), 303)


def _vendor(kind: str) -> dict[str, Any]:
    settings = current_app.extensions["vouchdesk.settings"]
    return {
        "provider": for_kind(current_app.extensions["vouchdesk.providers"], kind), "public_url": settings.public_url,
        "company_name": settings.company_name, "data_dir": settings.data_dir, "sms_caps": _caps(),
    }  # fmt: skip


def _forbidding(form: NewForm) -> NewForm:
    """The form, knowing what the policy forbids of its options."""
    if any(name in form for name in policies.MAY_BE_FORBIDDEN):
        form.forbid(policies.forbidden_options(current_db()))
    return form


def _offer(form: NewForm, used: str, *, strict: bool = False) -> None:
    """Fill the list of presets. A version that is no newest one any more stays choosable by the form that has it."""
    offered = [
        (choice.version_id, f"{choice.name}, version {choice.number}")
        for choice in preset_queries.choices(current_db(), form.KIND)
    ]
    number = int(used) if used.isascii() and used.isdigit() and len(used) < 12 else 0
    if number and number not in {version_id for version_id, _ in offered}:
        version = preset_queries.version(current_db(), number)
        preset = preset_queries.one(current_db(), version.preset_id) if version else None
        archived = strict and preset is not None and preset.archived_at is not None
        if version is None or preset is None or archived or preset.kind != form.KIND:
            number = 0
        else:
            offered.append((number, f"{version.name}, version {version.number} (not the newest)"))
    if strict and used and not number:
        abort(404)
    form.offer(offered, number or None)


def _load(form: NewForm) -> None:
    """Show the options of the preset in use, or the usual ones; what was typed about the person stays."""
    version = preset_queries.version(current_db(), form.preset_version_id or 0)
    form.load(preset_queries.options_of(version) if version else _usual(form))
    form.begin_with(form.preset_version_id)


def _left_out(form: NewForm) -> tuple[str, ...]:
    """The words of what the preset in use asks for and the policy forbids."""
    version = preset_queries.version(current_db(), form.preset_version_id or 0) if form.forbidden else None
    return form.left_out(preset_queries.options_of(version)) if version else ()


def _usual(form: NewForm) -> Options:
    return type(form)().options()


def _show(form: NewForm, *, made_before: int | None = None) -> str:
    options, expected = form.options(), form.wanted()["expected"]
    if isinstance(form, NewLink) and form.compare_name.data and not expected.name and not form.reusable:
        expected = replace(expected, name="(as typed)")  # it will be compared once there is one
    given = list(form.given()) if isinstance(form, NewLink) else []
    words: dict[str, Any] = {"kind": form.KIND, "expected": expected, "pictures": given}
    return render_template(
        TEMPLATES[type(form)], form=form, folded=form.folded(), made_before=made_before, left_out=_left_out(form),
        birth_words=link_words.day_in_words(form.birth.data) if isinstance(form, NewLink) else "",
        steps=link_words.steps(options, _company(), **words), minutes=link_words.minutes(options, **words),
        spared=link_words.spared(given), asked=link_words.asked(options, expected, kind=form.KIND),
        choose_again=form.files_to_choose_again() if isinstance(form, NewLink) else [], **_sms_left(form),
        idle_hours=idle_hours(),
    )  # fmt: skip


def _sms_left(form: NewForm) -> dict[str, int]:
    """How many SMS may still be sent, for the forms that can send one."""
    if "sms_to" not in form:
        return {}
    return {"sms_left": sms.left_today(current_db(), _caps(), utc_now()), "sms_a_day": _caps().per_day}


def _caps() -> sms.SmsCaps:
    settings = current_app.extensions["vouchdesk.settings"]
    return sms.SmsCaps(per_number=settings.sms_per_number, per_day=settings.sms_per_day, key=settings.secret_key)


def idle_hours() -> str:
    """After how many hours without use a liveness link ends, as text."""
    return f"{current_app.extensions['vouchdesk.settings'].qid_request_hours:g}"


def _company() -> str:
    return str(current_app.extensions["vouchdesk.settings"].company_name)
