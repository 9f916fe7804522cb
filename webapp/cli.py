"""The commands behind `flask --app app`: the same actions and queries as the pages, for operators and scripts."""

import json
import signal
import sys
from typing import Any

import click
import requests
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from webapp import checkup
from webapp.actions import deliveries as delivery_actions
from webapp.actions import links as link_actions
from webapp.actions.audit import record
from webapp.actions.sms import SmsCapReached, SmsCaps
from webapp.cli_options import FORMS, WrongOption, read_options
from webapp.cli_users import OPERATOR
from webapp.demo import fill
from webapp.demo_decisions import decide
from webapp.exports import FORMATS
from webapp.exports.columns import CONTRACT_COLUMNS
from webapp.migrate import migrate as migrate_database
from webapp.models.words import STATUS_WORDS
from webapp.providers import PROVIDERS
from webapp.queries.deliveries import delivery_rows
from webapp.queries.session_export import CONTRACT, chunks
from webapp.queries.session_filter import SessionFilter
from webapp.request_db import current_database, current_db
from webapp.settings import Settings
from webapp.worker import Context, Worker

links = AppGroup("links", help="Verification links.")
sessions = AppGroup("sessions", help="Verification sessions.")
deliveries = AppGroup("deliveries", help="What the vendors posted.")
sandbox = AppGroup("sandbox", help="The stand-in for the vendors.")
as_json = click.option("--json", "wants_json", is_flag=True, help="Print JSON.")


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest revision; safe to repeat."""
    migrate_database(_settings().database_url)
    click.echo("The database is at the newest revision.")


@links.command("create")
@click.option("--provider", type=click.Choice(tuple(PROVIDERS)), required=True)
@click.option("--kind", type=click.Choice(tuple(FORMS)), required=True)
@click.option("--reusable", is_flag=True, help="Many people use the same address.")
@click.option("--customid", default="", help="Our name for the link at the vendor; made up unless given.")
@click.option("--option", "words", multiple=True, metavar="KEY=VALUE", help="As on the form; see docs/settings.md.")
@as_json
def links_create(
    provider: str, kind: str, reusable: bool, customid: str, words: tuple[str, ...], wants_json: bool
) -> None:
    """Make a link and print its addresses."""
    settings, vendor = _settings(), current_app.extensions["vouchdesk.providers"][provider]
    if kind not in vendor.kinds:
        raise click.UsageError(f"--kind {kind} is not made by {provider}, which has: {', '.join(vendor.kinds)}.")
    try:
        form = read_options(words, kind=kind, reusable=reusable, customid=customid)
    except WrongOption as error:
        raise click.UsageError(str(error)) from None
    caps = SmsCaps(per_number=settings.sms_per_number, per_day=settings.sms_per_day, key=settings.secret_key)
    try:
        link = link_actions.create(
            current_database(), by=OPERATOR, provider=vendor,
            public_url=settings.public_url, company_name=settings.company_name, data_dir=settings.data_dir,
            sms_caps=caps, **form.wanted(),
        )  # fmt: skip
    except (SmsCapReached, link_actions.PolicyForbids) as refused:
        raise click.ClickException(f"Nothing was created: {refused}") from None
    if link.state == "create_failed":
        raise click.ClickException(f"The link could not be created: {link.error_text} (code {link.error_code})")
    row = {
        "id": link.id, "token": link.token, "short_url": f"{settings.public_url}/v/{link.token}",
        "vendor_url": link.vendor_url, "reference": link.vendor_reference,
        "webhook_url": f"{settings.public_url}/webhooks/{link.provider}/{link.webhook_token}",
        "expires_at": link.expires_at,
    }  # fmt: skip
    click.echo(_line(row) if wants_json else row["short_url"])


@sessions.command("list")
@click.option("--status", type=click.Choice(tuple(STATUS_WORDS)), multiple=True)
@click.option("--format", "wanted", type=click.Choice(("jsonl", "csv", "xlsx")), default="jsonl")
def sessions_list(status: tuple[str, ...], wanted: str) -> None:
    """List sessions, newest first, one row each."""
    _on_record("sessions", wanted)
    rows = chunks(current_database(), SessionFilter(statuses=status), CONTRACT)
    for piece in FORMATS[wanted].write(CONTRACT_COLUMNS, rows):
        sys.stdout.buffer.write(piece)


@deliveries.command("list")
@click.option("--format", "wanted", type=click.Choice(("jsonl",)), default="jsonl")
def deliveries_list(wanted: str) -> None:
    """List deliveries, newest first, one row each."""
    _on_record("deliveries", wanted)
    for row in delivery_rows(current_db()):
        click.echo(_line(row))


@deliveries.command("replay")
@click.argument("delivery_id", type=int)
def deliveries_replay(delivery_id: int) -> None:
    """Take a quarantined delivery in again; one that was applied changes nothing."""
    with current_database().writing() as db:
        outcome = delivery_actions.replay(db, by=OPERATOR, delivery_id=delivery_id)
    if outcome is None:
        raise click.ClickException(f"There is no delivery {delivery_id}.")
    click.echo(outcome)


@click.command()
@with_appcontext
def worker() -> None:
    """Run a stand-alone worker until interrupted; as many as wanted on PostgreSQL."""
    running = Worker(Context.of(current_app))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.ask_to_stop())
    click.echo("The worker is running. Stop it with Ctrl+C.", err=True)
    running.run_forever()


@click.command()
@click.option("--people", type=click.IntRange(1, 5000), default=200, show_default=True)
@with_appcontext
def demo(people: int) -> None:
    """Fill the running console with invented people, through the sandbox; refused when a vendor is connected."""
    settings = _settings()
    if not settings.sandbox_on:
        raise click.ClickException("The demo needs the sandbox, and a vendor is connected: nothing was created.")
    stood_in_for = [
        current_app.extensions["vouchdesk.providers"][key]
        for key, stands_in in settings.stood_in_for.items()
        if stands_in
    ]
    by_kind = {kind: provider for provider in stood_in_for for kind in provider.kinds}
    try:
        done = fill(current_database(), providers=by_kind, settings=settings, count=people)
    except requests.ConnectionError:
        raise click.ClickException(
            f"The console is not running at {settings.public_url}. Start it with `make run`."
        ) from None
    click.echo(", ".join(f"{count} {ending}" for ending, count in sorted(done.items())))
    click.echo(", ".join(f"{count} {ending}" for ending, count in decide(current_database()).items()))


@sandbox.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), required=True)
def sandbox_serve(port: int) -> None:
    """Serve the sandbox alone on 127.0.0.1, for other programs."""
    checkup.serve_sandbox(_settings(), port)


@click.command()
@as_json
@with_appcontext
def doctor(wants_json: bool) -> None:
    """Check settings, database, worker, storage, webhook address and vendor; non-zero if any fails."""
    findings = checkup.run(_settings(), current_database())
    for finding in findings:
        click.echo(
            _line(finding.__dict__)
            if wants_json
            else f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {finding.text}"
        )
    if not all(finding.ok for finding in findings):
        sys.exit(1)


def _on_record(what: str, format: str) -> None:
    """An export is on the record before its first byte."""
    with current_database().writing() as db:
        record(db, by=OPERATOR, action="export.download", object_type=what, after={"format": format})


def _settings() -> Settings:
    settings: Settings = current_app.extensions["vouchdesk.settings"]
    return settings


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=lambda value: value.isoformat())
