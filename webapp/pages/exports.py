"""Files that people ask for: a list as a file, its second person where it is large, how far it is, and having it; routes only."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlmodel import Session

from webapp.access import actor, deny
from webapp.actions import export_approvals as approvals
from webapp.actions import exports
from webapp.actions.export_making import COUNTED
from webapp.actions.second_person import MissingRight, NotNow, SamePerson
from webapp.exports import FORMATS, filter_words
from webapp.exports.lists import LISTS, ListOf
from webapp.filters import duration, utc_now
from webapp.forms.audit import AuditFilterForm
from webapp.forms.exports import ListExportForm, RefuseForm
from webapp.masking import sight
from webapp.models import Export
from webapp.models.words import EXPORT_STATE_WORDS, PURPOSE_WORDS
from webapp.queries import eligible
from webapp.queries import exports as queries
from webapp.queries.counts import CAP, capped
from webapp.queries.link_list import LARGEST_ID
from webapp.queries.policies import LARGE_EXPORT, second_approval
from webapp.request_db import close_db, current_database, current_db
from webapp.settings import Settings

bp = Blueprint("exports", __name__)
PIECE = 256 * 1024
KINDS = {"pack": "Evidence pack", "sample": "Inspector’s sample"}
MEDIA_TYPES = {**{key: each.media_type for key, each in FORMATS.items()}, "zip": "application/zip"}


@bp.get("/exports")
def index() -> ResponseReturnValue:
    """The visitor's files, newest first; everybody's for who reads the audit log."""
    before = request.args.get("before", type=int)
    rows, older = queries.newest(
        current_db(), user_id=current_user.user_id, all_of_them=_sees_all(),
        before=before if before and 0 < before <= LARGEST_ID else None,
    )  # fmt: skip
    return render_template(
        "exports/index.html", rows=rows, older=older, before=before, all=_sees_all(),
        to_answer=queries.to_answer(current_db(), user_id=current_user.user_id) if before is None else (), **_words(),
    )  # fmt: skip


@bp.get("/exports/new")
def new() -> ResponseReturnValue:
    """Ask for a list (`?list=`) as a file, with the filter of its page in the address."""
    found = _list()
    form = ListExportForm(data={"format": request.args.get("format") or "csv"}).offer(found)
    return _new(found, form)


@bp.post("/exports/new")
def create() -> ResponseReturnValue:
    """Have it made, and lead to where it can be had."""
    found, form = _list(), ListExportForm(request.form)
    if not form.offer(found).validate():
        return _new(found, form), 422
    wanted = _filter(found)
    number = min(found.count(current_db(), wanted, CAP), CAP)
    with current_database().writing() as db:
        export = exports.request(
            db, by=actor(), kind=request.args["list"], format=form.format.data, filter=wanted.params(), options={},
            sight=sight(), purpose=form.purpose.data, purpose_text=form.purpose_text.data, profile=form.profile.data,
            rows=number,
        )  # fmt: skip
    return redirect(url_for("exports.show", export_id=export.id), 303)


@bp.get("/exports/<int:export_id>")
def show(export_id: int) -> ResponseReturnValue:
    """One file: how far it is, and Download when it is there. The region `#export` asks again while it is made."""
    return _show(_found(export_id))


@bp.post("/exports/<int:export_id>/cancel")
def cancel(export_id: int) -> ResponseReturnValue:
    """Stop making it, or take it back before it was confirmed; 404 for who did not ask for it."""
    _found(export_id)
    with current_database().writing() as db:
        stopped = exports.cancel(db, by=actor(), export_id=export_id)
    if stopped is None:
        abort(404)
    return redirect(url_for("exports.show", export_id=export_id), 303)


@bp.post("/exports/<int:export_id>/approve")
def approve(export_id: int) -> ResponseReturnValue:
    """Have a large file made, as its second person; 403 for who asked for it."""
    if not queries.may_have(_to_answer(export_id).export, sight()):
        deny("see_personal")
    return _answer(export_id, lambda db: approvals.approve(db, by=actor(), export_id=export_id))


@bp.post("/exports/<int:export_id>/refuse")
def refuse(export_id: int) -> ResponseReturnValue:
    """Have it not made, with the reason."""
    form = RefuseForm(request.form)
    if not form.validate():
        return _show(_to_answer(export_id), form=form), 422
    return _answer(
        export_id, lambda db: approvals.refuse(db, by=actor(), export_id=export_id, note=form.note.data), form=form
    )


def _answer(
    export_id: int, take: Callable[[Session], Export | None], form: RefuseForm | None = None
) -> ResponseReturnValue:
    _to_answer(export_id)
    try:
        with current_database().writing() as db:
            done = take(db)
    except SamePerson:
        with current_database().writing() as db:
            approvals.note_refusal(db, by=actor(), export_id=export_id)
        abort(403, description="confirm an export that you asked for")
    except MissingRight as missing:
        deny(missing.right)
    except NotNow as refused:
        close_db()  # what this request has read may be from before the other one answered
        return _show(_to_answer(export_id), form=form, conflict=str(refused)), 409
    close_db()
    if done is None:
        abort(404)
    if done.state == "lapsed":
        return _show(_to_answer(export_id), conflict=f"It has lapsed instead. {done.answer_note}"), 409
    flash("Confirmed. The file is being made." if done.state == "queued" else "Refused. Nothing is made.", "ok")
    return redirect(url_for("exports.show", export_id=export_id), 303)


@bp.post("/exports/<int:export_id>/download")
def download(export_id: int) -> ResponseReturnValue:
    """The file, once for each person; 410 the second time and after a day."""
    asked = _found(export_id)
    if not _may_take(asked):
        abort(404)
    if not queries.may_have(asked.export, sight()):
        deny("see_personal")
    try:
        with current_database().writing() as db:
            path = exports.download(db, by=actor(), export_id=export_id, data_dir=_settings().data_dir)
    except exports.Gone as gone:
        return _show(asked, gone=str(gone)), 410
    headers = {
        "Content-Disposition": f'attachment; filename="{name_of(asked.export)}"', "Cache-Control": "no-store",
        "Content-Length": str(asked.export.bytes),
    }  # fmt: skip
    return Response(_pieces(path), headers=headers, content_type=MEDIA_TYPES[asked.export.format])


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def name_of(export: Export) -> str:
    """What the file is called where it is kept: `sessions-20261121T143100Z.csv`, `evidence-42-20261121T143100Z.zip`."""
    what = f"evidence-{export.session_id}" if export.kind == "pack" else export.kind
    at = export.finished_at or export.created_at
    return f"{what}-{at:%Y%m%dT%H%M%SZ}.{export.format.rsplit('.', maxsplit=1)[-1]}"


def _new(found: ListOf, form: ListExportForm) -> str:
    wanted, db = _filter(found), current_db()
    number = found.count(db, wanted, CAP)
    return render_template(
        "exports/new.html", found=found, form=form, parts=filter_words.said(request.args["list"], wanted.params()),
        number=capped(min(number, CAP)), sight=sight(), most=LARGE_EXPORT,
        held=request.args["list"] in COUNTED and number > LARGE_EXPORT and eligible.large_exports(db),
        back=_with(url_for(found.page), wanted.params()),
        here=_with(url_for("exports.create"), [("list", request.args["list"]), *wanted.params()]),
    )  # fmt: skip


def _show(asked: queries.Asked, *, gone: str = "", form: RefuseForm | None = None, conflict: str = "") -> str:
    now, export = utc_now(), asked.export
    lapses = second_approval(current_db()).lapse_hours if asked.held else 0
    left = asked.seconds_left(now)
    return render_template(
        "exports/show.html", asked=asked, export=export, gone=gone, there=asked.is_there(now), mine=_is_mine(asked),
        may_take=_may_take(asked), form=form or RefuseForm(), conflict=conflict, most=LARGE_EXPORT, number=_number(export),
        filter=filter_words.said(export.kind, export.filter), lapses_at=export.created_at + timedelta(hours=lapses),
        left=("a few seconds" if left < 5 else duration(left)) if left is not None else "",
        may_have=queries.may_have(export, sight()), again=_again(asked), **_words(),
    )  # fmt: skip


def _words() -> dict[str, Any]:
    labels = {**{key: each.label for key, each in LISTS.items()}, **KINDS}
    formats = {**{key: each.label for key, each in FORMATS.items()}, "zip": "ZIP"}
    return {
        "kinds": labels, "formats": formats, "states": EXPORT_STATE_WORDS, "purposes": PURPOSE_WORDS, "now": utc_now(),
        "lists": LISTS, "number_of": _number, "filter_of": lambda export: filter_words.said(export.kind, export.filter),
    }  # fmt: skip


def _again(asked: queries.Asked) -> str:
    """Where the same file can be asked for once more; "" where that is not known any more."""
    export = asked.export
    if export.kind in LISTS:
        params = [("list", export.kind), ("format", export.format), *((part[0], part[1]) for part in export.filter)]
        return _with(url_for("exports.new"), params) if asked.can_be_asked_again else ""
    return url_for("packs.new", session_id=export.session_id) if export.session_id else url_for("packs.sample")


def _list() -> ListOf:
    found = LISTS.get(request.args.get("list", ""))
    if found is None:
        abort(404)
    if found.right not in current_user.rights:
        deny(found.right)
    return found


def _filter(found: ListOf) -> Any:
    """The filter in the address, as the list's own page reads it."""
    if found is LISTS["audit"]:
        return AuditFilterForm.read(request.args).filter
    return found.read(current_db(), request.args, sight())


