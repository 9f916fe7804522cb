"""`flask --app app jobs`: the work that was set aside, for whoever runs the console."""

import json

import click
from flask.cli import AppGroup
from sqlmodel import col, select

from webapp.actions.jobs import retry as retry_job
from webapp.cli_users import OPERATOR
from webapp.models import Job
from webapp.queries.presets import LARGEST_ID
from webapp.request_db import current_database, current_db

jobs = AppGroup("jobs", help="Work of the worker that was set aside.")
SHOWN = ("id", "kind", "subject_id", "created_at", "attempts", "last_error", "failed_at")


@jobs.command("list")
def list_() -> None:
    """List the jobs that nobody does any more, oldest first, one row each."""
    for job in current_db().exec(select(Job).where(col(Job.failed_at).is_not(None)).order_by(col(Job.id))):
        click.echo(json.dumps({name: getattr(job, name) for name in SHOWN}, default=lambda value: value.isoformat()))


@jobs.command("retry")
@click.argument("job_id", metavar="JOB", type=click.IntRange(1, LARGEST_ID))
def retry(job_id: int) -> None:
    """Have JOB done again, its tries counted anew."""
    with current_database().writing() as db:
        found = retry_job(db, by=OPERATOR, job_id=job_id)
    if not found:
        raise click.ClickException(f"No job {job_id} is set aside.")
    click.echo("Queued: the worker does it again.")
