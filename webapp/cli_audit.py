"""`flask --app app audit`: the log as a file with its proof, and its verification, here or from a file."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click
from flask import current_app
from flask.cli import AppGroup
from werkzeug.datastructures import MultiDict

from webapp.actions import audit_checks, audit_exports
from webapp.audit_chain import canonical_time
from webapp.audit_keys import signing_key
from webapp.audit_verifier import Unreadable, public_key_of, verify_export
from webapp.cli_users import OPERATOR
from webapp.exports.audit_file import AuditFile
from webapp.filters import utc_now
from webapp.forms.audit import AuditFilterForm
from webapp.queries import audit as queries
from webapp.queries.audit import AuditFilter
from webapp.request_db import current_database, current_db
from webapp.settings import Settings

audit = AppGroup("audit", help="The audit log.")


@audit.command("export")
@click.option("--from", "first", type=click.DateTime(("%Y-%m-%d",)), help="First day, UTC.")
@click.option("--to", "last", type=click.DateTime(("%Y-%m-%d",)), help="Last day, UTC, included.")
@click.option("--actor", default="", help="A user's e-mail or number, or system, vendor, applicant.")
@click.option("--action", default="", help="An action such as link.create, or a group such as link.")
@click.option(
    "--object", "about", default="", metavar="KIND:NUMBER", help="Such as link:12; session:7 for all of a session."
)
@click.option("--format", "wanted", type=click.Choice(("jsonl", "csv")), default="jsonl", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output unless given.")
def export(
    first: datetime | None, last: datetime | None, actor: str, action: str, about: str, wanted: str, out: Path | None
) -> None:
    """Write the log, oldest first. JSON lines carry their signed manifest; beside a CSV file it stands in FILE.manifest.json."""
    if "@" in actor:
        number = queries.user_with(current_db(), actor)
        if number is None:
            raise click.UsageError(f"--actor: there is no user {actor}.")
        actor = str(number)
    kind, _, of = about.partition(":")
    args = {
        "actor": actor, "action": action, "object": "" if kind == "session" else about,
        "session": of if kind == "session" else "", "from": f"{first:%Y-%m-%d}" if first else "",
        "to": f"{last:%Y-%m-%d}" if last else "",
    }  # fmt: skip
    form = AuditFilterForm.read(MultiDict(args))
    if form.notices:
        raise click.UsageError(f"{form.notices[0]}.")
    if out is None:
        _write(form.filter, wanted, sys.stdout.buffer)
        return
    fresh = out.with_name(f".{out.name}.part")  # whole or not at all
    try:
        with fresh.open("wb") as target:
            manifest = _write(form.filter, wanted, target)
        fresh.replace(out)
        if wanted == "csv":
            out.with_name(f"{out.name}.manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise click.ClickException(f"{out} could not be written: {error.strerror}.") from None
    click.echo(f"{manifest['count']:,} rows in {out}, signed by key {manifest['key_id']}.", err=True)


@audit.command("verify")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A public key in PEM; this console's unless given.",
)
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
def verify(file: Path | None, key: Path | None, wants_json: bool) -> None:
    """Verify the log in the database, or an export in JSON lines. Ends with 0 (whole), 1 (broken) or 2 (cannot be read)."""
    result = _verify_database() if file is None else _verify_file(file, key)
    click.echo(json.dumps(result) if wants_json else result["text"])
    if not result["ok"]:
        sys.exit(1)


def _write(wanted: AuditFilter, format: str, target: BinaryIO) -> dict[str, Any]:
    database, settings = current_database(), _settings()
    point = audit_exports.begin(database, settings, by=OPERATOR, format=format, wanted=wanted.params())

    def points(first: int, last: int) -> list[dict[str, Any]]:
        with database.reading() as db:
            return [audit_checks.record_of(each) for each in queries.checkpoints(db, first, last)]

    file = AuditFile(signing_key(settings.data_dir), dict(wanted.params()), canonical_time(utc_now()), points)
    rows = queries.chunks(database, wanted, upto=point.seq)
    for piece in file.jsonl(rows) if format == "jsonl" else file.csv(rows):
        target.write(piece)
    return file.manifest


def _verify_database() -> dict[str, Any]:
    found = audit_checks.verify_and_note(current_database(), _settings(), by=OPERATOR)
    return {"ok": found.ok, "rows": found.chain.rows, "first_bad": found.chain.first_bad, "text": found.text}


def _verify_file(file: Path, key: Path | None) -> dict[str, Any]:
    settings = _settings()

    def lines() -> Iterator[bytes]:
        with file.open("rb") as source:
            yield from source

    try:
        public = public_key_of(key.read_text()) if key else signing_key(settings.data_dir).public
        report = verify_export(lines, key=public, heads=audit_checks.read_heads(settings.heads_file))
    except (Unreadable, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file} cannot be verified: {error}") from None
    text = "\n".join(["Whole." if report.ok else "Broken.", *report.lines])
    return {"ok": report.ok, "rows": report.rows, "first_bad": report.first_bad, "text": text}


def _settings() -> Settings:
    settings: Settings = current_app.extensions["vouchdesk.settings"]
    return settings
