"""`flask --app app backup` and `restore`: the console as one file, and back."""

import signal
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp import backup as backups
from webapp import restore as restoring
from webapp.backup_archive import BackupFailed, examine
from webapp.cli_users import OPERATOR
from webapp.request_db import current_database
from webapp.settings import Settings

file_path = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--out", type=file_path, help="The file to make; it must not be there yet.")
@click.option("--verify", "archive", type=file_path, help="Read this backup instead and say whether it is whole.")
@with_appcontext
def backup(out: Path | None, archive: Path | None) -> None:
    """Save database, files and keys in one file, also while the console runs. The file is as secret as the console."""
    if (out is None) == (archive is None):
        raise click.UsageError("Give either --out or --verify.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what is half made is taken away
    try:
        if archive is not None:
            click.echo(f"Whole: {backups.described(examine(archive).manifest)}.")
            return
        made = backups.make(current_database(), _settings(), out or Path(), by=OPERATOR)
    except BackupFailed as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"{made.rows:,} rows and {made.files:,} files in {made.path}, {made.size:,} bytes, SHA-256 {made.sha256}."
    )
    for name in made.missing:
        click.echo(f"Not in it, because it is not in the data folder: {name}", err=True)
    if not made.has_secret_key:
        click.echo("Not in it, because it is set elsewhere: SECRET_KEY. Keep it too.", err=True)


@click.command()
@click.argument("archive", type=file_path)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), required=True, help="An empty data folder.")
@click.option("--database-url", default="", help="An empty PostgreSQL database; DATABASE_URL unless given.")
@with_appcontext
def restore(archive: Path, into: Path, database_url: str) -> None:
    """Restore a backup into an empty folder, and verify counts, files and audit log. Ends with 1 at the first wrong thing."""
    try:
        found = examine(archive)
        target = restoring.target(found, _settings(), into, database_url)
        for check in restoring.restore(found, target, by=OPERATOR):
            click.echo(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.text}")
            if not check.ok:
                sys.exit(1)
    except BackupFailed as error:
        raise click.ClickException(str(error)) from None
    except backups.FAULTS as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise click.ClickException(f"Only a part was restored, remove it: {into} ({reason}).") from None
    click.echo(f"Restored into {into}. Start the console with DATA_DIR (and DATABASE_URL, on PostgreSQL) set to it.")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["vouchdesk.settings"]
    return settings
