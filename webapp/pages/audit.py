"""The audit log: its page, its check, its exports, and what is needed to verify them elsewhere; routes only."""

import re
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp import audit_verifier
from webapp.access import actor
from webapp.actions import audit_checks, audit_exports
from webapp.audit_chain import canonical_time
from webapp.audit_keys import signing_key
from webapp.exports.audit_file import MEDIA_TYPES, AuditFile
from webapp.filters import utc_now
from webapp.forms.audit import OBJECT_WORDS, AuditFilterForm
from webapp.models.rights import role_words
from webapp.queries import audit as queries
from webapp.queries.audit import AuditFilter
from webapp.queries.audit_words import ACTOR_ONE, ACTOR_WORDS, GROUP_WORDS, OUTCOME_WORDS, action_words
from webapp.queries.session_page import vendor_name
from webapp.request_db import current_database, current_db
from webapp.settings import Settings

bp = Blueprint("audit", __name__)
HASH = re.compile(r"(?:hmac:)?[0-9a-f]{40,}")


@bp.get("/audit")
def index() -> ResponseReturnValue:
    """The log, newest first."""
    form = AuditFilterForm.read(request.args)
    db = current_db()
    names = {str(number): name for number, name in queries.people(db)}
    return render_template(
        "audit/index.html", form=form, chips=form.chips(names), names=names, url=_url, export_url=_export_url,
        page=queries.page(db, form.filter, after=form.after, before=form.before), head=queries.head(db),
        point=queries.last_checkpoint(db), groups=GROUP_WORDS, actors=ACTOR_WORDS, outcomes=OUTCOME_WORDS,
        objects=OBJECT_WORDS, somebody=ACTOR_ONE, vendor_name=vendor_name, action_words=action_words,
        role_words=role_words, told=told,
    )  # fmt: skip


@bp.post("/audit/verify")
def verify() -> ResponseReturnValue:
    """Verify the whole log now; what came of it is on the page and on the record."""
    found = audit_checks.verify_and_note(current_database(), _settings(), by=actor())
    flash(f"Verified: {found.text}." if found.ok else found.text, "ok" if found.ok else "bad")
    return redirect(url_for("audit.index"), 303)


@bp.get("/audit/export.<format>")
def export(format: str) -> ResponseReturnValue:
    """Exactly what the filter shows, all of it, oldest first, signed."""
    if format not in MEDIA_TYPES:
        abort(404)
    database, settings = current_database(), _settings()
    wanted = AuditFilterForm.read(request.args).filter
    point = audit_exports.begin(database, settings, by=actor(), format=format, wanted=wanted.params())

    def points(first: int, last: int) -> list[dict[str, object]]:
        with database.reading() as db:
            return [audit_checks.record_of(each) for each in queries.checkpoints(db, first, last)]

    file = AuditFile(signing_key(settings.data_dir), dict(wanted.params()), canonical_time(utc_now()), points)
    write = file.jsonl if format == "jsonl" else file.csv
    return _file(write(queries.chunks(database, wanted, upto=point.seq)), MEDIA_TYPES[format], f"audit.{format}")


@bp.get("/audit/public-key")
def public_key() -> ResponseReturnValue:
    """The key that the verifier needs."""
    return _file(signing_key(_settings().data_dir).public_pem, "application/x-pem-file", "vouchdesk-audit-public.pem")


@bp.get("/audit/verifier")
def verifier() -> ResponseReturnValue:
    """The verifier: one file that needs nothing but Python."""
    return _file(Path(audit_verifier.__file__).read_text(), "text/x-python", "audit_verifier.py")


def told(value: object, *, short: bool = False) -> str:
    """What a row says of before or after, on one line: `state: active, cap: 3`. `short`: of hashes only how they begin."""
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')}: {told(each, short=short)}" for name, each in value.items())
    if isinstance(value, list):
        return " ".join(told(each, short=short) for each in value) or "none"
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    text = str(value)
    return f"{text[:12]}…" if short and HASH.fullmatch(text) else text


def _file(body: object, kind: str, name: str) -> Response:
    stamp = f"{utc_now():%Y%m%dT%H%M%SZ}"
    name = name.replace("audit.", f"audit-{stamp}.") if name.startswith("audit.") else name
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, headers=headers, content_type=kind)  # type: ignore[arg-type]


def _url(wanted: AuditFilter, **places: int | None) -> str:
    """The page's address for a filter and a place; "" when the place is not there."""
    if any(place is None for place in places.values()):
        return ""
    return _with(url_for("audit.index"), [*wanted.params(), *((name, str(place)) for name, place in places.items())])


def _export_url(wanted: AuditFilter, format: str) -> str:
    return _with(url_for("audit.export", format=format), wanted.params())


def _with(path: str, params: list[tuple[str, str]]) -> str:
    return path + ("?" + urlencode(params) if params else "")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["vouchdesk.settings"]
    return settings
