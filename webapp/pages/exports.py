"""Files that people ask for: a list as a file, how far it is, and having it; routes only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import actor, deny
from webapp.actions import exports
from webapp.exports import FORMATS
from webapp.exports.lists import LISTS, ListOf
from webapp.filters import duration, utc_now
from webapp.forms.audit import AuditFilterForm
from webapp.forms.exports import ListExportForm
from webapp.masking import sight
from webapp.models import Export
from webapp.models.words import EXPORT_STATE_WORDS, PURPOSE_WORDS
from webapp.queries import exports as queries
from webapp.queries.counts import CAP, capped
from webapp.queries.link_list import LARGEST_ID
from webapp.request_db import current_database, current_db
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
    return render_template("exports/index.html", rows=rows, older=older, before=before, all=_sees_all(), **_words())


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
    with current_database().writing() as db:
        export = exports.request(
            db, by=actor(), kind=request.args["list"], format=form.format.data, filter=_filter(found).params(), options={},
            sight=sight(), purpose=form.purpose.data, purpose_text=form.purpose_text.data, profile=form.profile.data,
        )  # fmt: skip
    return redirect(url_for("exports.show", export_id=export.id), 303)


@bp.get("/exports/<int:export_id>")
def show(export_id: int) -> ResponseReturnValue:
    """One file: how far it is, and Download when it is there. The region `#export` asks again while it is made."""
    return _show(_found(export_id))


@bp.post("/exports/<int:export_id>/cancel")
def cancel(export_id: int) -> ResponseReturnValue:
    """Stop making it; 404 for who did not ask for it."""
    _found(export_id)
    with current_database().writing() as db:
        stopped = exports.cancel(db, by=actor(), export_id=export_id)
    if stopped is None:
        abort(404)
    return redirect(url_for("exports.show", export_id=export_id), 303)


@bp.post("/exports/<int:export_id>/download")
def download(export_id: int) -> ResponseReturnValue:
    """The file, once for each person; 410 the second time and after a day."""
    asked = _found(export_id)
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
        "exports/new.html", found=found, form=form, parts=wanted.params(), number=capped(min(number, CAP)), sight=sight(),
        back=_with(url_for(found.page), wanted.params()),
        here=_with(url_for("exports.create"), [("list", request.args["list"]), *wanted.params()]),
    )  # fmt: skip


def _show(asked: queries.Asked, *, gone: str = "") -> str:
    now = utc_now()
    left = asked.seconds_left(now)
    return render_template(
        "exports/show.html", asked=asked, export=asked.export, gone=gone, there=asked.is_there(now), mine=_is_mine(asked),
        left=("a few seconds" if left < 5 else duration(left)) if left is not None else "",
        may_have=queries.may_have(asked.export, sight()), again=_again(asked), **_words(),
    )  # fmt: skip


def _words() -> dict[str, Any]:
    labels = {**{key: each.label for key, each in LISTS.items()}, **KINDS}
    formats = {**{key: each.label for key, each in FORMATS.items()}, "zip": "ZIP"}
    return {
        "kinds": labels, "formats": formats, "states": EXPORT_STATE_WORDS, "purposes": PURPOSE_WORDS, "now": utc_now(),
        "lists": LISTS,
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


def _sees_all() -> bool:
    return "read_audit" in current_user.rights


def _is_mine(asked: queries.Asked) -> bool:
    return bool(asked.export.requested_by_id == current_user.user_id)


def _with(path: str, params: list[tuple[str, str]]) -> str:
    return path + ("?" + urlencode(params) if params else "")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["vouchdesk.settings"]
    return settings
