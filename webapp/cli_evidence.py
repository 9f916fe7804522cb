"""`flask --app app evidence`: the evidence pack of a session as a file, without a page and without a worker."""

from dataclasses import replace
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from webapp.actions.audit import record
from webapp.cli_users import OPERATOR
from webapp.exports.evidence_pack import Sources, write_pack
from webapp.exports.pack_asked import PackAsked
from webapp.masks import EVERYTHING
from webapp.models import VerificationSession
from webapp.models.columns import utc_now
from webapp.models.words import PURPOSE_WORDS
from webapp.queries.policies import second_approval
from webapp.queries.presets import LARGEST_ID
from webapp.request_db import current_database, current_db

evidence = AppGroup("evidence", help="Evidence of sessions.")
LONGEST = 500


@evidence.command("pack")
@click.argument("session", type=click.IntRange(1, LARGEST_ID))
@click.option("--purpose", required=True, help=f"What for, in words, or one of: {', '.join(PURPOSE_WORDS)}.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The ZIP to write.")
@click.option("--without-pictures", is_flag=True, help="Leave pictures out.")
def pack(session: int, purpose: str, out: Path, without_pictures: bool) -> None:
    """Write the evidence pack of SESSION, whole or not at all."""
    if not purpose.strip() or len(purpose) > LONGEST:
        raise click.UsageError(f"--purpose: say what the pack is for, in {LONGEST} characters at most.")
    _refuse_what_cannot_be(session)
    asked = PackAsked(
        session_id=session, sight=replace(EVERYTHING, restricted=True), at=utc_now(),
        purpose=PURPOSE_WORDS.get(purpose, purpose.strip()), exporter="the command line", pictures=not without_pictures,
    )  # fmt: skip
    with current_database().writing() as db:  # on the record before its first byte
        record(
            db, by=OPERATOR, action="export.download", object_type="session", object_id=session, session_id=session,
            after={
                "kind": "pack", "format": "zip", "purpose": purpose if purpose in PURPOSE_WORDS else "other",
                "pictures": asked.pictures,
            },
        )  # fmt: skip
    fresh = out.with_name(f".{out.name}.part")
    try:
        with fresh.open("wb") as target:
            manifest = write_pack(asked, _sources(), target)
        fresh.replace(out)
    except OSError as error:
        raise click.ClickException(f"{out} could not be written: {error.strerror}.") from None
    finally:
        fresh.unlink(missing_ok=True)
    click.echo(f"{len(manifest['files'])} files in {out}, signed by key {manifest['key_id']}.", err=True)


def _refuse_what_cannot_be(number: int) -> None:
    session = current_db().get(VerificationSession, number)
    if session is None:
        raise click.ClickException(f"There is no session {number}.")
    if session.review == "awaiting_second" and second_approval(current_db()).blind:
        raise click.ClickException(
            "A decision waits for a second person, who must not know the first. Ask again after that."
        )


def _sources() -> Sources:
    parts = current_app.extensions
    return Sources(
        database=parts["vouchdesk.database"],
        settings=parts["vouchdesk.settings"],
        providers=parts["vouchdesk.providers"],
    )