def _found(export_id: int) -> queries.Asked:
    if export_id > LARGEST_ID:
        abort(404)
    asked = queries.one(current_db(), export_id=export_id, user_id=current_user.user_id, rights=current_user.rights)
    return asked or abort(404)


def _to_answer(export_id: int) -> queries.Asked:
    """One that waits for a second person, or waited: who is too late sees what came of what his page showed him."""
    row = current_db().get(Export, export_id) if export_id <= LARGEST_ID else None
    return queries.Asked(export=row) if row is not None and row.needs_second else abort(404)


def _number(export: Export) -> str:
    """`1,204 sessions`, `150 packs`: what it was asked for with; "" where nobody counted."""
    if export.rows_asked is None:
        return ""
    found = LISTS.get(export.kind)
    one, many = (found.one, found.many) if found else ("pack", "packs")
    return f"{capped(export.rows_asked)} {one if export.rows_asked == 1 else many}"


def _may_take(asked: queries.Asked) -> bool:
    return queries.may_take(asked.export, current_user.user_id, current_user.rights)


def _sees_all() -> bool:
    return "read_audit" in current_user.rights


def _is_mine(asked: queries.Asked) -> bool:
    return bool(asked.export.requested_by_id == current_user.user_id)


def _with(path: str, params: list[tuple[str, str]]) -> str:
    return path + ("?" + urlencode(params) if params else "")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["vouchdesk.settings"]
    return settings
